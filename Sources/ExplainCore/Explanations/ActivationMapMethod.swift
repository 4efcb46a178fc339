/// A method that looks at the activations of one layer, and weighs its channels into a map.
public protocol ActivationMapMethod: ExplanationMethod {
  /// The layer's name, one of `Classifier.layerNames`; nil for the rectified features of the last convolution.
  var layer: String? { get set }
  /// The default settings.
  init()
}

/// The output of a layer for one picture, and the derivative of the target's logit with respect to it.
struct LayerView {
  /// The layer's name.
  let name: String
  /// A_k, `[1, channels, h, w]`.
  let activation: Variable
  /// dA_k, of the same shape; zeros where it was not asked for.
  let gradient: Variable
}

extension ActivationMapMethod {
  /// The layer alone.
  public static var table: [OptionDescription<Self>] { [.layer] }

  /// The default settings.
  ///
  /// - Throws: `.invalidArgument` for any preset.
  public init(preset: String?) throws {
    try OptionLimit.refuse(preset: preset, of: Self.about)
    self.init()
  }

  /// Nothing to check before the network is known.
  public func validate() throws {}

  /// The layer's output for the picture, and the gradient there.
  ///
  /// - Parameter picture: another input than the subject's, `[1, 3, H, W]`.
  /// - Throws: `.unsupported` for a model without such layers; `.invalidArgument` for a layer that does not exist, which
  ///   names the nearest, or that gives no map; what the classifier throws.
  func view(of subject: Subject, at picture: Tensor? = nil, withGradient: Bool = true) throws -> LayerView {
    let (method, classifier) = (Self.about.name, subject.classifier)
    guard let name = layer ?? classifier.defaultLayer else {
      throw ExplainError.unsupported(
        "method \(method) looks at a convolutional layer, and the model \(classifier.name) "
          + (classifier.layerNames.isEmpty ? "shows no layers" : "has none that is known: give the option layer"))
    }
    let trace = try classifier.trace(picture ?? subject.input, layer: name, rule: .standard)
    guard let activation = trace.activation else {
      throw ExplainError.unsupported("the model \(classifier.name) does not hand out layer \(name)")
    }
    let shape = activation.shape
    guard shape.rank == 4, shape[0] == 1, shape[1] > 0, shape[2] * shape[3] > 1 else {
      throw ExplainError.invalid("layer \(name) gives \(shape): method \(method) needs a map [1, channels, h, w]")
    }
    let gradient =
      try withGradient
      ? trace.activationGradient(subject.direction(rows: 1)) : Tensor(repeating: 0, shape: activation.shape)
    guard gradient.shape == shape else {
      throw ExplainError(.callback, "layer \(name) gives \(shape), and its gradient is \(gradient.shape)")
    }
    return LayerView(name: name, activation: Variable(constant: activation), gradient: Variable(constant: gradient))
  }

  /// Findings from a map over the layer, `[1, h, w]`, which is resized to the network's input.
  func findings(_ map: Variable, of view: LayerView, about subject: Subject) throws -> Findings {
    let size = Array(subject.input.shape.dimensions.suffix(2))
    let plane = try map.value.reshaped(Array(view.activation.shape.dimensions.suffix(2)))
    let full = try plane.resized(width: size[1], height: size[0])
    var findings = try Findings(signed: full)
    findings.measures = [JSON.Member("layer", .string(view.name))]
    return findings
  }
}

extension OptionDescription where Options: ActivationMapMethod {
  /// The layer's name.
  static var layer: OptionDescription {
    OptionDescription(
      name: "layer", values: "NAME", help: "the layer to look at; the last convolution's rectified features if empty",
      get: { $0.layer.map { .string($0) } ?? .null }, set: { $0.layer = $1.isEmpty ? nil : $1 })
  }
}
