/// A cursor over bytes that nobody vouches for: every read is checked against their end.
struct ByteReader {
  let bytes: UnsafeRawBufferPointer
  private(set) var position: Int

  /// A reader that begins at `position`.
  ///
  /// - Throws: `.badFile` if that lies outside of the bytes.
  init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) throws {
    guard position >= 0, position <= bytes.count else {
      throw ExplainError.badFile("it refers to byte \(position) and has \(bytes.count)")
    }
    self.bytes = bytes
    self.position = position
  }

  var remaining: Int { bytes.count - position }

  /// The next `count` bytes, in place.
  mutating func take(_ count: Int) throws -> UnsafeRawBufferPointer {
    guard count >= 0, count <= remaining else {
      throw ExplainError.badFile("it ends too early: \(count) bytes should follow byte \(position), \(remaining) do")
    }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  /// The next little-endian integer.
  mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(_ type: Integer.Type) throws -> Integer {
    Integer(littleEndian: try take(MemoryLayout<Integer>.size).loadUnaligned(as: type))
  }

  /// The next little-endian integer as an `Int`, for sizes and offsets.
  mutating func size<Integer: FixedWidthInteger & BitwiseCopyable>(_ type: Integer.Type) throws -> Int {
    let value = try integer(type)
    guard let size = Int(exactly: value) else { throw ExplainError.badFile("it has a size of \(value)") }
    return size
  }

  /// The next `count` bytes as text.
  mutating func text(_ count: Int) throws -> String {
    let start = position
    guard let text = String(validating: try take(count), as: UTF8.self) else {
      throw ExplainError.badFile("a name or text at byte \(start) is not UTF-8")
    }
    return text
  }

  /// Text up to the next line break, which is skipped.
  mutating func line() throws -> String {
    guard let end = bytes[position...].firstIndex(of: 0x0A) else {
      throw ExplainError.badFile("it ends inside a name that begins at byte \(position)")
    }
    defer { position += 1 }
    return try text(end - position)
  }
}
