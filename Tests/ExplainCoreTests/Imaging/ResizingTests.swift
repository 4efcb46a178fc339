import Testing

@testable import ExplainCore

@Suite struct ResizingTests {
  private let golden = try? Golden("imaging-resizing")
  static let sizes = [(11, 9), (4, 5), (31, 23), (7, 29), (1, 1), (45, 18)]

  @Test(arguments: Resampling.allCases) func floatsAgreeWithOpenCVAndTorch(_ resampling: Resampling) throws {
    let golden = try #require(golden)
    let image = try golden["image"]
    for (width, height) in Self.sizes {
      let result = try image.resized(width: width, height: height, by: resampling)
      let expected = try golden["\(resampling.rawValue) \(width)x\(height)"]
      // Values below 1, sums of at most a few dozen products, and positions that torch and OpenCV round to floats.
      #expect(maximumDifference(result, expected) < 1e-5, "\(width)x\(height)")
    }
  }

  @Test func bytesAgreeWithPILAndOpenCV() throws {
    let golden = try #require(golden)
    let picture = try golden.picture("picture")
    for (width, height) in Self.sizes {
      let smooth = try picture.resized(width: width, height: height)
      #expect(try smooth == golden.picture("pil \(width)x\(height)"), "\(width)x\(height)")
      // OpenCV rounds once where this rounds after each axis.
      let sharp = try picture.resized(width: width, height: height, antialias: false)
      #expect(maximumDifference(sharp, try golden.picture("opencv \(width)x\(height)")) <= 1, "\(width)x\(height)")
    }
  }

  @Test func leadingAxesAreKept() throws {
    let image = try Random.pixels([2, 1, 3, 4, 5])
    #expect(try image.resized(width: 7, height: 6).shape.dimensions == [2, 1, 3, 6, 7])
    #expect(try Random.pixels([4, 5]).resized(width: 7, height: 6).shape.dimensions == [6, 7])
  }

  @Test func badSizesAreRefused() throws {
    let image = try Random.pixels([4, 5])
    for size in [0, -1, Int.min, Int.max, 16_385] {
      #expect(failure { try image.resized(width: size, height: 3) }?.kind == .invalidArgument)
      #expect(failure { try image.resized(width: 3, height: size) }?.kind == .invalidArgument)
      let picture = try Picture(width: 1, height: 1, pixels: [1, 2, 3])
      #expect(failure { try picture.resized(width: size, height: 3) }?.kind == .invalidArgument)
    }
    #expect(failure { try Random.pixels([4]).resized(width: 2, height: 2) }?.kind == .invalidArgument)
    #expect(failure { try Tensor([], [0, 4]).resized(width: 2, height: 2) }?.kind == .invalidArgument)
  }

  /// An upscaled constant stays one, for any pair of sizes: weights sum to 1.
  @Test func constantsStayConstant() throws {
    for resampling in Resampling.allCases {
      for input in [1, 2, 3, 17] {
        for output in [1, 2, 5, 16, 33] {
          let image = try Tensor(repeating: 0.5, shape: Shape([input, input]))
          let result = try image.resized(width: output, height: output, by: resampling).values
          #expect(result.allSatisfy { abs($0 - 0.5) < 1e-6 }, "\(resampling) \(input) to \(output)")
        }
      }
    }
  }
}

extension Random {
  /// A tensor of uniform values with a fixed seed.
  static func pixels(_ dimensions: [Int]) throws -> Tensor {
    var random = Random(seed: 3)
    return try random.uniform(Shape(dimensions))
  }
}
