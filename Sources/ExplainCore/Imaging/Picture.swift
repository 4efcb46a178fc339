/// A decoded picture: 8-bit RGB, rows from the top, three bytes a pixel without padding.
public struct Picture: Sendable, Equatable {
  /// The largest width and height that is decoded or accepted, in pixels.
  public static let maximumSide = 16_384
  /// The largest number of pixels that is decoded or accepted: 100 megapixels are 300 MB.
  public static let maximumPixels = 100_000_000

  /// Columns.
  public let width: Int
  /// Rows.
  public let height: Int
  /// `height * width * 3` bytes: red, green, blue.
  public var pixels: [UInt8]

  /// A picture from its bytes.
  ///
  /// - Throws: `.invalidArgument` if a side is 0 or above 16384, there are more than 100 million pixels, or the
  ///   number of bytes is not `3 * width * height`.
  public init(width: Int, height: Int, pixels: [UInt8]) throws {
    try Picture.check(width: width, height: height, what: "picture")
    guard pixels.count == width * height * 3 else {
      throw ExplainError.invalid("\(pixels.count) bytes for a picture of \(width)x\(height) RGB pixels")
    }
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// Refuses sizes that are empty or too large, naming `what`.
  static func check(width: Int, height: Int, what: String) throws {
    guard width > 0, height > 0, width <= maximumSide, height <= maximumSide, width * height <= maximumPixels else {
      throw ExplainError.badFile(
        "\(what) of \(width)x\(height) pixels: sides must be 1 to \(maximumSide), with at most \(maximumPixels) pixels")
    }
  }
}
