/// An ONNX file taken apart, with its bytes: what inspection and translation start from.
struct ONNXFile {
  /// The last part of the path, or the name given for bytes in memory; error messages begin with it.
  let name: String
  let irVersion: Int
  let opsets: [(domain: String, version: Int)]
  let producer: String
  let producerVersion: String
  let graph: ONNX.Graph
  /// Decodes the tensors of this file.
  let tensors: ONNXTensorReader

  /// Maps the file at `path`.
  ///
  /// - Throws: `.io` if it cannot be read; `.badFile` if it is not an ONNX model.
  init(path: String) throws {
    let file = try MappedFile(path: path)
    let slash = path.lastIndex(of: "/")
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    let folder = slash.map { String(path[...$0]) } ?? ""
    try self.init(file.bytes, name: name, owner: file, folder: folder)
  }

  /// Copies bytes in memory, so that weights may stay where they are for as long as the network lives.
  ///
  /// - Throws: `.badFile` if they are not an ONNX model; `.outOfMemory`.
  init(copying bytes: UnsafeRawBufferPointer, name: String) throws {
    let copy = try Storage(count: bytes.count / MemoryLayout<Float>.size + 1)
    let buffer = UnsafeMutableRawBufferPointer(start: copy.pointer, count: bytes.count)
    buffer.copyMemory(from: bytes)
    try self.init(UnsafeRawBufferPointer(buffer), name: name, owner: copy, folder: nil)
  }

  private init(_ bytes: UnsafeRawBufferPointer, name: String, owner: AnyObject, folder: String?) throws {
    // The owner of the bytes must outlive the parsing, whose pointers do not hold it.
    let model = try withExtendedLifetime(owner) {
      try ONNX.Model(ProtobufReader(bytes, subject: "\(name) is damaged or not an ONNX model"))
    }
    guard let irVersion = model.irVersion, let graph = model.graph else {
      throw ExplainError.badFile(
        "\(name) is not an ONNX model: it has no \(model.graph == nil ? "graph" : "IR version")")
    }
    self.name = name
    self.irVersion = irVersion
    self.graph = graph
    opsets = model.opsets
    producer = model.producer
    producerVersion = model.producerVersion
    tensors = ONNXTensorReader(source: name, owner: owner, folder: folder)
  }

  /// The version of a domain's operator set, or nil if the file does not import it.
  func opset(_ domain: String) -> Int? { opsets.last { $0.domain == domain }?.version }

  /// Inputs that have no initializer (before IR 4, initializers had to be listed as inputs).
  var networkInputs: [ONNX.ValueInfo] {
    let initialized = Set(graph.initializers.map(\.name))
    return graph.inputs.filter { !initialized.contains($0.name) }
  }
}

extension ONNX.Node {
  /// The operator with its domain in front, unless it is ONNX's own.
  var qualifiedOperator: String { domain.isEmpty ? operatorType : "\(domain).\(operatorType)" }
}
