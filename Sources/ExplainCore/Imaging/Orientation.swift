/// The orientation that a camera notes in EXIF: which of the eight symmetries of a rectangle makes a picture upright.
struct Orientation: Equatable {
  static let upright = Orientation(1)

  /// 1...8 as in the EXIF standard.
  let number: Int

  private init(_ number: Int) { self.number = number }

  /// Reads tag 0x0112 of the first directory of a TIFF header; anything that is odd means upright.
  init(tiff bytes: UnsafeRawBufferPointer) {
    self = Orientation.find(in: bytes) ?? .upright
  }

  private static func find(in bytes: UnsafeRawBufferPointer) -> Orientation? {
    guard bytes.count >= 8 else { return nil }
    let bigEndian: Bool
    switch (bytes[0], bytes[1]) {
    case (0x49, 0x49): bigEndian = false
    case (0x4D, 0x4D): bigEndian = true
    default: return nil
    }
    func integer(at offset: Int, bytes size: Int) -> Int? {
      PictureFile.integer(bytes, at: offset, bytes: size, bigEndian: bigEndian)
    }
    guard integer(at: 2, bytes: 2) == 42, let directory = integer(at: 4, bytes: 4),
      let entries = integer(at: directory, bytes: 2)
    else { return nil }
    for entry in 0..<entries {
      let offset = directory + 2 + 12 * entry
      guard let tag = integer(at: offset, bytes: 2) else { return nil }
      guard tag == 0x0112 else { continue }
      // One unsigned short, which stands at the start of the value field.
      guard integer(at: offset + 2, bytes: 2) == 3, integer(at: offset + 4, bytes: 4) == 1,
        let number = integer(at: offset + 8, bytes: 2), (1...8).contains(number)
      else { return nil }
      return Orientation(number)
    }
    return nil
  }
}

extension Picture {
  /// The picture turned and mirrored to be upright.
  func applying(_ orientation: Orientation) -> Picture {
    guard orientation != .upright else { return self }
    let (right, down, origin) = (3, 3 * width, 0)
    let (lastColumn, lastRow) = (3 * (width - 1), 3 * width * (height - 1))
    // Where the first output pixel lies in the input, and the steps to its right and lower neighbors.
    let (start, stepX, stepY): (Int, Int, Int)
    switch orientation.number {
    case 2: (start, stepX, stepY) = (lastColumn, -right, down)
    case 3: (start, stepX, stepY) = (lastColumn + lastRow, -right, -down)
    case 4: (start, stepX, stepY) = (lastRow, right, -down)
    case 5: (start, stepX, stepY) = (origin, down, right)
    case 6: (start, stepX, stepY) = (lastRow, -down, right)
    case 7: (start, stepX, stepY) = (lastColumn + lastRow, -down, -right)
    case 8: (start, stepX, stepY) = (lastColumn, down, -right)
    default: (start, stepX, stepY) = (origin, right, down)
    }
    let isTurned = orientation.number >= 5
    let (columns, rows) = isTurned ? (height, width) : (width, height)
    return pixels.withUnsafeBufferPointer { input in
      Picture(checkedWidth: columns, height: rows) { output in
        for y in 0..<rows {
          for x in 0..<columns {
            let from = start + x * stepX + y * stepY
            let to = 3 * (y * columns + x)
            for channel in 0..<3 { output[to + channel] = input[from + channel] }
          }
        }
      }
    }
  }
}
