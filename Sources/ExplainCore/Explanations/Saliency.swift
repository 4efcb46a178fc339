/// Saliency [simonyan2013]: how much the class score changes with a small change of a pixel.
///
///     map = max over channels |df_c / dx|
///
/// The score is the logit, since a probability also rises when other classes fall.
public struct Saliency: AttributionMethod {
  /// The method `saliency`.
  public static let about = MethodDescription(
    name: "saliency", summary: "how much the score changes with each pixel", needsGradient: true,
    isDeterministic: true, cost: "1 forward and backward", source: "Simonyan, Vedaldi & Zisserman 2013")

  /// The largest absolute value of the three, section 3.1.
  public var channels: ChannelAggregation { .largestMagnitude }

  /// The method, which has no options.
  public init() {}

  /// The derivative itself.
  ///
  /// - Throws: what the classifier throws.
  public func attributions(of batch: Tensor, for subject: Subject) throws -> Tensor {
    try subject.gradient(of: batch)
  }
}
