extension Graph {
  /// The weights of all nodes in the order of execution: the node's name with the part that they play, such as
  /// `features.0.weight`.
  public var tensors: [(name: String, tensor: Tensor)] {
    nodes.flatMap { node in node.operation.tensors.map { ("\(node.name).\($0.role)", $0.tensor) } }
  }
}

extension Operation {
  fileprivate var tensors: [(role: String, tensor: Tensor)] {
    func present(_ weight: Tensor, _ bias: Tensor?) -> [(role: String, tensor: Tensor)] {
      [("weight", weight)] + (bias.map { [("bias", $0)] } ?? [])
    }
    switch self {
    case .convolution(let convolution): return present(convolution.weight, convolution.bias)
    case .linear(let weight, let bias): return present(weight, bias)
    case .scaleAndShift(let scale, let shift): return [("scale", scale), ("shift", shift)]
    case .binaryWithConstant(_, let constant, _): return [("constant", constant)]
    default: return []
    }
  }
}
