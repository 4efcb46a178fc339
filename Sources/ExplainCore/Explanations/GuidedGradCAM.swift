/// Guided Grad-CAM [selvaraju2016]: guided backpropagation where Grad-CAM sees evidence.
///
///     map = sum over channels of guided gradient * up(relu(sum over k of mean(dA_k) A_k))
public struct GuidedGradCAM: ActivationMapMethod, AttributionMethod, Equatable {
  /// The method `guided-grad-cam`.
  public static let about = MethodDescription(
    name: "guided-grad-cam", summary: "guided backpropagation times Grad-CAM", needsGradient: true,
    isDeterministic: true, cost: "2 forward and backward", source: "Selvaraju and others 2016")

  /// Every option.
  public static let table: [OptionDescription<GuidedGradCAM>] = [.layer]

  /// The layer that Grad-CAM looks at.
  public var layer: String?

  /// The default settings.
  public init() {}

  /// The default settings.
  ///
  /// - Throws: `.invalidArgument` for any preset.
  public init(preset: String?) throws {
    try OptionLimit.refuse(preset: preset, of: Self.about)
    self.init()
  }

  /// Nothing to check before the network is known.
  public func validate() throws {}

  /// The product for the subject's picture.
  ///
  /// - Parameter batch: pictures, each of which is weighed with its own Grad-CAM.
  /// - Throws: as `ExplanationMethod.findings` has it.
  public func attributions(of batch: Tensor, for subject: Subject) throws -> Tensor {
    let pictures = Variable(constant: batch)
    let parts = try (0..<batch.shape[0]).map { row in
      let picture = try pictures.sliced(along: 0, row..<row + 1).value
      let view = try view(of: subject, at: picture)
      let map = try GradCAM.map(view).reshaped([1, 1] + view.activation.shape.dimensions.suffix(2))
      let full = try map.value.resized(width: batch.shape[3], height: batch.shape[2])
      let guided = try GuidedBackprop().attributions(of: picture, for: subject)
      return try Variable(constant: guided) * Variable(constant: full)
    }
    return try Variable.concatenated(parts, along: 0).value
  }
}
