import Testing

@testable import ExplainCore

/// Runs `body` with memory for batches of so many pictures.
func withBatches<Result>(
  of count: Int, _ classifier: any Classifier, isDifferentiable: Bool = false, _ body: () throws -> Result
) throws -> Result {
  let bytes = try classifier.bytesPerPicture(isDifferentiable: isDifferentiable)
  return try BatchMemory.$forced.withValue(count * bytes, operation: body)
}

@Suite struct BatchMemoryTests {
  @Test func zeroIsTheStandard() {
    defer { BatchMemory.bytes = 0 }
    #expect(BatchMemory.bytes == BatchMemory.standard)
    // Not less than the standard: other tests run meanwhile.
    BatchMemory.bytes = BatchMemory.standard + 1
    #expect(BatchMemory.bytes == BatchMemory.standard + 1)
    BatchMemory.bytes = 0
    #expect(BatchMemory.bytes == BatchMemory.standard)
  }

  @Test func batchesFitTheMemory() throws {
    let network = try GradientGolden.network()
    for isDifferentiable in [false, true] {
      func size(_ bytes: Int) throws -> Int {
        try BatchMemory.$forced.withValue(bytes) {
          try network.batchSize(atMost: 9, isDifferentiable: isDifferentiable)
        }
      }
      let bytes = try network.bytesPerPicture(isDifferentiable: isDifferentiable)
      // One picture goes through even if it does not fit.
      #expect(try size(1) == 1)
      #expect(try size(bytes) == 1)
      #expect(try size(4 * bytes - 1) == 3)
      #expect(try size(4 * bytes) == 4)
      #expect(try size(.max) == 9)
    }
  }

  /// A layer that takes working memory for few pictures only must not make further ones look free.
  @Test func aPictureTakesAtLeastItsInput() throws {
    var graph = Graph()
    graph.add("flat", .flatten(axis: 1), [0])
    graph.add("scores", .linear(weight: try Tensor(repeating: 0.1, shape: Shape([4, 3 * 64 * 64])), bias: nil), [1])
    var preprocessing = Preprocessing.torch
    (preprocessing.width, preprocessing.height) = (64, 64)
    let network = try Network(name: "linear", graph: graph, preprocessing: preprocessing)
    for isDifferentiable in [false, true] {
      #expect(try network.bytesPerPicture(isDifferentiable: isDifferentiable) >= 3 * 64 * 64 * 4)
    }
  }

  /// The number is what a plan takes for a further picture.
  @Test func bytesAreThoseOfThePlan() throws {
    let network = try GradientGolden.network()
    let graph = network.graph
    for isDifferentiable in [false, true] {
      let floats = try [8, 16].map { batch in
        try Plan.valueCount(
          graph, inputShape: [batch, 3, 32, 40], isDifferentiable: isDifferentiable, weights: PreparedWeights())
      }
      let bytes = try network.bytesPerPicture(isDifferentiable: isDifferentiable)
      // Working memory grows by steps, which weigh with pictures as small as these.
      #expect(abs(Double(floats[1] - floats[0]) / 2 / Double(bytes) - 1) < 0.2)
      // There is room for the input and for the first layer's maxima.
      #expect(bytes >= (3 * 32 * 40 + 8 * 16 * 20) * 4)
    }
    let forward = try network.bytesPerPicture(isDifferentiable: false)
    #expect(try network.bytesPerPicture(isDifferentiable: true) > forward)
    let renamed = try network.renamingClasses(["a", "b", "c", "d", "e"])
    #expect(try renamed.bytesPerPicture(isDifferentiable: false) == forward)
  }

  /// Each method that looks at many pictures, one at a time and as many as it likes.
  @Test(arguments: ["rise", "occlusion", "score-cam", "smoothgrad", "integrated-gradients", "mask"])
  func sizesChangeRoundingsAlone(_ name: String) throws {
    let subject = try GradientGolden.subject()
    var method = try Methods.named(name).init(preset: name == "mask" ? "hybrid" : nil)
    switch name {
    case "rise": try method.set("masks", to: "20")
    case "occlusion": try method.set("patch", to: "8")
    case "mask":
      for (option, value) in [("iterations", "5"), ("samples", "3"), ("noise", "0.1")] {
        try method.set(option, to: value)
      }
    default: break
    }
    let maps = try [1, 2, 1000].map { size in
      var steps = 0
      let findings = try withBatches(of: size, subject.classifier, isDifferentiable: subject.needsGradient(method)) {
        try method.findings(about: subject) { _ in
          steps += 1
          return .proceed
        }
      }
      return (map: try #require(findings.map ?? findings.mask), steps: steps)
    }
    // A few roundings of float32. Steps of Adam divide them by the gradient's size where that is near 0; it was 8e-4.
    let tolerance = name == "mask" ? 5e-3 : 1e-4
    for other in maps.dropFirst() { #expect(Double(relativeL2(other.map, maps[0].map)) < tolerance) }
    if name != "mask" { #expect(maps[0].steps > maps[1].steps && maps[1].steps > maps[2].steps) }
  }

  @Test func picturesAreClassifiedInParts() throws {
    let scene = try TwoObjects()
    let pictures = [scene.picture, try Picture(width: 2, height: 1, pixels: [0, 0, 0, 255, 9, 70]), scene.picture]
    let (alone, together) = try (
      withBatches(of: 1, scene.network) { try scene.network.classify(pictures, top: 2) },
      withBatches(of: 3, scene.network) { try scene.network.classify(pictures, top: 2) }
    )
    for (a, b) in zip(alone, together) {
      #expect(a.map(\.name) == b.map(\.name))
      #expect(zip(a, b).allSatisfy { abs($0.probability - $1.probability) < 1e-5 })
    }
  }
}

extension Subject {
  fileprivate func needsGradient(_ method: any ExplanationMethod) -> Bool { type(of: method).about.needsGradient }
}
