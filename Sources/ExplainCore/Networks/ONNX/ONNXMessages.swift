/// The parts of an ONNX file that a classifier needs, as `onnx.proto` lays them out; everything else is stepped over.
///
/// Graphs within attributes (of If and Loop) are not entered, so that nothing here recurses. Buffers point into the
/// file. The number beside each field is its number in the file.
///
/// Source: github.com/onnx/onnx, onnx/onnx.proto, IR version 10.
enum ONNX {
  /// ModelProto.
  struct Model {
    var irVersion: Int?
    var producer = ""
    var producerVersion = ""
    /// Versions of operator sets by domain; the standard domain is "".
    var opsets: [(domain: String, version: Int)] = []
    var graph: Graph?
  }

  /// GraphProto.
  struct Graph {
    var name = ""
    var nodes: [Node] = []
    var initializers: [TensorMessage] = []
    var inputs: [ValueInfo] = []
    var outputs: [ValueInfo] = []
  }

  /// NodeProto.
  struct Node {
    var name = ""
    var domain = ""
    var operatorType = ""
    var inputs: [String] = []
    var outputs: [String] = []
    var attributes: [Attribute] = []
  }

  /// AttributeProto.
  struct Attribute {
    var name = ""
    var float: Float?
    var integer: Int?
    var string: String?
    var tensor: TensorMessage?
    var floats: [Float] = []
    var integers: [Int] = []
    /// AttributeType; 0 in files older than it.
    var type = 0
  }

  /// ValueInfoProto with a tensor type.
  struct ValueInfo {
    var name = ""
    var elementType = 0
    /// Nil where the file gives none.
    var extents: [NamedExtent]?
  }

  /// An extent as a file declares it.
  enum NamedExtent: Equatable {
    case number(Int)
    case symbol(String)
    case unknown
  }

  /// TensorProto; its elements are decoded when they are needed.
  struct TensorMessage {
    var name = ""
    var dimensions: [Int] = []
    var elementType = 0
    var raw: UnsafeRawBufferPointer?
    var isExternal = false
    /// Where external data lies: `location`, `offset`, `length`.
    var external: [String: String] = [:]
    /// The whole message, for elements in typed fields.
    var message: ProtobufReader
  }
}

extension ONNX.Model {
  init(_ reader: ProtobufReader) throws {
    var reader = reader
    while let field = try reader.next() {
      switch field.number {
      case 1: irVersion = try field.integer()
      case 2: producer = try field.string()
      case 3: producerVersion = try field.string()
      case 7: graph = try ONNX.Graph(try field.message())
      case 8: opsets.append(try Self.opset(try field.message()))
      default: break
      }
    }
  }

  private static func opset(_ reader: ProtobufReader) throws -> (domain: String, version: Int) {
    var (reader, domain, version) = (reader, "", 0)
    while let field = try reader.next() {
      switch field.number {
      case 1: domain = try field.string()
      case 2: version = try field.integer()
      default: break
      }
    }
    return (domain == "ai.onnx" ? "" : domain, version)
  }
}

extension ONNX.Graph {
  init(_ reader: ProtobufReader) throws {
    var reader = reader
    while let field = try reader.next() {
      switch field.number {
      case 1: nodes.append(try ONNX.Node(try field.message()))
      case 2: name = try field.string()
      case 5: initializers.append(try ONNX.TensorMessage(try field.message()))
      case 11: inputs.append(try ONNX.ValueInfo(try field.message()))
      case 12: outputs.append(try ONNX.ValueInfo(try field.message()))
      default: break
      }
    }
  }
}

extension ONNX.Node {
  init(_ reader: ProtobufReader) throws {
    var reader = reader
    while let field = try reader.next() {
      switch field.number {
      case 1: inputs.append(try field.string())
      case 2: outputs.append(try field.string())
      case 3: name = try field.string()
      case 4: operatorType = try field.string()
      case 5: attributes.append(try ONNX.Attribute(try field.message()))
      case 7: domain = try field.string()
      default: break
      }
    }
    if domain == "ai.onnx" { domain = "" }
  }
}

extension ONNX.Attribute {
  init(_ reader: ProtobufReader) throws {
    var reader = reader
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try field.string()
      case 2: float = try field.float()
      case 3: integer = try field.integer()
      case 4: string = try field.string()
      case 5: tensor = try ONNX.TensorMessage(try field.message())
      case 7: try field.forEachFixed(width: 4) { floats.append(Float(bitPattern: UInt32(truncatingIfNeeded: $0))) }
      case 8: try field.forEachInteger { integers.append(Int(truncatingIfNeeded: $0)) }
      case 20: type = try field.integer()
      default: break
      }
    }
  }
}

extension ONNX.ValueInfo {
  init(_ reader: ProtobufReader) throws {
    var reader = reader
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try field.string()
      case 2:
        var type = try field.message()
        while let kind = try type.next() {
          if kind.number == 1 { try readTensorType(try kind.message()) }
        }
      default: break
      }
    }
  }

  private mutating func readTensorType(_ reader: ProtobufReader) throws {
    var reader = reader
    while let field = try reader.next() {
      switch field.number {
      case 1: elementType = try field.integer()
      case 2:
        var (shape, list) = (try field.message(), [ONNX.NamedExtent]())
        while let extent = try shape.next() {
          if extent.number == 1 { list.append(try Self.extent(try extent.message())) }
        }
        extents = list
      default: break
      }
    }
  }

  private static func extent(_ reader: ProtobufReader) throws -> ONNX.NamedExtent {
    var (reader, result) = (reader, ONNX.NamedExtent.unknown)
    while let field = try reader.next() {
      switch field.number {
      case 1: result = .number(try field.integer())
      case 2: result = .symbol(try field.string())
      default: break
      }
    }
    return result
  }
}

extension ONNX.TensorMessage {
  init(_ reader: ProtobufReader) throws {
    message = reader
    var reader = reader
    while let field = try reader.next() {
      switch field.number {
      case 1: try field.forEachInteger { dimensions.append(Int(truncatingIfNeeded: $0)) }
      case 2: elementType = try field.integer()
      case 8: name = try field.string()
      case 9: raw = try field.bytes()
      case 13: try readExternal(try field.message())
      case 14: isExternal = try field.integer() == 1
      default: break
      }
    }
  }

  private mutating func readExternal(_ reader: ProtobufReader) throws {
    var (reader, key, value) = (reader, "", "")
    while let field = try reader.next() {
      switch field.number {
      case 1: key = try field.string()
      case 2: value = try field.string()
      default: break
      }
    }
    external[key] = value
  }
}
