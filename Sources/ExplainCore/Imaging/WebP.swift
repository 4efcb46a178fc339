import CWebP

/// WebP through libwebp's simple API.
enum WebP {
  static let container = [UInt8]("RIFF".utf8)
  /// Stands 8 bytes from the start.
  static let signature = [UInt8]("WEBP".utf8)

  static func decode(_ file: PictureFile) throws -> Picture {
    // The decoder says no more than that it failed, so completeness is judged here.
    guard let length = PictureFile.integer(file.bytes, at: 4, bytes: 4, bigEndian: false),
      length <= file.bytes.count - 8
    else { throw file.truncated("WebP") }
    let data = file.bytes.bindMemory(to: UInt8.self).baseAddress
    let size = file.bytes.count
    var features = WebPBitstreamFeatures()
    guard WebPGetFeatures(data, size, &features) == VP8_STATUS_OK else {
      throw file.damaged("WebP", "its header cannot be read")
    }
    guard features.has_animation == 0 else {
      throw ExplainError.unsupported("\(file.name) is an animated WebP: still pictures are read")
    }
    let (width, height) = (Int(features.width), Int(features.height))
    try Picture.check(width: width, height: height, what: "\(file.name): WebP")
    let picture: Picture
    if features.has_alpha != 0 {
      picture = try withScratch(UInt8.self, count: 4 * width * height) { rgba in
        guard WebPDecodeRGBAInto(data, size, rgba, 4 * width * height, Int32(4 * width)) != nil else {
          throw file.damaged("WebP", "its pixels cannot be decoded")
        }
        return Picture(checkedWidth: width, height: height, rgba: rgba)
      }
    } else {
      picture = try Picture(checkedWidth: width, height: height) { output in
        guard WebPDecodeRGBInto(data, size, output.baseAddress, output.count, Int32(3 * width)) != nil else {
          throw file.damaged("WebP", "its pixels cannot be decoded")
        }
      }
    }
    return picture.applying(orientation(of: file))
  }

  /// From the EXIF chunk, which some writers begin as a JPEG's segment.
  private static func orientation(of file: PictureFile) -> Orientation {
    var offset = 12
    while let length = PictureFile.integer(file.bytes, at: offset + 4, bytes: 4, bigEndian: false),
      length <= file.bytes.count - offset - 8
    {
      if file.starts(with: [UInt8]("EXIF".utf8), at: offset) {
        let chunk = file.bytes[offset + 8..<offset + 8 + length]
        let hasPrefix = chunk.starts(with: "Exif\0\0".utf8)
        return Orientation(tiff: UnsafeRawBufferPointer(rebasing: hasPrefix ? chunk.dropFirst(6) : chunk))
      }
      // Chunks begin at even offsets.
      offset += 8 + length + length % 2
    }
    return .upright
  }
}
