import Synchronization
import Testing

@testable import ExplainCore

/// A network behind functions, which count what they are asked.
private final class Behind: Sendable {
  struct Calls: Sendable {
    var passes: [UInt64] = []
    var differentiable = 0
    var backward: [UInt64] = []
    var largest = 0
  }

  let network: Network
  let calls = Mutex(Calls())

  init() throws { network = try BlackBoxGolden.network() }

  func classifier(hasBackward: Bool = true, batchLimit: Int = .max) throws -> CallbackClassifier {
    let forward: CallbackClassifier.Forward = { [self] pass in
      calls.withLock {
        $0.passes.append(pass.number)
        $0.differentiable += pass.isDifferentiable ? 1 : 0
        $0.largest = max($0.largest, pass.batch.shape[0])
      }
      return try network.logits(pass.batch)
    }
    let backward: CallbackClassifier.Backward = { [self] pass, gradient in
      calls.withLock { $0.backward.append(pass.number) }
      return try network.trace(pass.batch).inputGradient(gradient)
    }
    return try CallbackClassifier(
      name: "behind", preprocessing: network.preprocessing, classCount: network.classCount, batchLimit: batchLimit,
      forward: forward, backward: hasBackward ? backward : nil)
  }
}

@Suite struct CallbackClassifierTests {
  private func explain(_ classifier: any Classifier, by method: some ExplanationMethod) throws -> Explanation {
    let picture = try classifier.preprocessing.picture(of: BlackBoxGolden.input())
    return try classifier.explain(picture, by: method, seed: 5)
  }

  @Test func itExplainsAsTheNetworkBehindItDoes() throws {
    let behind = try Behind()
    let classifier = try behind.classifier()
    var mask = MaskOptions()
    mask.iterations = 4
    #expect(try explain(classifier, by: mask).mask?.values == explain(behind.network, by: mask).mask?.values)
    let gradients = IntegratedGradients()
    #expect(try explain(classifier, by: gradients).map.values == explain(behind.network, by: gradients).map.values)
    let calls = behind.calls.withLock { $0 }
    #expect(Set(calls.passes).count == calls.passes.count)
    // Each gradient is asked for once, of a pass that was announced as differentiable.
    #expect(Set(calls.backward).count == calls.backward.count && calls.backward.count <= calls.differentiable)
    #expect(calls.largest > 2)
  }

  @Test func largeBatchesAreCut() throws {
    let behind = try Behind()
    let classifier = try behind.classifier(batchLimit: 2)
    let gradients = IntegratedGradients()
    let (cut, whole) = try (explain(classifier, by: gradients).map, explain(behind.network, by: gradients).map)
    // The last layer's product has another number of rows: sums of float32 in another order.
    #expect(zip(cut.values, whole.values).allSatisfy { abs($0 - $1) <= 1e-6 })
    #expect(behind.calls.withLock { $0.largest } == 2)
  }

  @Test func withoutBackwardThereIsNoGradient() throws {
    let behind = try Behind()
    let classifier = try behind.classifier(hasBackward: false)
    #expect(
      errorMessage { _ = try explain(classifier, by: Saliency()) }
        == "method saliency needs a gradient, which the model behind does not give: it has no backward function")
    #expect(try explain(classifier, by: Occlusion()).importance.values.contains { $0 > 0 })
  }

  @Test func layersAndRulesAreOutOfReach() throws {
    let classifier = try Behind().classifier()
    let input = try BlackBoxGolden.input()
    #expect(throws: ExplainError.self) { try classifier.trace(input, layer: "features.0", rule: .standard) }
    #expect(throws: ExplainError.self) { try classifier.trace(input, layer: nil, rule: .guided) }
  }

  @Test func wrongShapesAndNumbersAreErrors() throws {
    let network = try BlackBoxGolden.network()
    let input = try BlackBoxGolden.input()
    func logits(_ forward: @escaping CallbackClassifier.Forward) throws -> Tensor {
      try CallbackClassifier(
        name: "wrong", preprocessing: network.preprocessing, classCount: 5, forward: forward
      ).logits(input)
    }
    #expect(errorMessage { _ = try logits { _ in try Tensor([1, 2], [1, 2]) } }.contains("expected [1, 5]"))
    let infinite = try Tensor(repeating: .infinity, shape: Shape([1, 5]))
    #expect(errorMessage { _ = try logits { _ in infinite } }.contains("not finite"))
    #expect(throws: ExplainError(.cancelled, "enough")) {
      try logits { _ in throw ExplainError(.cancelled, "enough") }
    }
  }

  @Test func argumentsAreChecked() throws {
    let network = try BlackBoxGolden.network()
    func make(_ classes: Int, names: [String] = [], limit: Int = 1) throws {
      _ = try CallbackClassifier(
        name: "x", preprocessing: network.preprocessing, classCount: classes, classNames: names, batchLimit: limit,
        forward: { $0.batch })
    }
    #expect(throws: ExplainError.self) { try make(0) }
    #expect(throws: ExplainError.self) { try make(1_000_001) }
    #expect(throws: ExplainError.self) { try make(2, names: ["one"]) }
    #expect(throws: ExplainError.self) { try make(2, limit: 0) }
    #expect(errorMessage { try make(2) } == "")
  }
}

@Suite struct ClassifierSurfaceTests {
  @Test func classesAreRenamed() throws {
    let network = try BlackBoxGolden.network()
    let renamed = try network.renamingClasses(["a", "b", "c", "d", "e"])
    let input = try BlackBoxGolden.input()
    #expect(renamed.className(3) == "d" && network.className(3) == "3")
    #expect(try renamed.logits(input).values == network.logits(input).values)
    #expect(renamed.layerNames == network.layerNames && renamed.defaultLayer == network.defaultLayer)
    #expect(errorMessage { _ = try network.renamingClasses(["a"]) } == "1 class names for the 5 classes of seeded")
  }

  @Test func tensorsHaveTheLayersNames() throws {
    let tensors = try BlackBoxGolden.network().tensors
    #expect(tensors.first?.name == "features.0.weight")
    #expect(try tensors.first?.tensor().shape.dimensions == [8, 3, 3, 3])
    #expect(Set(tensors.map(\.name)).count == tensors.count)
  }

  @Test func aBatchIsClassifiedAsItsPicturesAre() throws {
    let network = try BlackBoxGolden.network()
    let picture = try network.preprocessing.picture(of: BlackBoxGolden.input())
    let wide = try Picture(contentsOf: TwoObjects.pictures.appendingPathComponent("scene-gear.png").path)
    let pictures = [picture, wide, picture, wide, picture, wide, picture, wide, picture, wide]
    let together = try network.classify(pictures, top: 5)
    #expect(together.count == 10)
    for (one, picture) in zip(together, pictures) {
      let alone = try network.classify(picture)
      #expect(one.map(\.index) == alone.map(\.index))
      // float32 sums in another order.
      #expect(zip(one, alone).allSatisfy { abs($0.probability - $1.probability) < 1e-5 })
    }
  }
}

@Suite struct OptionTextTests {
  private func check(_ type: (some ExplanationMethod).Type) throws {
    var method = try type.init(preset: nil)
    let before = method.json()
    for option in type.table { try method.set(option.name, to: method.text(of: option.name)) }
    #expect(method.json() == before, "\(type.about.name)")
  }

  @Test func everyDefaultCanBeSetAsItIsShown() throws {
    for method in Methods.all { try check(method) }
    #expect(errorMessage { _ = try MaskOptions().text(of: "iteration") }.hasPrefix("no option iteration"))
  }
}
