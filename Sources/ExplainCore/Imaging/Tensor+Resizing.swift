extension Tensor {
  /// The images `[..., H, W]` brought to another size, each plane by itself.
  ///
  /// - Parameters:
  ///   - width: Columns of the result, 1...16384.
  ///   - height: Rows of the result, 1...16384.
  /// - Returns: `[..., height, width]`; linear modes agree with PyTorch within rounding.
  /// - Throws: `.invalidArgument` for sizes out of range or a tensor that is no image; `.outOfMemory`.
  public func resized(width: Int, height: Int, by resampling: Resampling = .bilinear) throws -> Tensor {
    let (planeCount, oldHeight, oldWidth) = try planes()
    guard (1...Picture.maximumSide).contains(width), (1...Picture.maximumSide).contains(height) else {
      throw ExplainError.invalid("a size of \(width)x\(height): sides must be 1 to \(Picture.maximumSide)")
    }
    let target = try Shape(shape.dimensions.dropLast(2) + [height, width])
    guard width != oldWidth || height != oldHeight else { return self }
    let columns = AxisWeights(resampling, from: oldWidth, to: width)
    let rows = AxisWeights(resampling, from: oldHeight, to: height)
    let (columnWeights, rowWeights) = (columns.weights.map(Float.init), rows.weights.map(Float.init))
    return try Tensor(target) { output in
      try withScratch(Float.self, count: oldHeight * width) { narrowed in
        withPointer { input in
          for plane in 0..<planeCount {
            resizeRows(input + plane * oldHeight * oldWidth, oldHeight, oldWidth, columns, columnWeights, narrowed)
            guard let base = output.baseAddress else { return }
            resizeColumns(narrowed, width, rows, rowWeights, base + plane * height * width)
          }
        }
      }
    }
  }
}

/// Brings each of `rows` rows of `width` samples to another width.
private func resizeRows(
  _ input: UnsafePointer<Float>, _ rows: Int, _ width: Int, _ axis: AxisWeights, _ weights: [Float],
  _ output: UnsafeMutablePointer<Float>
) {
  let outputs = axis.outputs
  axis.first.withUnsafeBufferPointer { first in
    axis.starts.withUnsafeBufferPointer { starts in
      weights.withUnsafeBufferPointer { weights in
        for row in 0..<rows {
          let (source, target) = (input + row * width, output + row * outputs)
          for x in 0..<outputs {
            let samples = source + first[x]
            let begin = starts[x]
            var sum: Float = 0
            for tap in 0..<(starts[x + 1] - begin) { sum += weights[begin + tap] * samples[tap] }
            target[x] = sum
          }
        }
      }
    }
  }
}

/// Brings columns to another height: each output row is a weighted sum of input rows.
private func resizeColumns(
  _ input: UnsafePointer<Float>, _ width: Int, _ axis: AxisWeights, _ weights: [Float],
  _ output: UnsafeMutablePointer<Float>
) {
  for y in 0..<axis.outputs {
    let target = output + y * width
    for tap in axis.starts[y]..<axis.starts[y + 1] {
      let weight = weights[tap]
      let source = input + (axis.first[y] + tap - axis.starts[y]) * width
      if tap == axis.starts[y] {
        for x in 0..<width { target[x] = weight * source[x] }
      } else {
        for x in 0..<width { target[x] += weight * source[x] }
      }
    }
  }
}
