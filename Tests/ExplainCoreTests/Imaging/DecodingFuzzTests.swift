import Testing

@testable import ExplainCore

/// Changed files must either decode or throw; run under the address sanitizer, this also shows reads out of bounds.
@Suite struct DecodingFuzzTests {
  private static let variantsPerFile = 120

  @Test func changedFilesDecodeOrThrow() throws {
    var random = Random(seed: 2024)
    var (decoded, refused) = (0, 0)
    for name in try SampleFiles.names() {
      let original = try SampleFiles.bytes(name)
      for _ in 0..<Self.variantsPerFile {
        let bytes = mutated(original, &random)
        do {
          let picture = try Picture(decoding: bytes, name: name)
          #expect(picture.pixels.count == 3 * picture.width * picture.height)
          decoded += 1
        } catch let error as ExplainError {
          #expect([.badFile, .unsupported].contains(error.kind), "\(error)")
          #expect(!error.message.contains("\n"))
          refused += 1
        }
      }
    }
    // Both paths were taken often.
    #expect(decoded > 200 && refused > 1000, "\(decoded) decoded, \(refused) refused")
  }

  /// PNG's check sums would stop nearly every change, so its chunks get theirs anew.
  private func mutated(_ original: [UInt8], _ random: inout Random) -> [UInt8] {
    var bytes = original
    for _ in 0..<random.integer(in: 1...4) where !bytes.isEmpty {
      let position = random.integer(in: 0...bytes.count - 1)
      switch random.integer(in: 0...9) {
      case 0: bytes.removeLast(bytes.count - position)
      case 1: bytes.removeSubrange(position..<min(position + random.integer(in: 1...8), bytes.count))
      case 2: bytes.insert(contentsOf: bytes[position..<min(position + 9, bytes.count)], at: position)
      case 3: bytes[position] = 255
      case 4: bytes[position] = 0
      case 5...7: bytes[position] ^= 1 << UInt8(random.integer(in: 0...7))
      default: bytes[position] = UInt8(truncatingIfNeeded: random.next())
      }
    }
    if original.starts(with: PNG.signature), random.integer(in: 0...3) > 0 { repairCheckSums(&bytes) }
    return bytes
  }

  private func repairCheckSums(_ bytes: inout [UInt8]) {
    var offset = 8
    while offset + 12 <= bytes.count {
      let length = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - offset - 12 else { return }
      var remainder = UInt32.max
      for byte in bytes[offset + 4..<offset + 8 + length] {
        remainder ^= UInt32(byte)
        for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0) }
      }
      for i in 0..<4 { bytes[offset + 8 + length + i] = UInt8(truncatingIfNeeded: ~remainder >> (24 - 8 * UInt32(i))) }
      offset += 12 + length
    }
  }
}
