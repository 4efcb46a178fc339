#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whether a regularizer is summed over cells, or averaged.
public enum Reduction: String, Sendable, Equatable, CaseIterable {
  /// The mean over the cells.
  case mean
  /// The sum over the cells.
  case sum
}

/// Total variation of masks `[..., H, W]`.
///
/// Separated: `|m[i,j] - m[i+1,j]|^beta`, its mean or sum, plus the same over columns. Coupled: the mean or sum over all
/// cells of `(dx² + dy²)^(beta/2)`, where a difference over the edge is 0 [fong2017]; its gradient is finite where the mask
/// is flat.
///
/// - Parameters:
///   - mask: at least two axes. An extent of 1 has no variation.
///   - beta: at least 1.
///   - norm: over differences, and where coupled over cells.
///   - coupled: whether both directions are taken together.
/// - Throws: `.invalidArgument` for fewer than two axes or another beta; `.outOfMemory`.
public func totalVariation(
  _ mask: Variable, beta: Float, norm: Reduction = .mean, coupled: Bool = false
) throws -> Variable {
  try mask.requirePlanes("the total variation")
  guard beta >= 1, beta.isFinite else { throw ExplainError.invalid("a total variation of beta \(beta): at least 1") }
  if coupled {
    let rows = try mask.differences(along: -2, keepingExtent: true)
    let columns = try mask.differences(along: -1, keepingExtent: true)
    return try magnitudePower(rows, columns, beta).reduced(norm)
  }
  return try sumOverDirections(of: mask) { try $0.absolute().power(beta).reduced(norm) }
}

/// The mean squared difference of neighboring rows plus that of neighboring columns of `[..., H, W]`.
///
/// - Throws: `.invalidArgument` for fewer than two axes; `.outOfMemory`.
public func smoothness(_ mask: Variable) throws -> Variable {
  try mask.requirePlanes("the smoothness")
  return try sumOverDirections(of: mask) { try $0.square().mean() }
}

/// A term of the row differences plus a term of the column differences; a direction of extent 1 has none.
private func sumOverDirections(of mask: Variable, _ term: (Variable) throws -> Variable) throws -> Variable {
  let terms = try [-2, -1].filter { mask.shape[mask.shape.rank + $0] > 1 }.map { try term(mask.differences(along: $0)) }
  guard let first = terms.first else { return Variable(constant: try Tensor(scalar: 0)) }
  return try terms.dropFirst().reduce(first) { try $0 + $1 }
}

/// `(a² + b²)^(beta/2)`, with gradient 0 where both are 0.
private func magnitudePower(_ a: Variable, _ b: Variable, _ beta: Float) throws -> Variable {
  let (x, y) = (a.value, b.value)
  let squared = try x.zipped(y) { $0 * $0 + $1 * $1 }
  let slope: Variable.Pullback = { gradient in
    try gradient.zipped(squared.raised(to: beta / 2 - 1).zipped(squared) { $1 == 0 ? 0 : $0 * beta }) { $0 * $1 }
  }
  return Variable(
    try squared.raised(to: beta / 2),
    from: (a, { try slope($0).zipped(x) { $0 * $1 } }), (b, { try slope($0).zipped(y) { $0 * $1 } }))
}

extension Variable {
  /// Each element subtracted from the next one of an axis.
  ///
  /// - Parameter keepingExtent: whether the last element has a difference too, which is 0.
  /// - Throws: `.invalidArgument` if the axis is not there; `.outOfMemory`.
  public func differences(along axis: Int, keepingExtent: Bool = false) throws -> Variable {
    let axis = try shape.normalized(axis: axis)
    let extent = shape[axis]
    let map = try AxisMap(from: extent, to: keepingExtent ? extent : Swift.max(extent - 1, 0), tapsEach: 2) { i, add in
      guard i + 1 < extent else { return }
      add(i, -1)
      add(i + 1, 1)
    }
    return try mapped(along: axis, by: map)
  }

  fileprivate func reduced(_ reduction: Reduction) throws -> Variable { try reduction == .mean ? mean() : sum() }
}
