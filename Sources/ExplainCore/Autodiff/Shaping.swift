extension Variable {
  /// The same elements under another shape.
  ///
  /// - Throws: `.invalidArgument` if the number of elements differs.
  public func reshaped(_ dimensions: [Int]) throws -> Variable {
    let source = shape.dimensions
    return Variable(try value.reshaped(dimensions), from: (self, { try $0.reshaped(source) }))
  }

  /// The axes in another order: axis `i` of the result is axis `order[i]`.
  ///
  /// - Throws: `.invalidArgument` if `order` does not name every axis once; `.outOfMemory`.
  public func permuted(_ order: [Int]) throws -> Variable {
    let order = try order.map { try shape.normalized(axis: $0) }
    guard order.count == shape.rank, Set(order).count == order.count else {
      throw ExplainError.invalid("axes \(order) are not an order of the axes of shape \(shape)")
    }
    var inverse = order
    for (target, source) in order.enumerated() { inverse[source] = target }
    return Variable(try value.permuted(order), from: (self, { [inverse] in try $0.permuted(inverse) }))
  }

  /// The last two axes exchanged.
  ///
  /// - Throws: `.invalidArgument` for fewer than two axes; `.outOfMemory`.
  public func transposed() throws -> Variable {
    let rank = shape.rank
    guard rank >= 2 else { throw ExplainError.invalid("the transpose of shape \(shape)") }
    return try permuted(Array(0..<rank - 2) + [rank - 1, rank - 2])
  }

  /// Variables joined along an axis, in which alone their extents may differ.
  ///
  /// - Throws: `.invalidArgument` if there are none or the shapes do not fit; `.outOfMemory`.
  public static func concatenated(_ parts: [Variable], along axis: Int) throws -> Variable {
    guard let first = parts.first else { throw ExplainError.invalid("a concatenation of nothing") }
    let axis = try first.shape.normalized(axis: axis)
    var dimensions = first.shape.dimensions
    dimensions[axis] = 0
    for part in parts {
      var others = part.shape.dimensions
      guard others.count == dimensions.count else {
        throw ExplainError.invalid("shapes \(first.shape) and \(part.shape) cannot be joined along axis \(axis)")
      }
      let sum = dimensions[axis] + others[axis]
      others[axis] = sum
      dimensions[axis] = sum
      guard others == dimensions else {
        throw ExplainError.invalid("shapes \(first.shape) and \(part.shape) cannot be joined along axis \(axis)")
      }
    }
    let shape = try Shape(dimensions)
    let outer = dimensions[..<axis].reduce(1, *)
    let inner = dimensions[(axis + 1)...].reduce(1, *)
    let widths = parts.map { $0.shape[axis] * inner }
    let starts = widths.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    let total = starts[parts.count]
    let joined = try Tensor(shape) { output in
      guard let output = output.baseAddress, shape.count > 0 else { return }
      for (index, part) in parts.enumerated() {
        part.value.withPointer { input in
          for row in 0..<outer {
            (output + row * total + starts[index]).update(from: input + row * widths[index], count: widths[index])
          }
        }
      }
    }
    let shapes = parts.map(\.shape)
    return custom(inputs: parts, value: joined) { gradient, index in
      try Tensor(shapes[index]) { output in
        guard let output = output.baseAddress, shapes[index].count > 0 else { return }
        gradient.withPointer { input in
          for row in 0..<outer {
            (output + row * widths[index]).update(from: input + row * total + starts[index], count: widths[index])
          }
        }
      }
    }
  }
}

extension Tensor {
  /// The axes in another order, which names every axis once.
  func permuted(_ order: [Int]) throws -> Tensor {
    let target = try Shape(order.map { shape[$0] })
    let sourceStrides = shape.strides
    let strides = order.map { sourceStrides[$0] }
    let length = target.dimensions.last ?? 1
    let step = strides.last ?? 1
    return try Tensor(target) { output in
      guard target.count > 0 else { return }
      withPointer { input in
        nonisolated(unsafe) let (input, output) = (input, output.baseAddress!)
        ElementLoop.forEachRow(target.count / length, length: length) { rows in
          for row in rows {
            var (rest, source) = (row, input)
            for axis in stride(from: target.rank - 2, through: 0, by: -1) {
              source += rest % target[axis] * strides[axis]
              rest /= target[axis]
            }
            let destination = output + row * length
            for i in 0..<length { destination[i] = source[i * step] }
          }
        }
      }
    }
  }
}
