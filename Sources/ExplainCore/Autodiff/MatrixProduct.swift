extension Variable {
  /// The matrix product of `[M, K]` and `[K, N]`.
  ///
  /// - Throws: `.invalidArgument` if the shapes do not fit; `.outOfMemory`.
  public func matrixProduct(_ other: Variable) throws -> Variable {
    let (a, b) = (value, other.value)
    guard a.shape.rank == 2, b.shape.rank == 2, a.shape[1] == b.shape[0] else {
      throw ExplainError.invalid("the matrix product of shapes \(a.shape) and \(b.shape)")
    }
    return Variable(
      try a.matrixProduct(b),
      from: (self, { try $0.matrixProduct(b.permuted([1, 0])) }),
      (other, { try a.permuted([1, 0]).matrixProduct($0) }))
  }
}

extension Tensor {
  /// The matrix product of `[M, K]` and `[K, N]`; each sum runs over K in ascending order.
  fileprivate func matrixProduct(_ other: Tensor) throws -> Tensor {
    let (rows, depth, columns) = (shape[0], shape[1], other.shape[1])
    return try Tensor(Shape([rows, columns])) { output in
      guard let output = output.baseAddress, rows * columns > 0 else { return }
      withPointer { left in
        other.withPointer { right in
          nonisolated(unsafe) let (left, right, output) = (left, right, output)
          ElementLoop.forEachRow(rows, length: Swift.max(1, depth) * columns) { range in
            for row in range {
              let (target, factors) = (output + row * columns, left + row * depth)
              var begin = 0
              while begin < columns {
                if begin + Lanes.scalarCount <= columns {
                  var sum = Lanes.zero
                  for k in 0..<depth { sum += factors[k] * load(right + k * columns + begin) }
                  store(sum, target + begin)
                  begin += Lanes.scalarCount
                } else {
                  var sum: Float = 0
                  for k in 0..<depth { sum += factors[k] * right[k * columns + begin] }
                  target[begin] = sum
                  begin += 1
                }
              }
            }
          }
        }
      }
    }
  }
}
