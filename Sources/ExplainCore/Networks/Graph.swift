/// A network as a static graph of operations: what VGG and ONNX files both become, and what a `Plan` is compiled
/// from.
///
/// Nodes stand in the order of execution. Each node makes one value; values are numbered, and value 0 is the input,
/// a batch `[N, C, H, W]`. The leading axis of every value is the batch.
public struct Graph: Sendable {
  /// One operation applied to earlier values.
  public struct Node: Sendable {
    /// The name that a user may ask for, such as `features.34` or an ONNX node's name.
    public let name: String
    /// What is computed.
    public let operation: Operation
    /// Numbers of the values that it reads.
    public let inputs: [Int]
    /// Number of the value that it makes.
    public let output: Int
  }

  /// The operations in the order of execution.
  public private(set) var nodes: [Node] = []
  /// The number of the value that holds the logits, `[N, classes]` or `[N, classes, 1, 1]`.
  public private(set) var output = 0
  /// The number of values, the input among them.
  public private(set) var valueCount = 1

  /// An empty graph, whose output is its input.
  public init() {}

  init(nodes: [Node], output: Int, valueCount: Int) {
    self.nodes = nodes
    self.output = output
    self.valueCount = valueCount
  }

  /// Adds an operation and returns the number of the value that it makes, which becomes the graph's output.
  @discardableResult
  public mutating func add(_ name: String, _ operation: Operation, _ inputs: [Int]) -> Int {
    precondition(inputs.allSatisfy { $0 >= 0 && $0 < valueCount }, "a node reads a value that no node has made")
    nodes.append(Node(name: name, operation: operation, inputs: inputs, output: valueCount))
    output = valueCount
    valueCount += 1
    return output
  }

  /// Makes another value the graph's output, such as the one before a softmax; nodes that it does not need go.
  public mutating func setOutput(_ value: Int) {
    precondition(value >= 0 && value < valueCount, "an output that no node has made")
    output = value
    var needed: Set<Int> = [value]
    var kept: [Node] = []
    for node in nodes.reversed() where needed.contains(node.output) {
      needed.formUnion(node.inputs)
      kept.append(node)
    }
    nodes = kept.reversed()
  }

  /// Puts another operation in the place of each one that `replacement` has one for, one after the other.
  mutating func replaceOperations(_ replacement: (Node) throws -> Operation?) rethrows {
    for index in nodes.indices {
      let node = nodes[index]
      guard let operation = try replacement(node) else { continue }
      nodes[index] = Node(name: node.name, operation: operation, inputs: node.inputs, output: node.output)
    }
  }

  /// The node that makes `value`, or nil for the input.
  func producer(of value: Int) -> Node? { nodes.first { $0.output == value } }
}
