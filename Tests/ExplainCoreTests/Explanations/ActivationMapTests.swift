import Testing

@testable import ExplainCore

/// Maps over a layer against PyTorch's, which tools/goldens/gradients.py has compared with pytorch-grad-cam.
@Suite struct ActivationMapTests {
  @Test(
    arguments: ["grad-cam", "grad-cam++", "layer-cam", "eigen-cam", "score-cam"],
    [("last", ""), ("convolution", "features.3")])
  func agreesWithPyTorch(_ name: String, _ place: (key: String, layer: String)) throws {
    var method = try Methods.named(name).init(preset: nil)
    try method.set("layer", to: place.layer)
    let findings = try method.findings(about: try GradientGolden.subject(), progress: nil)
    let key = name == "grad-cam++" ? "grad-cam-plus-plus" : name
    let (map, expected) = (try #require(findings.map), try Golden("gradients")["\(key)/\(place.key)"])
    print(name, place.key, relativeL2(map, expected))
    #expect(relativeL2(map, expected) < 1e-4)
    let layer = findings.measures.first { $0.name == "layer" }?.value.stringValue
    #expect(layer == (place.layer.isEmpty ? "features.7" : place.layer))
  }

  @Test func guidedGradCAMAgreesWithCaptum() throws {
    let (golden, subject) = (try Golden("gradients"), try GradientGolden.subject())
    let shares = try GuidedGradCAM().attributions(of: subject.input, for: subject)
    print("guided-grad-cam", relativeL2(shares, try golden["guided-grad-cam"]))
    #expect(relativeL2(shares, try golden["guided-grad-cam"]) < 1e-4)
  }

  @Test(arguments: ["grad-cam", "guided-grad-cam", "grad-cam++", "layer-cam", "eigen-cam", "score-cam"])
  func layersThatDoNotFitAreNamed(_ name: String) throws {
    func message(_ layer: String) throws -> String {
      var method = try Methods.named(name).init(preset: nil)
      try method.set("layer", to: layer)
      return GradientGolden.message {
        _ = try method.findings(about: try GradientGolden.subject(), progress: nil)
      }
    }
    #expect(try message("feature.7").contains("the nearest are features.7"))
    #expect(try message("classifier.0").contains("layer classifier.0 gives [1, 5]"))
    // One position has nothing to show.
    #expect(try message("avgpool").contains("[1, 16, 1, 1]"))
    for layer in ["features.0", "features.1", "features.2", "features.8"] { #expect(try message(layer) == "") }
  }

  /// The paper's weights, without what keeps small gradients out, do not change with the gradients' scale as much.
  @Test func epsilonZeroIsThePaper() throws {
    var method = GradCAMPlusPlus()
    method.epsilon = 0
    let paper = try #require(try method.findings(about: try GradientGolden.subject(), progress: nil).map)
    #expect(paper.values.allSatisfy { $0.isFinite })
    method.epsilon = 1e-12
    let nearly = try #require(try method.findings(about: try GradientGolden.subject(), progress: nil).map)
    #expect(relativeL2(nearly, paper) < 1e-4)
  }

  @Test func scoreCAMCountsChannels() throws {
    var steps: [Int] = []
    let subject = try GradientGolden.subject()
    let findings = try withBatches(of: 7, subject.classifier) {
      try ScoreCAM().findings(about: subject) { progress in
        steps.append(progress.step)
        return .proceed
      }
    }
    #expect(steps == [7, 14, 16] && findings.iterations == 16 && !findings.isInterrupted)
  }
}
