import Testing

@testable import ExplainCore

@Suite struct PreprocessingTests {
  private let golden = try? Golden("imaging-preprocessing")

  @Test(arguments: [(50, 37), (31, 45), (20, 20), (5, 300)])
  func tensorsAgreeWithTorchvision(_ width: Int, _ height: Int) throws {
    let golden = try #require(golden)
    let picture = try golden.picture("picture \(width)x\(height)")
    for resize in Preprocessing.Resize.allCases {
      var preprocessing = Preprocessing()
      (preprocessing.width, preprocessing.height, preprocessing.resize) = (14, 14, resize)
      let tensor = try preprocessing.tensor(of: picture)
      #expect(tensor.shape.dimensions == [1, 3, 14, 14])
      // The bytes are the same; three roundings of floats up to 2.7 may differ. Pillow 13 begins with the rows of a
      // picture as thin as 5x300, older versions with the columns, as here: that is one level, 1 / 255 / 0.224.
      let tolerance: Float = height > 10 * width ? 0.0176 : 1e-6
      let expected = try golden["\(resize.rawValue) \(width)x\(height)"].reshaped([1, 3, 14, 14])
      #expect(maximumDifference(tensor, expected) < tolerance, "\(resize)")
    }
  }

  @Test func presetsNormalizeAsKerasDoes() throws {
    let picture = try Picture(width: 1, height: 1, pixels: [255, 128, 0])
    func values(_ preset: Preprocessing) throws -> [Float] {
      var preset = preset
      (preset.width, preset.height) = (1, 1)
      return try preset.tensor(of: picture).values
    }
    #expect(try values(.none) == [255, 128, 0])
    #expect(try values(.caffe) == [0 - 103.939, 128 - 116.779, 255 - 123.68])
    let tensorflow = try values(.tensorflow)
    #expect(zip(tensorflow, [1, 128 / 127.5 - 1, -1]).allSatisfy { abs($0 - Float($1)) < 1e-6 })
  }

  @Test func picturesComeBack() throws {
    let golden = try #require(golden)
    let picture = try golden.picture("picture 50x37")
    for var preset in [Preprocessing.torch, .caffe, .tensorflow, .none] {
      (preset.width, preset.height) = (50, 37)
      let tensor = try preset.tensor(of: picture)
      #expect(try preset.picture(of: tensor) == picture)
      #expect(try preset.picture(of: tensor.reshaped([3, 37, 50])) == picture)
    }
    let odd = try Tensor([.nan, .infinity, -.infinity], [3, 1, 1])
    #expect(try Preprocessing.torch.picture(of: odd).pixels == [0, 255, 0])
    for dimensions in [[1], [2, 3, 1, 1], [3, 1, 1, 2], [1, 1], [4, 2, 2]] {
      let tensor = try Random.pixels(dimensions)
      #expect(failure { try Preprocessing.torch.picture(of: tensor) }?.kind == .invalidArgument)
    }
  }

  @Test func regionsLieInThePicture() throws {
    var preprocessing = Preprocessing()
    let whole = try preprocessing.region(inPictureOfWidth: 640, height: 480)
    #expect(whole == Preprocessing.Region(x: 0, y: 0, width: 640, height: 480))
    preprocessing.resize = .crop
    // 640x480 becomes 341x256, from which 224x224 are cut at (58, 16).
    let center = try preprocessing.region(inPictureOfWidth: 640, height: 480)
    #expect(abs(center.x - 58 * 640 / 341.0) < 1e-9 && abs(center.width - 224 * 640 / 341.0) < 1e-9)
    #expect(abs(center.y - 30) < 1e-9 && abs(center.height - 420) < 1e-9)
    #expect(failure { try preprocessing.region(inPictureOfWidth: 0, height: 4) }?.kind == .invalidArgument)
  }

  @Test func mapsComeBackOntoThePicture() throws {
    var preprocessing = Preprocessing()
    let map = try Random.pixels([28, 28])
    let stretched = try preprocessing.project(map, ontoPictureOfWidth: 64, height: 48)
    #expect(maximumDifference(stretched, try map.resized(width: 64, height: 48)) == 0)
    preprocessing.resize = .crop
    let ones = try Tensor(repeating: 1, shape: Shape([2, 28, 28]))
    let projected = try preprocessing.project(ones, ontoPictureOfWidth: 64, height: 48, outside: -1)
    #expect(projected.shape.dimensions == [2, 48, 64])
    // 64x48 becomes 341x256: the region is 42.04 pixels wide from 10.9 on, and 42 high from 3 on.
    for (index, value) in projected.values.enumerated() {
      let (x, y) = (index % 64, index / 64 % 48)
      #expect(value == ((11..<53).contains(x) && (3..<45).contains(y) ? 1 : -1), "\(x), \(y)")
    }
    let thin = try preprocessing.project(map, ontoPictureOfWidth: 1, height: 3000)
    #expect(thin.shape.dimensions == [3000, 1])
  }

  /// A picture of one pixel's width would become 256 x 4 million pixels if all of it were scaled.
  @Test func thinPicturesAreCutBeforeTheyGrow() throws {
    var preprocessing = Preprocessing()
    preprocessing.resize = .crop
    let pixels = [UInt8](repeating: 7, count: 3 * 16_384)
    for (width, height) in [(1, 16_384), (16_384, 1)] {
      let fitted = try preprocessing.fitted(Picture(width: width, height: height, pixels: pixels))
      #expect(fitted.pixels.count == 3 * 224 * 224 && fitted.pixels.allSatisfy { $0 == 7 })
    }
  }

  @Test func badFieldsAreRefused() throws {
    let picture = try Picture(width: 1, height: 1, pixels: [1, 2, 3])
    let changes: [(inout Preprocessing) -> Void] = [
      { $0.width = 0 }, { $0.width = 4097 }, { $0.height = -1 }, { $0.height = Int.max }, { $0.scale = 0 },
      { $0.scale = .nan }, { $0.mean = [] }, { $0.mean = [1, 2, .infinity] }, { $0.deviation = [1, 1] },
      { $0.deviation = [1, 0, 1] },
    ]
    for (index, change) in changes.enumerated() {
      var preprocessing = Preprocessing()
      change(&preprocessing)
      #expect(failure { try preprocessing.tensor(of: picture) }?.kind == .invalidArgument, "change \(index)")
    }
  }
}
