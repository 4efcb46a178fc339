import Testing

@testable import ExplainCore

/// What all methods that change or paint a picture have in common.
@Suite(.serialized) struct ChangingMethodTests {
  static let names = ["perturbator", "fool", "fgsm", "pgd", "visualize", "detect"]

  /// The method with few steps.
  private func make(_ name: String) throws -> any ExplanationMethod {
    var method = try Methods.named(name).init(preset: nil)
    if name != "fgsm" { try method.set("iterations", to: "4") }
    return method
  }

  private func explain(
    _ network: any Classifier, _ picture: Picture, _ method: some ExplanationMethod, seed: UInt64 = 0,
    _ progress: ProgressHandler? = nil
  ) throws -> Explanation {
    try network.explain(picture, by: method, targets: [3], seed: seed, progress: progress)
  }

  @Test(arguments: names)
  func sameBitsForAnyNumberOfThreads(_ name: String) throws {
    defer { Parallel.threads = 0 }
    let network = try GradientGolden.network()
    let picture = try GradientGolden.subject(network).picture
    var results: [Explanation] = []
    for threads in [1, 2, 3] {
      Parallel.threads = threads
      results.append(try explain(network, picture, try make(name), seed: 5))
    }
    let perturbed = results.map { $0.perturbed?.values ?? [] }
    #expect(!perturbed[0].isEmpty && perturbed[0] == perturbed[1] && perturbed[0] == perturbed[2])
    for result in results {
      #expect(result.importance.values == results[0].importance.values)
      #expect(result.importance.values.allSatisfy { (0...1).contains($0) })
      #expect(result.history == results[0].history && result.measures == results[0].measures)
      #expect(result.topAfter.count == 5 && !result.figures.isEmpty)
    }
    let other = try explain(network, picture, try make(name), seed: 6)
    #expect((other.perturbed?.values == perturbed[0]) == type(of: try make(name)).about.isDeterministic)
  }

  @Test(arguments: names)
  func cancellingKeepsWhatWasFound(_ name: String) throws {
    let network = try GradientGolden.network()
    let picture = try GradientGolden.subject(network).picture
    var steps: [Progress] = []
    let explanation = try explain(network, picture, try make(name)) { progress in
      steps.append(progress)
      return steps.count == 2 || name == "fgsm" ? .cancel : .proceed
    }
    guard !steps.isEmpty, name == "fgsm" || steps.count == 2 else {
      // A picture that is fooled at once asks nobody.
      #expect(name == "fool" && explanation.measure("succeeded") == .bool(true))
      return
    }
    #expect(explanation.isInterrupted)
    #expect(explanation.iterations == steps.count)
    #expect(steps.allSatisfy { $0.step <= $0.steps && $0.loss.isFinite })
    _ = try JSON.parse(try explanation.json(pictureName: "picture").serialized())
  }

  @Test(arguments: names)
  func modelsWithoutAGradientAreRefused(_ name: String) throws {
    let network = try GradientGolden.network()
    let picture = try GradientGolden.subject(network).picture
    let message = GradientGolden.message {
      _ = try explain(Withholding(base: network, isDifferentiable: false), picture, try make(name))
    }
    #expect(message.contains(name) && message.contains("gradient") && message.contains("withholding"), "\(message)")
  }

  @Test(arguments: names)
  func optionsRefuseWhatTheyCannotTake(_ name: String) throws {
    #expect(GradientGolden.message { _ = try Methods.named(name).init(preset: "paper") }.contains("no presets"))
    for (option, value) in [
      ("iterations", "0"), ("iterations", "99999999999999999999"), ("kernel", "0"), ("kernel", "32"),
      ("blocks", "17"), ("layers", "-1"), ("l1", "nan"), ("learning-rate", "0"), ("learning-rate", "inf"),
      ("epsilon", "256"), ("epsilon", "nan"), ("step", "-1"), ("confidence", "1"), ("rounded", "maybe"),
      ("targeted", "1"), ("random-start", "2"), ("l2", "-1"), ("jitter", "129"), ("blur-every", "-1"),
      ("sigma", "11"), ("restarts", "-1"), ("attack", "siege"), ("mask", "carnival"), ("nothing", "1"),
    ] {
      var method = try make(name)
      let message = GradientGolden.message {
        try method.set(option, to: value)
        try method.validate()
      }
      #expect(message.contains(option) && !message.contains("\n"), "\(name) \(option) \(value): \(message)")
    }
  }

  /// The same network for inputs of numbers 8 times as large changes the picture in the same way.
  @Test(arguments: names + ["mask"])
  func resultsDoNotDependOnTheUnitsOfTheInput(_ name: String) throws {
    let network = try GradientGolden.network()
    let picture = try GradientGolden.subject(network).picture
    var preprocessing = network.preprocessing
    preprocessing.deviation = preprocessing.deviation.map { $0 / 8 }
    var graph = Graph()
    var isFirst = true
    for node in network.graph.nodes {
      if isFirst, case .convolution(var convolution) = node.operation {
        convolution.weight = try convolution.weight.map { $0 / 8 }
        graph.add(node.name, .convolution(convolution), node.inputs)
        isFirst = false
      } else {
        graph.add(node.name, node.operation, node.inputs)
      }
    }
    let large = try Network(name: "large", graph: graph, preprocessing: preprocessing)
    #expect(preprocessing.unit == 8 && network.preprocessing.unit == 1)
    let explanations = try [network, large].map { try explain($0, picture, try make(name)) }
    let (small, scaled) = (try #require(explanations[0].perturbed), try #require(explanations[1].perturbed))
    // Powers of two are exact; what is left is the rounding of sums and of logarithms.
    #expect(relativeL2(try scaled.map { $0 / 8 }, small) < 1e-4)
    #expect(relativeL2(explanations[1].importance, explanations[0].importance) < 1e-2)
  }

  /// Inputs whose channels are blue first, of other units, cut from the middle of a wide picture.
  @Test(arguments: names)
  func anyPreprocessing(_ name: String) throws {
    var preprocessing = Preprocessing.caffe
    (preprocessing.width, preprocessing.height, preprocessing.resize) = (40, 32, .crop)
    let network = try Network(
      name: "small", graph: try GradientGolden.network().graph, preprocessing: preprocessing)
    let picture = try GradientGolden.subject().picture.resized(width: 90, height: 41)
    let explanation = try explain(network, picture, try make(name))
    let perturbed = try #require(explanation.perturbed)
    #expect(perturbed.values.allSatisfy { $0.isFinite })
    #expect(try explanation.rendered(.perturbed).width == 90)
    if let linf = explanation.measure("linf")?.doubleValue { #expect(linf > 0 && linf < 1) }
  }
}
