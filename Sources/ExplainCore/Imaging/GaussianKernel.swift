#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The samples of a Gaussian along one axis, which sum to 1, with OpenCV's rules for what is left open.
struct GaussianKernel {
  /// The largest number of samples.
  static let maximumSize = 2047

  let weights: [Double]

  /// Samples on either side of the center.
  var radius: Int { weights.count / 2 }

  /// - Parameters:
  ///   - size: The number of samples, odd; 0 derives it from sigma: 3 sigma to each side for bytes, 4 for floats.
  ///   - sigma: The standard deviation in pixels; 0 derives it from the size.
  /// - Throws: `.invalidArgument` if both are 0, the size is even or above 2047, or sigma is negative or not finite.
  init(size: Int, sigma: Double, forBytes: Bool) throws {
    guard sigma.isFinite, sigma >= 0, sigma <= 1e6 else {
      throw ExplainError.invalid("a Gaussian blur of sigma \(sigma): it must be 0 to 1000000")
    }
    guard size != 0 || sigma > 0 else {
      throw ExplainError.invalid("a Gaussian blur needs a kernel size or a sigma above 0")
    }
    let derived = Int((sigma * (forBytes ? 6 : 8) + 1).rounded(.toNearestOrEven)) | 1
    let count = size == 0 ? derived : size
    guard count >= 1, count % 2 == 1, count <= GaussianKernel.maximumSize else {
      throw ExplainError.invalid(
        "a Gaussian kernel of \(count) samples: an odd number up to \(GaussianKernel.maximumSize) is needed")
    }
    if sigma == 0, let exact = GaussianKernel.small[count] {
      weights = exact
    } else {
      let deviation = sigma > 0 ? sigma : (Double(count - 1) * 0.5 - 1) * 0.3 + 0.8
      let center = count / 2
      let samples = (0..<count).map { index in
        let distance = Double(index - center)
        return exp(-distance * distance / (2 * deviation * deviation))
      }
      let sum = samples.reduce(0, +)
      weights = samples.map { $0 / sum }
    }
  }

  /// What OpenCV takes for small kernels without a sigma: exact in binary.
  private static let small: [Int: [Double]] = [
    1: [1],
    3: [0.25, 0.5, 0.25],
    5: [0.0625, 0.25, 0.375, 0.25, 0.0625],
    7: [0.03125, 0.109375, 0.21875, 0.28125, 0.21875, 0.109375, 0.03125],
    9: [4, 13, 30, 51, 60, 51, 30, 13, 4].map { $0 / 256 },
  ]

  /// The weights with 8 fractional bits, summing to 256: each rounding error is passed on to the next weight, and
  /// the center takes the rest, as OpenCV blurs bytes.
  var fixedPoint: [UInt32] {
    var result = [UInt32](repeating: 0, count: weights.count)
    var (error, sum) = (0.0, UInt32(0))
    for index in 0..<radius {
      let exact = weights[index] * 256 + error
      let rounded = max(exact.rounded(.toNearestOrEven), 0)
      error = exact - rounded
      result[index] = UInt32(rounded)
      result[weights.count - 1 - index] = UInt32(rounded)
      sum += 2 * UInt32(rounded)
    }
    result[radius] = 256 - min(sum, 256)
    return result
  }
}

/// Where a border that mirrors around the outermost samples takes position `index` from: -1 is 1, `count` is
/// `count - 2`.
func reflect101(_ index: Int, _ count: Int) -> Int {
  guard count > 1 else { return 0 }
  let period = 2 * (count - 1)
  let folded = ((index % period) + period) % period
  return min(folded, period - folded)
}
