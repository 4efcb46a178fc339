extension Variable {
  /// How a picture is read between its pixels.
  public enum Interpolation: Sendable, Equatable, CaseIterable {
    /// Linear in both directions; the corner pixels keep their centers: PyTorch's `align_corners=True`.
    case bilinearAlignedCorners
    /// Linear in both directions; pixels are areas, the picture keeps its edges: `align_corners=False`.
    case bilinear
    /// The nearest pixel to the left or above, as PyTorch's `nearest`.
    case nearest
  }

  /// `[..., H, W]` at another size, without antialiasing, as `torch.nn.functional.interpolate`.
  ///
  /// - Throws: `.invalidArgument` for fewer than two axes, an empty picture, or a size below 1; `.outOfMemory`.
  public func resized(height: Int, width: Int, _ interpolation: Interpolation) throws -> Variable {
    try requirePlanes("resampling")
    let rank = shape.rank
    let rows = try AxisMap(from: shape[rank - 2], to: height, interpolation)
    let columns = try AxisMap(from: shape[rank - 1], to: width, interpolation)
    // The direction that makes the picture smaller, or less large, goes first.
    let rowsFirst = height * shape[rank - 1] <= width * shape[rank - 2]
    return rowsFirst
      ? try mapped(along: rank - 2, by: rows).mapped(along: rank - 1, by: columns)
      : try mapped(along: rank - 1, by: columns).mapped(along: rank - 2, by: rows)
  }

  /// Means of `[..., H, W]` over windows of `size` by `size`, every `stride` pixels (by default as many).
  ///
  /// Padding counts as zeros, also in the mean's denominator, as in `torch.nn.AvgPool2d`.
  ///
  /// - Throws: `.invalidArgument` if no window fits; `.outOfMemory`.
  public func averagePooled(_ size: Int, stride: Int? = nil, padding: Int = 0) throws -> Variable {
    try requirePlanes("pooling")
    let stride = stride ?? size
    var result = self
    for axis in [shape.rank - 2, shape.rank - 1] {
      let extent = shape[axis]
      guard size > 0, size <= AxisMap.maximumTaps, stride > 0, padding >= 0, padding <= size / 2,
        extent + 2 * padding >= size
      else {
        throw ExplainError.invalid(
          "average pooling of shape \(shape) by size \(size), stride \(stride), padding \(padding)")
      }
      let count = (extent + 2 * padding - size) / stride + 1
      let weight = 1 / Float(size)
      result = try result.mapped(
        along: axis,
        by: AxisMap(from: extent, to: count, tapsEach: size) { i, add in
          for offset in 0..<size { add(i * stride - padding + offset, weight) }
        })
    }
    return result
  }
}

extension AxisMap {
  /// Resampling of one axis, with positions in single precision, as PyTorch has them.
  init(from source: Int, to extent: Int, _ interpolation: Variable.Interpolation) throws {
    guard source > 0, extent > 0 else {
      throw ExplainError.invalid("an axis of \(source) elements resampled to \(extent)")
    }
    func linear(_ position: Float, _ add: (Int, Float) -> Void) {
      let below = min(Int(position), source - 1)
      guard below + 1 < source else { return add(below, 1) }
      let fraction = position - Float(below)
      add(below, 1 - fraction)
      add(below + 1, fraction)
    }
    switch interpolation {
    case .bilinearAlignedCorners:
      let step = extent > 1 ? Float(source - 1) / Float(extent - 1) : 0
      try self.init(from: source, to: extent, tapsEach: 2) { linear(step * Float($0), $1) }
    case .bilinear:
      let step = Float(source) / Float(extent)
      try self.init(from: source, to: extent, tapsEach: 2) { linear(max(0, step * (Float($0) + 0.5) - 0.5), $1) }
    case .nearest:
      let step = Float(source) / Float(extent)
      try self.init(from: source, to: extent, selecting: { min(Int(step * Float($0)), source - 1) })
    }
  }
}
