/// The safetensors format: an 8-byte length, a JSON header of that length, then the tensors' bytes, row-major and
/// little-endian, without gaps.
enum SafetensorsFile {
  /// The largest header that the format allows.
  static let maximumHeader = 100_000_000

  static func read(_ bytes: UnsafeRawBufferPointer) throws -> (entries: [Checkpoint.Entry], metadata: [String: String])
  {
    var reader = try ByteReader(bytes)
    let length = try reader.size(UInt64.self)
    guard length <= maximumHeader else {
      throw ExplainError.badFile("a safetensors header of \(length) bytes: the limit is \(maximumHeader)")
    }
    guard case .object(let members) = try JSON.parse(reader.take(length)) else {
      throw ExplainError.badFile("a safetensors header that is no object")
    }
    var metadata: [String: String] = [:]
    var entries: [Checkpoint.Entry] = []
    for member in members {
      if member.name == "__metadata__" {
        guard case .object(let pairs) = member.value else { throw ExplainError.badFile("__metadata__ is no object") }
        for pair in pairs {
          guard case .string(let text) = pair.value else {
            throw ExplainError.badFile("__metadata__ holds more than strings")
          }
          metadata[pair.name] = text
        }
      } else {
        entries.append(try entry(member, start: reader.position, available: reader.remaining))
      }
    }
    try requireGapless(entries, from: reader.position, to: bytes.count)
    return (entries, metadata)
  }

  private static func entry(_ member: JSON.Member, start: Int, available: Int) throws -> Checkpoint.Entry {
    let name = member.name.printable
    guard let typeName = member.value["dtype"]?.stringValue, let sizes = member.value["shape"]?.arrayValue,
      let offsets = member.value["data_offsets"]?.arrayValue, offsets.count == 2,
      let begin = offsets[0].integerValue, let end = offsets[1].integerValue
    else { throw ExplainError.badFile("tensor \(name) lacks its dtype, shape or data_offsets") }
    guard let type = ElementType(rawValue: typeName) else {
      throw ExplainError.unsupported("tensor \(name) is of type \(typeName.printable)")
    }
    let shape = try Shape(
      sizes.map {
        guard let size = $0.integerValue else {
          throw ExplainError.badFile("the shape of \(name) is not made of integers")
        }
        return size
      })
    guard begin >= 0, begin <= end, end <= available, end - begin == shape.count * type.size else {
      throw ExplainError.badFile(
        "tensor \(name), \(type.name) \(shape), should fill bytes \(begin)..<\(end) of \(available)")
    }
    return Checkpoint.Entry(name: member.name, type: type, shape: shape, strides: shape.strides, offset: start + begin)
  }

  private static func requireGapless(_ entries: [Checkpoint.Entry], from start: Int, to end: Int) throws {
    var position = start
    for entry in entries.sorted(by: { ($0.offset, $0.shape.count) < ($1.offset, $1.shape.count) }) {
      guard entry.offset == position else {
        throw ExplainError.badFile("tensor \(entry.name.printable) overlaps another one, or lies behind a gap")
      }
      position += entry.shape.count * entry.type.size
    }
    guard position == end else { throw ExplainError.badFile("\(end - position) bytes behind the last tensor") }
  }
}
