/// A gray picture: one byte a pixel, rows from the top, without padding.
public struct GrayPicture: Sendable, Equatable {
  /// Columns.
  public let width: Int
  /// Rows.
  public let height: Int
  /// `height * width` bytes, 0 = black.
  public var pixels: [UInt8]

  /// A gray picture from its bytes.
  ///
  /// - Throws: `.invalidArgument` if a side or the number of pixels is beyond `Picture`'s limits, or the number of
  ///   bytes is not `width * height`.
  public init(width: Int, height: Int, pixels: [UInt8]) throws {
    try Picture.check(width: width, height: height, what: "a gray picture", kind: .invalidArgument)
    guard pixels.count == width * height else {
      throw ExplainError.invalid("\(pixels.count) bytes for a gray picture of \(width)x\(height) pixels")
    }
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A map as shades: 0 is black, 1 is white; what lies outside is clamped, NaN is black.
  ///
  /// - Parameter map: `[H, W]`, or more axes of extent 1 before them.
  /// - Throws: `.invalidArgument` for any other shape, or one beyond `Picture`'s limits.
  public init(_ map: Tensor) throws {
    let (planes, height, width) = try map.planes()
    guard planes == 1 else { throw ExplainError.invalid("a map of shape \(map.shape): one plane [H, W] is needed") }
    try Picture.check(width: width, height: height, what: "a map", kind: .invalidArgument)
    self.width = width
    self.height = height
    pixels = map.withPointer { values in (0..<width * height).map { byte(rounding: values[$0] * 255) } }
  }
}

/// The nearest byte; NaN gives 0.
@inline(__always) func byte(rounding value: Float) -> UInt8 {
  // NaN fails the comparison, so that the conversion cannot trap.
  value > 0 ? UInt8(min(value, 255) + 0.5) : 0
}

extension Tensor {
  /// The tensor as a stack of images: the product of the leading extents, rows, columns.
  ///
  /// - Throws: `.invalidArgument` if there are fewer than two axes or no elements.
  func planes() throws -> (count: Int, height: Int, width: Int) {
    guard shape.rank >= 2, count > 0 else {
      throw ExplainError.invalid("shape \(shape) is no image: [..., H, W] without empty axes is needed")
    }
    let (height, width) = (shape[shape.rank - 2], shape[shape.rank - 1])
    return (count / (height * width), height, width)
  }
}
