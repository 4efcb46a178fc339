import CPNG

/// PNG through libpng's simplified API, whose errors come back as values and which prints nothing.
enum PNG {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  static func decode(_ file: PictureFile) throws -> Picture {
    let essence = try Essence(of: file)
    return try essence.bytes.withUnsafeBytes { try decode($0, of: file) }.applying(essence.orientation)
  }

  private static func decode(_ bytes: UnsafeRawBufferPointer, of file: PictureFile) throws -> Picture {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    guard png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0 else {
      throw file.damaged("PNG", message(of: image))
    }
    // Without this flag 16-bit samples without a color space count as linear light.
    image.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)
    let (width, height) = (Int(image.width), Int(image.height))
    try Picture.check(width: width, height: height, what: "\(file.name): PNG")
    // Deflate shrinks at most 1032 times: a file too small for its pixels is refused before they get memory.
    guard bytes.count >= width * height / (8 * 1032) else { throw file.truncated("PNG", "too few bytes for its size") }
    guard image.format & PNG_FORMAT_FLAG_ALPHA != 0 else {
      image.format = PNG_FORMAT_FLAG_COLOR
      return try Picture(checkedWidth: width, height: height) { output in
        guard png_image_finish_read(&image, nil, output.baseAddress, png_int_32(3 * width), nil) != 0 else {
          throw file.damaged("PNG", message(of: image))
        }
      }
    }
    image.format = PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA
    return try withScratch(UInt8.self, count: 4 * width * height) { rgba in
      guard png_image_finish_read(&image, nil, rgba, png_int_32(4 * width), nil) != 0 else {
        throw file.damaged("PNG", message(of: image))
      }
      return Picture(checkedWidth: width, height: height, rgba: rgba)
    }
  }

  /// The file of `rows` of `width * channels` bytes; 1 channel is gray, 3 are RGB.
  static func encode(_ pixels: [UInt8], width: Int, height: Int, channels: Int) throws -> [UInt8] {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    image.width = png_uint_32(width)
    image.height = png_uint_32(height)
    image.format = channels == 3 ? PNG_FORMAT_FLAG_COLOR : 0
    defer { png_image_free(&image) }
    // Deflate's worst case (zlib's own bound), 12 bytes for each chunk of 8 KiB, and room for the other chunks.
    let raw = (width * channels + 1) * height
    let deflated = raw + raw >> 12 + raw >> 14 + raw >> 25 + 13
    let bound = deflated + 12 * (deflated / 8192 + 1) + 1024
    return try withScratch(UInt8.self, count: bound) { output in
      var size = png_alloc_size_t(bound)
      guard png_image_write_to_memory(&image, output, &size, 0, pixels, png_int_32(width * channels), nil) != 0 else {
        throw ExplainError(.internal, "a PNG of \(width)x\(height) pixels: \(message(of: image))")
      }
      return [UInt8](UnsafeBufferPointer(start: output, count: Int(size)))
    }
  }

  private static func message(of image: png_image) -> String {
    withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// A copy of a file without the chunks that only describe: what is left is what makes the pixels.
  ///
  /// Other readers ignore the color space chunks, libpng's simplified API does not; and nothing in a text or a
  /// profile can then do harm.
  private struct Essence {
    private(set) var bytes = PNG.signature
    private(set) var orientation = Orientation.upright

    init(of file: PictureFile) throws {
      var offset = PNG.signature.count
      while true {
        guard let length = PictureFile.integer(file.bytes, at: offset, bytes: 4, bigEndian: true),
          length <= file.bytes.count - offset - 12
        else { throw file.truncated("PNG") }
        let type = file.bytes[offset + 4..<offset + 8]
        // A capital first letter marks what no reader may skip.
        if type[offset + 4] & 0x20 == 0 || type.elementsEqual("tRNS".utf8) {
          bytes.append(contentsOf: file.bytes[offset..<offset + 12 + length])
        } else if type.elementsEqual("eXIf".utf8) {
          orientation = Orientation(
            tiff: UnsafeRawBufferPointer(rebasing: file.bytes[offset + 8..<offset + 8 + length]))
        }
        if type.elementsEqual("IEND".utf8) { return }
        offset += 12 + length
      }
    }
  }
}

extension Picture {
  /// The picture as a PNG file of 8-bit RGB.
  ///
  /// - Throws: `.outOfMemory`.
  public func pngData() throws -> [UInt8] {
    try PNG.encode(pixels, width: width, height: height, channels: 3)
  }
}

extension GrayPicture {
  /// The picture as a PNG file of 8-bit gray.
  ///
  /// - Throws: `.outOfMemory`.
  public func pngData() throws -> [UInt8] {
    try PNG.encode(pixels, width: width, height: height, channels: 1)
  }
}
