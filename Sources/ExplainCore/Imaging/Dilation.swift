extension Tensor {
  /// The images `[..., H, W]` with each value replaced by the largest in the rectangle around it: `cv2.dilate`.
  ///
  /// The rectangle covers columns `x - width / 2 ..< x - width / 2 + width`, and rows likewise; what lies outside the
  /// image does not count.
  ///
  /// - Parameters:
  ///   - width: Columns of the rectangle, 1...16384.
  ///   - height: Rows of the rectangle, 1...16384.
  /// - Throws: `.invalidArgument`; `.outOfMemory`.
  public func dilated(width: Int, height: Int) throws -> Tensor {
    guard (1...Picture.maximumSide).contains(width), (1...Picture.maximumSide).contains(height) else {
      throw ExplainError.invalid("dilation by \(width)x\(height): sides must be 1 to \(Picture.maximumSide)")
    }
    let (planeCount, rows, columns) = try planes()
    var result = self
    // An axis is a run of `count` blocks of `block` neighboring values: single columns, or whole rows.
    try result.withMutablePointer { values in
      try withScratch(Float.self, count: (columns + width) + (rows + height) * columns) { scratch in
        for row in 0..<planeCount * rows {
          dilate(values + row * columns, count: columns, block: 1, window: width, scratch)
        }
        for plane in 0..<planeCount {
          dilate(values + plane * rows * columns, count: rows, block: columns, window: height, scratch)
        }
      }
    }
    return result
  }
}

/// The maximum over `window` blocks around each of `count` blocks, in place.
///
/// The maximum over a window is that over two overlapping windows of half its size, so the number of passes is the
/// logarithm of the window.
private func dilate(
  _ values: UnsafeMutablePointer<Float>, count: Int, block: Int, window: Int, _ scratch: UnsafeMutablePointer<Float>
) {
  guard window > 1 else { return }
  // Beyond these reaches to either side there is nothing but border.
  let before = min(window / 2, count)
  let reach = before + min(window - window / 2, count)
  let padded = (count + reach) * block
  scratch.update(repeating: -.infinity, count: padded)
  (scratch + before * block).update(from: values, count: count * block)
  var covered = 1
  while covered < reach {
    let step = min(covered, reach - covered)
    let shift = step * block
    for i in 0..<padded - shift { scratch[i] = max(scratch[i], scratch[i + shift]) }
    covered += step
  }
  values.update(from: scratch, count: count * block)
}

@inline(__always) private func max(_ a: Float, _ b: Float) -> Float { a > b ? a : b }
