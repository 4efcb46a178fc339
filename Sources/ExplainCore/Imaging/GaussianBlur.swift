extension Tensor {
  /// The images `[..., H, W]` convolved with a Gaussian, mirrored at the borders: `cv2.GaussianBlur` of floats.
  ///
  /// - Parameters:
  ///   - kernelSize: Samples along each axis, odd, up to 2047; 0 takes 4 sigma to each side.
  ///   - sigma: Standard deviation in pixels; 0 takes `0.3 * ((kernelSize - 1) / 2 - 1) + 0.8`.
  /// - Throws: `.invalidArgument`; `.outOfMemory`.
  public func gaussianBlur(kernelSize: Int = 0, sigma: Double = 0) throws -> Tensor {
    let kernel = try GaussianKernel(size: kernelSize, sigma: sigma, forBytes: false)
    let (planeCount, height, width) = try planes()
    let (weights, radius) = (kernel.weights.map(Float.init), kernel.radius)
    return try Tensor(shape) { output in
      try withScratch(Float.self, count: height * width + width + 2 * radius) { blurredRows in
        let padded = blurredRows + height * width
        withPointer { input in
          guard let result = output.baseAddress else { return }
          for plane in 0..<planeCount {
            let offset = plane * height * width
            for y in 0..<height {
              pad(input + offset + y * width, width, radius, step: 1, padded)
              weightedSum(weights, blurredRows + y * width, width) { UnsafePointer(padded + $0) }
            }
            for y in 0..<height {
              weightedSum(weights, result + offset + y * width, width) {
                UnsafePointer(blurredRows + reflect101(y + $0 - radius, height) * width)
              }
            }
          }
        }
      }
    }
  }
}

extension Picture {
  /// The picture convolved with a Gaussian, mirrored at the borders: `cv2.GaussianBlur` of bytes, with its weights of
  /// 8 fractional bits.
  ///
  /// - Parameters:
  ///   - kernelSize: Samples along each axis, odd, up to 2047; 0 takes 3 sigma to each side.
  ///   - sigma: Standard deviation in pixels; 0 takes `0.3 * ((kernelSize - 1) / 2 - 1) + 0.8`.
  /// - Throws: `.invalidArgument`; `.outOfMemory`.
  public func gaussianBlur(kernelSize: Int = 0, sigma: Double = 0) throws -> Picture {
    let kernel = try GaussianKernel(size: kernelSize, sigma: sigma, forBytes: true)
    let (weights, radius, stride) = (kernel.fixedPoint, kernel.radius, 3 * width)
    // Rows that were blurred have 8 fractional bits and at most 255 before them: 16 bits hold them.
    return try withScratch(UInt16.self, count: height * stride) { blurredRows in
      try withScratch(UInt8.self, count: 3 * (width + 2 * radius)) { padded in
        try withScratch(UInt32.self, count: stride) { sums in
          Picture(checkedWidth: width, height: height) { output in
            pixels.withUnsafeBufferPointer { input in
              guard let base = input.baseAddress, let result = output.baseAddress else { return }
              for y in 0..<height {
                pad(base + y * stride, width, radius, step: 3, padded)
                weightedSum(weights, sums, stride) { UnsafePointer(padded + 3 * $0) }
                let target = blurredRows + y * stride
                for i in 0..<stride { target[i] = UInt16(truncatingIfNeeded: sums[i]) }
              }
              for y in 0..<height {
                weightedSum(weights, sums, stride) {
                  UnsafePointer(blurredRows + reflect101(y + $0 - radius, height) * stride)
                }
                let target = result + y * stride
                for i in 0..<stride { target[i] = UInt8(truncatingIfNeeded: (sums[i] &+ 1 << 15) &>> 16) }
              }
            }
          }
        }
      }
    }
  }
}

/// A row of pixels of `step` values each, and `radius` mirrored pixels on either side.
private func pad<Value>(
  _ row: UnsafePointer<Value>, _ width: Int, _ radius: Int, step: Int, _ output: UnsafeMutablePointer<Value>
) {
  (output + step * radius).update(from: row, count: step * width)
  for x in 0..<radius {
    let left = row + step * reflect101(x - radius, width)
    let right = row + step * reflect101(width + x, width)
    for i in 0..<step {
      output[step * x + i] = left[i]
      output[step * (radius + width + x) + i] = right[i]
    }
  }
}

/// `output[i] = sum over k of weights[k] * row(k)[i]`.
@inline(__always) private func weightedSum(
  _ weights: [Float], _ output: UnsafeMutablePointer<Float>, _ count: Int, _ row: (Int) -> UnsafePointer<Float>
) {
  output.update(repeating: 0, count: count)
  for k in 0..<weights.count {
    let (weight, source) = (weights[k], row(k))
    for i in 0..<count { output[i] += weight * source[i] }
  }
}

/// As above, in whole numbers.
@inline(__always) private func weightedSum<Value: FixedWidthInteger & UnsignedInteger>(
  _ weights: [UInt32], _ output: UnsafeMutablePointer<UInt32>, _ count: Int, _ row: (Int) -> UnsafePointer<Value>
) {
  output.update(repeating: 0, count: count)
  for k in 0..<weights.count where weights[k] > 0 {
    let (weight, source) = (weights[k], row(k))
    for i in 0..<count { output[i] &+= weight &* UInt32(truncatingIfNeeded: source[i]) }
  }
}
