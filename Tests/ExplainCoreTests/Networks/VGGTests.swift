import Testing

@testable import ExplainCore

@Suite(.serialized) struct VGGTests {
  /// A small network against PyTorch: logits, input gradient, and a named activation with its gradient.
  ///
  /// The bound on values is what float32 sums of a few hundred terms leave; gradients of so small a network have no
  /// ReLU ties that flip.
  @Test(arguments: ["plain", "normalized", "connected"])
  func smallNetworksAgreeWithPyTorch(_ name: String) throws {
    let (vgg, size, batch, seed, layer): (VGG, [Int], Int, UInt64, String)
    switch name {
    case "plain":
      (vgg, size, batch, seed, layer) = (
        VGG(stages: [[8, 8], [16], [24, 24]], head: .globalAverage, classCount: 5), [32, 40], 2, 3, "features.11"
      )
    case "normalized":
      (vgg, size, batch, seed, layer) = (
        VGG(stages: [[8], [16, 16]], isNormalized: true, head: .globalAverage, classCount: 5), [20, 24], 2, 4,
        "features.9"
      )
    default:
      (vgg, size, batch, seed, layer) = (
        VGG(stages: [[8], [16], [16], [24], [24]], head: .fullyConnected(hidden: 20), classCount: 6), [96, 64], 1, 5,
        "features.13"
      )
    }
    var preprocessing = Preprocessing.torch
    (preprocessing.height, preprocessing.width) = (size[0], size[1])
    let network = try seededVGG(vgg, seed: seed, preprocessing: preprocessing)
    let golden = try Golden("vgg/\(name)")
    let input = try seededInput([batch, 3] + size, seed: seed)
    let direction = try seededInput([batch, network.classCount], seed: seed, stream: 1000)

    #expect(relativeL2(try network.logits(input), try golden["logits"]) < 1e-6)
    let trace = try network.trace(input, layer: layer, rule: .standard)
    #expect(relativeL2(trace.logits, try golden["logits"]) < 1e-6)
    let gradient = try network.trace(input).inputGradient(direction)
    #expect(relativeL2(gradient, try golden["input_gradient"]) < 1e-5)
    #expect(relativeL2(try #require(trace.activation), try golden["last_activation"]) < 1e-6)
    #expect(relativeL2(try trace.activationGradient(direction), try golden["last_activation_gradient"]) < 1e-5)
  }

  /// VGG19 itself: logits to 1e-5, and the gradient loosely, since a few ReLU and arg-max ties flip between any two
  /// correct implementations.
  @Test func vgg19AgreesWithPyTorch() throws {
    let network = try seededVGG(try #require(VGG.published["vgg19"]), seed: 19)
    let golden = try Golden("vgg/vgg19")
    let trace = try network.trace(try seededInput([1, 3, 224, 224], seed: 19))
    let toDouble = relativeL2(trace.logits, try golden["logits_float64"])
    #expect(relativeL2(trace.logits, try golden["logits"]) < 1e-5)
    #expect(toDouble < 1e-5)
    let direction = try Tensor((0..<1000).map { $0 == 7 ? 1 : 0 }, [1, 1000])
    let gradient = try trace.inputGradient(direction)
    let values = gradient.values
    var sampled: [Float] = []
    for row in 0..<3 * 32 {
      for x in 0..<32 { sampled.append(values[(row / 32 * 224 + 7 * (row % 32)) * 224 + 7 * x]) }
    }
    let sample = try Tensor(sampled, [1, 3, 32, 32])
    #expect(relativeL2(sample, try golden["input_gradient_sample"]) < 2e-2)
    print(
      "VGG19 against float64: logits \(toDouble), gradient",
      relativeL2(sample, try golden["input_gradient_sample_float64"]))
  }

  /// Rounding a weight to so many bits changes it by 2^-12 or 2^-9 of its size at most, and its square by a third of that
  /// bound's; independent errors of three layers leave the logits about as exact as a weight.
  @Test(arguments: [(WeightOptions.Precision.float16, 5e-4), (.bfloat16, 4e-3)])
  func vgg19WithNarrowWeightsIsAsExactAsThey(_ precision: WeightOptions.Precision, _ bound: Double) throws {
    let network = try seededVGG(
      try #require(VGG.published["vgg19"]), seed: 19, weightOptions: WeightOptions(precision: precision))
    let logits = try network.logits(try seededInput([1, 3, 224, 224], seed: 19))
    let error = relativeL2(logits, try Golden("vgg/vgg19")["logits_float64"])
    print("VGG19 with \(precision) weights against float64: logits \(error)")
    #expect(error < bound)
    // No better than the rounding allows: the weights are narrow indeed.
    #expect(error > bound / 50)
  }

  @Test func publishedNetworksHaveTheirParameters() {
    let parameters = VGG.published.mapValues { vgg in
      vgg.tensors.filter { !$0.name.contains("running") }.reduce(0) { $0 + $1.dimensions.reduce(1, *) }
    }
    #expect(parameters["vgg19"] == 143_667_240)
    #expect(parameters["vgg11"] == 132_863_336)
    #expect(parameters["vgg16_bn"] == 138_365_992)
  }
}
