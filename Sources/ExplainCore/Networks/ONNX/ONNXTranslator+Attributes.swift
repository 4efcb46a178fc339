/// Reading a node's attributes.
///
/// A missing attribute has its operator's default. One that is there without a value is zero: some writers leave
/// zeros out.
extension ONNXTranslator {
  private enum AttributeType: Int {
    case float = 1
    case integer, string, tensor, graph, floats, integers, strings
  }

  private func attribute(_ node: ONNX.Node, _ name: String, _ type: AttributeType) throws -> ONNX.Attribute? {
    guard let attribute = node.attributes.first(where: { $0.name == name }) else { return nil }
    guard attribute.type == 0 || attribute.type == type.rawValue else {
      throw fail(node, .badFile, "the attribute \(name) is not of type \(type)")
    }
    return attribute
  }

  func optionalInteger(_ node: ONNX.Node, _ name: String) throws -> Int? {
    try attribute(node, name, .integer).map { $0.integer ?? 0 }
  }

  func integer(_ node: ONNX.Node, _ name: String, default value: Int) throws -> Int {
    try optionalInteger(node, name) ?? value
  }

  func flag(_ node: ONNX.Node, _ name: String, default value: Bool = false) throws -> Bool {
    try optionalInteger(node, name).map { $0 != 0 } ?? value
  }

  func optionalFloat(_ node: ONNX.Node, _ name: String) throws -> Float? {
    try attribute(node, name, .float).map { $0.float ?? 0 }
  }

  func float(_ node: ONNX.Node, _ name: String, default value: Float) throws -> Float {
    try optionalFloat(node, name) ?? value
  }

  func string(_ node: ONNX.Node, _ name: String, default value: String) throws -> String {
    try attribute(node, name, .string).map { $0.string ?? "" } ?? value
  }

  func tensor(_ node: ONNX.Node, _ name: String) throws -> ONNX.TensorMessage? {
    try attribute(node, name, .tensor)?.tensor
  }

  func integers(_ node: ONNX.Node, _ name: String) throws -> [Int]? {
    try attribute(node, name, .integers)?.integers
  }

  func floats(_ node: ONNX.Node, named name: String) throws -> [Float]? {
    try attribute(node, name, .floats)?.floats
  }

  /// A list that was an attribute before some opset and is an input since.
  mutating func integers(
    _ node: ONNX.Node, _ name: String, orInput index: Int, from version: Int
  ) throws -> [Int]? {
    opset < version ? try integers(node, name) : try optionalIntegers(node, index)
  }

  /// An axis of a value, with negative ones counted from the end.
  func axis(_ node: ONNX.Node, _ axis: Int, rank: Int) throws -> Int {
    guard axis >= -rank, axis < rank else {
      throw fail(node, .badFile, "axis \(axis) of a value that has \(rank) axes")
    }
    return axis < 0 ? axis + rank : axis
  }

  /// Axes of a value, ascending, each once.
  func axes(_ node: ONNX.Node, _ list: [Int], rank: Int) throws -> [Int] {
    let axes = Set(try list.map { try axis(node, $0, rank: rank) })
    guard axes.count == list.count else { throw fail(node, .badFile, "names an axis twice") }
    return axes.sorted()
  }

  /// The error for an operation that would mix pictures of a batch.
  func mixesBatch(_ node: ONNX.Node) -> ExplainError {
    fail(node, .unsupported, "works along the batch axis: pictures of a batch must stay apart")
  }
}
