/// How a picture becomes a network's input: resized, scaled, and normalized channel by channel.
public struct Preprocessing: Sendable, Equatable {
  /// How a picture of another shape is fitted.
  public enum Resize: String, Sendable, CaseIterable {
    /// The whole picture is squeezed to the input size, so that every pixel can be explained.
    case stretch
    /// The short side goes to 256/224 of the input size, and the center is cut out, as torchvision evaluates.
    case crop
  }

  /// Input columns.
  public var width = 224
  /// Input rows.
  public var height = 224
  /// How a picture of another shape is fitted.
  public var resize = Resize.stretch
  /// Whether shrinking averages over all pixels (as PIL does) or interpolates between neighbors (as OpenCV does).
  public var antialias = true
  /// What a byte is multiplied by first: 1/255, 1, or 2/255.
  public var scale: Float = 1.0 / 255
  /// Subtracted from each channel after scaling, in the network's channel order.
  public var mean: [Float] = [0.485, 0.456, 0.406]
  /// Each channel is divided by it, in the network's channel order.
  public var deviation: [Float] = [0.229, 0.224, 0.225]
  /// Whether channel 0 is blue.
  public var isBGR = false

  /// What torchvision's networks expect: RGB, `[0, 1]`, ImageNet's mean and deviation.
  public static let torch = Preprocessing()

  /// What Caffe's networks expect: BGR, 0...255, minus ImageNet's mean color.
  public static let caffe: Preprocessing = {
    var result = Preprocessing()
    (result.scale, result.isBGR) = (1, true)
    (result.mean, result.deviation) = ([103.939, 116.779, 123.68], [1, 1, 1])
    return result
  }()

  /// What Keras's own networks expect: RGB, `[-1, 1]`.
  public static let tensorflow: Preprocessing = {
    var result = Preprocessing()
    (result.mean, result.deviation, result.scale) = ([1, 1, 1], [1, 1, 1], 2.0 / 255)
    return result
  }()

  /// Bytes as they are: RGB, 0...255.
  public static let none: Preprocessing = {
    var result = Preprocessing()
    (result.mean, result.deviation, result.scale) = ([0, 0, 0], [1, 1, 1], 1)
    return result
  }()
}
