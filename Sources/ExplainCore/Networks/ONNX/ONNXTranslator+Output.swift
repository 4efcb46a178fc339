/// From the last value to logits.
extension ONNXTranslator {
  /// Builds the graph up to the logits: a softmax at the end goes.
  ///
  /// - Returns: the graph, and the number of classes if it is known.
  mutating func finish(_ output: Activation, name: String) throws -> (graph: Graph, classCount: Int?) {
    let classes = try classCount(output, name)
    let last = dropFinalSoftmax(output)
    if case .activation(.sigmoid) = nodes[last - 1].operation {
      warnings.append("\(file.name) ends in a sigmoid; its output is taken for logits")
    }
    var graph = Graph()
    for node in nodes { graph.add(node.name, node.operation, node.inputs) }
    graph.setOutput(last)
    return (graph, classes)
  }

  /// A classifier gives `[N, classes]` or `[N, classes, 1, 1]`.
  private func classCount(_ output: Activation, _ name: String) throws -> Int? {
    let rest = output.extents.dropFirst(2)
    guard output.rank == 2 || output.rank == 4, rest.allSatisfy({ $0.number ?? 1 == 1 }) else {
      let shape = (["N"] + output.extents[1...].map { $0.number.map { "\($0)" } ?? "?" }).joined(separator: ", ")
      throw ExplainError.unsupported(
        "\(file.name): the output \(quoted(name)) has shape [\(shape)]: a classifier gives [N, classes]")
    }
    return output.extents[1].number
  }

  /// Takes away a softmax over the classes at the end, or before reshaping at the end.
  ///
  /// - Returns: the number of the value that is the output now.
  private mutating func dropFinalSoftmax(_ output: Activation) -> Int {
    var value = output.number
    while value > 0 {
      let node = nodes[value - 1]
      switch node.operation {
      case .identity, .flatten, .reshape, .squeeze, .unsqueeze: value = node.inputs[0]
      case .softmax(axis: 1, let overTrailingAxes) where node.inputs[0] > 0 && !isRead(value, beside: output.number):
        guard overTrailingAxes || node.extents.dropFirst(2).allSatisfy({ $0 == .known(1) }) else {
          return output.number
        }
        if value == output.number { return node.inputs[0] }
        nodes[value - 1].operation = .identity
        return output.number
      default: return output.number
      }
    }
    return output.number
  }

  /// Whether a value is read more than once, so that it is more than a step to the output.
  private func isRead(_ value: Int, beside output: Int) -> Bool {
    value != output && nodes.reduce(0) { $0 + $1.inputs.count { $0 == value } } > 1
  }
}
