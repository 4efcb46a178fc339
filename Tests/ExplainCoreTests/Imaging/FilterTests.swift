import Testing

@testable import ExplainCore

@Suite struct FilterTests {
  private let golden = try? Golden("imaging-filters")

  /// Kernel sizes and sigmas, 0 for what is derived; `small` and `tiny` are smaller than most of the kernels.
  @Test(arguments: [(11, 5), (0, 1.3), (3, 0), (5, 0), (7, 0), (9, 0), (15, 0), (0, 10)])
  func gaussianBlurAgreesWithOpenCV(_ size: Int, _ sigma: Double) throws {
    let golden = try #require(golden)
    let key = "\(size) \(sigma == sigma.rounded() ? "\(Int(sigma))" : "\(sigma)")"
    for name in ["image", "small"] {
      let result = try golden[name].gaussianBlur(kernelSize: size, sigma: sigma)
      // Values below 1 and sums of up to 81 products, twice.
      #expect(maximumDifference(result, try golden["gauss \(name) \(key)"]) < 2e-6, "\(name)")
    }
    for name in ["picture", "tiny"] {
      let result = try golden.picture(name).gaussianBlur(kernelSize: size, sigma: sigma)
      #expect(maximumDifference(result, try golden.picture("gauss \(name) \(key)")) == 0, "\(name)")
    }
  }

  @Test func badKernelsAreRefused() throws {
    let image = try Random.pixels([4, 5])
    let picture = try Picture(width: 1, height: 1, pixels: [1, 2, 3])
    for (size, sigma) in [(0, 0), (4, 1), (-3, 1), (2049, 1), (3, -1), (3, .nan), (3, .infinity), (0, 1e5), (0, 1e300)]
    {
      #expect(failure { try image.gaussianBlur(kernelSize: size, sigma: sigma) }?.kind == .invalidArgument)
      #expect(failure { try picture.gaussianBlur(kernelSize: size, sigma: sigma) }?.kind == .invalidArgument)
    }
    for size in [Int.min, -3, 0, 1, 2, 4, 257, Int.max] {
      #expect(failure { try picture.medianBlur(size: size) }?.kind == .invalidArgument)
      #expect((1...16_384).contains(size) || failure { try image.dilated(width: size, height: 1) } != nil)
      #expect((1...16_384).contains(size) || failure { try image.dilated(width: 1, height: size) } != nil)
    }
  }

  @Test(arguments: [3, 5, 7, 11, 31, 255]) func medianBlurAgreesWithOpenCV(_ size: Int) throws {
    let golden = try #require(golden)
    for name in ["picture", "tiny"] {
      #expect(try golden.picture(name).medianBlur(size: size) == golden.picture("median \(name) \(size)"), "\(name)")
    }
  }

  /// Pictures high enough for several strips give what a picture of one strip gives.
  @Test func medianBlurHasNoSeams() throws {
    var random = Random(seed: 9)
    let pixels = (0..<5 * 150 * 3).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    let whole = try Picture(width: 5, height: 150, pixels: pixels).medianBlur(size: 7)
    // Rows 40..<100 lie across the seam at 64; their squares reach 3 rows further.
    let part = try Picture(width: 5, height: 66, pixels: Array(pixels[37 * 15..<103 * 15])).medianBlur(size: 7)
    #expect(whole.pixels[40 * 15..<100 * 15] == part.pixels[3 * 15..<63 * 15])
  }

  @Test(arguments: [(20, 20), (3, 5), (1, 4), (7, 1), (64, 64)])
  func dilationAgreesWithOpenCV(_ width: Int, _ height: Int) throws {
    let golden = try #require(golden)
    let result = try golden["image"].dilated(width: width, height: height)
    #expect(maximumDifference(result, try golden["dilate \(width)x\(height)"]) == 0)
  }

  @Test func jetAgreesWithOpenCV() throws {
    let golden = try #require(golden)
    let shades = try GrayPicture(width: 256, height: 1, pixels: (0...255).map(UInt8.init))
    #expect(shades.jet().pixels == (try golden.bytes("jet")).values)
  }

  @Test func overlayAgreesWithItsModel() throws {
    let golden = try #require(golden)
    let heatmap = try GrayPicture(golden["mask"]).jet()
    let cam = try golden.picture("picture").overlaid(with: heatmap)
    // A tie at half a level may fall to either side.
    #expect(maximumDifference(cam, try golden.picture("cam")) <= 1)
    #expect(cam.pixels.max() == 255)
    let black = try Picture(width: 1, height: 1, pixels: [0, 0, 0])
    #expect(try black.overlaid(with: black) == black)
    #expect(failure { try black.overlaid(with: cam) }?.kind == .invalidArgument)
  }

  @Test func mapsBecomeShades() throws {
    let values: [Float] = [0, 1, 0.5, -3, 7, .nan, .infinity, -.infinity, 0.4999 / 255]
    let shades = try GrayPicture(Tensor(values, [1, 3, 3]))
    #expect(shades.pixels == [0, 255, 128, 0, 255, 0, 255, 0, 0])
    #expect(failure { try GrayPicture(Tensor([1, 2], [2, 1, 1])) }?.kind == .invalidArgument)
  }
}
