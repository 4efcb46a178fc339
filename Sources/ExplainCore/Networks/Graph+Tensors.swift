/// Some of a model's weights: what they are, and their values once they are asked for.
public struct ModelTensor: Sendable {
  /// The node's name with the part that the weights play, such as `features.0.weight`.
  public let name: String
  /// The extents.
  public let shape: Shape
  private let values: Values

  private enum Values {
    case shared(Tensor)
    case narrow(NarrowMatrix)
  }

  /// The values: the model's own, or a copy in 32 bits, made anew by each call, of what the model keeps in 16.
  ///
  /// - Throws: `.outOfMemory`.
  public func tensor() throws -> Tensor {
    switch values {
    case .shared(let tensor): tensor
    case .narrow(let matrix): try matrix.tensor()
    }
  }

  /// Whether `tensor` makes a copy.
  public var isConverted: Bool {
    if case .narrow = values { return true }
    return false
  }

  fileprivate init(_ name: String, _ tensor: Tensor) {
    (self.name, shape, values) = (name, tensor.shape, .shared(tensor))
  }

  fileprivate init(_ name: String, _ matrix: NarrowMatrix) {
    (self.name, shape, values) = (name, matrix.shape, .narrow(matrix))
  }
}

extension Graph {
  /// The weights of all nodes in the order of execution.
  public var tensors: [ModelTensor] { nodes.flatMap(\.tensors) }
}

extension Graph.Node {
  fileprivate var tensors: [ModelTensor] {
    func present(_ role: String, _ tensor: Tensor?) -> [ModelTensor] {
      tensor.map { [ModelTensor("\(name).\(role)", $0)] } ?? []
    }
    switch operation {
    case .convolution(let convolution): return present("weight", convolution.weight) + present("bias", convolution.bias)
    case .linear(let weight, let bias): return present("weight", weight) + present("bias", bias)
    case .narrowLinear(let weight, let bias): return [ModelTensor("\(name).weight", weight)] + present("bias", bias)
    case .scaleAndShift(let scale, let shift): return present("scale", scale) + present("shift", shift)
    case .binaryWithConstant(_, let constant, _): return present("constant", constant)
    default: return []
    }
  }
}
