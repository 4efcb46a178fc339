import Foundation
import Testing

@testable import ExplainCore

/// What all gradient and class-activation methods have in common.
@Suite(.serialized) struct GradientMethodTests {
  private func make(_ name: String) throws -> any ExplanationMethod {
    try Methods.named(name).init(preset: nil)
  }

  /// Attributions of Captum, every channel.
  ///
  /// The bound is what is asked of all methods; no ReLU of so small a network is
  /// near enough to 0 to flip.
  @Test(arguments: ["saliency", "input-x-gradient", "guided-backprop", "deconvnet"])
  func attributionsAgreeWithCaptum(_ name: String) throws {
    let (golden, subject) = (try Golden("gradients"), try GradientGolden.subject())
    #expect(relativeL2(try subject.classifier.logits(subject.input), try golden["logits"]) < 1e-5)
    let method = try #require(try make(name) as? any AttributionMethod)
    let shares = try method.attributions(of: subject.input, for: subject)
    let expected = try golden[name]
    print(name, relativeL2(shares, expected))
    #expect(relativeL2(shares, expected) < 1e-4)

    // The map is made of the three channels of each pixel.
    let findings = try method.findings(about: subject, progress: nil)
    let (values, pixels) = (expected.values, 32 * 40)
    let map = (0..<pixels).map { i in
      let three = [values[i], values[pixels + i], values[2 * pixels + i]]
      return name == "saliency" ? three.map(abs).max() ?? 0 : three.reduce(0, +)
    }
    #expect(relativeL2(try #require(findings.map), try Tensor(map, [32, 40])) < 1e-4)
    #expect(findings.importance.values.max() == 1)
    #expect(findings.iterations == 1 && !findings.isInterrupted)
  }

  @Test(arguments: GradientGolden.names)
  func sameBitsForAnyNumberOfThreads(_ name: String) throws {
    defer { Parallel.threads = 0 }
    let network = try GradientGolden.network()
    var maps: [[Float]] = []
    for threads in [1, 2, 3] {
      Parallel.threads = threads
      let findings = try make(name).findings(about: try GradientGolden.subject(network), progress: nil)
      #expect(findings.importance.values.allSatisfy { (0...1).contains($0) })
      #expect(findings.importance.shape.dimensions == [32, 40])
      maps.append(try #require(findings.map).values)
    }
    #expect(maps[0] == maps[1] && maps[0] == maps[2])
    let other = try make(name).findings(about: try GradientGolden.subject(network, seed: 42), progress: nil)
    #expect((other.map?.values == maps[0]) == type(of: try make(name)).about.isDeterministic)
  }

  @Test(arguments: GradientGolden.names)
  func cancellingKeepsWhatWasFound(_ name: String) throws {
    var steps: [ExplainCore.Progress] = []
    let findings = try make(name).findings(about: try GradientGolden.subject()) { progress in
      steps.append(progress)
      return .cancel
    }
    #expect(steps.count == 1)
    #expect(steps[0].step <= steps[0].steps)
    #expect(findings.isInterrupted)
    #expect(findings.iterations == steps[0].step)
    #expect(findings.importance.values.max() == 1)
  }

  @Test(arguments: GradientGolden.names)
  func modelsThatGiveLessAreRefused(_ name: String) throws {
    let network = try GradientGolden.network()
    let method = try make(name)
    let picture = try GradientGolden.subject(network).picture
    let message = GradientGolden.message {
      _ = try Withholding(base: network, isDifferentiable: false).explain(picture, by: method)
    }
    #expect(message.contains(name) && message.contains("withholding"), "\(message)")
    #expect(message.contains("gradient") || message.contains("no layers"), "\(message)")
  }

  @Test func guidedRulesNeedTheNetworksReLUs() throws {
    let subject = try GradientGolden.subject(Withholding(base: try GradientGolden.network(), isDifferentiable: true))
    #expect(throws: ExplainError.self) { try GuidedBackprop().findings(about: subject, progress: nil) }
    #expect(throws: ExplainError.self) { try Deconvnet().findings(about: subject, progress: nil) }
    _ = try Saliency().findings(about: subject, progress: nil)
  }

  /// The golden network with another nonlinearity in the place of each ReLU.
  private func network(_ activation: ExplainCore.Operation.Activation) throws -> Network {
    let base = try GradientGolden.network()
    var graph = Graph()
    for node in base.graph.nodes {
      if case .activation(.relu) = node.operation {
        graph.add(node.name, .activation(activation), node.inputs)
      } else {
        graph.add(node.name, node.operation, node.inputs)
      }
    }
    return try Network(name: "other", graph: graph, preprocessing: base.preprocessing)
  }

  @Test(arguments: ["guided-backprop", "deconvnet"])
  func guidedRulesActOnEveryRectifier(_ name: String) throws {
    func findings(_ network: Network) throws -> Findings {
      try make(name).findings(about: GradientGolden.subject(network), progress: nil)
    }
    let base = try findings(GradientGolden.network())
    #expect(base.warnings.isEmpty)
    // A clip that never clips above is a ReLU.
    let wide = try findings(network(.clip(minimum: 0, maximum: 1e9)))
    #expect(wide.map?.values == base.map?.values && wide.warnings.isEmpty)
    // One that does passes nothing back from there, unless the rule looks at the gradient alone.
    let narrow = try findings(network(.clip(minimum: 0, maximum: 0.5)))
    #expect(narrow.map?.values != base.map?.values && narrow.warnings.isEmpty)
  }

  /// What a network says of its ReLUs is what the rules do to its gradient, and decides about the warning.
  @Test(arguments: [
    (ExplainCore.Operation.Activation.relu, true), (.clip(minimum: 0, maximum: 0.5), true),
    (.clip(minimum: -1, maximum: 1), false), (.leakyRelu(slope: 0.1), false), (.sigmoid, false),
    (.hardSigmoid(alpha: 0.2, beta: 0.5), false), (.hardSwish, false),
  ])
  func networksKnowWhetherARuleActs(_ activation: ExplainCore.Operation.Activation, _ acts: Bool) throws {
    let network = try network(activation)
    #expect(network.hasReLUs == acts)
    let renamed = try network.renamingClasses((0..<network.classCount).map { "class \($0)" })
    for classifier in [network, renamed] as [any Classifier] {
      let subject = try GradientGolden.subject(classifier)
      let plain = try subject.gradient(of: subject.input)
      #expect(plain.values.contains { $0 != 0 })
      for method in [GuidedBackprop(), Deconvnet()] as [any AttributionMethod] {
        #expect((try method.attributions(of: subject.input, for: subject).values != plain.values) == acts)
        let warnings = try method.findings(about: subject, progress: nil).warnings
        #expect(warnings.count == (acts ? 0 : 1))
        #expect(warnings.allSatisfy { $0.contains("no ReLUs") })
      }
    }
  }

  /// One pass forward and back is what these methods are listed with; that another classifier may have no ReLUs is no
  /// reason for a warning, as it is not known.
  @Test(arguments: ["saliency", "input-x-gradient", "guided-backprop", "deconvnet"])
  func onePassForwardAndBack(_ name: String) throws {
    let classifier = Counting(base: try network(.sigmoid))
    let subject = try GradientGolden.subject(classifier)
    let before = classifier.passes
    let findings = try make(name).findings(about: subject, progress: nil)
    #expect(classifier.passes - before == 1)
    #expect(findings.warnings.isEmpty)
  }

  @Test(arguments: GradientGolden.names)
  func optionsRefuseWhatTheyCannotTake(_ name: String) throws {
    #expect(GradientGolden.message { _ = try Methods.named(name).init(preset: "paper") }.contains("no presets"))
    for (option, value) in [
      ("samples", "0"), ("samples", "10001"), ("sigma", "-1"), ("sigma", "nan"), ("base", "mask"), ("steps", "0"),
      ("steps", "1e9"), ("baseline", "white"), ("rule", "left"), ("epsilon", "-1"), ("nothing", "1"),
    ] {
      var method = try make(name)
      let message = GradientGolden.message {
        try method.set(option, to: value)
        try method.validate()
      }
      #expect(message.contains(option) && !message.contains("\n"), "\(name) \(option) \(value): \(message)")
    }
  }

  /// Several targets count as one.
  @Test func targetsAdd() throws {
    let network = try GradientGolden.network()
    let picture = try GradientGolden.subject(network).picture
    let maps = try [[1], [3], [1, 3]].map {
      try network.explain(picture, by: InputXGradient(), targets: $0).map
    }
    #expect(relativeL2(maps[2], try maps[0].zipped(maps[1]) { $0 + $1 }) < 1e-5)
  }

  /// A picture on which the logits do not depend.
  @Test(arguments: GradientGolden.names)
  func anEmptyMapIsReported(_ name: String) throws {
    var graph = Graph()
    var convolution = Operation.Convolution(weight: try Tensor(repeating: 0, shape: Shape([2, 3, 1, 1])), bias: nil)
    convolution.strides = [1, 1]
    graph.add("flat", .convolution(convolution), [0])
    graph.add("relu", .activation(.relu), [1])
    graph.add("mean", .globalAveragePool, [2])
    var preprocessing = Preprocessing.torch
    (preprocessing.width, preprocessing.height) = (40, 32)
    let network = try Network(name: "flat", graph: graph, preprocessing: preprocessing)
    let findings = try make(name).findings(about: try GradientGolden.subject(network), progress: nil)
    #expect(findings.importance.values.allSatisfy { $0 == 0 })
    #expect(findings.warnings.count == 1)
  }

  /// With the embedded model, evidence for either object is more on that object than what the other gets there.
  @Test(arguments: GradientGolden.names)
  func theTargetDecidesWhatLightsUp(_ name: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("examples/pictures")
    let network = try ModelRequest("scenes").load()
    let picture = try Picture(contentsOf: folder.appendingPathComponent("scene-star-gear.png").path)
    let objects = ["star", "gear"]
    let truths = try objects.map {
      try Picture(contentsOf: folder.appendingPathComponent("scene-star-gear.\($0).mask.png").path)
    }
    var shares: [[Double]] = []
    for object in objects {
      let explanation = try network.explain(picture, by: try make(name), targets: [try network.classIndex(object)])
      let importance = try explanation.pictureImportance().values
      let total = importance.reduce(0) { $0 + Double($1) }
      shares.append(
        truths.map { truth in
          importance.indices.reduce(0) { truth.pixels[3 * $1] > 127 ? $0 + Double(importance[$1]) : $0 } / total
        })
      if let folder = ProcessInfo.processInfo.environment["EXPLAINCORE_PICTURES"] {
        _ = try explanation.write(to: folder, prefix: "\(name)-\(object)")
      }
    }
    print("\(name): share in star and gear, for star \(shares[0]), for gear \(shares[1])")
    // Eigen-CAM has no target; the deconvnet hardly knows one.
    if name == "eigen-cam" {
      #expect(shares[0] == shares[1])
    } else {
      #expect(shares[0][0] / shares[0][1] > shares[1][0] / shares[1][1])
    }
  }
}
