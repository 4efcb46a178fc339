import CEmbedded

/// Names of classes.
public enum ClassNames {
  /// ImageNet's 1000 classes in the order of every published network, as torchvision names them.
  public static let imageNet: [String] = {
    let bytes = UnsafeRawBufferPointer(start: xpl_embedded_imagenet(), count: xpl_embedded_imagenet_size())
    return lines(bytes)
  }()

  /// Reads a file of UTF-8 text with a line for each class; a byte order mark before it is none of the first name.
  ///
  /// - Throws: `.io` if it cannot be read; `.badFile` if it is not UTF-8, empty, or has more than a million lines.
  public static func read(_ path: String) throws -> [String] {
    let file = try MappedFile(path: path)
    guard String(validating: file.bytes, as: UTF8.self) != nil else {
      throw ExplainError.badFile("\(path) is not UTF-8 text: a name for each class, a line each, is needed")
    }
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let begin = file.bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
    let names = lines(UnsafeRawBufferPointer(rebasing: file.bytes[begin...]))
    guard !names.isEmpty, names.count <= 1_000_000 else {
      throw ExplainError.badFile("\(path) has \(names.count) lines: a name for each class is needed")
    }
    return names
  }

  /// Lines without their ends; empty ones at the end of the text are dropped.
  private static func lines(_ bytes: UnsafeRawBufferPointer) -> [String] {
    var names = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
      String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }
    while names.last?.isEmpty == true { names.removeLast() }
    return names
  }
}
