import Foundation
import Testing

@testable import ExplainCore

/// Damaged files, external data, and inspection.
@Suite struct ONNXFilesTests {
  /// A network with a weight, a computed shape and a softmax.
  static let small: [UInt8] = {
    var model = ONNXBuilder()
    model.floats("w", [Float](repeating: 0.5, count: 2 * 3 * 4 * 4), [2, 3, 4, 4])
    model.integers("zero", [0])
    model.integers("rest", [-1])
    model.node("Conv", ["x", "w"], ["c"], name: "conv", ["pads": .integers([0, 0, 0, 0])])
    model.node("Shape", ["c"], ["s"])
    model.node("Gather", ["s", "zero"], ["n"], ["axis": .integer(0)])
    model.node("Concat", ["n", "rest"], ["t"], ["axis": .integer(0)])
    model.node("Reshape", ["c", "t"], ["f"])
    model.node("Softmax", ["f"])
    return model.bytes
  }()

  private func message(_ bytes: [UInt8]) -> String {
    do {
      let model = try ONNXModel(bytes: bytes, name: "model.onnx")
      let plan = try Plan(model.graph, inputShape: [1, 3, 4, 4], gradientTarget: nil, weights: PreparedWeights())
      plan.run(try Tensor(repeating: 1, shape: try Shape([1, 3, 4, 4])))
      return "no error"
    } catch let error as ExplainError {
      return error.message
    } catch {
      return "another error: \(error)"
    }
  }

  @Test func whatIsNotONNXIsSaidSo() {
    #expect(message([]).hasPrefix("model.onnx is not an ONNX model"))
    #expect(message([UInt8]("This is a text file about networks.\n".utf8)).contains("not an ONNX model"))
    #expect(message([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]).contains("not an ONNX model"))
    #expect(message(Array(ONNXFilesTests.small.prefix(100))).contains("damaged or not an ONNX model"))
    #expect(message(ONNXFilesTests.small) == "no error")
  }

  @Test func noTruncationTraps() {
    // The file's last field is the opset's version, so that every shorter one lacks something.
    for length in 0..<ONNXFilesTests.small.count {
      #expect(message(Array(ONNXFilesTests.small.prefix(length))) != "no error", "\(length) bytes")
    }
  }

  private func mutated(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var bytes = bytes
    for _ in 0...Int(random.next() % 3) {
      let position = Int(random.next() % UInt64(bytes.count))
      switch random.next() % 4 {
      case 0: bytes[position] = UInt8(truncatingIfNeeded: random.next())
      case 1: bytes[position] ^= 1 << UInt8(random.next() % 8)
      case 2: bytes.remove(at: position)
      default: bytes.insert([0, 0x7F, 0x80, 0xFF][Int(random.next() % 4)], at: position)
      }
    }
    return bytes
  }

  @Test func noMutationTraps() {
    var random = SplitMix(state: 2024)
    var accepted = 0
    for _ in 0..<4000 {
      let bytes = mutated(ONNXFilesTests.small, &random)
      let result = message(bytes)
      #expect(!result.hasPrefix("another error") && !result.contains("\n"))
      accepted += result == "no error" ? 1 : 0
      _ = try? ONNXSummary(bytes: bytes, name: "model.onnx")
    }
    // Many mutations hit the weight's bytes, which may be anything: the walk went all the way through.
    #expect(accepted > 400, "\(accepted)")
  }

  @Test func noMutationOfAnyOperatorTraps() throws {
    var random = SplitMix(state: 7)
    var refused = 0
    let golden = try Golden("onnx/models")
    for key in golden.keys where key.hasSuffix("/model") {
      let bytes = try golden.bytes(key).values
      for _ in 0..<30 {
        do { _ = try ONNXModel(bytes: mutated(bytes, &random), name: "model.onnx") } catch is ExplainError {
          refused += 1
        }
      }
    }
    #expect(refused > 1000, "\(refused)")
  }

  @Test func hostileNumbersAreRefused() {
    var shape = ONNXBuilder()
    shape.tensor("w", type: 1, [1 << 40, 1 << 40, 3, 3]) { $0.data(9, [0, 0, 0, 0]) }
    shape.node("Conv", ["x", "w"])
    #expect(shape.failure.contains("tensor 'w' has shape") && shape.failure.contains("out of range"))

    // A gigabyte is announced, and four bytes are there: nothing may be allocated for it.
    var count = ONNXBuilder()
    count.tensor("w", type: 1, [1 << 14, 1 << 14, 1, 1]) { $0.float(4, 1) }
    count.node("Conv", ["x", "w"])
    #expect(count.failure.contains("has 1 elements where its shape [16384, 16384, 1, 1] needs"))

    var folded = ONNXBuilder()
    folded.integers("huge", [1 << 20, 1 << 12])
    folded.node("ConstantOfShape", ["huge"], ["c"])
    folded.node("Add", ["x", "c"])
    #expect(folded.failure.contains("more elements than are supported"))

    var window = ONNXBuilder()
    window.node("MaxPool", ["x"], ["y"], ["kernel_shape": .integers([Int.max, 2])])
    #expect(window.failure.contains("out of range"))

    var division = ONNXBuilder()
    division.integers("least", [Int.min])
    division.integers("minus", [-1])
    division.node("Div", ["least", "minus"], ["t"])
    division.node("Reshape", ["x", "t"])
    #expect(division.failure.contains("overflows"))

    var step = ONNXBuilder()
    for (name, value) in [("s", Int.max), ("e", Int.min), ("a", -1), ("t", Int.min)] { step.integers(name, [value]) }
    step.node("Slice", ["x", "s", "e", "a", "t"], ["v"])
    step.node("Flatten", ["v"])
    #expect(step.failure.hasPrefix("no error"))
  }

  @Test func aTensorMustFillItsShape() {
    var model = ONNXBuilder()
    model.tensor("w", type: 1, [2, 3, 1, 1]) { $0.data(9, [UInt8](repeating: 0, count: 23)) }
    model.node("Conv", ["x", "w"], ["v"])
    model.node("Flatten", ["v"])
    #expect(model.failure == "model.onnx: tensor 'w' has 23 bytes where its shape needs 24")
  }

  @Test func elementsOfEveryTypeAreRead() throws {
    func constant(_ type: Int, _ count: Int, _ build: (inout ProtobufWriter) -> Void) throws -> ONNXConstant {
      var writer = ProtobufWriter()
      writer.integer(1, count)
      writer.integer(2, type)
      build(&writer)
      return try writer.bytes.withUnsafeBytes { bytes in
        let owner = Owner()
        let message = try ONNX.TensorMessage(ProtobufReader(bytes, subject: "tensor"))
        return try ONNXTensorReader(source: "t", owner: owner, folder: nil).constant(message)
      }
    }
    func floats(_ type: Int, _ count: Int, _ build: (inout ProtobufWriter) -> Void) throws -> [Float] {
      guard case .floats(let tensor) = try constant(type, count, build) else { return [] }
      return try tensor.map { $0 }.values
    }
    func integers(_ type: Int, _ count: Int, _ build: (inout ProtobufWriter) -> Void) throws -> [Int?] {
      guard case .integers(let elements, _) = try constant(type, count, build) else { return [] }
      return elements.map(\.number)
    }
    // Halves and bfloat16s: raw, and as their bits in int32_data.
    #expect(try floats(10, 3) { $0.data(9, [0x00, 0x3C, 0x00, 0xC1, 0x01, 0x00]) } == [1, -2.5, 0x1p-24])
    #expect(try floats(10, 2) { for bits in [0x3C00, 0xC100] { $0.integer(5, bits) } } == [1, -2.5])
    #expect(try floats(16, 1) { $0.data(9, [0x10, 0xC0]) } == [-2.25])
    #expect(try floats(16, 1) { $0.integer(5, 0xC010) } == [-2.25])
    #expect(try floats(11, 1) { $0.data(9, [0, 0, 0, 0, 0, 0, 0xF8, 0x3F]) } == [1.5])
    #expect(try floats(11, 1) { $0.data(10, [0, 0, 0, 0, 0, 0, 0xF8, 0x3F]) } == [1.5])
    // Floats in a packed field, one by one, and both.
    #expect(
      try floats(1, 2) {
        $0.float(4, 2); $0.data(4, [0, 0, 0x80, 0x3F])
      } == [2, 1])
    #expect(
      try integers(7, 2) { $0.data(7, [5, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]) } == [5, -1])
    #expect(try integers(6, 1) { $0.data(9, [0xFE, 0xFF, 0xFF, 0xFF]) } == [-2])
    #expect(try integers(3, 2) { $0.data(9, [0xFE, 7]) } == [-2, 7])
    #expect(try integers(12, 1) { $0.integer(11, 0xFFFF_FFFF) } == [0xFFFF_FFFF])
    #expect(try integers(9, 2) { $0.data(9, [0, 1]) } == [0, 1])
    #expect(throws: ExplainError.self) { try integers(13, 1) { $0.integer(11, -1) } }
    #expect(throws: ExplainError.self) { try constant(8, 1) { $0.string(6, "text") } }
    #expect(throws: ExplainError.self) { try constant(14, 1) { $0.data(9, [0, 0, 0, 0, 0, 0, 0, 0]) } }
    #expect(throws: ExplainError.self) { try constant(99, 1) { $0.data(9, [0]) } }
  }

  private final class Owner {}

  // MARK: - External data

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("onnx-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder + "/data", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func model(_ entries: [String: String]) -> ONNXBuilder {
    var model = ONNXBuilder(input: [1, 2, 1, 1])
    model.external("c", [2, 1, 1], entries)
    model.node("Add", ["x", "c"], ["v"])
    model.node("Flatten", ["v"])
    return model
  }

  @Test func weightsMayLieBesideTheModel() throws {
    try withFolder { folder in
      let floats: [Float] = [9, 1.5, -2]
      try Data(floats.withUnsafeBytes { Array($0) }).write(to: URL(fileURLWithPath: folder + "/data/w.bin"))
      let path = folder + "/model.onnx"
      func read(_ entries: [String: String]) throws -> ONNXModel {
        try WholeFile.save(model(entries).bytes, to: path)
        return try ONNXModel(path: path)
      }
      func failure(_ entries: [String: String]) -> String {
        do { return "no error, but \(try read(entries).layerNames)" } catch { return "\(error)" }
      }
      let good = try read(["location": "data/w.bin", "offset": "4", "length": "8"])
      guard case .binaryWithConstant(.add, let constant, false) = good.graph.nodes.first?.operation else {
        Issue.record("no addition of a constant")
        return
      }
      #expect(constant.values == [1.5, -2])
      #expect(constant.storage.isView, "aligned weights are not copied")
      #expect(failure(["location": "data/w.bin", "offset": "8"]).contains("needs 8 bytes from byte 8 on"))
      #expect(failure(["location": "data/w.bin", "length": "12"]).contains("has 12 bytes"))
      #expect(failure(["location": "data/w.bin", "offset": "-4"]).contains("the offset '-4'"))
      #expect(failure(["location": "data/w.bin", "offset": "9223372036854775807"]).contains("needs 8 bytes from byte"))
      #expect(failure(["location": "missing.bin"]).contains("\(folder)/missing.bin"))
      for location in ["/etc/hostname", "../w.bin", "data/../../w.bin", ""] {
        #expect(failure(["location": location]).contains("not a path below the model's folder"))
      }
    }
    #expect(model(["location": "w.bin"]).failure.contains("a model in memory has no folder"))
  }

  @Test func alignedRawWeightsAreNotCopied() throws {
    // The bytes of a file in memory are aligned, so one of four lengths of the name puts the weight on a multiple of 4.
    var views = 0
    for length in 1...4 {
      var model = ONNXBuilder(input: [1, 2, 1, 1], output: String(repeating: "y", count: length))
      model.floats("c", [1, 2], [2, 1, 1])
      model.node("Add", ["x", "c"], ["v"])
      model.node("Flatten", ["v"], [String(repeating: "y", count: length)])
      let graph = try ONNXModel(bytes: model.bytes, name: "model.onnx").graph
      guard case .binaryWithConstant(_, let constant, _) = graph.nodes.first?.operation else { continue }
      #expect(constant.values == [1, 2])
      views += constant.storage.isView ? 1 : 0
    }
    #expect(views >= 1 && views < 4)
  }

  // MARK: - Inspection

  @Test func aFileCanBeInspectedWithoutBeingSupported() throws {
    var model = ONNXBuilder(input: [0, 3, 224, 224])
    model.opsets.append(("com.microsoft", 1))
    model.tensor("w", type: 10, [64, 3]) { $0.data(9, []) }
    model.node("FusedConv", ["x", "w"], ["h"], name: "fused", domain: "com.microsoft")
    model.node("Einsum", ["h"], ["y"], domain: "ai.onnx")
    let summary = try ONNXSummary(bytes: model.bytes, name: "model.onnx")
    #expect(summary.irVersion == 7 && summary.producer == "builder")
    #expect(summary.opsets.map(\.version) == [13, 1])
    #expect(summary.nodes.map(\.operatorType) == ["com.microsoft.FusedConv", "Einsum"])
    #expect(summary.nodes.map(\.opset) == [1, 13])
    #expect(summary.nodes[0].inputs == ["x", "w"] && summary.nodes[0].outputs == ["h"])
    #expect(summary.inputs.map(\.name) == ["x"] && summary.inputs[0].elementType == "float32")
    #expect(summary.inputs[0].shape == ["0", "3", "224", "224"])
    #expect(summary.outputs.map(\.name) == ["y"] && summary.outputs[0].shape == nil)
    #expect(summary.initializers[0].elementType == "float16" && summary.initializers[0].shape == ["64", "3"])
  }

  @Test func squeezeNetFromTheModelZooLoads() throws {
    let root = URL(fileURLWithPath: #filePath).pathComponents.dropLast(4).joined(separator: "/").dropFirst()
    let candidates = ["\(root)/../shared", "\(root)/../../shared"].map { "\($0)/data/models/SqueezeNet_fp16.onnx" }
    guard let path = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      print("skipped: no shared folder with SqueezeNet_fp16.onnx beside the repository")
      return
    }
    let model = try ONNXModel(path: path)
    #expect(model.inputExtents == [3, 224, 224] && model.classCount == 1000 && model.warnings.isEmpty)
    #expect(model.layerNames.first == "conv1_1" && model.layerNames.last == "pool10_1")
    // 26 convolutions with their ReLUs, 3 + 1 poolings, 8 joins, 1 dropout; the softmax is gone.
    #expect(model.graph.nodes.count == 26 * 2 + 4 + 8 + 1)
    guard case .convolution(let first) = model.graph.nodes[0].operation else {
      Issue.record("the first node is not a convolution")
      return
    }
    #expect(first.weight.shape.dimensions == [64, 3, 3, 3] && first.weight.values.allSatisfy { abs($0) < 2 })
  }
}

/// A small generator for mutations.
private struct SplitMix {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
