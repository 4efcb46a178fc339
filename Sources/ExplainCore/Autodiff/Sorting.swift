extension Variable {
  /// The elements in order along the last axis, equal ones in the order they had; NaN counts as the largest.
  ///
  /// - Throws: `.invalidArgument` for no axes, or rows above 2^24 elements; `.outOfMemory`.
  public func sorted(descending: Bool = false) throws -> Variable {
    let shape = shape
    guard let length = shape.dimensions.last, length <= AxisMap.maximumTaps else {
      throw ExplainError.invalid("sorting of shape \(shape): the limit of a row is \(AxisMap.maximumTaps) elements")
    }
    let rows = length == 0 ? 0 : shape.count / length
    var order = [Int32](repeating: 0, count: shape.count)
    let result = try Tensor(shape) { output in
      value.withPointer { input in
        var keys = [UInt64](repeating: 0, count: length)
        for row in 0..<rows {
          let (from, start) = (input + row * length, row * length)
          for i in 0..<length {
            let key = orderedBits(from[i])
            keys[i] = UInt64(descending ? ~key : key) << 32 | UInt64(i)
          }
          keys.sort()
          for i in 0..<length {
            let source = Int(keys[i] & 0xFFFF_FFFF)
            order[start + i] = Int32(source)
            output[start + i] = from[source]
          }
        }
      }
    }
    return Variable(
      result,
      from: (
        self,
        { [order] gradient in
          try Tensor(shape) { output in
            gradient.withPointer { gradient in
              for i in 0..<rows * length { output[i / length * length + Int(order[i])] = gradient[i] }
            }
          }
        }
      ))
  }
}

/// Bits that compare as unsigned numbers as the floats do: both zeros are equal and NaN is the largest.
private func orderedBits(_ value: Float) -> UInt32 {
  if value.isNaN { return .max }
  let bits = (value + 0).bitPattern
  return bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
}
