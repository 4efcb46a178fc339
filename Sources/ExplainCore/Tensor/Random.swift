#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Counter-based random numbers: Philox 4x32 with ten rounds, by Salmon and others (2011).
///
/// The n-th block of four words depends on the seed, the stream and n alone, so any part of a sequence can be made
/// by any thread, and the same seed gives the same bits whatever the number of threads. NumPy code for the same
/// numbers is in `tools/goldens/common.py`.
public struct Random: Sendable {
  private let key: SIMD2<UInt32>
  private let stream: UInt64
  private var block: UInt64 = 0
  private var words = SIMD4<UInt32>()
  private var used = 4

  /// The sequence numbered `stream` of `seed`; sequences of one seed are independent of each other.
  public init(seed: UInt64, stream: UInt64 = 0) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    self.stream = stream
  }

  /// The next 32 random bits.
  public mutating func next() -> UInt32 {
    if used == 4 {
      words = Random.philox(block: block, stream: stream, key: key)
      block &+= 1
      used = 0
    }
    defer { used += 1 }
    return words[used]
  }

  /// A float in `[0, 1)`, a multiple of 2^-24.
  public mutating func uniform() -> Float { Random.unit(next()) }

  /// An integer in `range`; the bias is below 2^-32 times the range's size.
  public mutating func integer(in range: ClosedRange<Int>) -> Int {
    let span = UInt64(range.upperBound - range.lowerBound) + 1
    return range.lowerBound + Int((UInt64(next()) * span) >> 32)
  }

  /// Fills a tensor with floats in `range`, from the next whole block on.
  ///
  /// - Throws: `.outOfMemory`.
  public mutating func uniform(_ shape: Shape, in range: ClosedRange<Float> = 0...1) throws -> Tensor {
    let width = range.upperBound - range.lowerBound
    return try tensor(shape) { words in
      SIMD4(Random.unit(words[0]), Random.unit(words[1]), Random.unit(words[2]), Random.unit(words[3])) * width
        + range.lowerBound
    }
  }

  /// Fills a tensor with samples of N(0, deviation²) by the Box-Muller transform, from the next whole block on.
  ///
  /// - Throws: `.outOfMemory`.
  public mutating func normal(_ shape: Shape, deviation: Float = 1) throws -> Tensor {
    try tensor(shape) { words in
      let (a, b) = Random.boxMuller(words[0], words[1])
      let (c, d) = Random.boxMuller(words[2], words[3])
      return SIMD4(a, b, c, d) * deviation
    }
  }

  /// Blocks a task makes: large enough to hide a task's cost, small enough to share one picture among threads.
  private static let blocksPerTask = 4096

  private mutating func tensor(
    _ shape: Shape, _ transform: @Sendable (SIMD4<UInt32>) -> SIMD4<Float>
  ) throws -> Tensor {
    let count = shape.count
    let blocks = (count + 3) / 4
    let (first, stream, key) = (block, stream, key)
    let result = try Tensor(shape) { output in
      nonisolated(unsafe) let output = output
      Parallel.forEach((blocks + Random.blocksPerTask - 1) / Random.blocksPerTask) { task in
        let begin = task * Random.blocksPerTask
        for index in begin..<min(begin + Random.blocksPerTask, blocks) {
          let values = transform(Random.philox(block: first &+ UInt64(index), stream: stream, key: key))
          for lane in 0..<min(4, count - 4 * index) { output[4 * index + lane] = values[lane] }
        }
      }
    }
    block &+= UInt64(blocks)
    used = 4
    return result
  }

  private static func unit(_ word: UInt32) -> Float { Float(word >> 8) * 0x1p-24 }

  private static func boxMuller(_ first: UInt32, _ second: UInt32) -> (Float, Float) {
    // 1 - u lies in (0, 1], where the logarithm is finite.
    let radius = (-2 * logf(1 - unit(first))).squareRoot()
    let angle = 2 * Float.pi * unit(second)
    return (radius * cosf(angle), radius * sinf(angle))
  }

  private static func philox(block: UInt64, stream: UInt64, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (x0, x1) = (UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32))
    var (x2, x3) = (UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
    var (k0, k1) = (key.x, key.y)
    for _ in 0..<10 {
      let left = UInt64(0xD251_1F53) &* UInt64(x0)
      let right = UInt64(0xCD9E_8D57) &* UInt64(x2)
      let next0 = UInt32(truncatingIfNeeded: right >> 32) ^ x1 ^ k0
      let next2 = UInt32(truncatingIfNeeded: left >> 32) ^ x3 ^ k1
      (x0, x1, x2, x3) = (next0, UInt32(truncatingIfNeeded: right), next2, UInt32(truncatingIfNeeded: left))
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return SIMD4(x0, x1, x2, x3)
  }
}
