extension Picture {
  /// Reads a picture file: PNG, JPEG, GIF (first frame) or WebP, told apart by their first bytes.
  ///
  /// EXIF orientation is applied, transparency is laid over white, gray becomes RGB.
  ///
  /// - Throws: `.io` if the file cannot be read; `.badFile` if it is no picture, damaged, truncated, larger than
  ///   256 MiB, or beyond `maximumSide` and `maximumPixels`; `.unsupported` for a variant that is not read.
  public init(contentsOf path: String) throws {
    self = try Picture(decoding: PictureFile.read(path), name: path)
  }

  /// Decodes the bytes of a picture file; `name` is what errors call it.
  ///
  /// - Throws: as `init(contentsOf:)`, without `.io`.
  public init(decoding bytes: [UInt8], name: String) throws {
    self = try bytes.withUnsafeBytes { try Picture(decoding: $0, name: name) }
  }

  /// Decodes the bytes of a picture file; `name` is what errors call it.
  ///
  /// - Throws: as `init(contentsOf:)`, without `.io`.
  public init(decoding bytes: UnsafeRawBufferPointer, name: String) throws {
    guard !bytes.isEmpty else { throw ExplainError.badFile("\(name) is empty") }
    let file = PictureFile(name: name, bytes: bytes)
    if file.starts(with: PNG.signature) {
      self = try PNG.decode(file)
    } else if file.starts(with: JPEG.signature) {
      self = try JPEG.decode(file)
    } else if file.starts(with: GIF.signature) {
      self = try GIF.decode(file)
    } else if file.starts(with: WebP.container), file.starts(with: WebP.signature, at: 8) {
      self = try WebP.decode(file)
    } else {
      throw ExplainError.badFile("\(name) is not a picture that can be read: PNG, JPEG, GIF and WebP are")
    }
  }

  /// Lays RGBA pixels over white and keeps three of four bytes.
  init(checkedWidth width: Int, height: Int, rgba: UnsafePointer<UInt8>) {
    self.init(checkedWidth: width, height: height) { output in
      for pixel in 0..<width * height {
        let alpha = Int(rgba[4 * pixel + 3])
        for channel in 0..<3 {
          let value = Int(rgba[4 * pixel + channel])
          output[3 * pixel + channel] = UInt8((value * alpha + 255 * (255 - alpha) + 127) / 255)
        }
      }
    }
  }
}
