import CKernelShim

/// How many outputs Winograd's method computes at once, and at how many points.
///
/// A tile is 4 rows high. Its width decides between arithmetic and memory: per output, F(4x4) needs 2.25 products and
/// F(4x2) needs 3, but F(4x2) has a third fewer weights to keep and to read.
enum WinogradTile: Hashable, Sendable {
  /// F(4x4, 3x3), 36 points for 16 outputs.
  case wide
  /// F(4x2, 3x3), 24 points for 8 outputs.
  case narrow

  /// Columns of a tile.
  var width: Int { self == .wide ? 4 : 2 }
  /// Points across; there are always 6 down.
  var pointsAcross: Int { width + 2 }
  /// Points of a tile.
  var points: Int { 6 * pointsAcross }

  /// Tiles that cover an image.
  func count(height: Int, width: Int) -> Int { (height + 3) / 4 * ((width + self.width - 1) / self.width) }

  /// False while a test compares with the definition.
  @TaskLocal static var isAllowed = true

  /// Weights of more bytes than this come from memory and not from a shared cache.
  static let sharedCacheBytes = 16_000_000
  /// A weight that comes from memory takes as long as the products of this many tiles.
  private static let tilesPerWeight = 25.0

  /// The tile that a convolution is fastest with, or nil where its definition is faster still.
  ///
  /// - Parameter isTurned: judges the convolution of the gradient, from `geometry`'s outputs to its inputs.
  ///
  /// One picture decides for any batch, so that all plans of a network share one form of the weights.
  static func best(_ convolution: Operation.Convolution, _ geometry: WindowGeometry, isTurned: Bool) -> WinogradTile? {
    let shape = convolution.weight.shape
    guard isAllowed, shape[2] == 3, shape[3] == 3, convolution.groups == 1, convolution.strides == [1, 1],
      convolution.dilations == [1, 1]
    else { return nil }
    let (inputs, outputs) = isTurned ? (shape[0], shape[1]) : (shape[1], shape[0])
    let (height, width) =
      isTurned ? (geometry.inputHeight, geometry.inputWidth) : (geometry.outputHeight, geometry.outputWidth)
    let packed =
      WinogradWeights.roundUp(inputs, to: kernel_channel_block) * WinogradWeights.roundUp(outputs, to: kernel_panel)
    func cost(_ tile: WinogradTile) -> Double {
      let weights = Double(tile.points * packed)
      let comesFromMemory = 4 * weights > Double(sharedCacheBytes)
      return weights * (Double(tile.count(height: height, width: width)) + (comesFromMemory ? tilesPerWeight : 0))
    }
    // Tiles that stick out of the image and channels that fill blocks up count; the transforms cost about as much as
    // half of the products.
    let products = Double(WinogradTile.wide.points * packed * WinogradTile.wide.count(height: height, width: width))
    guard products * 1.5 < Double(height * width * 9 * inputs * outputs) else { return nil }
    return cost(.wide) <= cost(.narrow) ? .wide : .narrow
  }
}
