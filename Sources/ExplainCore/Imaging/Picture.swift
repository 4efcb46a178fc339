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
    try Picture.check(width: width, height: height, what: "a picture", kind: .invalidArgument)
    guard pixels.count == width * height * 3 else {
      throw ExplainError.invalid("\(pixels.count) bytes for a picture of \(width)x\(height) RGB pixels")
    }
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// A picture whose bytes `fill` writes, each of them; the size has been checked.
  init(
    checkedWidth width: Int, height: Int, fill: (UnsafeMutableBufferPointer<UInt8>) throws -> Void
  ) rethrows {
    self.width = width
    self.height = height
    pixels = try [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      try fill(UnsafeMutableBufferPointer(rebasing: buffer[0..<width * height * 3]))
      count = width * height * 3
    }
  }

  /// Refuses sizes that are empty or too large, naming `what`.
  static func check(width: Int, height: Int, what: String, kind: ExplainError.Kind = .badFile) throws {
    guard width > 0, height > 0, width <= maximumSide, height <= maximumSide, width * height <= maximumPixels else {
      throw ExplainError(
        kind,
        "\(what) of \(width)x\(height) pixels: sides must be 1 to \(maximumSide), with at most \(maximumPixels) pixels")
    }
  }
}
