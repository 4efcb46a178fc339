/// Loops that share their work among threads.
enum ElementLoop {
  /// Elements a task handles: large enough to hide a task's cost, small enough to share one picture among threads.
  static let elementsPerTask = 1 << 15

  /// Calls `body` with consecutive ranges of rows of `length` units of work each.
  @inline(__always)
  static func forEachRow(_ rows: Int, length: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let rowsPerTask = Swift.max(1, elementsPerTask / Swift.max(1, length))
    if rows <= rowsPerTask { return body(0..<rows) }
    Parallel.forEach((rows + rowsPerTask - 1) / rowsPerTask) { task in
      body(task * rowsPerTask..<Swift.min((task + 1) * rowsPerTask, rows))
    }
  }
}

// Functions of each element run on the caller's thread alone: inlined and vectorized they are as fast as memory, which
// they are not where the closure goes to another thread, since the compiler does not follow it there.
extension Tensor {
  /// `transform` of each element.
  @inline(__always)
  func mapped(_ transform: (Float) -> Float) throws -> Tensor {
    try Tensor(shape) { output in
      withPointer { input in
        let output = output.baseAddress!
        for i in 0..<count { output[i] = transform(input[i]) }
      }
    }
  }

  /// `combine` of each element and that of `other`, which has the same shape.
  @inline(__always)
  func zipped(_ other: Tensor, _ combine: (Float, Float) -> Float) throws -> Tensor {
    precondition(other.shape == shape, "zipped tensors of shapes \(shape) and \(other.shape)")
    return try Tensor(shape) { output in
      withPointer { left in
        other.withPointer { right in
          let output = output.baseAddress!
          for i in 0..<count { output[i] = combine(left[i], right[i]) }
        }
      }
    }
  }

  /// Adds `other`, of the same shape, in place.
  mutating func add(_ other: Tensor) throws {
    precondition(other.shape == shape, "added tensors of shapes \(shape) and \(other.shape)")
    let count = count
    try other.withPointer { other in
      try withMutablePointer { sum in
        for i in 0..<count { sum[i] += other[i] }
      }
    }
  }
}
