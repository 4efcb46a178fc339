/// The matrix of windows (im2col): row `(channel, tap)`, column `output position`.
///
/// With it a convolution is a matrix product; its adjoint adds a matrix of windows back into an image.
enum Columns {
  /// Writes the columns of `positions` for one channel: `taps` rows, `rowStride` floats apart.
  static func gather(
    _ plane: UnsafePointer<Float>, _ geometry: WindowGeometry, positions: Range<Int>,
    into columns: UnsafeMutablePointer<Float>, rowStride: Int
  ) {
    var row = columns
    for ky in 0..<geometry.kernelHeight {
      for kx in 0..<geometry.kernelWidth {
        gatherTap(plane, geometry, ky, kx, positions, into: row)
        row += rowStride
      }
    }
  }

  private static func gatherTap(
    _ plane: UnsafePointer<Float>, _ g: WindowGeometry, _ ky: Int, _ kx: Int, _ positions: Range<Int>,
    into row: UnsafeMutablePointer<Float>
  ) {
    var target = row
    var position = positions.lowerBound
    while position < positions.upperBound {
      let (y, x) = position.quotientAndRemainder(dividingBy: g.outputWidth)
      let count = min(g.outputWidth - x, positions.upperBound - position)
      let inputY = y * g.strideY - g.top + ky * g.dilationY
      if inputY < 0 || inputY >= g.inputHeight {
        target.update(repeating: 0, count: count)
      } else {
        copyRow(plane + inputY * g.inputWidth, g, from: x * g.strideX - g.left + kx * g.dilationX, target, count)
      }
      target += count
      position += count
    }
  }

  /// Copies `count` pixels of an input row, `strideX` apart from `start` on; pixels outside are 0.
  private static func copyRow(
    _ source: UnsafePointer<Float>, _ g: WindowGeometry, from start: Int, _ target: UnsafeMutablePointer<Float>,
    _ count: Int
  ) {
    // Indices i with 0 <= start + i * strideX < inputWidth.
    let first = min(count, start >= 0 ? 0 : (-start + g.strideX - 1) / g.strideX)
    let inside = g.inputWidth - start
    let last = max(first, min(count, inside <= 0 ? 0 : (inside + g.strideX - 1) / g.strideX))
    target.update(repeating: 0, count: first)
    if g.strideX == 1 {
      (target + first).update(from: source + (start + first), count: last - first)
    } else {
      for i in first..<last { target[i] = source[start + i * g.strideX] }
    }
    (target + last).update(repeating: 0, count: count - last)
  }

  /// Adds the columns of whole output rows back into one channel's plane.
  static func scatter(
    _ columns: UnsafePointer<Float>, rowStride: Int, _ g: WindowGeometry, outputRows: Range<Int>,
    into plane: UnsafeMutablePointer<Float>
  ) {
    var tap = columns
    for ky in 0..<g.kernelHeight {
      for kx in 0..<g.kernelWidth {
        for y in outputRows {
          let inputY = y * g.strideY - g.top + ky * g.dilationY
          guard inputY >= 0, inputY < g.inputHeight else { continue }
          let source = tap + (y - outputRows.lowerBound) * g.outputWidth
          let start = kx * g.dilationX - g.left
          let first = min(g.outputWidth, start >= 0 ? 0 : (-start + g.strideX - 1) / g.strideX)
          let inside = g.inputWidth - start
          let last = max(first, min(g.outputWidth, inside <= 0 ? 0 : (inside + g.strideX - 1) / g.strideX))
          let target = plane + inputY * g.inputWidth + start
          if g.strideX == 1 {
            for x in first..<last { target[x] += source[x] }
          } else {
            for x in first..<last { target[x * g.strideX] += source[x] }
          }
        }
        tap += rowStride
      }
    }
  }
}
