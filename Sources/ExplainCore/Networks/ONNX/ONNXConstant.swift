/// An extent, or an element of a shape that the file computes: a number, or a quantity that is known only when the
/// network runs.
enum Extent: Equatable {
  case known(Int)
  /// Two symbols are equal where they are sure to stand for the same number.
  case symbol(Int)

  /// The number of pictures, whatever the file says: a network works for every batch.
  static let batch = Extent.symbol(0)

  /// The number, if it is known.
  var number: Int? { if case .known(let number) = self { number } else { nil } }
}

/// A value that is known before the network runs: a weight, or a small array of integers that describes shapes.
enum ONNXConstant {
  case floats(Tensor)
  /// Elements in row-major order.
  case integers([Extent], Shape)

  /// The extents.
  var shape: Shape {
    switch self {
    case .floats(let tensor): tensor.shape
    case .integers(_, let shape): shape
    }
  }

  /// The same elements under another shape.
  func reshaped(_ dimensions: [Int]) throws -> ONNXConstant {
    switch self {
    case .floats(let tensor): return .floats(try tensor.reshaped(dimensions))
    case .integers(let elements, let shape):
      let target = try Shape(dimensions)
      guard target.count == shape.count else { throw ExplainError.invalid("\(shape) cannot be seen as \(target)") }
      return .integers(elements, target)
    }
  }

  /// The elements at `offset + Σ index * stride`: what transposing, slicing and broadcasting have in common.
  ///
  /// Positions must lie within the constant.
  func rearranged(_ shape: Shape, strides: [Int], offset: Int = 0) throws -> ONNXConstant {
    switch self {
    case .floats(let tensor):
      return .floats(
        try Tensor(shape) { output in
          tensor.withPointer { input in
            ONNXConstant.walk(shape, strides, offset) { output[$0] = input[$1] }
          }
        })
    case .integers(let elements, _):
      var output = [Extent](repeating: .known(0), count: shape.count)
      ONNXConstant.walk(shape, strides, offset) { output[$0] = elements[$1] }
      return .integers(output, shape)
    }
  }

  /// The elements repeated to a larger shape, with NumPy's broadcasting.
  func broadcast(to target: Shape) throws -> ONNXConstant {
    guard shape != target else { return self }
    let missing = target.rank - shape.rank
    let own = shape.strides
    let strides = (0..<target.rank).map { axis in
      axis < missing || shape[axis - missing] == 1 ? 0 : own[axis - missing]
    }
    return try rearranged(target, strides: strides)
  }

  private static func walk(_ shape: Shape, _ strides: [Int], _ offset: Int, _ body: (Int, Int) -> Void) {
    var index = [Int](repeating: 0, count: shape.rank)
    var source = offset
    for position in 0..<shape.count {
      body(position, source)
      var axis = shape.rank - 1
      while axis >= 0 {
        index[axis] += 1
        source += strides[axis]
        if index[axis] < shape[axis] { break }
        source -= strides[axis] * shape[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }
}
