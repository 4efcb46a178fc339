import CKernelShim

/// What a product of some tiles with two vectors of outputs reads and writes.
///
/// Values of one tile for 16 channels lie together; a panel has 32 outputs for each channel.
struct ProductOperands {
  let depth: Int
  /// The tiles' values for the first 16 channels, and how far away those for the next 16 are.
  let input: UnsafePointer<Float>
  let inputStride: Int
  let panel: UnsafePointer<Float>
  /// Where the two vectors of the first tile go; those of the next tile are 16 floats further.
  let low, high: UnsafeMutablePointer<Float>
  /// What to fetch into the cache meanwhile.
  let next: UnsafePointer<Float>
}

/// `kernel_table.product`: divides tiles and outputs into parts that the registers hold.
func multiply(
  _ depth: Int, _ tiles: Int, _ input: UnsafePointer<Float>, _ panel: UnsafePointer<Float>,
  _ target: UnsafeMutablePointer<Float>, _ next: UnsafePointer<Float>
) {
  var first = 0
  var parts = (tiles &+ mostTiles &- 1) / mostTiles
  while first < tiles {
    let count = (tiles &- first &+ parts &- 1) / parts
    var output = 0
    while output < kernel_panel {
      let second = output &+ kernel_lanes
      let row = target + first &* 16
      product(
        count,
        ProductOperands(
          depth: depth, input: input + first &* 16, inputStride: tiles &* 16, panel: panel + output,
          low: row + ((output >> 4) &* tiles &* 16 &+ (output & 15)),
          high: row + ((second >> 4) &* tiles &* 16 &+ (second & 15)), next: next))
      output &+= 2 &* kernel_lanes
    }
    first &+= count
    parts &-= 1
  }
}
