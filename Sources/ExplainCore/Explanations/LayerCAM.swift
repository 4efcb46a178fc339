/// LayerCAM [jiang2021]: every position of a layer, weighed with its own positive gradient.
///
///     map = relu(sum over k of relu(dA_k) A_k)
///
/// Unlike Grad-CAM it stays meaningful at early layers, whose maps are fine.
public struct LayerCAM: ActivationMapMethod, Equatable {
  /// The method `layer-cam`.
  public static let about = MethodDescription(
    name: "layer-cam", summary: "every position of a layer, weighed with its positive gradient", needsGradient: true,
    isDeterministic: true, cost: "1 forward and backward", source: "Jiang, Zhang, Hou, Cheng & Wei 2021")

  /// The layer to look at.
  public var layer: String?

  /// The default settings.
  public init() {}

  /// Weighs the positions.
  ///
  /// - Throws: as `ExplanationMethod.findings` has it.
  public func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings {
    let view = try view(of: subject)
    let map = try (view.gradient.relu() * view.activation).sum([1]).relu()
    return try findings(map, of: view, about: subject).afterOneStep(progress)
  }
}
