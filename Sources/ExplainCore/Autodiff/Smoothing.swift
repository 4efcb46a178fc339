#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Variable {
  /// `[..., H, W]` convolved with a Gaussian of deviation `sigma` pixels.
  ///
  /// - Parameters:
  ///   - sigma: at most 1000; 0 changes nothing.
  ///   - size: the kernel's odd width; by default 8 sigma + 1, made odd, as OpenCV does for floats.
  ///   - border: what lies beyond the edges.
  /// - Throws: `.invalidArgument` for fewer than two axes, an empty picture, a bad sigma or size; `.outOfMemory`.
  public func gaussianBlurred(sigma: Float, size: Int? = nil, border: Border = .reflect) throws -> Variable {
    try requirePlanes("smoothing")
    let kernel = try gaussianKernel(sigma: sigma, size: size)
    guard kernel.count > 1 else { return self }
    return try [shape.rank - 2, shape.rank - 1].reduce(self) { result, axis in
      try result.mapped(along: axis, by: AxisMap(smoothing: shape[axis], kernel, border))
    }
  }
}

/// Samples of a Gaussian at whole pixels around its center, with sum 1.
func gaussianKernel(sigma: Float, size: Int? = nil) throws -> [Float] {
  guard sigma >= 0, sigma <= 1000 else {
    throw ExplainError.invalid("a Gaussian of sigma \(sigma): the range is 0 to 1000")
  }
  let size = size ?? Int((8 * sigma + 1).rounded()) | 1
  guard size > 0, size % 2 == 1, size <= 8001 else {
    throw ExplainError.invalid("a Gaussian kernel of size \(size): an odd number up to 8001 is needed")
  }
  if sigma == 0 { return [1] }
  let samples = (0..<size).map { index in
    let distance = Double(index - size / 2) / Double(sigma)
    return exp(-0.5 * distance * distance)
  }
  let sum = samples.reduce(0, +)
  return samples.map { Float($0 / sum) }
}

extension AxisMap {
  /// Convolution of one axis with a kernel of odd width.
  init(smoothing extent: Int, _ kernel: [Float], _ border: Border) throws {
    guard extent > 0 || border == .zero else { throw ExplainError.invalid("smoothing along an axis of no elements") }
    let radius = kernel.count / 2
    try self.init(from: extent, to: extent, tapsEach: kernel.count) { i, add in
      for offset in 0..<kernel.count { add(border.source(i + offset - radius, extent: extent), kernel[offset]) }
    }
  }
}
