import CGIF

/// The first frame of a GIF through giflib, record by record: reading the whole file at once would allocate what any
/// of its headers claims.
enum GIF {
  static let signature = [UInt8]("GIF8".utf8)

  static func decode(_ file: PictureFile) throws -> Picture {
    var source = Source(bytes: file.bytes)
    return try withUnsafeMutablePointer(to: &source) { source in
      var code: Int32 = 0
      guard let gif = DGifOpen(source, Source.read, &code) else { throw error(code, source.pointee, file) }
      defer { DGifCloseFile(gif, nil) }
      let check: (Int32) throws -> Void = { status in
        guard status == GIF_OK else { throw error(gif.pointee.Error, source.pointee, file) }
      }
      var transparent: Int?
      while true {
        var kind = UNDEFINED_RECORD_TYPE
        try check(DGifGetRecordType(gif, &kind))
        if kind == IMAGE_DESC_RECORD_TYPE {
          try check(DGifGetImageDesc(gif))
          return try frame(of: gif, transparent: transparent, file, check)
        }
        guard kind == EXTENSION_RECORD_TYPE else { throw file.damaged("GIF", "it has no frame") }
        var label: Int32 = 0
        var block: UnsafeMutablePointer<GifByteType>?
        try check(DGifGetExtension(gif, &label, &block))
        // A graphics control block: its length, flags, delay (2), transparent index.
        if label == 0xF9, let block, block[0] >= 4 { transparent = block[1] & 1 == 1 ? Int(block[4]) : nil }
        while block != nil { try check(DGifGetExtensionNext(gif, &block)) }
      }
    }
  }

  private static func frame(
    of gif: UnsafeMutablePointer<GifFileType>, transparent: Int?, _ file: PictureFile, _ check: (Int32) throws -> Void
  ) throws -> Picture {
    let image = gif.pointee.Image
    let (left, top) = (Int(image.Left), Int(image.Top))
    let (columns, rows) = (Int(image.Width), Int(image.Height))
    try Picture.check(width: columns, height: rows, what: "\(file.name): GIF frame")
    // A frame that reaches beyond the screen widens it.
    let width = max(Int(gif.pointee.SWidth), left + columns)
    let height = max(Int(gif.pointee.SHeight), top + rows)
    try Picture.check(width: width, height: height, what: "\(file.name): GIF")
    guard let map = image.ColorMap ?? gif.pointee.SColorMap, let colors = map.pointee.Colors else {
      throw file.damaged("GIF", "it has no palette")
    }
    let colorCount = Int(map.pointee.ColorCount)
    return try withScratch(UInt8.self, count: columns) { line in
      try Picture(checkedWidth: width, height: height) { output in
        output.initialize(repeating: 255)
        for row in image.Interlace ? interlacedRows(rows) : Array(0..<rows) {
          try check(DGifGetLine(gif, line, Int32(columns)))
          let start = 3 * ((top + row) * width + left)
          for x in 0..<columns where Int(line[x]) != transparent {
            let index = Int(line[x])
            let color = index < colorCount ? colors[index] : GifColorType(Red: 0, Green: 0, Blue: 0)
            output[start + 3 * x] = color.Red
            output[start + 3 * x + 1] = color.Green
            output[start + 3 * x + 2] = color.Blue
          }
        }
      }
    }
  }

  /// The order in which an interlaced frame stores its rows: every 8th, those between, and so on.
  private static func interlacedRows(_ count: Int) -> [Int] {
    [(0, 8), (4, 8), (2, 4), (1, 2)].flatMap { Array(stride(from: $0.0, to: count, by: $0.1)) }
  }

  private static func error(_ code: Int32, _ source: Source, _ file: PictureFile) -> ExplainError {
    source.isExhausted
      ? file.truncated("GIF") : file.damaged("GIF", GifErrorString(code).map { String(cString: $0) } ?? "error \(code)")
  }

  /// What giflib reads from.
  private struct Source {
    let bytes: UnsafeRawBufferPointer
    var offset = 0
    /// Whether more was asked for than there is.
    var isExhausted = false

    static let read: InputFunc = { gif, output, count in
      guard let source = gif?.pointee.UserData?.assumingMemoryBound(to: Source.self), let output, count > 0 else {
        return 0
      }
      let taken = min(Int(count), source.pointee.bytes.count - source.pointee.offset)
      for i in 0..<taken { output[i] = source.pointee.bytes[source.pointee.offset + i] }
      source.pointee.offset += taken
      if taken < Int(count) { source.pointee.isExhausted = true }
      return Int32(taken)
    }
  }
}
