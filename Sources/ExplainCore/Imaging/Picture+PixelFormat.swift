extension Picture {
  /// The order of the bytes of a pixel in memory.
  public enum PixelFormat: Sendable, CaseIterable {
    case rgb, bgr
    /// With an alpha that the colors are not multiplied by.
    case rgba, bgra
    /// One byte.
    case gray

    /// Bytes a pixel.
    public var channels: Int {
      switch self {
      case .rgb, .bgr: 3
      case .rgba, .bgra: 4
      case .gray: 1
      }
    }
  }

  /// A picture from pixels in memory, which are copied; transparency is laid over white.
  ///
  /// - Parameters:
  ///   - bytes: rows from the top, the first one at the start.
  ///   - stride: bytes from the start of a row to that of the next; rows without padding if nil.
  /// - Throws: `.invalidArgument` for a size beyond `maximumSide` and `maximumPixels`, a stride shorter than a row,
  ///   and fewer bytes than the rows take.
  public init(
    pixels bytes: UnsafeRawBufferPointer, width: Int, height: Int, stride: Int? = nil, format: PixelFormat
  ) throws {
    try Picture.check(width: width, height: height, what: "a picture", kind: .invalidArgument)
    let channels = format.channels
    let row = width * channels
    let stride = stride ?? row
    guard stride >= row else {
      throw ExplainError.invalid("a stride of \(stride) bytes: a row of \(width) pixels has \(row)")
    }
    let (above, overflow) = stride.multipliedReportingOverflow(by: height - 1)
    guard !overflow, above <= bytes.count - row else {
      throw ExplainError.invalid(
        "\(bytes.count) bytes of pixels: \(width)x\(height) of them, \(stride) bytes a row, take more")
    }
    let isReversed = format == .bgr || format == .bgra
    let (red, green, blue) = channels == 1 ? (0, 0, 0) : isReversed ? (2, 1, 0) : (0, 1, 2)
    self.init(checkedWidth: width, height: height) { output in
      for y in 0..<height {
        for x in 0..<width {
          let pixel = y * stride + x * channels
          let target = 3 * (y * width + x)
          let alpha = channels == 4 ? bytes[pixel + 3] : 255
          output[target] = overWhite(bytes[pixel + red], alpha)
          output[target + 1] = overWhite(bytes[pixel + green], alpha)
          output[target + 2] = overWhite(bytes[pixel + blue], alpha)
        }
      }
    }
  }
}

/// A channel of a partly transparent pixel before a white ground.
@inline(__always) private func overWhite(_ value: UInt8, _ alpha: UInt8) -> UInt8 {
  let (value, alpha) = (Int(value), Int(alpha))
  return UInt8((value * alpha + 255 * (255 - alpha) + 127) / 255)
}
