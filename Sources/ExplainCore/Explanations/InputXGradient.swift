/// Input x gradient [shrikumar2016]: what the score would lose if the pixel went to zero and the network were linear.
///
///     map = sum over channels of x * df_c / dx
///
/// Zero is zero after normalization: the mean color of the pictures that the network was trained on.
public struct InputXGradient: AttributionMethod {
  /// The method `input-x-gradient`.
  public static let about = MethodDescription(
    name: "input-x-gradient", summary: "the gradient times the input", needsGradient: true, isDeterministic: true,
    cost: "1 forward and backward", source: "Shrikumar, Greenside, Shcherbina & Kundaje 2016")

  /// The method, which has no options.
  public init() {}

  /// The product.
  ///
  /// - Throws: what the classifier throws.
  public func attributions(of batch: Tensor, for subject: Subject) throws -> Tensor {
    try batch.zipped(subject.gradient(of: batch)) { $0 * $1 }
  }
}
