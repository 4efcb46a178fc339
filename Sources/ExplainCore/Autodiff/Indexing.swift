// Operations that only move elements along an axis.

/// What lies beyond the edge of a picture.
public enum Border: Sendable, Equatable, CaseIterable {
  /// Zeros.
  case zero
  /// The picture mirrored at the center of its edge pixels, which are not repeated: OpenCV's `REFLECT_101`.
  case reflect
  /// The edge pixel repeated.
  case replicate

  /// The element that stands at `index`, which may be outside of `0..<extent`; -1 is a zero.
  func source(_ index: Int, extent: Int) -> Int {
    if index >= 0 && index < extent { return index }
    switch self {
    case .zero: return -1
    case .replicate: return min(max(index, 0), extent - 1)
    case .reflect:
      if extent == 1 { return 0 }
      let period = 2 * (extent - 1)
      let folded = ((index % period) + period) % period
      return min(folded, period - folded)
    }
  }
}

extension Variable {
  /// The elements of an axis in `range`.
  ///
  /// - Throws: `.invalidArgument` if the axis or a part of the range is not there; `.outOfMemory`.
  public func sliced(along axis: Int, _ range: Range<Int>) throws -> Variable {
    let axis = try shape.normalized(axis: axis)
    guard range.lowerBound >= 0, range.upperBound <= shape[axis] else {
      throw ExplainError.invalid("elements \(range) of axis \(axis) of shape \(shape)")
    }
    return try mapped(
      along: axis, by: AxisMap(from: shape[axis], to: range.count, selecting: { range.lowerBound + $0 }))
  }

  /// The elements of an axis at `positions`, which may repeat.
  ///
  /// - Throws: `.invalidArgument` if the axis or a position is not there; `.outOfMemory`.
  public func selected(along axis: Int, _ positions: [Int]) throws -> Variable {
    let axis = try shape.normalized(axis: axis)
    let extent = shape[axis]
    guard positions.allSatisfy({ $0 >= 0 && $0 < extent }) else {
      throw ExplainError.invalid("elements \(positions.prefix(8)) of axis \(axis) of shape \(shape)")
    }
    return try mapped(along: axis, by: AxisMap(from: extent, to: positions.count, selecting: { positions[$0] }))
  }

  /// The axes mirrored.
  ///
  /// - Throws: `.invalidArgument` if an axis is not there; `.outOfMemory`.
  public func flipped(along axes: [Int]) throws -> Variable {
    try shape.normalized(axes: axes).reduce(self) { result, axis in
      let extent = result.shape[axis]
      return try result.mapped(along: axis, by: AxisMap(from: extent, to: extent, selecting: { extent - 1 - $0 }))
    }
  }

  /// A circular shift by whole pixels down and to the right, of `[..., H, W]`, as `torch.roll`.
  ///
  /// - Throws: `.invalidArgument` for fewer than two axes; `.outOfMemory`.
  public func rolled(rows: Int, columns: Int) throws -> Variable {
    try requirePlanes("a shift")
    var result = self
    for (axis, shift) in [(shape.rank - 2, rows), (shape.rank - 1, columns)] {
      let extent = shape[axis]
      guard extent > 0, shift % extent != 0 else { continue }
      let start = extent - ((shift % extent) + extent) % extent
      result = try result.mapped(
        along: axis, by: AxisMap(from: extent, to: extent, selecting: { ($0 + start) % extent }))
    }
    return result
  }

  /// Rows and columns added around `[..., H, W]`.
  ///
  /// - Throws: `.invalidArgument` for fewer than two axes, negative amounts, or nothing to repeat; `.outOfMemory`.
  public func padded(top: Int, bottom: Int, left: Int, right: Int, border: Border = .zero) throws -> Variable {
    try requirePlanes("padding")
    var result = self
    for (axis, before, after) in [(shape.rank - 2, top, bottom), (shape.rank - 1, left, right)] {
      guard before | after != 0 else { continue }
      let extent = shape[axis]
      let (sum, overflow) = before.addingReportingOverflow(after)
      let (total, overflow2) = sum.addingReportingOverflow(extent)
      guard before >= 0, after >= 0, !overflow, !overflow2, extent > 0 || border == .zero else {
        throw ExplainError.invalid("padding of \(before) and \(after) around axis \(axis) of shape \(shape)")
      }
      result = try result.mapped(
        along: axis,
        by: AxisMap(from: extent, to: total, selecting: { border.source($0 - before, extent: extent) }))
    }
    return result
  }

  /// Rows and columns are the last two axes.
  func requirePlanes(_ what: String) throws {
    guard shape.rank >= 2 else { throw ExplainError.invalid("\(what) of shape \(shape): rows and columns are needed") }
  }
}
