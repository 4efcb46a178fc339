import Foundation
import Testing

@testable import ExplainCore

@Suite struct CheckpointTests {
  /// Every value is the one that PyTorch has: conversions to float32 round alike, so that not a bit differs.
  static func expectValues(of checkpoint: Checkpoint, _ golden: String) throws -> Int {
    let expected = try Golden("checkpoints/\(golden)")
    for name in checkpoint.entries.map(\.name) {
      let (actual, wanted) = (try checkpoint.tensor(name), try expected[name])
      #expect(actual.shape == wanted.shape, "\(name)")
      #expect(actual.values.map(\.bitPattern) == wanted.values.map(\.bitPattern), "\(name)")
    }
    #expect(Set(checkpoint.entries.map(\.name)).isSubset(of: expected.keys))
    return checkpoint.entries.count
  }

  @Test(arguments: [
    ("legacy.pth", Checkpoint.Format.torchLegacy), ("zip.pth", .torchZip), ("zip-wide.pth", .torchZip),
    ("zip-protocol4.pth", .torchZip),
  ])
  func torchFiles(name: String, format: Checkpoint.Format) throws {
    let checkpoint = try Checkpoint(path: Checkpoint.goldenPath(name))
    #expect(checkpoint.format == format)
    #expect(try CheckpointTests.expectValues(of: checkpoint, "expected") == 20)
    #expect(checkpoint.entries.first?.name == "features.0.weight")
    #expect(checkpoint.entry("steps")?.type == .int64)
    #expect(checkpoint.entry("brain")?.type == .bfloat16)
    #expect(checkpoint.entry("transposed")?.strides == [1, 4])
    #expect(checkpoint.entry("rows")?.shape.dimensions == [3, 4])
  }

  @Test func safetensors() throws {
    let checkpoint = try Checkpoint(path: Checkpoint.goldenPath("plain.safetensors"))
    #expect(checkpoint.format == .safetensors)
    #expect(try CheckpointTests.expectValues(of: checkpoint, "expected") == 12)
    #expect(checkpoint.metadata == ["format": "pt", "model": "a \u{2603} \"quoted\""])
    #expect(Set(checkpoint.entries.map(\.type)).count == 10)
  }

  @Test(arguments: ["legacy-nested.pth", "zip-nested.pth"])
  func weightsAreFoundAmongOtherThings(name: String) throws {
    let checkpoint = try Checkpoint(path: Checkpoint.goldenPath(name))
    #expect(try CheckpointTests.expectValues(of: checkpoint, "expected-nested") == 9)
    #expect(checkpoint.entry("1.num_batches_tracked")?.shape == .scalar)
  }

  @Test func viewsOfStorages() throws {
    let checkpoint = try Checkpoint(path: Checkpoint.goldenPath("legacy-views.pth"))
    #expect(try CheckpointTests.expectValues(of: checkpoint, "expected-views") == 2)
  }

  @Test func onlyAlignedRowMajorFloatsAreViews() throws {
    let aligned = try Checkpoint(path: Checkpoint.goldenPath("legacy-aligned.pth"))
    let odd = try Checkpoint(path: Checkpoint.goldenPath("legacy-odd.pth"))
    for checkpoint in [aligned, odd] { #expect(try CheckpointTests.expectValues(of: checkpoint, "expected") == 10) }
    #expect(try aligned.tensor("features.0.weight").storage.isView)
    #expect(try aligned.tensor("rows").storage.isView)
    #expect(try !aligned.tensor("columns").storage.isView)
    #expect(try !odd.tensor("features.0.weight").storage.isView)
  }

  /// A view keeps the file mapped when the checkpoint is gone, and writing to it leaves the file as it is.
  @Test func viewsOutliveTheCheckpoint() throws {
    let path = Checkpoint.goldenPath("plain.safetensors")
    let first = try Checkpoint(path: path).tensor("features.0.bias")
    var second = first
    try second.withMutablePointer { $0[0] = 7 }
    #expect(first.storage.isView && !second.storage.isView)
    #expect(try first.values == Checkpoint(path: path).tensor("features.0.bias").values)
  }

  /// More elements than one task converts, in a file that begins at an odd address.
  @Test func largeMisalignedTensor() throws {
    let count = 3 << 20
    let header = Array("{\"a\":{\"dtype\":\"F32\",\"shape\":[\(count)],\"data_offsets\":[0,\(4 * count)]}}".utf8)
    #expect(header.count % 4 != 0)
    var random = Random(seed: 5)
    let expected = try random.uniform(Shape([count]))
    let content =
      littleEndian(header.count) + header
      + expected.withPointer { [UInt8](UnsafeRawBufferPointer(start: $0, count: 4 * count)) }
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors").path
    defer { unlink(path) }
    try WholeFile.save(content, to: path)
    let tensor = try Checkpoint(path: path).tensor("a")
    #expect(!tensor.storage.isView)
    #expect(tensor.values == expected.values)
  }

  @Test func halvesOfEveryKind() {
    var actual = [Float](repeating: 0, count: 1 << 16)
    let halves = (0..<1 << 16).map { UInt16($0) }
    halves.withUnsafeBytes { ElementType.float16.convert($0.baseAddress!, count: halves.count, into: &actual) }
    for (bits, value) in zip(halves, actual) {
      let (exponent, fraction) = (Int(bits >> 10 & 31), Float(bits & 1023))
      let magnitude: Float =
        switch exponent {
        case 31: fraction == 0 ? .infinity : .nan
        case 0: fraction * 0x1p-24
        default: (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
        }
      let expected = bits & 0x8000 == 0 ? magnitude : -magnitude
      #expect(value == expected && value.sign == expected.sign || value.isNaN && expected.isNaN, "\(bits)")
    }
  }
}

@Suite struct StateDictionaryTests {
  private func complaint(_ expected: [(String, [Int])]) throws -> String {
    let checkpoint = try Checkpoint(Checkpoint.goldenBytes("legacy-small.pth"), name: "small.pth")
    return message { _ = try StateDictionary(checkpoint, fitting: "tiny", expected: expected.map { ($0.0, $0.1) }) }
  }

  @Test func fits() throws {
    #expect(try complaint([("a", [2]), ("b", [1, 2])]) == "no error")
    let nested = try Checkpoint(path: Checkpoint.goldenPath("zip-nested.pth"))
    let expected = nested.entries.filter { $0.type == .float32 }.map { ($0.name, $0.shape.dimensions) }
    let state = try StateDictionary(nested, fitting: "nested", expected: expected)
    #expect(expected.count == 8)
    #expect(try state.tensor("0.weight").shape.dimensions == [4, 3, 3, 3])
  }

  @Test func namesWhatDoesNotFit() throws {
    #expect(
      try complaint([("a", [3]), ("c", [1]), ("d", [1])])
        == "small.pth does not fit tiny: missing c and 1 more; surplus b; a is [2], expected [3]")
  }
}

@Suite struct WeightFilesTests {
  @Test func foldersAreTorchsOwn() {
    let environment = ["TORCH_HOME": "/t", "XDG_CACHE_HOME": "/x", "HOME": "/h"]
    #expect(
      WeightFiles.folders { environment[$0] }
        == ["/t/hub/checkpoints", "/x/torch/hub/checkpoints", "/h/.cache/torch/hub/checkpoints"])
    #expect(WeightFiles.folders { ["HOME": "/h", "TORCH_HOME": ""][$0] } == ["/h/.cache/torch/hub/checkpoints"])
    #expect(WeightFiles.folders { ["HOME": "/h", "XDG_CACHE_HOME": "/h/.cache"][$0] }.count == 1)
  }

  @Test func findsTheFileOrSaysWhereItLooked() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try WholeFile.makeDirectory(folder)
    let missing = message { _ = try WeightFiles.find("vgg19", path: nil, folders: ["/nowhere", folder]) }
    #expect(
      missing
        == "no weights for vgg19: looked for vgg19-dcbb9e9d.pth in /nowhere, \(folder); get it with: xpl fetch vgg19")
    let path = "\(folder)/vgg19-dcbb9e9d.pth"
    try WholeFile.save([1], to: path)
    #expect(try WeightFiles.find("vgg19", path: nil, folders: ["/nowhere", folder]) == path)
    #expect(try WeightFiles.find("other", path: path, folders: []) == path)
    #expect(
      message { _ = try WeightFiles.find("other", path: "/nowhere.pth", folders: []) }.hasPrefix(
        "cannot open /nowhere.pth"))
    #expect(message { _ = try WeightFiles.find("vgg12", path: nil, folders: []) }.contains("vgg16_bn"))
    #expect(WeightFiles.models.count == 8 && WeightFiles.hashPrefix(of: "vgg19") == "dcbb9e9d")
  }
}
