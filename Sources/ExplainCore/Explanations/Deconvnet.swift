/// Deconvnet [zeiler2013]: the gradient, of which each ReLU passes back what is positive, wherever its input was.
///
///     map = sum over channels of the deconvolved gradient
///
/// Max-pools pass back to the place of the maximum, which are [zeiler2013]'s switches.
public struct Deconvnet: AttributionMethod {
  /// The method `deconvnet`.
  public static let about = MethodDescription(
    name: "deconvnet", summary: "the gradient, of which ReLUs pass back the positive part wherever they were",
    needsGradient: true, isDeterministic: true, cost: "1 forward and backward", source: "Zeiler & Fergus 2013")

  /// The method, which has no options.
  public init() {}

  /// The deconvolved gradient.
  ///
  /// - Throws: `.unsupported` for a model behind callbacks, whose ReLUs are its own; what the classifier throws.
  public func attributions(of batch: Tensor, for subject: Subject) throws -> Tensor {
    try subject.gradient(of: batch, rule: .deconvolution)
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
