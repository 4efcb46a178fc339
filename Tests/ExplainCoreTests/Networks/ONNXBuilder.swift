@testable import ExplainCore

/// Writes the Protocol Buffers wire format, for files that no exporter would make.
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func integer(_ field: Int, _ value: Int) {
    varint(UInt64(field << 3))
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func float(_ field: Int, _ value: Float) {
    varint(UInt64(field << 3 | 5))
    for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(shift))) }
  }

  mutating func data(_ field: Int, _ value: [UInt8]) {
    varint(UInt64(field << 3 | 2))
    varint(UInt64(value.count))
    bytes += value
  }

  mutating func string(_ field: Int, _ value: String) { data(field, [UInt8](value.utf8)) }

  mutating func message(_ field: Int, _ build: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    build(&inner)
    data(field, inner.bytes)
  }
}

/// A small ONNX file, right or wrong.
struct ONNXBuilder {
  enum Value {
    case integer(Int)
    case integers([Int])
    case float(Float)
    case string(String)
  }

  private var graph = ProtobufWriter()
  var opsets: [(domain: String, version: Int)] = [("", 13)]
  var irVersion = 7

  /// A model with one input `x` and one output `y`.
  init(input: [Int]? = [1, 3, 4, 4], output: String = "y") {
    self.input("x", input)
    graph.message(12) { $0.string(1, output) }
  }

  mutating func input(_ name: String, _ extents: [Int]?, type: Int = 1) {
    graph.message(11) { value in
      value.string(1, name)
      guard let extents else { return }
      value.message(2) { kind in
        kind.message(1) { tensor in
          tensor.integer(1, type)
          tensor.message(2) { shape in
            for extent in extents { shape.message(1) { $0.integer(1, extent) } }
          }
        }
      }
    }
  }

  mutating func output(_ name: String) { graph.message(12) { $0.string(1, name) } }

  mutating func node(
    _ type: String, _ inputs: [String], _ outputs: [String] = ["y"], name: String = "", domain: String = "",
    _ attributes: [String: Value] = [:]
  ) {
    graph.message(1) { node in
      for input in inputs { node.string(1, input) }
      for output in outputs { node.string(2, output) }
      node.string(3, name)
      node.string(4, type)
      node.string(7, domain)
      for (key, value) in attributes.sorted(by: { $0.key < $1.key }) {
        node.message(5) { attribute in
          attribute.string(1, key)
          switch value {
          case .float(let float): attribute.float(2, float)
          case .integer(let integer): attribute.integer(3, integer)
          case .string(let string): attribute.string(4, string)
          case .integers(let list): for integer in list { attribute.integer(8, integer) }
          }
        }
      }
    }
  }

  mutating func node(_ type: String, _ inputs: [String], _ attributes: [String: Value]) {
    node(type, inputs, ["y"], attributes)
  }

  mutating func floats(_ name: String, _ values: [Float], _ extents: [Int]) {
    tensor(name, type: 1, extents) { tensor in
      tensor.data(9, values.flatMap { value in (0..<4).map { UInt8(value.bitPattern >> (8 * $0) & 0xFF) } })
    }
  }

  mutating func integers(_ name: String, _ values: [Int]) {
    tensor(name, type: 7, [values.count]) { tensor in for value in values { tensor.integer(7, value) } }
  }

  /// An initializer whose data `build` writes.
  mutating func tensor(_ name: String, type: Int, _ extents: [Int], _ build: (inout ProtobufWriter) -> Void) {
    graph.message(5) { tensor in
      for extent in extents { tensor.integer(1, extent) }
      tensor.integer(2, type)
      build(&tensor)
      tensor.string(8, name)
    }
  }

  /// An initializer in another file.
  mutating func external(_ name: String, _ extents: [Int], _ entries: [String: String]) {
    tensor(name, type: 1, extents) { tensor in
      for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
        tensor.message(13) { entry in
          entry.string(1, key)
          entry.string(2, value)
        }
      }
      tensor.integer(14, 1)
    }
  }

  var bytes: [UInt8] {
    var model = ProtobufWriter()
    model.integer(1, irVersion)
    model.string(2, "builder")
    model.data(7, graph.bytes)
    for (domain, version) in opsets {
      model.message(8) { opset in
        opset.string(1, domain)
        opset.integer(2, version)
      }
    }
    return model.bytes
  }

  /// The message of the error that reading the file throws, or what was read.
  var failure: String {
    do {
      let model = try ONNXModel(bytes: bytes, name: "model.onnx")
      return "no error, but \(model.layerNames)"
    } catch let error as ExplainError {
      return error.message
    } catch {
      return "another error: \(error)"
    }
  }
}
