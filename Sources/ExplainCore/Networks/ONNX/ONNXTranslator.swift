/// Turns the nodes of an ONNX file into a `Graph`.
///
/// Walks the nodes once, in the file's order. Each name stands either for a constant (a weight, or a shape that the
/// file computes) or for a value of the graph with as much of its shape as is known. Operators of constants are
/// computed right away, so that what is left is the network itself. The files `ONNXTranslator+*.swift` hold the
/// operators.
struct ONNXTranslator {
  /// What a name stands for.
  enum Operand {
    case activation(Activation)
    case constant(ONNXConstant)
  }

  /// A value of the graph, whose leading extent is always the batch.
  struct Activation {
    let number: Int
    let extents: [Extent]
    var rank: Int { extents.count }
  }

  /// The operator sets that this was written for; later ones may have changed an operator's meaning.
  static let supportedOpsets = 7...21
  /// The oldest file format: earlier ones have no opset.
  static let oldestIRVersion = 3
  /// Formats above it are read with a warning.
  static let newestIRVersion = 10
  /// The largest extent of an input axis, and of a stride, pad or window.
  static let maximumExtent = 1 << 20

  let file: ONNXFile
  let opset: Int
  var warnings: [String] = []
  /// Operations so far; number `i` makes value `i + 1`.
  var nodes: [(name: String, operation: Operation, inputs: [Int], extents: [Extent])] = []
  /// Declared extents of the input without the batch; channels are learned from the first convolution if need be.
  var inputExtents: [Int?] = []
  /// Whether the file's input is `[N, H, W, C]`.
  var isChannelsLast = false
  /// The batch that the file was exported for, if it says.
  var declaredBatch: Int?
  /// Elements of constants computed so far.
  var foldedCount = 0

  private var operands: [String: Operand] = [:]
  private var initializers: [String: ONNX.TensorMessage] = [:]
  private var symbolCount = 1
  private var layerNames = UniqueNames()

  /// Checks the versions of the file.
  init(_ file: ONNXFile) throws {
    guard file.irVersion >= ONNXTranslator.oldestIRVersion else {
      throw ExplainError.unsupported("\(file.name) has IR version \(file.irVersion): 3 and later are supported")
    }
    guard let opset = file.opset("") else {
      throw ExplainError.badFile("\(file.name) does not say which version of ONNX's operators it uses")
    }
    guard ONNXTranslator.supportedOpsets.contains(opset) else {
      throw ExplainError.unsupported("\(file.name) uses opset \(opset): 7 to 21 are supported")
    }
    self.file = file
    self.opset = opset
    if file.irVersion > ONNXTranslator.newestIRVersion {
      warnings.append("\(file.name) has IR version \(file.irVersion), newer than 10")
    }
  }

  // MARK: - The walk

  /// Translates all nodes that the first output needs.
  ///
  /// - Returns: the graph, and the number of classes if it is known.
  mutating func translate() throws -> (graph: Graph, classCount: Int?) {
    for tensor in file.graph.initializers { initializers[tensor.name] = tensor }
    let input = try theInput()
    operands[input.name] = .activation(try declare(input))
    guard let output = file.graph.outputs.first else { throw ExplainError.badFile("\(file.name) has no output") }
    if file.graph.outputs.count > 1 {
      warnings.append("\(file.name) has \(file.graph.outputs.count) outputs; \(quoted(output.name)) is explained")
    }
    let order = ONNXOrder(file)
    try order.check(input: input.name)
    let needed = order.nodesNeeded(for: output.name)
    layerNames.reserve(needed.map { file.graph.nodes[$0].name })
    for index in needed { try translate(file.graph.nodes[index]) }
    guard let result = try operand(named: output.name) else {
      throw ExplainError.badFile("\(file.name): nothing makes the output \(quoted(output.name))")
    }
    guard case .activation(let value) = result, value.number > 0 else {
      throw ExplainError.unsupported("\(file.name): the output \(quoted(output.name)) does not depend on the picture")
    }
    return try finish(value, name: output.name)
  }

  private func theInput() throws -> ONNX.ValueInfo {
    let inputs = file.networkInputs
    guard let input = inputs.first else { throw ExplainError.badFile("\(file.name) has no input") }
    guard inputs.count == 1 else {
      let names = inputs.prefix(4).map { quoted($0.name) }.joined(separator: ", ")
      throw ExplainError.unsupported(
        "\(file.name) has \(inputs.count) inputs (\(names)\(inputs.count > 4 ? ", ..." : "")): one picture is supported"
      )
    }
    if let type = ONNX.DataType(rawValue: input.elementType), !type.isFloat {
      throw ExplainError.unsupported(
        "\(file.name): the input \(quoted(input.name)) has elements of \(type), not floats")
    }
    return input
  }

  /// The input as value 0.
  private mutating func declare(_ input: ONNX.ValueInfo) throws -> Activation {
    let declared = input.extents ?? [.unknown, .unknown, .unknown, .unknown]
    guard declared.count == 4 else {
      throw ExplainError.unsupported(
        "\(file.name): the input \(quoted(input.name)) has \(declared.count) axes: batch, channel, row, column are needed"
      )
    }
    // Some exporters write 0 or -1 for an open extent.
    let numbers = declared.map { extent in
      if case .number(let number) = extent, number > 0 { number } else { nil as Int? }
    }
    for number in numbers.compactMap({ $0 }) where number > ONNXTranslator.maximumExtent {
      throw ExplainError.unsupported("\(file.name): the input \(quoted(input.name)) has an extent of \(number)")
    }
    declaredBatch = numbers[0]
    isChannelsLast = readsChannelsLast(input.name)
    let extents = numbers[1...].map { $0.map(Extent.known) ?? newSymbol() }
    inputExtents = isChannelsLast ? [numbers[3], numbers[1], numbers[2]] : Array(numbers[1...])
    return Activation(number: 0, extents: [.batch] + extents)
  }

  /// Whether nothing but transpositions to `[N, C, H, W]` reads the input, after which the graph then begins.
  ///
  /// So TensorFlow's exporters write networks whose pictures are `[N, H, W, C]`.
  private func readsChannelsLast(_ input: String) -> Bool {
    let readers = file.graph.nodes.filter { $0.inputs.contains(input) }
    return !readers.isEmpty
      && readers.allSatisfy { node in
        node.operatorType == "Transpose" && (try? integers(node, "perm")) == [0, 3, 1, 2]
      }
  }

  /// An extent about which nothing is known.
  mutating func newSymbol() -> Extent {
    defer { symbolCount += 1 }
    return .symbol(symbolCount)
  }

  /// What a name stands for, decoding an initializer when it is first used.
  private mutating func operand(named name: String) throws -> Operand? {
    if let operand = operands[name] { return operand }
    guard let tensor = initializers[name] else { return nil }
    let operand = Operand.constant(try file.tensors.constant(tensor))
    operands[name] = operand
    return operand
  }

  // MARK: - For operators

  /// An input of a node, or nil if it is left out.
  mutating func operand(_ node: ONNX.Node, _ index: Int) throws -> Operand? {
    guard index < node.inputs.count, !node.inputs[index].isEmpty else { return nil }
    if let operand = try operand(named: node.inputs[index]) { return operand }
    // The order was checked, so an earlier node makes it, but as an output that is not supported.
    throw fail(node, .unsupported, "reads \(quoted(node.inputs[index])), an extra output that is not supported")
  }

  /// An input of a node that must be there and depend on the picture.
  mutating func activation(_ node: ONNX.Node, _ index: Int = 0) throws -> Activation {
    switch try operand(node, index) {
    case .activation(let value): return value
    case .constant: throw fail(node, .unsupported, "input \(index) is a constant, which is not supported")
    case nil: throw fail(node, .badFile, "input \(index) is missing")
    }
  }

  /// An input of a node that, if there, must be a constant.
  mutating func optionalConstant(_ node: ONNX.Node, _ index: Int) throws -> ONNXConstant? {
    switch try operand(node, index) {
    case .constant(let constant): return constant
    case .activation: throw fail(node, .unsupported, "input \(index) is computed, and must be a constant")
    case nil: return nil
    }
  }

  /// An input of a node that, if there, must be a constant of floats.
  mutating func optionalFloats(_ node: ONNX.Node, _ index: Int) throws -> Tensor? {
    guard let constant = try optionalConstant(node, index) else { return nil }
    guard case .floats(let tensor) = constant else { throw fail(node, .badFile, "input \(index) is not of floats") }
    return tensor
  }

  /// An input of a node that must be a constant of floats.
  mutating func floats(_ node: ONNX.Node, _ index: Int) throws -> Tensor {
    guard let tensor = try optionalFloats(node, index) else {
      throw fail(node, .badFile, "input \(index) is missing")
    }
    return tensor
  }

  /// An input of a node that, if there, must be a list of integers, or one.
  mutating func optionalExtents(_ node: ONNX.Node, _ index: Int) throws -> [Extent]? {
    guard let constant = try optionalConstant(node, index) else { return nil }
    guard case .integers(let elements, let shape) = constant, shape.rank <= 1 else {
      throw fail(node, .badFile, "input \(index) is not a list of integers")
    }
    return elements
  }

  /// As `optionalExtents`, where all of them must be known.
  mutating func optionalIntegers(_ node: ONNX.Node, _ index: Int) throws -> [Int]? {
    try optionalExtents(node, index)?.map { element in
      guard let number = element.number else { throw openExtent(node) }
      return number
    }
  }

  /// Adds an operation, whose value the node's first output stands for.
  mutating func emit(_ node: ONNX.Node, _ operation: Operation, _ inputs: [Activation], _ extents: [Extent]) throws {
    let value = try append(node.name, node, operation, inputs, extents)
    operands[node.outputs[0]] = .activation(value)
  }

  /// Adds an operation of a node under a name of its own.
  mutating func append(
    _ name: String, _ node: ONNX.Node, _ operation: Operation, _ inputs: [Activation], _ extents: [Extent]
  ) throws -> Activation {
    guard extents.count <= Shape.maximumRank, (try? Shape(extents.map { $0.number ?? 1 })) != nil else {
      throw fail(node, .unsupported, "makes a value of a shape that is out of range")
    }
    nodes.append((layerNames.name(name, output: node.outputs[0]), operation, inputs.map(\.number), extents))
    return Activation(number: nodes.count, extents: extents)
  }

  /// Lets the node's first output stand for a constant.
  mutating func define(_ node: ONNX.Node, _ constant: ONNXConstant) {
    operands[node.outputs[0]] = .constant(constant)
  }

  /// An error that names the file, the node and its operator.
  func fail(_ node: ONNX.Node, _ kind: ExplainError.Kind, _ text: String) -> ExplainError {
    ExplainError(kind, "\(file.name): node \(quoted(node.label)) (\(node.qualifiedOperator)): \(text)")
  }

  /// The error for an operator that is not in the table.
  func unknownOperator(_ node: ONNX.Node, _ clause: String = "") -> ExplainError {
    let version = file.opset(node.domain).map { "opset \($0)" } ?? "of a domain that the file does not import"
    return .unsupported(
      "\(file.name): node \(quoted(node.label)) needs operator \(node.qualifiedOperator) (\(version))\(clause), "
        + "which is not supported")
  }

  /// The error for a number that depends on an extent that the file leaves open.
  func openExtent(_ node: ONNX.Node) -> ExplainError {
    fail(node, .unsupported, "depends on an extent of the picture that the model leaves open")
  }
}

extension ONNX.Node {
  /// What messages call a node: its name, or the value that it makes.
  var label: String { name.isEmpty ? outputs.first { !$0.isEmpty } ?? "" : name }
}

/// Names of layers: a node's own name where no other node has it, else that of the value that it makes.
private struct UniqueNames {
  private var counts: [String: Int] = [:]
  private var taken: Set<String> = []
  private var suffixes: [String: Int] = [:]

  /// Counts the names that the nodes have.
  mutating func reserve(_ names: [String]) {
    for name in names { counts[name, default: 0] += 1 }
  }

  mutating func name(_ name: String, output: String) -> String {
    let wanted = !name.isEmpty && counts[name, default: 1] == 1 ? name : output
    if taken.insert(wanted).inserted { return wanted }
    while true {
      suffixes[wanted, default: 1] += 1
      let candidate = "\(wanted)_\(suffixes[wanted] ?? 0)"
      if taken.insert(candidate).inserted { return candidate }
    }
  }
}
