extension Graph {
  /// The same network with each factor and shift that follows a convolution moved into its weights.
  ///
  /// - Returns: the graph, and the values that no longer exist in it; a value keeps its number.
  /// - Throws: `.outOfMemory`.
  func foldingNormalization() throws -> (graph: Graph, removed: Set<Int>) {
    var uses: [Int: Int] = [output: 1]
    for node in nodes { for input in node.inputs { uses[input, default: 0] += 1 } }
    var folded: [Node] = []
    var removed: Set<Int> = []
    for node in nodes {
      if case .scaleAndShift(let scale, let shift) = node.operation, let last = folded.last,
        case .convolution(let convolution) = last.operation, node.inputs == [last.output], uses[last.output] == 1,
        scale.count == convolution.weight.shape.dimensions.first
      {
        removed.insert(last.output)
        folded[folded.count - 1] = Node(
          name: last.name, operation: .convolution(try convolution.scaled(by: scale, shiftedBy: shift)),
          inputs: last.inputs, output: node.output)
      } else {
        folded.append(node)
      }
    }
    return (Graph(nodes: folded, output: output, valueCount: valueCount), removed)
  }
}

extension Operation.Convolution {
  /// The convolution followed by a factor and a shift for each output channel.
  fileprivate func scaled(by scale: Tensor, shiftedBy shift: Tensor) throws -> Operation.Convolution {
    var result = self
    let factors = scale.values
    let perOutput = weight.count / max(1, factors.count)
    result.weight = try Tensor(weight.shape) { scaled in
      weight.withPointer { weight in
        for i in 0..<scaled.count { scaled[i] = weight[i] * factors[i / perOutput] }
      }
    }
    let biases = bias?.values ?? [Float](repeating: 0, count: factors.count)
    let shifts = zip(zip(biases, factors), shift.values).map { $0.0 * $0.1 + $1 }
    result.bias = try Tensor(shifts, [shifts.count])
    return result
  }
}
