import Foundation
import Testing

@testable import ExplainCore

/// Files that are damaged, or made to do harm: an error that says why, and nothing else happens.
@Suite struct HostileCheckpointTests {
  @Test(arguments: ["legacy-attack.pth", "zip-attack.pth"])
  func nothingIsExecuted(name: String) throws {
    let sentinel = "/tmp/explaincore-pickle-was-executed"
    unlink(sentinel)
    let text = message { _ = try Checkpoint(Checkpoint.goldenBytes(name), name: "weights.pth") }
    #expect(
      text.hasPrefix(
        "weights.pth: the pickle asks for posix.system, which is not allowed: nothing in a file is executed"))
    #expect(!FileManager.default.fileExists(atPath: sentinel))
  }

  @Test(arguments: [
    ("legacy-big-endian.pth", "big-endian"), ("zip-compressed.pth", "is compressed: only stored members are read"),
    ("zip-module.pth", "save its state_dict() instead"),
  ])
  func unsupportedFilesSayWhy(name: String, reason: String) throws {
    let text = message { _ = try Checkpoint(path: Checkpoint.goldenPath(name)) }
    #expect(text.hasPrefix(Checkpoint.goldenPath(name)) && text.contains(reason), "\(text)")
  }

  @Test func filesOfAnotherKindSayWhatTheyAre() throws {
    #expect(message { _ = try Checkpoint(Array("<!DOCTYPE html><html>".utf8)) }.contains("text: \"<!DOCTYPE html><\""))
    #expect(message { _ = try Checkpoint([UInt8](repeating: 7, count: 100)) }.contains("neither PyTorch's formats"))
    #expect(message { _ = try Checkpoint([0x80, 2, 0x4B, 1, 0x2E]) }.contains("not one that torch.save wrote"))
    let empty = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).pth").path
    defer { unlink(empty) }
    try WholeFile.save([], to: empty)
    #expect(message { _ = try Checkpoint(path: empty) } == "\(empty) is empty")
    #expect(throws: ExplainError.self) { try Checkpoint([]) }
  }

  @Test(arguments: ["legacy-small.pth", "zip-small.pth", "small.safetensors", "legacy-views.pth"])
  func everyPrefixIsAnError(name: String) throws {
    let whole = try Checkpoint.goldenBytes(name)
    _ = try Checkpoint.exhaust(whole)
    for length in 0..<whole.count {
      #expect(throws: ExplainError.self, "\(length) bytes") { try Checkpoint.exhaust(Array(whole.prefix(length))) }
    }
  }

  /// Bytes changed at random, and blocks copied, removed or filled with ones: an error or some tensors, never a trap.
  @Test(arguments: [
    "legacy-small.pth", "zip-small.pth", "small.safetensors", "legacy-nested.pth", "zip.pth", "zip-wide.pth",
    "plain.safetensors", "legacy.pth",
  ])
  func mutationsNeverTrap(name: String) throws {
    let whole = try Checkpoint.goldenBytes(name)
    var random = Random(seed: 2024)
    var (opened, refused) = (0, 0)
    for _ in 0..<2000 {
      var content = whole
      for _ in 0..<random.integer(in: 1...4) {
        let position = random.integer(in: 0...content.count - 1)
        let length = min(random.integer(in: 1...16), content.count - position)
        switch random.integer(in: 0...5) {
        case 0, 1, 2: content[position] = UInt8(random.integer(in: 0...255))
        case 3: content.replaceSubrange(position..<position + length, with: [UInt8](repeating: 255, count: length))
        case 4:
          content.insert(contentsOf: content[position..<position + length], at: random.integer(in: 0...content.count))
        default: content.removeSubrange(position..<position + length)
        }
        if content.isEmpty { content = whole }
      }
      do {
        _ = try Checkpoint.exhaust(content)
        opened += 1
      } catch is ExplainError { refused += 1 }
    }
    // Some changes hit values or names only.
    #expect(opened > 0 && refused > opened / 10, "\(opened) opened, \(refused) refused")
  }

  // MARK: - Pickles by hand

  /// A legacy file around the pickle of the state dictionary.
  private func legacy(_ pickle: [UInt8], storages: [UInt8] = [], keys: [UInt8] = [0x5D]) -> [UInt8] {
    let magic: [UInt8] = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
    let version: [UInt8] = [0x80, 2, 0x4D, 0xE9, 3, 0x2E]
    let system: [UInt8] = [0x80, 2, 0x7D, 0x2E]
    return magic + version + system + [0x80, 2] + pickle + [0x2E, 0x80, 2] + keys + [0x2E] + storages
  }

  private func text(_ string: String) -> [UInt8] { [0x8C, UInt8(string.utf8.count)] + string.utf8 }
  private func long(_ value: Int) -> [UInt8] { [0x8A, 8] + littleEndian(value) }
  private func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }
  private func tuple(_ items: [[UInt8]]) -> [UInt8] { Array("(".utf8) + items.joined() + Array("t".utf8) }

  /// `{"w": tensor}` over a storage of four floats.
  private func file(count: Int = 4, offset: Int, size: [Int], stride: [Int], view: [Int]? = nil) -> [UInt8] {
    let viewItems = view.map { [tuple([text("v"), long($0[0]), long($0[1])])] } ?? []
    let id = tuple([text("storage"), global("torch", "FloatStorage"), text("0"), text("cpu"), long(count)] + viewItems)
    let arguments = tuple([id + Array("Q".utf8), long(offset), tuple(size.map(long)), tuple(stride.map(long))])
    let tensor = global("torch._utils", "_rebuild_tensor") + arguments + Array("R".utf8)
    let values: [Float] = [1, 2, 3, 4]
    return legacy(
      Array("}".utf8) + text("w") + tensor + Array("s".utf8),
      storages: littleEndian(count) + values.withUnsafeBytes { Array($0) },
      keys: [0x5D] + text("0") + Array("a".utf8))
  }

  @Test func windowsStayInsideOfTheirStorage() throws {
    #expect(try Checkpoint(file(offset: 1, size: [3], stride: [1])).tensor("w").values == [2, 3, 4])
    #expect(try Checkpoint(file(offset: 0, size: [2, 2], stride: [1, 2])).tensor("w").values == [1, 3, 2, 4])
    #expect(try Checkpoint(file(offset: 3, size: [3], stride: [0])).tensor("w").values == [4, 4, 4])
    #expect(try Checkpoint(file(offset: 1, size: [2], stride: [1], view: [1, 3])).tensor("w").values == [3, 4])
    #expect(try Checkpoint(file(offset: 4, size: [0, 3], stride: [3, 1])).tensor("w").count == 0)
    let outside: [(Int, [Int], [Int], [Int]?)] = [
      (2, [3], [1], nil), (-1, [2], [1], nil), (0, [2], [-1], nil), (0, [2, 2], [3, 2], nil), (0, [2], [Int.max], nil),
      (Int.max, [2], [1], nil), (0, [3, 3], [Int.max / 2, Int.max / 2], nil), (0, [2], [1, 1], nil), (0, [5], [1], nil),
      (0, [1 << 40], [0], nil), (0, [1 << 30], [0], nil), (0, [-1], [1], nil), (5, [0], [1], nil),
      (0, [1, 1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1, 1], nil),
      (0, [1], [1], [4, 1]), (0, [2], [1], [3, 1]), (0, [1], [1], [Int.max, 1]), (0, [1], [1], [1, Int.max]),
      (0, [1], [1], [-1, 2]),
    ]
    for (offset, size, stride, view) in outside {
      #expect(throws: ExplainError.self, "\(offset) \(size) \(stride)") {
        try Checkpoint(file(offset: offset, size: size, stride: stride, view: view))
      }
    }
    for count in [-1, 5, Int.max, Int.max / 4, 1 << 62] {
      #expect(throws: ExplainError.self, "\(count)") {
        try Checkpoint(file(count: count, offset: 0, size: [1], stride: [1]))
      }
    }
  }

  /// Nested a million deep, in circles, or with marks left open: read without recursion, and freed without it.
  @Test func depthDoesNotMatter() {
    let lists = [UInt8](repeating: 0x5D, count: 1_000_000) + [UInt8](repeating: 0x61, count: 999_999)
    #expect(message { _ = try Checkpoint(legacy(lists)) } == "file: no dictionary of tensors in it")
    let tuples: [UInt8] = [0x29] + [UInt8](repeating: 0x85, count: 1_000_000)
    #expect(message { _ = try Checkpoint(legacy(tuples)) } == "file: no dictionary of tensors in it")
    let circle: [UInt8] = [0x7D, 0x71, 0, 0x4B, 1, 0x68, 0, 0x73]
    #expect(message { _ = try Checkpoint(legacy(circle)) } == "file: no dictionary of tensors in it")
    let marks = [UInt8](repeating: 0x28, count: 1_000_000)
    #expect(message { _ = try Checkpoint(legacy(marks)) }.contains("mixed up"))
  }

  /// Small files that ask for much work or memory.
  @Test func bombsAreRefused() {
    let scalars = [UInt8](repeating: 0x4E, count: Unpickler.maximumOpcodes + 1)
    #expect(message { _ = try Checkpoint(legacy(scalars)) }.contains("more than \(Unpickler.maximumOpcodes) opcodes"))
    // One list of 100,000 pairs, made into a dictionary again and again.
    let pair: [UInt8] = [0x4E, 0x4E, 0x86, 0x71, 1, 0x30]
    let list: [UInt8] = [0x5D, 0x28] + (0..<100_000).flatMap { _ in [0x68, 1] as [UInt8] } + [0x65, 0x71, 2, 0x30]
    let call = Array("h\u{3}h\u{2}".utf8) + [0x85, 0x52, 0x30]
    let again = (0..<200_000).flatMap { _ in call }
    let bomb = pair + list + global("collections", "OrderedDict") + [0x71, 3] + again + [0x4E]
    #expect(message { _ = try Checkpoint(legacy(bomb)) }.contains("members of dictionaries"))
    let text: [UInt8] = [0x8D] + littleEndian(Int.max)
    #expect(message { _ = try Checkpoint(legacy(text)) }.contains("ends too early"))
  }

  @Test func opcodesAndNamesAreAClosedList() {
    #expect(message { _ = try Checkpoint(legacy([0x69])) }.contains("opcode 0x69 at byte 27"))
    let names = [("os", "system"), ("builtins", "eval"), ("torch", "load"), ("numpy.core.multiarray", "fromfile")]
    for (module, name) in names {
      #expect(
        message { _ = try Checkpoint(legacy(global(module, name))) }.contains("asks for \(module).\(name), which"))
      let stacked = text(module) + text(name) + [0x93]
      #expect(message { _ = try Checkpoint(legacy(stacked)) }.contains("asks for \(module).\(name), which"))
    }
    let disguised = message { _ = try Checkpoint(legacy(text("a\n\u{1B}[2J") + text("b") + [0x93])) }
    #expect(disguised.contains("asks for a??[2J.b, which"))
  }

  // MARK: - Safetensors and zip

  private func safetensors(_ header: String, data: Int = 8, length: UInt64? = nil) -> [UInt8] {
    littleEndian(length ?? UInt64(header.utf8.count)) + header.utf8 + [UInt8](repeating: 0, count: data)
  }

  @Test func safetensorsHeaders() throws {
    func tensor(_ name: String, _ begin: String, _ end: String, shape: String = "[1]", type: String = "F32") -> String {
      #""\#(name)":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":[\#(begin),\#(end)]}"#
    }
    #expect(try Checkpoint(safetensors("{\(tensor("a", "0", "4")),\(tensor("b", "4", "8"))}")).entries.count == 2)
    let wrong = [
      ("{\(tensor("a", "0", "4")),\(tensor("b", "0", "4"))}", "overlaps"),
      ("{\(tensor("a", "0", "4")),\(tensor("b", "2", "6"))}", "overlaps"),
      ("{\(tensor("a", "4", "8"))}", "gap"), ("{\(tensor("a", "0", "4"))}", "4 bytes behind"),
      ("{\(tensor("a", "0", "4")),\(tensor("a", "4", "8"))}", "twice"),
      ("{\(tensor("a", "0", "9223372036854775807"))}", "should fill"), ("{\(tensor("a", "-4", "0"))}", "should fill"),
      ("{\(tensor("a", "4", "0"))}", "should fill"), ("{\(tensor("a", "0", "8", shape: "[3]"))}", "should fill"),
      ("{\(tensor("a", "0", "1e30"))}", "lacks"), ("{\(tensor("a", "0", "8", shape: "[1.5]"))}", "integers"),
      ("{\(tensor("a", "0", "0", shape: "[4294967296,4294967296]"))}", "more than"),
      ("{\(tensor("a", "0", "8", type: "F8_E4M3"))}", "is of type F8_E4M3"), ("{\"a\":[]}", "lacks"),
      ("{\"__metadata__\":{\"a\":1}}", "strings"), ("{\"__metadata__\":[]}", "no object"), ("{", "JSON"),
    ]
    for (header, reason) in wrong {
      let text = message { _ = try Checkpoint(safetensors(header)) }
      #expect(text.contains(reason), "\(header): \(text)")
    }
    #expect(
      message { _ = try Checkpoint(safetensors("{}", length: 1 << 63)) }.contains("a size of 9223372036854775808"))
    #expect(message { _ = try Checkpoint(safetensors("{}", length: 1 << 30)) }.contains("the limit is 100000000"))
    #expect(message { _ = try Checkpoint(safetensors("{}", length: 99)) }.contains("ends too early"))
  }

  /// Offsets and sizes in the directory that are huge, or point at another member.
  @Test func zipDirectories() throws {
    let whole = try Checkpoint.goldenBytes("zip-small.pth")
    let signature: [UInt8] = [0x50, 0x4B, 1, 2]
    let records = whole.indices.filter { whole[$0...].starts(with: signature) }
    #expect(records.count == 8)
    for record in records {
      for field in [20, 24, 42] {
        for value: UInt32 in [0x7FFF_FFFF, 0xFFFF_FFFF, UInt32(whole.count)] {
          var content = whole
          content.replaceSubrange(record + field..<record + field + 4, with: littleEndian(value))
          let name = String(decoding: whole[record + 46..<record + 46 + Int(whole[record + 28])], as: UTF8.self)
          guard ["data.pkl", "byteorder", "data/0", "data/1"].contains(where: name.hasSuffix) else { continue }
          #expect(throws: ExplainError.self, "\(name), field \(field)") { try Checkpoint(content) }
        }
      }
    }
    // Storage 1 said to lie where storage 0 does, its name there changed too.
    let data = records.filter {
      String(decoding: whole[$0 + 46..<$0 + 46 + Int(whole[$0 + 28])], as: UTF8.self).contains("/data/")
    }
    #expect(data.count == 2)
    var content = whole
    content.replaceSubrange(data[1] + 42..<data[1] + 46, with: whole[data[0] + 42..<data[0] + 46])
    #expect(message { _ = try Checkpoint(content) }.contains("has another name where it lies"))
    // A directory that claims the same name twice.
    content = whole
    let nameEnd = data[1] + 46 + Int(whole[data[1] + 28]) - 1
    content[nameEnd] = UInt8(ascii: "0")
    #expect(message { _ = try Checkpoint(content) }.contains("appears twice"))
  }
}
