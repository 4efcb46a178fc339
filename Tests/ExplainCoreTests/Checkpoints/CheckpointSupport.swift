import Foundation

@testable import ExplainCore

/// Bytes in a block of exactly their size, so that a sanitizer sees a read beyond their end.
final class Block: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer

  init(_ content: [UInt8]) {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: 64)
    block.copyBytes(from: content)
    bytes = UnsafeRawBufferPointer(block)
  }

  deinit { bytes.deallocate() }
}

extension Checkpoint {
  /// A checkpoint in memory.
  convenience init(_ content: [UInt8], name: String = "file") throws {
    let block = Block(content)
    try self.init(bytes: block.bytes, owner: block, name: name)
  }

  static func goldenPath(_ name: String) -> String {
    Golden.folder.appendingPathComponent("checkpoints/\(name)").path
  }

  static func goldenBytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: goldenPath(name))))
  }

  /// Opens the bytes and reads every tensor in full: what damaged files are tried with.
  static func exhaust(_ content: [UInt8]) throws -> Float {
    let checkpoint = try Checkpoint(content)
    var sum: Float = 0
    for entry in checkpoint.entries {
      sum += try checkpoint.tensor(entry.name).withPointer { pointer in
        (0..<entry.shape.count).reduce(0) { $0 + pointer[$1] }
      }
    }
    return sum
  }
}

/// The message of the error that `body` throws.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch { return "\(error)" }
}

/// Little-endian bytes of an integer.
func littleEndian<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}
