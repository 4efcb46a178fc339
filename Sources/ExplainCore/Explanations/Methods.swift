/// Every method, by name.
public enum Methods {
  /// All methods, in the order in which lists show them.
  public static let all: [any ExplanationMethod.Type] = [
    MaskOptions.self,
    Saliency.self,
    InputXGradient.self,
    GuidedBackprop.self,
    Deconvnet.self,
    SmoothGrad.self,
    IntegratedGradients.self,
    GradCAM.self,
    GuidedGradCAM.self,
    GradCAMPlusPlus.self,
    LayerCAM.self,
    EigenCAM.self,
    ScoreCAM.self,
    Occlusion.self,
    RISE.self,
    ExtremalMasks.self,
    Perturbator.self,
    FoolingImage.self,
    FGSM.self,
    PGD.self,
    ClassVisualization.self,
    AdversarialDetection.self,
  ]

  /// The method of that name.
  ///
  /// - Throws: `.invalidArgument` that names the nearest methods.
  public static func named(_ name: String) throws -> any ExplanationMethod.Type {
    for method in all where method.about.name == name { return method }
    var names: [String] = []
    for method in all { names.append(method.about.name) }
    throw ExplainError.invalid("no method \(name)\(NearestNames.clause(for: name, among: names))")
  }
}
