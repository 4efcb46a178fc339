#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Variable {
  /// Probabilities along the last axis.
  ///
  /// - Throws: `.invalidArgument` for no axes; `.outOfMemory`.
  public func softmax() throws -> Variable {
    let p = try value.mappingRows("softmax", length: shape.dimensions.last) { from, to, count in
      let (largest, sum) = exponentialSum(from, count)
      for i in 0..<count { to[i] = Float(Double(expf(from[i] - largest)) / sum) }
    }
    return Variable(
      p,
      from: (
        self,
        { gradient in
          let axes = [p.shape.rank - 1]
          let mean = try gradient.zipped(p) { $0 * $1 }.summed(over: axes)
          return try gradient.combined(mean) { $0 - $1 }.zipped(p) { $0 * $1 }
        }
      ))
  }

  /// Logarithms of the probabilities along the last axis, exact also where those vanish.
  ///
  /// - Throws: as `softmax`.
  public func logSoftmax() throws -> Variable {
    let logP = try value.mappingRows("logSoftmax", length: shape.dimensions.last) { from, to, count in
      let (largest, sum) = exponentialSum(from, count)
      let logSum = Float(logarithm(sum))
      for i in 0..<count { to[i] = from[i] - largest - logSum }
    }
    return Variable(
      logP,
      from: (
        self,
        { gradient in
          let total = try gradient.summed(over: [logP.shape.rank - 1])
          return try gradient.zipped(logP.mapped { expf($0) }.combined(total) { $0 * $1 }) { $0 - $1 }
        }
      ))
  }

  /// `log Σ eˣ` along the last axis, which is dropped.
  ///
  /// - Throws: as `softmax`.
  public func logSumExp() throws -> Variable {
    let x = value
    let result = try x.mappingRows("logSumExp", length: 1) { from, to, count in
      let (largest, sum) = exponentialSum(from, count)
      to[0] = largest + Float(logarithm(sum))
    }
    let shape = try shape.reduced(axes: [shape.rank - 1], keepingAxes: false)
    return Variable(
      try result.reshaped(shape.dimensions),
      from: (
        self,
        { gradient in
          let gradient = try gradient.reshaped(result.shape.dimensions)
          return try x.combined(result) { expf($0 - $1) }.combined(gradient) { $0 * $1 }
        }
      ))
  }
}

extension Tensor {
  /// `transform` of each row of the last axis to a row of `length` elements.
  fileprivate func mappingRows(
    _ name: String, length: Int?,
    _ transform: @Sendable (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  ) throws -> Tensor {
    guard let count = shape.dimensions.last, let length, count > 0 else {
      throw ExplainError.invalid("\(name) of shape \(shape)")
    }
    return try Tensor(Shape(shape.dimensions.dropLast() + [length])) { output in
      guard let output = output.baseAddress, self.count > 0 else { return }
      withPointer { input in
        nonisolated(unsafe) let (input, output) = (input, output)
        // An exponential costs some ten times as much as a sum.
        ElementLoop.forEachRow(self.count / count, length: 10 * count) { rows in
          for row in rows { transform(input + row * count, output + row * length, count) }
        }
      }
    }
  }
}

/// The largest of some values, and the sum of the exponentials of what they are below it.
private func exponentialSum(_ values: UnsafePointer<Float>, _ count: Int) -> (largest: Float, sum: Double) {
  var largest = values[0]
  for i in 1..<count { largest = max(largest, values[i]) }
  var sum = 0.0
  for i in 0..<count { sum += Double(expf(values[i] - largest)) }
  return (largest, sum)
}

/// The C library's logarithm, which the method of variables hides inside their extension.
private func logarithm(_ value: Double) -> Double { log(value) }
