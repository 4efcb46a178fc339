/// Reads the fields of one Protocol Buffers message, in place.
///
/// The wire format is small enough to read by hand, and doing so keeps Foundation out of the library and lets weights
/// stay in the mapped file. Every length is checked against the message that holds it; a field that nobody asks for
/// is stepped over. The reader never descends by itself, so nesting is as deep as the caller's types, not as the file.
///
/// Source: protobuf.dev/programming-guides/encoding.
struct ProtobufReader {
  /// One field: its number and its undecoded value.
  struct Field {
    enum Value {
      case varint(UInt64)
      case fixed64(UInt64)
      case bytes(UnsafeRawBufferPointer)
      case fixed32(UInt32)
    }
    let number: UInt64
    let value: Value
    fileprivate let subject: String
  }

  /// What is being read, as the beginning of an error message.
  let subject: String
  fileprivate let bytes: UnsafeRawBufferPointer
  fileprivate var offset = 0

  /// A reader of `bytes`, which must outlive it and every pointer that it hands out.
  init(_ bytes: UnsafeRawBufferPointer, subject: String) {
    self.bytes = bytes
    self.subject = subject
  }

  /// The next field, or nil at the end of the message.
  ///
  /// - Throws: `.badFile` if the message ends within a field, or a field is of no known wire type.
  mutating func next() throws -> Field? {
    guard offset < bytes.count else { return nil }
    let tag = try varint()
    let number = tag >> 3
    guard number > 0, number < 1 << 29 else { throw damage("field number \(number)") }
    switch tag & 7 {
    case 0: return Field(number: number, value: .varint(try varint()), subject: subject)
    case 1: return Field(number: number, value: .fixed64(try fixed(UInt64.self)), subject: subject)
    case 2:
      let length = try varint()
      guard length <= UInt64(bytes.count - offset) else {
        throw damage("a field of \(length) bytes where \(bytes.count - offset) are left")
      }
      let start = offset
      offset += Int(length)
      return Field(
        number: number, value: .bytes(UnsafeRawBufferPointer(rebasing: bytes[start..<offset])), subject: subject)
    case 5: return Field(number: number, value: .fixed32(try fixed(UInt32.self)), subject: subject)
    default: throw damage("wire type \(tag & 7)")
    }
  }

  /// Seven bits a byte, least significant first; the last byte has its top bit clear.
  fileprivate mutating func varint() throws -> UInt64 {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard offset < bytes.count else { throw damage("it ends within a number") }
      let byte = UInt64(bytes[offset])
      offset += 1
      // The tenth byte has room for one bit.
      guard shift < 63 || byte <= 1 else { break }
      result |= (byte & 0x7F) << shift
      if byte < 0x80 { return result }
    }
    throw damage("a number of more than 64 bits")
  }

  fileprivate mutating func fixed<Word: FixedWidthInteger>(_ type: Word.Type) throws -> Word {
    let width = MemoryLayout<Word>.size
    guard bytes.count - offset >= width else { throw damage("it ends within a number") }
    defer { offset += width }
    return Word(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Word.self))
  }

  private func damage(_ reason: String) -> ExplainError { .badFile("\(subject): \(reason)") }
}

extension ProtobufReader.Field {
  /// An integer (negative ones are written as their two's complement).
  func integer() throws -> Int {
    guard case .varint(let bits) = value else { throw mismatch("an integer") }
    return Int(truncatingIfNeeded: bits)
  }

  /// A 32-bit float.
  func float() throws -> Float {
    guard case .fixed32(let bits) = value else { throw mismatch("a float") }
    return Float(bitPattern: bits)
  }

  /// Bytes, where they lie.
  func bytes() throws -> UnsafeRawBufferPointer {
    guard case .bytes(let bytes) = value else { throw mismatch("bytes") }
    return bytes
  }

  /// Text; bytes that are not UTF-8 are replaced.
  func string() throws -> String { String(decoding: try bytes(), as: UTF8.self) }

  /// A message within the message.
  func message() throws -> ProtobufReader { ProtobufReader(try bytes(), subject: subject) }

  /// Hands each element of a repeated integer to `body`: one, or, if packed, those of the whole field.
  func forEachInteger(_ body: (UInt64) throws -> Void) throws {
    if case .varint(let bits) = value { return try body(bits) }
    var packed = try message()
    while packed.offset < packed.bytes.count { try body(try packed.varint()) }
  }

  /// Hands the bits of each element of a repeated float or double to `body`, packed or not.
  func forEachFixed(width: Int, _ body: (UInt64) throws -> Void) throws {
    switch value {
    case .fixed32(let bits) where width == 4: return try body(UInt64(bits))
    case .fixed64(let bits) where width == 8: return try body(bits)
    default: break
    }
    var packed = try message()
    while packed.offset < packed.bytes.count {
      try body(width == 4 ? UInt64(try packed.fixed(UInt32.self)) : try packed.fixed(UInt64.self))
    }
  }

  private func mismatch(_ expected: String) -> ExplainError {
    .badFile("\(subject): field \(number) is not \(expected)")
  }
}
