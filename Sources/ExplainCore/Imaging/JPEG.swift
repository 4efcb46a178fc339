import CTurboJPEG

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// JPEG through TurboJPEG's version 2 API, whose errors come back as values and which prints nothing.
enum JPEG {
  static let signature: [UInt8] = [0xFF, 0xD8, 0xFF]
  /// Each scan of a progressive file passes over the whole picture: a small file could ask for thousands.
  static let maximumScans = 100
  /// The largest product of scans and pixels: some ten seconds of decoding.
  static let maximumWork = 2_000_000_000

  static func decode(_ file: PictureFile) throws -> Picture {
    let markers = try JPEGMarkers(of: file)
    guard let handle = tjInitDecompress() else { throw ExplainError(.outOfMemory, "no memory to decode \(file.name)") }
    defer { tjDestroy(handle) }
    let data = file.bytes.bindMemory(to: UInt8.self).baseAddress
    let size = UInt(file.bytes.count)
    var (columns, rows, subsampling, colorSpace) = (Int32(0), Int32(0), Int32(0), Int32(-1))
    let status = tjDecompressHeader3(handle, data, size, &columns, &rows, &subsampling, &colorSpace)
    // An unusual subsampling has no name in this API, which reports it as an error but decodes it all the same.
    guard status == 0 || (columns > 0 && rows > 0 && colorSpace >= 0) else { throw error(handle, file) }
    let (width, height) = (Int(columns), Int(rows))
    try Picture.check(width: width, height: height, what: "\(file.name): JPEG")
    guard markers.scans <= maximumScans, markers.scans * width * height <= maximumWork else {
      throw ExplainError.unsupported(
        "\(file.name): JPEG of \(width)x\(height) pixels in \(markers.scans) scans: too many")
    }
    let decode: (UnsafeMutablePointer<UInt8>?, TJPF, Int32) throws -> Void = { output, format, channels in
      guard tjDecompress2(handle, data, size, output, columns, columns * channels, rows, format.rawValue, 0) != 0
      else { return }
      // Warnings are no more than that, unless they say that pixels were made up.
      let message = message(handle)
      guard tjGetErrorCode(handle) == Int32(TJERR_WARNING.rawValue),
        !says(message, "Corrupt JPEG data") || says(message, "extraneous bytes"),
        !says(message, "Premature end")
      else { throw error(handle, file) }
    }
    let picture: Picture
    if colorSpace == Int32(TJCS_CMYK.rawValue) || colorSpace == Int32(TJCS_YCCK.rawValue) {
      picture = try withScratch(UInt8.self, count: 4 * width * height) { inks in
        try decode(inks, TJPF_CMYK, 4)
        return Picture(checkedWidth: width, height: height, invertedInks: inks)
      }
    } else {
      picture = try Picture(checkedWidth: width, height: height) { try decode($0.baseAddress, TJPF_RGB, 3) }
    }
    return picture.applying(markers.orientation)
  }

  private static func message(_ handle: tjhandle) -> String {
    tjGetErrorStr2(handle).map { String(cString: $0) } ?? "unknown error"
  }

  /// Not by `contains`, which would link Swift's regular expressions into the library.
  private static func says(_ message: String, _ words: String) -> Bool { strstr(message, words) != nil }

  private static func error(_ handle: tjhandle, _ file: PictureFile) -> ExplainError {
    let message = message(handle)
    let isUnsupported = says(message, "nsupported") || says(message, "not supported")
    return isUnsupported ? .unsupported("\(file.name): JPEG: \(message)") : file.damaged("JPEG", message)
  }
}

extension Picture {
  /// CMYK as Adobe writes it, and with it everybody else: 255 is no ink.
  fileprivate init(checkedWidth width: Int, height: Int, invertedInks: UnsafePointer<UInt8>) {
    self.init(checkedWidth: width, height: height) { output in
      for pixel in 0..<width * height {
        let paper = Int(invertedInks[4 * pixel + 3])
        for channel in 0..<3 {
          output[3 * pixel + channel] = UInt8((Int(invertedInks[4 * pixel + channel]) * paper + 127) / 255)
        }
      }
    }
  }
}

/// What a walk along the markers tells before decoding: whether the file is complete, how it is turned, and how
/// many passes it takes.
struct JPEGMarkers {
  private(set) var orientation = Orientation.upright
  private(set) var scans = 0

  /// - Throws: `.badFile` if the end-of-image marker is missing: the decoder would only warn, and fill with gray.
  init(of file: PictureFile) throws {
    let bytes = file.bytes
    var hasExif = false
    var offset = 2
    while let found = bytes[offset...].firstIndex(of: 0xFF), found + 1 < bytes.count {
      let marker = bytes[found + 1]
      offset = found + 2
      switch marker {
      case 0xD9:
        return
      case 0xFF:
        // Fill bytes may precede a marker.
        offset = found + 1
      case 0x00, 0x01, 0xD0...0xD8:
        // A data byte of 255, and the markers that stand alone.
        continue
      default:
        guard let length = PictureFile.integer(bytes, at: offset, bytes: 2, bigEndian: true),
          length <= bytes.count - offset
        else { throw file.truncated("JPEG") }
        guard length >= 2 else { throw file.damaged("JPEG", "a segment of \(length) bytes") }
        let segment = UnsafeRawBufferPointer(rebasing: bytes[offset + 2..<offset + length])
        if marker == 0xDA { scans += 1 }
        if marker == 0xE1, !hasExif, segment.starts(with: "Exif\0\0".utf8) {
          hasExif = true
          orientation = Orientation(tiff: UnsafeRawBufferPointer(rebasing: segment[6...]))
        }
        offset += length
      }
    }
    throw file.truncated("JPEG")
  }
}
