/// A picture in steps from wholly blurred to as it is, between which a mask blends [fong2019].
///
///     x'(m) = (1 - w) y_k + w y_(k+1),   k + w = m * (levels - 1)
///
/// Half a mask is thus half a blur, and not half of a strong blur over half of the picture.
struct BlurPyramid {
  /// `[levels, 3, H, W]`, the strongest blur first, the picture last.
  private let levels: Tensor

  /// Blurs a picture.
  ///
  /// - Parameters:
  ///   - input: normalized, `[1, 3, H, W]`; beyond its edges are zeros.
  ///   - levels: at least 2.
  ///   - sigma: deviation of the strongest blur in pixels; the others lie evenly between it and none.
  /// - Throws: `.outOfMemory`.
  init(_ input: Tensor, levels count: Int, sigma: Float) throws {
    precondition(count >= 2, "a pyramid of \(count) levels")
    let picture = Variable(constant: input)
    let blurred = try (0..<count).map { level in
      let deviation = sigma * Float(count - 1 - level) / Float(count - 1)
      return try picture.gaussianBlurred(
        sigma: deviation, size: 2 * Int((4 * deviation).rounded(.up)) + 1, border: .zero)
    }
    levels = try Variable.concatenated(blurred, along: 0).value
  }

  /// The picture blended by masks: 1 shows it as it is, 0 wholly blurred.
  ///
  /// - Parameter mask: `[N, 1, H, W]` in `[0, 1]`.
  /// - Returns: `[N, 3, H, W]`.
  /// - Throws: `.outOfMemory`.
  func blended(by mask: Variable) throws -> Variable {
    let (levels, shape, m) = (levels, mask.shape, mask.value)
    let (count, pixels, plane) = (shape[0], shape[2] * shape[3], 3 * shape[2] * shape[3])
    precondition(shape[1] == 1 && pixels * 3 == plane && levels.shape[2] == shape[2] && levels.shape[3] == shape[3])
    let top = levels.shape[0] - 1
    /// The level below and the share of the one above; NaN counts as 0.
    @Sendable func place(_ value: Float) -> (level: Int, share: Float) {
      let position = value > 0 ? min(value, 1) * Float(top) : 0
      let level = Int(position)
      return (level, position - Float(level))
    }
    let blended = try Tensor(Shape([count, 3, shape[2], shape[3]])) { output in
      levels.withPointer { levels in
        m.withPointer { m in
          for picture in 0..<count {
            for i in 0..<pixels {
              let (level, share) = place(m[picture * pixels + i])
              let above = min(level + 1, top)
              for channel in 0..<3 {
                let offset = channel * pixels + i
                output[picture * plane + offset] =
                  (1 - share) * levels[level * plane + offset] + share * levels[above * plane + offset]
              }
            }
          }
        }
      }
    }
    return Variable(
      blended,
      from: (
        mask,
        { gradient in
          try Tensor(shape) { output in
            levels.withPointer { levels in
              m.withPointer { m in
                gradient.withPointer { gradient in
                  for picture in 0..<count {
                    for i in 0..<pixels {
                      let level = place(m[picture * pixels + i]).level
                      let above = min(level + 1, top)
                      var sum: Float = 0
                      for channel in 0..<3 {
                        let offset = channel * pixels + i
                        let rise = levels[above * plane + offset] - levels[level * plane + offset]
                        sum += gradient[picture * plane + offset] * rise
                      }
                      output[picture * pixels + i] = sum * Float(top)
                    }
                  }
                }
              }
            }
          }
        }
      ))
  }
}
