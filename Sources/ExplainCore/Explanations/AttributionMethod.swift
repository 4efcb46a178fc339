/// A method that gives every number of the network's input its share in the target's logit.
///
/// The library's users get the shares of each channel from `attributions(of:for:)`; an explanation shows one number a
/// pixel, which `channels` makes of them.
public protocol AttributionMethod: ExplanationMethod {
  /// How the shares of a pixel's three channels become one number.
  var channels: ChannelAggregation { get }
  /// The default settings.
  init()
  /// The shares.
  ///
  /// - Parameter batch: normalized pictures, `[N, 3, H, W]`.
  /// - Returns: `[N, 3, H, W]`, in the units of the logit or of its derivative.
  /// - Throws: `.unsupported` where the classifier lacks what the method needs; what the classifier throws.
  func attributions(of batch: Tensor, for subject: Subject) throws -> Tensor
}

/// How the shares of a pixel's channels become one number.
public enum ChannelAggregation: Sendable {
  /// The largest absolute value [simonyan2013].
  case largestMagnitude
  /// The sum, with its sign.
  case sum

  /// The map `[H, W]` of shares `[1, 3, H, W]`.
  ///
  /// - Throws: `.outOfMemory`.
  func map(_ attribution: Tensor) throws -> Tensor {
    let (shares, size) = (Variable(constant: attribution), Array(attribution.shape.dimensions.suffix(2)))
    switch self {
    case .largestMagnitude: return try shares.absolute().max([1]).reshaped(size).value
    case .sum: return try shares.sum([1]).reshaped(size).value
    }
  }
}

extension AttributionMethod {
  /// The sum, as input x gradient and integrated gradients need it to stay complete.
  public var channels: ChannelAggregation { .sum }

  /// No options.
  public static var table: [OptionDescription<Self>] { [] }

  /// The default settings.
  ///
  /// - Throws: `.invalidArgument` for any preset.
  public init(preset: String?) throws {
    try OptionLimit.refuse(preset: preset, of: Self.about)
    self.init()
  }

  /// Nothing to check.
  public func validate() throws {}

  /// One pass through the network and back.
  ///
  /// - Throws: what the classifier throws.
  public func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings {
    let map = try channels.map(attributions(of: subject.input, for: subject))
    return try Findings(magnitudeOf: map).afterOneStep(progress)
  }
}
