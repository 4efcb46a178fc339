import Testing

@testable import ExplainCore

@Suite struct SmoothGradTests {
  /// Captum's attributions averaged over the same noisy copies.
  ///
  /// The noise differs by the last bits of libm.
  @Test(arguments: ["saliency", "input-x-gradient", "guided-backprop", "deconvnet"])
  func agreesWithCaptum(_ base: String) throws {
    var method = SmoothGrad()
    try method.set("base", to: base)
    let subject = try GradientGolden.subject()
    let shares = try method.attributions(of: subject.input, for: subject)
    let expected = try Golden("gradients")["smoothgrad/\(base)"]
    print("smoothgrad over \(base)", relativeL2(shares, expected))
    #expect(relativeL2(shares, expected) < 1e-4)
    let findings = try method.findings(about: subject, progress: nil)
    #expect(try findings.map?.values == method.channels.map(shares).values)
    #expect(findings.iterations == 50)
  }

  @Test func withoutNoiseItIsTheBase() throws {
    let subject = try GradientGolden.subject()
    var method = SmoothGrad()
    (method.base, method.sigma, method.samples) = (.integratedGradients, 0, 2)
    let mean = try method.attributions(of: subject.input, for: subject)
    // A mean of two equal numbers is that number.
    let base = try IntegratedGradients().attributions(of: subject.input, for: subject)
    #expect(mean.values == base.values)
  }

  /// 7 samples are a batch of 5 and one of 2.
  @Test func progressCountsSamples() throws {
    var method = SmoothGrad()
    method.samples = 7
    var steps: [Int] = []
    let subject = try GradientGolden.subject()
    let findings = try withBatches(of: 5, subject.classifier, isDifferentiable: true) {
      try method.findings(about: subject) { progress in
        steps.append(progress.step)
        return .proceed
      }
    }
    #expect(steps == [5, 7] && findings.iterations == 7 && !findings.isInterrupted)
  }
}
