// Reductions over some axes (negative numbers count from the last one) or, left out, over all.

extension Variable {
  /// The sum over `axes`, or over everything.
  ///
  /// - Throws: `.invalidArgument` for an axis that is not there or named twice; `.outOfMemory`.
  public func sum(_ axes: [Int]? = nil, keepingAxes: Bool = false) throws -> Variable {
    let (axes, shape) = (try resolved(axes), shape)
    let kept = try value.summed(over: axes)
    let result = try kept.reshaped(shape.reduced(axes: axes, keepingAxes: keepingAxes).dimensions)
    return Variable(
      result, from: (self, { try $0.reshaped(kept.shape.dimensions).broadcast(to: shape) }))
  }

  /// The mean over `axes`, or over everything; NaN over nothing.
  ///
  /// - Throws: as `sum`.
  public func mean(_ axes: [Int]? = nil, keepingAxes: Bool = false) throws -> Variable {
    let count = try resolved(axes).reduce(1) { $0 * shape[$1] }
    return try sum(axes, keepingAxes: keepingAxes) / Float(count)
  }

  /// The largest element over `axes`, or over everything; equal ones share the gradient evenly, as in `torch.amax`.
  ///
  /// - Throws: as `sum`, and `.invalidArgument` for an empty axis.
  public func max(_ axes: [Int]? = nil, keepingAxes: Bool = false) throws -> Variable {
    try extremum(axes, keepingAxes: keepingAxes, largest: true)
  }

  /// The smallest element over `axes`, or over everything; equal ones share the gradient evenly, as in `torch.amin`.
  ///
  /// - Throws: as `max`.
  public func min(_ axes: [Int]? = nil, keepingAxes: Bool = false) throws -> Variable {
    try extremum(axes, keepingAxes: keepingAxes, largest: false)
  }

  private func extremum(_ axes: [Int]?, keepingAxes: Bool, largest: Bool) throws -> Variable {
    let (x, axes) = (value, try resolved(axes))
    let kept = try x.extremum(over: axes, largest: largest)
    let result = try kept.reshaped(shape.reduced(axes: axes, keepingAxes: keepingAxes).dimensions)
    return Variable(
      result,
      from: (
        self,
        { gradient in
          let chosen = try x.combined(kept) { $0 == $1 ? 1 : 0 }
          let share = try gradient.reshaped(kept.shape.dimensions).zipped(chosen.summed(over: axes)) { $0 / $1 }
          return try chosen.combined(share) { $0 == 0 ? 0 : $1 }
        }
      ))
  }

  /// The sum of the products of all elements of two variables of one shape.
  ///
  /// - Throws: `.invalidArgument` if the shapes differ; `.outOfMemory`.
  public func dot(_ other: Variable) throws -> Variable {
    guard shape == other.shape else {
      throw ExplainError.invalid("the dot product of shapes \(shape) and \(other.shape)")
    }
    return try (self * other).sum()
  }

  /// The Euclidean norm of all elements; its gradient at 0 is 0, as in PyTorch.
  ///
  /// - Throws: `.outOfMemory`.
  public func norm() throws -> Variable {
    let x = value
    let norm = try x.mapped { $0 * $0 }.summed(over: Array(0..<shape.rank)).reshaped([]).mapped { $0.squareRoot() }
    return Variable(
      norm,
      from: (
        self,
        { gradient in
          let scale = norm.item == 0 ? 0 : gradient.item / norm.item
          return try x.mapped { $0 * scale }
        }
      ))
  }

  private func resolved(_ axes: [Int]?) throws -> [Int] {
    try axes.map { try shape.normalized(axes: $0) } ?? Array(0..<shape.rank)
  }
}
