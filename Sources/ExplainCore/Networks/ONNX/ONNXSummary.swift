/// What an ONNX file contains, whether or not this library can run it.
public struct ONNXSummary: Sendable {
  /// An operation of the file's graph.
  public struct Node: Sendable {
    /// Its name, often empty.
    public let name: String
    /// Its operator, with the domain in front if it is not ONNX's own: `Conv`, `com.microsoft.FusedConv`.
    public let operatorType: String
    /// The version of the operator set that defines it, if the file imports one.
    public let opset: Int?
    /// Names of the values that it reads; an empty one is an input left out.
    public let inputs: [String]
    /// Names of the values that it makes.
    public let outputs: [String]
  }

  /// An input, an output, or an initializer of the graph.
  public struct Value: Sendable {
    /// Its name.
    public let name: String
    /// The type of its elements as NumPy names it, such as `float32`.
    public let elementType: String
    /// Extents as the file declares them: numbers, symbols such as `batch`, or `?`; nil where there is no shape.
    public let shape: [String]?
  }

  /// The version of the file format.
  public let irVersion: Int
  /// Versions of operator sets by domain; the standard domain is "".
  public let opsets: [(domain: String, version: Int)]
  /// The program that wrote the file.
  public let producer: String
  /// The version of that program.
  public let producerVersion: String
  /// The name of the graph.
  public let graphName: String
  /// Operations in the file's order.
  public let nodes: [Node]
  /// Inputs without those that have an initializer.
  public let inputs: [Value]
  /// Outputs.
  public let outputs: [Value]
  /// Weights and other constants.
  public let initializers: [Value]

  /// Reads the file at `path`.
  ///
  /// - Throws: `.io` if it cannot be read; `.badFile` if it is not an ONNX model.
  public init(path: String) throws {
    self.init(try ONNXFile(path: path))
  }

  /// Reads a file that is in memory; `name` stands for it in messages.
  ///
  /// - Throws: `.badFile` if it is not an ONNX model; `.outOfMemory`.
  public init(bytes: [UInt8], name: String) throws {
    self.init(try bytes.withUnsafeBytes { try ONNXFile(copying: $0, name: name) })
  }

  init(_ file: ONNXFile) {
    irVersion = file.irVersion
    opsets = file.opsets
    producer = file.producer
    producerVersion = file.producerVersion
    graphName = file.graph.name
    nodes = file.graph.nodes.map { node in
      Node(
        name: node.name, operatorType: node.qualifiedOperator, opset: file.opset(node.domain), inputs: node.inputs,
        outputs: node.outputs)
    }
    inputs = file.networkInputs.map(Value.init)
    outputs = file.graph.outputs.map(Value.init)
    initializers = file.graph.initializers.map { tensor in
      Value(
        name: tensor.name, elementType: ONNX.DataType.name(tensor.elementType),
        shape: tensor.dimensions.map { "\($0)" })
    }
  }
}

extension ONNXSummary.Value {
  init(_ value: ONNX.ValueInfo) {
    self.init(
      name: value.name, elementType: ONNX.DataType.name(value.elementType),
      shape: value.extents?.map { extent in
        switch extent {
        case .number(let number): "\(number)"
        case .symbol(let symbol): symbol.isEmpty ? "?" : symbol
        case .unknown: "?"
        }
      })
  }
}
