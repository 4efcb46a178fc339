/// Grad-CAM [selvaraju2016]: the channels of a layer, each weighed with the mean of its gradient.
///
///     map = relu(sum over k of mean(dA_k) A_k)
///
/// At the last convolution after its ReLU, where [selvaraju2016]'s code looks (`relu5_3` of VGG16, 14x14). The examples
/// of pytorch-grad-cam take the max-pool after it for VGG (`features[-1]`, 7x7): give its name as `layer` for that.
public struct GradCAM: ActivationMapMethod, Equatable {
  /// The method `grad-cam`.
  public static let about = MethodDescription(
    name: "grad-cam", summary: "a layer's channels, weighed with the mean of their gradients", needsGradient: true,
    isDeterministic: true, cost: "1 forward and backward", source: "Selvaraju and others 2016")

  /// The layer to look at.
  public var layer: String?

  /// The default settings.
  public init() {}

  /// Weighs the channels.
  ///
  /// - Throws: as `ExplanationMethod.findings` has it.
  public func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings {
    let view = try view(of: subject)
    return try findings(Self.map(view), of: view, about: subject).afterOneStep(progress)
  }

  /// The map over the layer, `[1, h, w]`.
  static func map(_ view: LayerView) throws -> Variable {
    try (view.gradient.mean([2, 3], keepingAxes: true) * view.activation).sum([1]).relu()
  }
}
