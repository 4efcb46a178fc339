/// The directory of a zip archive, with the 64-bit extension; members can be read where they are stored as they are.
///
/// Source: PKWARE's APPNOTE 6.3, sections 4.3 and 4.5.3.
struct ZipArchive {
  private struct Member {
    let flags: UInt16
    let method: UInt16
    let compressedSize: Int
    let size: Int
    /// Where the member's local header begins.
    let offset: Int
  }

  private static let maximumMembers = 1 << 20

  private let bytes: UnsafeRawBufferPointer
  private var members: [String: Member] = [:]

  /// Reads the directory at the end of the archive.
  ///
  /// - Throws: `.badFile`; two members of the same name are an error.
  init(_ bytes: UnsafeRawBufferPointer) throws {
    self.bytes = bytes
    let (count, offset) = try ZipArchive.directory(bytes)
    var reader = try ByteReader(bytes, at: offset)
    guard count <= ZipArchive.maximumMembers else {
      throw ExplainError.unsupported("a zip archive of \(count) members: the limit is \(ZipArchive.maximumMembers)")
    }
    for _ in 0..<count {
      let (name, member) = try ZipArchive.member(&reader)
      guard members.updateValue(member, forKey: name) == nil else {
        throw ExplainError.badFile("member \(name.printable) appears twice")
      }
    }
  }

  var names: Dictionary<String, some Any>.Keys { members.keys }

  /// Where the bytes of a stored member lie.
  ///
  /// - Throws: `.badFile` if it is missing or lies outside of the file; `.unsupported` if it is compressed or encrypted.
  func member(_ name: String) throws -> Range<Int> {
    guard let member = members[name] else { throw ExplainError.badFile("member \(name.printable) is missing") }
    guard member.flags & 1 == 0 else { throw ExplainError.unsupported("member \(name.printable) is encrypted") }
    guard member.method == 0 else {
      throw ExplainError.unsupported("member \(name.printable) is compressed: only stored members are read")
    }
    guard member.size == member.compressedSize else {
      throw ExplainError.badFile("member \(name.printable) is stored and has two sizes")
    }
    var header = try ByteReader(bytes, at: member.offset)
    guard try header.integer(UInt32.self) == 0x0403_4B50 else {
      throw ExplainError.badFile("member \(name.printable) is not where the directory says")
    }
    _ = try header.take(22)
    let (nameLength, extraLength) = try (header.size(UInt16.self), header.size(UInt16.self))
    guard try header.take(nameLength).elementsEqual(name.utf8) else {
      throw ExplainError.badFile("member \(name.printable) has another name where it lies")
    }
    _ = try header.take(extraLength)
    let start = header.position
    _ = try header.take(member.size)
    return start..<start + member.size
  }

  /// The number of members and the position of the first one's record.
  private static func directory(_ bytes: UnsafeRawBufferPointer) throws -> (count: Int, offset: Int) {
    let recordSize = 22
    var position = bytes.count - recordSize
    // A comment of up to 65535 bytes may follow the record.
    let first = max(0, position - 0xFFFF)
    while position >= first {
      var reader = try ByteReader(bytes, at: position)
      if try reader.integer(UInt32.self) == 0x0605_4B50 { break }
      position -= 1
    }
    guard position >= first, position >= 0 else {
      throw ExplainError.badFile("a zip archive without its directory: cut short?")
    }
    if let wide = try wideDirectory(bytes, before: position) { return wide }
    var reader = try ByteReader(bytes, at: position + 10)
    let count = try reader.size(UInt16.self)
    _ = try reader.take(4)
    return (count, try reader.size(UInt32.self))
  }

  /// The same from the 64-bit record, if there is one.
  private static func wideDirectory(
    _ bytes: UnsafeRawBufferPointer, before position: Int
  ) throws -> (count: Int, offset: Int)? {
    guard position >= 20 else { return nil }
    var locator = try ByteReader(bytes, at: position - 20)
    guard try locator.integer(UInt32.self) == 0x0706_4B50 else { return nil }
    _ = try locator.take(4)
    var record = try ByteReader(bytes, at: locator.size(UInt64.self))
    guard try record.integer(UInt32.self) == 0x0606_4B50 else {
      throw ExplainError.badFile("a zip archive's 64-bit directory is missing")
    }
    _ = try record.take(28)
    let count = try record.size(UInt64.self)
    _ = try record.take(8)
    return (count, try record.size(UInt64.self))
  }

  private static func member(_ reader: inout ByteReader) throws -> (String, Member) {
    guard try reader.integer(UInt32.self) == 0x0201_4B50 else {
      throw ExplainError.badFile("a zip archive's directory is damaged")
    }
    _ = try reader.take(4)
    let (flags, method) = try (reader.integer(UInt16.self), reader.integer(UInt16.self))
    _ = try reader.take(8)
    var (compressedSize, size) = try (reader.size(UInt32.self), reader.size(UInt32.self))
    let nameLength = try reader.size(UInt16.self)
    let extraLength = try reader.size(UInt16.self)
    let commentLength = try reader.size(UInt16.self)
    _ = try reader.take(8)
    var offset = try reader.size(UInt32.self)
    let name = try reader.text(nameLength)
    var extra = try ByteReader(reader.take(extraLength))
    // Fields that do not fit 32 bits are all ones, and follow in this order in the extra field numbered 1.
    while extra.remaining >= 4 {
      let (id, length) = try (extra.integer(UInt16.self), extra.size(UInt16.self))
      var field = try ByteReader(extra.take(length))
      guard id == 1 else { continue }
      if size == 0xFFFF_FFFF { size = try field.size(UInt64.self) }
      if compressedSize == 0xFFFF_FFFF { compressedSize = try field.size(UInt64.self) }
      if offset == 0xFFFF_FFFF { offset = try field.size(UInt64.self) }
    }
    _ = try reader.take(commentLength)
    return (name, Member(flags: flags, method: method, compressedSize: compressedSize, size: size, offset: offset))
  }
}
