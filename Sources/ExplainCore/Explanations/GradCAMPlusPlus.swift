/// Grad-CAM++ [chattopadhay2017]: the channels of a layer, weighed with positive gradients of which each position counts
/// by how much it bends the score.
///
///     alpha = dA^2 / (2 dA^2 + sum(A_k) dA^3 + epsilon)
///     map = relu(sum over k of sum(alpha relu(dA_k)) A_k)
///
/// With `exp` of the logit as the score, whose higher derivatives are powers of the first.
public struct GradCAMPlusPlus: ActivationMapMethod, Equatable {
  /// The method `grad-cam++`.
  public static let about = MethodDescription(
    name: "grad-cam++", summary: "Grad-CAM with a weight for each position, for several objects of a class",
    needsGradient: true, isDeterministic: true, cost: "1 forward and backward",
    source: "Chattopadhay, Sarkar, Howlader & Balasubramanian 2017")

  /// The layer to look at.
  public var layer: String?
  /// Keeps small gradients from counting, 0 to 1: pytorch-grad-cam's; the paper has none, which is 0.
  public var epsilon: Float = 1e-6

  /// The default settings.
  public init() {}

  /// Every option.
  public static let table: [OptionDescription<GradCAMPlusPlus>] = [
    .layer,
    .number("epsilon", "added to alpha's denominator; 0 as in the paper", \.epsilon),
  ]

  /// Checks every option.
  ///
  /// - Throws: `.invalidArgument` for an epsilon out of its range.
  public func validate() throws { try OptionLimit.check("epsilon", epsilon, 0...1) }

  /// Weighs the channels.
  ///
  /// - Throws: as `ExplanationMethod.findings` has it.
  public func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings {
    let view = try view(of: subject)
    let sums = try view.activation.sum([2, 3], keepingAxes: true)
    // Written without dA^2, which stands above and below: a gradient of 0 has no weight, and no quotient 0 / 0.
    let weights = try view.gradient.value.combined((sums * view.gradient).value) { [epsilon] gradient, product in
      guard gradient > 0 else { return 0 }
      let denominator = 2 + product + (epsilon > 0 ? epsilon / (gradient * gradient) : 0)
      return denominator == 0 ? 0 : gradient / denominator
    }
    let map = try (Variable(constant: weights).sum([2, 3], keepingAxes: true) * view.activation).sum([1]).relu()
    return try findings(map, of: view, about: subject).afterOneStep(progress)
  }
}
