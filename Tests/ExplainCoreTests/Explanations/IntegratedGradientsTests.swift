import Testing

@testable import ExplainCore

@Suite struct IntegratedGradientsTests {
  @Test(arguments: [("black", "midpoint"), ("zero", "midpoint"), ("black", "right")])
  func agreesWithCaptum(_ baseline: String, _ rule: String) throws {
    var method = IntegratedGradients()
    try method.set("baseline", to: baseline)
    try method.set("rule", to: rule)
    // With 50 steps roundings decide between two pixels of a window: see the goldens' script.
    if baseline == "zero" { method.steps = 40 }
    let (golden, subject) = (try Golden("gradients"), try GradientGolden.subject())
    let key = "integrated-gradients/\(rule == "right" ? rule : baseline)"
    let shares = try method.attributions(of: subject.input, for: subject)
    print(key, relativeL2(shares, try golden[key]))
    #expect(relativeL2(shares, try golden[key]) < 1e-4)
    let findings = try method.findings(about: subject, progress: nil)
    let gap = try #require(findings.measures.first { $0.name == "completeness_gap" }?.value.doubleValue)
    // The gap is a small difference of logits near 10, whose float32 error is some 1e-5.
    #expect(abs(gap - Double(try golden["\(key)/gap"].item)) < 1e-4)
  }

  @Test func moreStepsCloseTheGap() throws {
    let subject = try GradientGolden.subject()
    func gap(_ steps: Int) throws -> Double {
      var method = IntegratedGradients()
      method.steps = steps
      let measures = try method.findings(about: subject, progress: nil).measures
      return try #require(measures.first { $0.name == "completeness_gap" }?.value.doubleValue)
    }
    let gaps = try [1, 10, 400].map(gap)
    print("completeness gaps after 1, 10, 400 steps", gaps)
    #expect(gaps[0] > 3 * gaps[1] && gaps[1] > 3 * gaps[2])
  }

  @Test func tooFewStepsAreReported() throws {
    var method = IntegratedGradients()
    (method.steps, method.rule) = (1, .right)
    let findings = try method.findings(about: try GradientGolden.subject(), progress: nil)
    #expect(findings.warnings.contains { $0.contains("more steps") })
  }

  /// From the picture itself there is no way to go.
  @Test func aBaselinePictureIsTheCallers() throws {
    let network = try GradientGolden.network()
    let picture = try GradientGolden.subject(network).picture
    var method = IntegratedGradients()
    method.baseline = .picture
    #expect(GradientGolden.message { _ = try network.explain(picture, by: method) }.contains("no picture was given"))
    let explanation = try network.explain(picture, by: method, reference: picture)
    #expect(explanation.map.values.allSatisfy { $0 == 0 } && explanation.warnings.count == 1)
    let black = try Picture(width: 1, height: 1, pixels: [0, 0, 0])
    let given = try network.explain(picture, by: method, reference: black)
    #expect(relativeL2(given.map, try network.explain(picture, by: IntegratedGradients()).map) < 1e-6)
  }

  @Test func stoppedOnTheWay() throws {
    let subject = try GradientGolden.subject()
    let findings = try withBatches(of: 5, subject.classifier, isDifferentiable: true) {
      try IntegratedGradients().findings(about: subject) { $0.step >= 15 ? .cancel : .proceed }
    }
    #expect(findings.isInterrupted && findings.iterations == 15)
    #expect(findings.warnings.count == 1 && findings.warnings[0].contains("15 of 50 steps"))
  }
}
