extension Picture {
  /// The picture brought to another size, with bilinear interpolation at half-pixel centers.
  ///
  /// - Parameter antialias: Whether shrinking averages over all pixels, as PIL does, bit for bit where its version also
  ///   begins with the columns; otherwise the result is OpenCV's within one level.
  /// - Throws: `.invalidArgument` for a size beyond the limits of a picture; `.outOfMemory`.
  public func resized(width: Int, height: Int, antialias: Bool = true) throws -> Picture {
    try Picture.check(width: width, height: height, what: "a picture", kind: .invalidArgument)
    let resampling = antialias ? Resampling.antialiased : .bilinear
    return try resampled(
      columns: AxisWeights(resampling, from: self.width, to: width),
      rows: AxisWeights(resampling, from: self.height, to: height))
  }

  /// The weighted means that both axes ask for, rounded to bytes after each axis, as PIL does: columns first.
  func resampled(columns: AxisWeights, rows: AxisWeights) throws -> Picture {
    let needed = rows.inputs
    let (oldWidth, newWidth) = (width, columns.outputs)
    let columnWeights = columns.weights.map(fixedPoint)
    let rowWeights = rows.weights.map(fixedPoint)
    return try withScratch(UInt8.self, count: needed.count * newWidth * 3) { narrowed in
      nonisolated(unsafe) let narrowed = narrowed
      pixels.withUnsafeBufferPointer { input in
        nonisolated(unsafe) let input = input
        let rowsPerTask = 64
        Parallel.forEach((needed.count + rowsPerTask - 1) / rowsPerTask) { task in
          for row in task * rowsPerTask..<min((task + 1) * rowsPerTask, needed.count) {
            guard let base = input.baseAddress else { return }
            narrow(
              base + (needed.lowerBound + row) * oldWidth * 3, columns, columnWeights, narrowed + row * newWidth * 3)
          }
        }
      }
      return try Picture(checkedWidth: newWidth, height: rows.outputs) { output in
        guard let base = output.baseAddress else { return }
        try withScratch(Int32.self, count: newWidth * 3) { sums in
          for y in 0..<rows.outputs {
            let begin = rows.starts[y]
            let source = narrowed + (rows.first[y] - needed.lowerBound) * newWidth * 3
            blend(
              source, newWidth * 3, rowWeights[begin..<rows.starts[y + 1]], sums, base + y * newWidth * 3)
          }
        }
      }
    }
  }
}

/// Weights have 22 fractional bits: their sum times 255 still fits into 31 bits.
private let fractionBits = 22

private func fixedPoint(_ weight: Double) -> Int32 {
  Int32((weight * Double(1 << fractionBits)).rounded(.toNearestOrAwayFromZero))
}

/// Rounded weights may sum to a little more than 1.
@inline(__always) private func byte(ofFixedPoint sum: Int32) -> UInt8 {
  UInt8(clamping: sum >> Int32(fractionBits))
}

/// One row of RGB pixels brought to another width.
private func narrow(
  _ input: UnsafePointer<UInt8>, _ axis: AxisWeights, _ weights: [Int32], _ output: UnsafeMutablePointer<UInt8>
) {
  axis.first.withUnsafeBufferPointer { first in
    axis.starts.withUnsafeBufferPointer { starts in
      weights.withUnsafeBufferPointer { weights in
        for x in 0..<first.count {
          let samples = input + 3 * first[x]
          let begin = starts[x]
          var sums = SIMD3<Int32>(repeating: 1 << (Int32(fractionBits) - 1))
          for tap in 0..<(starts[x + 1] - begin) {
            let pixel = samples + 3 * tap
            let weight = weights[begin + tap]
            sums.x &+= Int32(pixel[0]) &* weight
            sums.y &+= Int32(pixel[1]) &* weight
            sums.z &+= Int32(pixel[2]) &* weight
          }
          output[3 * x] = byte(ofFixedPoint: sums.x)
          output[3 * x + 1] = byte(ofFixedPoint: sums.y)
          output[3 * x + 2] = byte(ofFixedPoint: sums.z)
        }
      }
    }
  }
}

/// One output row: the weighted mean of consecutive rows of `count` bytes.
private func blend(
  _ input: UnsafePointer<UInt8>, _ count: Int, _ weights: ArraySlice<Int32>,
  _ sums: UnsafeMutablePointer<Int32>, _ output: UnsafeMutablePointer<UInt8>
) {
  for i in 0..<count { sums[i] = 1 << (Int32(fractionBits) - 1) }
  var source = input
  for weight in weights {
    for i in 0..<count { sums[i] &+= Int32(source[i]) &* weight }
    source += count
  }
  for i in 0..<count { output[i] = byte(ofFixedPoint: sums[i]) }
}
