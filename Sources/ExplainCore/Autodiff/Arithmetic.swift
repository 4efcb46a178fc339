// Sums, differences, products and quotients broadcast as in NumPy; where a side was repeated, its gradient is the sum
// over the repetitions.

extension Variable {
  /// The elementwise sum, broadcast.
  ///
  /// - Throws: `.invalidArgument` if the shapes do not broadcast; `.outOfMemory`. So do all operators of variables.
  public static func + (left: Variable, right: Variable) throws -> Variable {
    let (a, b) = (left.shape, right.shape)
    return Variable(
      try left.value.combined(right.value) { $0 + $1 },
      from: (left, { try $0.summed(to: a) }), (right, { try $0.summed(to: b) }))
  }

  /// The elementwise difference, broadcast.
  public static func - (left: Variable, right: Variable) throws -> Variable {
    let (a, b) = (left.shape, right.shape)
    return Variable(
      try left.value.combined(right.value) { $0 - $1 },
      from: (left, { try $0.summed(to: a) }), (right, { try $0.summed(to: b).mapped { -$0 } }))
  }

  /// The elementwise product, broadcast.
  public static func * (left: Variable, right: Variable) throws -> Variable {
    let (a, b) = (left.value, right.value)
    return Variable(
      try a.combined(b) { $0 * $1 },
      from: (left, { try $0.combined(b) { $0 * $1 }.summed(to: a.shape) }),
      (right, { try $0.combined(a) { $0 * $1 }.summed(to: b.shape) }))
  }

  /// The elementwise quotient, broadcast.
  public static func / (left: Variable, right: Variable) throws -> Variable {
    let (a, b) = (left.value, right.value)
    let quotient = try a.combined(b) { $0 / $1 }
    return Variable(
      quotient,
      from: (left, { try $0.combined(b) { $0 / $1 }.summed(to: a.shape) }),
      (right, { try $0.zipped(quotient) { -$0 * $1 }.combined(b) { $0 / $1 }.summed(to: b.shape) }))
  }

  /// Each element negated.
  public static prefix func - (operand: Variable) throws -> Variable {
    Variable(try operand.value.mapped { -$0 }, from: (operand, { try $0.mapped { -$0 } }))
  }

  /// A number added to each element.
  public static func + (left: Variable, right: Float) throws -> Variable {
    Variable(try left.value.mapped { $0 + right }, from: (left, { $0 }))
  }

  /// A number added to each element.
  public static func + (left: Float, right: Variable) throws -> Variable { try right + left }

  /// A number subtracted from each element.
  public static func - (left: Variable, right: Float) throws -> Variable { try left + -right }

  /// Each element subtracted from a number.
  public static func - (left: Float, right: Variable) throws -> Variable {
    Variable(try right.value.mapped { left - $0 }, from: (right, { try $0.mapped { -$0 } }))
  }

  /// Each element multiplied by a number.
  public static func * (left: Variable, right: Float) throws -> Variable {
    Variable(try left.value.mapped { $0 * right }, from: (left, { try $0.mapped { $0 * right } }))
  }

  /// Each element multiplied by a number.
  public static func * (left: Float, right: Variable) throws -> Variable { try right * left }

  /// Each element divided by a number.
  public static func / (left: Variable, right: Float) throws -> Variable {
    Variable(try left.value.mapped { $0 / right }, from: (left, { try $0.mapped { $0 / right } }))
  }

  /// A number divided by each element.
  public static func / (left: Float, right: Variable) throws -> Variable {
    let denominator = right.value
    return Variable(
      try denominator.mapped { left / $0 },
      from: (right, { try $0.zipped(denominator) { -$0 * left / ($1 * $1) } }))
  }

  /// The larger element of two, broadcast; equal ones share the gradient by halves, as in PyTorch.
  public static func maximum(_ left: Variable, _ right: Variable) throws -> Variable {
    try larger(left, right, sign: 1)
  }

  /// The smaller element of two, broadcast; equal ones share the gradient by halves, as in PyTorch.
  public static func minimum(_ left: Variable, _ right: Variable) throws -> Variable {
    try larger(left, right, sign: -1)
  }

  private static func larger(_ left: Variable, _ right: Variable, sign: Float) throws -> Variable {
    let (a, b) = (left.value, right.value)
    // NaN on either side comes out as NaN.
    let value = try a.combined(b) { x, y in x != x || sign * x > sign * y ? x : y }
    let share = try a.combined(b) { x, y in x == y ? 0.5 : sign * x > sign * y ? 1 : 0 }
    return Variable(
      value,
      from: (left, { try $0.zipped(share) { $0 * $1 }.summed(to: a.shape) }),
      (right, { try $0.zipped(share) { $0 * (1 - $1) }.summed(to: b.shape) }))
  }
}
