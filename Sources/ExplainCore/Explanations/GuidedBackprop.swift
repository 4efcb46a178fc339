/// Guided backpropagation [springenberg2014]: the gradient, of which each ReLU passes back only what is positive, and
/// only where its input was positive.
///
///     map = sum over channels of the guided gradient
///
/// It draws sharp pictures that depend little on the class; see [adebayo2018].
public struct GuidedBackprop: AttributionMethod {
  /// The method `guided-backprop`.
  public static let about = MethodDescription(
    name: "guided-backprop", summary: "the gradient through ReLUs that pass back positive parts only",
    needsGradient: true, isDeterministic: true, cost: "1 forward and backward",
    source: "Springenberg, Dosovitskiy, Brox & Riedmiller 2014")

  /// The method, which has no options.
  public init() {}

  /// The guided gradient.
  ///
  /// - Throws: `.unsupported` for a model behind callbacks, whose ReLUs are its own; what the classifier throws.
  public func attributions(of batch: Tensor, for subject: Subject) throws -> Tensor {
    try subject.gradient(of: batch, rule: .guided)
  }

  /// One pass through the network and back, with a warning where the network has no ReLUs.
  ///
  /// - Throws: what the classifier throws.
  public func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings {
    let gradient = try attributions(of: subject.input, for: subject)
    var findings = try Findings(magnitudeOf: channels.map(gradient)).afterOneStep(progress)
    findings.warnings += [subject.warningWithoutReLUs].compactMap { $0 }
    return findings
  }
}
