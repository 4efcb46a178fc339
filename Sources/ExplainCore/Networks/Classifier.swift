/// What an explainer needs of a model: scores for a batch of pictures, and, if it can, their derivative.
///
/// Classifiers are immutable and may be used by many threads at once.
public protocol Classifier: Sendable {
  /// A short name for reports, such as `scenes` or `vgg19`.
  var name: String { get }
  /// How pictures become the network's input.
  var preprocessing: Preprocessing { get }
  /// The number of classes.
  var classCount: Int { get }
  /// A name for each class, or none if they are not known.
  var classNames: [String] { get }
  /// Whether `trace` can be differentiated.
  var isDifferentiable: Bool { get }
  /// Whether there is a ReLU on which a `ReluRule` acts; true where that is not known.
  var hasReLUs: Bool { get }
  /// Names of the layers that a trace can hand out, in the order of execution; empty for callback models.
  var layerNames: [String] { get }
  /// The layer where class-activation methods look unless told otherwise: the rectified features of the last
  /// convolution; nil if the model has none.
  var defaultLayer: String? { get }
  /// The weights by name; empty for callback models.
  var tensors: [ModelTensor] { get }

  /// Bytes that each picture of a batch adds to what the model holds while it runs, from which methods take how many
  /// pictures they pass through it together: the same number whenever it is asked for.
  ///
  /// - Parameter isDifferentiable: for `trace` with an input gradient, and not for `logits`.
  /// - Throws: `.outOfMemory`.
  func bytesPerPicture(isDifferentiable: Bool) throws -> Int

  /// Logits of a batch.
  ///
  /// - Parameter batch: normalized pictures, `[N, 3, H, W]`.
  /// - Returns: `[N, classes]`.
  /// - Throws: `.invalidArgument` for a batch of the wrong shape; `.outOfMemory`; `.callback`.
  func logits(_ batch: Tensor) throws -> Tensor

  /// Logits of a batch, with what is needed to differentiate them.
  ///
  /// - Parameters:
  ///   - batch: normalized pictures, `[N, 3, H, W]`.
  ///   - layer: a layer whose activation and gradient will be asked for instead of the input's gradient, or nil.
  ///   - rule: how ReLUs pass gradients back.
  /// - Throws: as `logits`, and `.unsupported` if the model is not differentiable, `.invalidArgument` if there is no
  ///   such layer (the nearest names are in the message).
  func trace(_ batch: Tensor, layer: String?, rule: ReluRule) throws -> any Trace
}

/// One pass of a batch through a network, which can be walked back.
public protocol Trace: AnyObject {
  /// `[N, classes]`.
  var logits: Tensor { get }
  /// The output of the layer that was asked for, or nil.
  var activation: Tensor? { get }
  /// The gradient with respect to the batch, of a trace without a layer.
  ///
  /// - Parameter logitsGradient: the derivative of what is explained with respect to the logits, `[N, classes]`.
  /// - Throws: `.outOfMemory`; `.callback`; `.invalidArgument` for a trace with a layer.
  func inputGradient(_ logitsGradient: Tensor) throws -> Tensor
  /// The gradient with respect to the layer that was asked for.
  ///
  /// - Throws: `.outOfMemory`; `.callback`; `.invalidArgument` for a trace without a layer.
  func activationGradient(_ logitsGradient: Tensor) throws -> Tensor
}

/// How a ReLU, or a clip at 0 such as ReLU6, passes a gradient back; all else is differentiated.
public enum ReluRule: Sendable, Equatable {
  /// The derivative: where the input was positive.
  case standard
  /// Guided backpropagation: where the input and the gradient are positive [springenberg2014].
  case guided
  /// Deconvnet: where the gradient is positive [zeiler2013].
  case deconvolution
}

extension Classifier {
  /// Not known.
  public var hasReLUs: Bool { true }
  /// None.
  public var defaultLayer: String? { nil }
  /// None.
  public var tensors: [ModelTensor] { [] }

  /// What is assumed of a model that does not show it: as many times its input as VGG19 takes.
  public func bytesPerPicture(isDifferentiable: Bool) throws -> Int {
    // The preprocessing's extents are limited: see `Preprocessing.validate`.
    3 * preprocessing.height * preprocessing.width * 4 * (isDifferentiable ? 150 : 40)
  }

  /// A trace by the ordinary derivative, without a named layer.
  public func trace(_ batch: Tensor) throws -> any Trace { try trace(batch, layer: nil, rule: .standard) }
}
