#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// Functions of each element alone. All throw `.outOfMemory` only.

extension Variable {
  /// `|x|`; the gradient at 0 is 0.
  public func absolute() throws -> Variable {
    let x = value
    return Variable(
      try x.mapped { abs($0) }, from: (self, { try $0.zipped(x) { $1 > 0 ? $0 : $1 < 0 ? -$0 : 0 } }))
  }

  /// `x` to a constant power; NaN for negative `x` and a fractional exponent.
  public func power(_ exponent: Float) throws -> Variable {
    let x = value
    return Variable(
      try x.raised(to: exponent),
      from: (
        self,
        { gradient in
          if exponent == 0 { return try gradient.mapped { _ in 0 } }
          return try gradient.zipped(x.raised(to: exponent - 1)) { $0 * exponent * $1 }
        }
      ))
  }

  /// `x²`.
  public func square() throws -> Variable {
    let x = value
    return Variable(try x.mapped { $0 * $0 }, from: (self, { try $0.zipped(x) { 2 * $0 * $1 } }))
  }

  /// `√x`; the gradient at 0 is infinite.
  public func squareRoot() throws -> Variable {
    let root = try value.mapped { $0.squareRoot() }
    return Variable(root, from: (self, { try $0.zipped(root) { $0 / (2 * $1) } }))
  }

  /// `eˣ`.
  public func exp() throws -> Variable {
    let result = try value.mapped { expf($0) }
    return Variable(result, from: (self, { try $0.zipped(result) { $0 * $1 } }))
  }

  /// The natural logarithm.
  public func log() throws -> Variable {
    let x = value
    return Variable(try x.mapped { logf($0) }, from: (self, { try $0.zipped(x) { $0 / $1 } }))
  }

  /// `max(x, 0)`; the gradient at 0 is 0.
  public func relu() throws -> Variable {
    let x = value
    return Variable(try x.mapped { $0 < 0 ? 0 : $0 }, from: (self, { try $0.zipped(x) { $1 > 0 ? $0 : 0 } }))
  }

  /// `1 / (1 + e⁻ˣ)`.
  public func sigmoid() throws -> Variable {
    let result = try value.mapped { 1 / (1 + expf(-$0)) }
    return Variable(result, from: (self, { try $0.zipped(result) { $0 * $1 * (1 - $1) } }))
  }

  /// `x` held in `range`; the gradient passes inside and not at the ends, as in PyTorch 2.15 (older ones let it pass there).
  public func clamped(to range: ClosedRange<Float>) throws -> Variable {
    let x = value
    let (low, high) = (range.lowerBound, range.upperBound)
    return Variable(
      try x.mapped { $0 < low ? low : $0 > high ? high : $0 },
      from: (self, { try $0.zipped(x) { $1 > low && $1 < high ? $0 : 0 } }))
  }
}

extension Tensor {
  /// Each element to a constant power; whole and half exponents that losses use need no logarithm.
  func raised(to exponent: Float) throws -> Tensor {
    switch exponent {
    case 0: return try mapped { _ in 1 }
    case 1: return self
    case 2: return try mapped { $0 * $0 }
    case 3: return try mapped { $0 * $0 * $0 }
    case 0.5: return try mapped { $0.squareRoot() }
    case -1: return try mapped { 1 / $0 }
    default: return try mapped { powf($0, exponent) }
    }
  }
}
