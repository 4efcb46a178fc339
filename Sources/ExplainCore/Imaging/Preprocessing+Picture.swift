extension Preprocessing {
  /// Checks every field.
  ///
  /// - Throws: `.invalidArgument` that names the first field out of its range: sides 1...4096, three finite means,
  ///   three finite deviations other than 0, a finite scale other than 0.
  public func validate() throws {
    guard (1...4096).contains(width), (1...4096).contains(height) else {
      throw ExplainError.invalid("an input size of \(width)x\(height): sides must be 1 to 4096")
    }
    guard scale.isFinite, scale != 0 else {
      throw ExplainError.invalid("a scale of \(scale): it must be finite and not 0")
    }
    guard mean.count == 3, mean.allSatisfy(\.isFinite) else {
      throw ExplainError.invalid("a mean of \(mean): three finite numbers are needed")
    }
    guard deviation.count == 3, deviation.allSatisfy({ $0.isFinite && $0 != 0 }) else {
      throw ExplainError.invalid("a deviation of \(deviation): three finite numbers other than 0 are needed")
    }
  }

  /// The network's input for a picture: `(scale * byte - mean) / deviation`.
  ///
  /// - Returns: `[1, 3, height, width]`.
  /// - Throws: `.invalidArgument` as `validate()`; `.outOfMemory`.
  public func tensor(of picture: Picture) throws -> Tensor {
    let fitted = try fitted(picture)
    let count = width * height
    return try Tensor(Shape([1, 3, height, width])) { output in
      for channel in 0..<3 {
        let values = (0..<256).map { (scale * Float($0) - mean[channel]) / deviation[channel] }
        let source = isBGR ? 2 - channel : channel
        fitted.pixels.withUnsafeBufferPointer { pixels in
          for i in 0..<count { output[channel * count + i] = values[Int(pixels[3 * i + source])] }
        }
      }
    }
  }

  /// The picture as the network sees it: resized, and cut where `resize` says so.
  ///
  /// - Throws: `.invalidArgument` as `validate()`; `.outOfMemory`.
  public func fitted(_ picture: Picture) throws -> Picture {
    try validate()
    let (columns, rows) = placement(width: picture.width, height: picture.height)
    let resampling = antialias ? Resampling.antialiased : .bilinear
    // Only what is kept is resampled: a thin picture would else become a gigantic one before it is cut.
    return try picture.resampled(
      columns: AxisWeights(
        resampling, from: picture.width, to: columns.scaled, range: columns.offset..<columns.offset + width),
      rows: AxisWeights(
        resampling, from: picture.height, to: rows.scaled, range: rows.offset..<rows.offset + height))
  }

  /// The picture that a network's input shows, clamped to what a picture can hold and rounded.
  ///
  /// - Parameter tensor: `[3, H, W]` or `[1, 3, H, W]`, of any size that a picture can have.
  /// - Throws: `.invalidArgument` for another shape, or as `validate()`.
  public func picture(of tensor: Tensor) throws -> Picture {
    try validate()
    let (planeCount, height, width) = try tensor.planes()
    guard planeCount == 3, tensor.shape[tensor.shape.rank - 3] == 3 else {
      throw ExplainError.invalid("shape \(tensor.shape) is no picture: [3, H, W] or [1, 3, H, W] is needed")
    }
    try Picture.check(width: width, height: height, what: "a tensor", kind: .invalidArgument)
    let count = width * height
    return tensor.withPointer { values in
      Picture(checkedWidth: width, height: height) { output in
        for channel in 0..<3 {
          let (factor, summand) = (deviation[channel] / scale, mean[channel] / scale)
          let target = isBGR ? 2 - channel : channel
          for i in 0..<count { output[3 * i + target] = byte(rounding: values[channel * count + i] * factor + summand) }
        }
      }
    }
  }

  /// A rectangle in the coordinates of a picture, whose upper left corner is (0, 0).
  public struct Region: Sendable, Equatable {
    /// The left edge, in pixels.
    public let x: Double
    /// The upper edge, in pixels.
    public let y: Double
    /// Pixels from the left to the right edge.
    public let width: Double
    /// Pixels from the upper to the lower edge.
    public let height: Double
  }

  /// The part of a picture of `width` x `height` pixels that the network sees: all of it, or the center for `crop`.
  ///
  /// - Throws: `.invalidArgument` as `validate()`, or if a side is beyond a picture's limits.
  public func region(inPictureOfWidth width: Int, height: Int) throws -> Region {
    try validate()
    try Picture.check(width: width, height: height, what: "a picture", kind: .invalidArgument)
    let (columns, rows) = placement(width: width, height: height)
    let (scaleX, scaleY) = (Double(width) / Double(columns.scaled), Double(height) / Double(rows.scaled))
    return Region(
      x: Double(columns.offset) * scaleX, y: Double(rows.offset) * scaleY, width: Double(self.width) * scaleX,
      height: Double(self.height) * scaleY)
  }

  /// A map over the network's input, brought onto the picture that the input was made from.
  ///
  /// - Parameters:
  ///   - map: `[..., H, W]` of any size, which covers the whole input.
  ///   - outside: The value where the network did not look.
  /// - Returns: `[..., pictureHeight, pictureWidth]`; edges of the region are rounded to whole pixels.
  /// - Throws: `.invalidArgument` as `region`; `.outOfMemory`.
  public func project(
    _ map: Tensor, ontoPictureOfWidth width: Int, height: Int, outside: Float = 0, by resampling: Resampling = .bilinear
  ) throws -> Tensor {
    let region = try region(inPictureOfWidth: width, height: height)
    let left = min(Int(region.x.rounded()), width - 1)
    let top = min(Int(region.y.rounded()), height - 1)
    let right = min(max(Int((region.x + region.width).rounded()), left + 1), width)
    let bottom = min(max(Int((region.y + region.height).rounded()), top + 1), height)
    let inner = try map.resized(width: right - left, height: bottom - top, by: resampling)
    guard right - left < width || bottom - top < height else { return inner }
    let planeCount = try map.planes().count
    return try Tensor(Shape(map.shape.dimensions.dropLast(2) + [height, width])) { output in
      output.initialize(repeating: outside)
      inner.withPointer { values in
        for row in 0..<planeCount * (bottom - top) {
          let (plane, y) = row.quotientAndRemainder(dividingBy: bottom - top)
          let target = (plane * height + top + y) * width + left
          for x in 0..<right - left { output[target + x] = values[row * (right - left) + x] }
        }
      }
    }
  }

  /// Along one axis: what the picture's side is scaled to, and where in that the input begins.
  private typealias Placement = (scaled: Int, offset: Int)

  private func placement(width pictureWidth: Int, height pictureHeight: Int) -> (columns: Placement, rows: Placement) {
    guard resize == .crop else { return ((width, 0), (height, 0)) }
    // torchvision scales the short side to 256 of 224, rounds the long one down, and a center at half to even.
    func cover(_ side: Int) -> Int { (side * 256 + 112) / 224 }
    func center(_ scaled: Int, _ side: Int) -> Placement {
      (scaled, Int((Double(scaled - side) / 2).rounded(.toNearestOrEven)))
    }
    let (wide, high) = (cover(width), cover(height))
    // For a square input: whether the picture's width is its short side.
    return pictureWidth * high <= pictureHeight * wide
      ? (center(wide, width), center(max(high, wide * pictureHeight / pictureWidth), height))
      : (center(max(wide, high * pictureWidth / pictureHeight), width), center(high, height))
  }
}
