import CKernelShim

/// What a product of some rows of weights with one or two vectors of positions reads and writes.
struct RowOperands {
  let depth: Int
  /// A bias for each row, then `depth` times a weight for each row.
  let weights: UnsafePointer<Float>
  /// One vector, or two, for each weight; the next are `kernel_positions` further.
  let windows: UnsafePointer<Float>
  let least, greatest: Float
  let target: UnsafeMutablePointer<Float>
  let rowStride: Int
}

/// `kernel_table.multiply_windows`: two vectors of positions at a time, the last perhaps alone and perhaps not whole.
func multiplyWindows(_ product: UnsafePointer<kernel_row_product>) {
  let product = product.pointee
  var position = 0
  while position < product.positions {
    let count = product.positions &- position
    let isPair = count > kernel_lanes
    let width = isPair ? 2 &* kernel_lanes : kernel_lanes
    let isWhole = count >= width
    let target = product.target + position
    let operands = RowOperands(
      depth: product.depth, weights: product.weights, windows: product.windows + position, least: product.least,
      greatest: product.greatest, target: isWhole ? target : product.scratch,
      rowStride: isWhole ? product.row_stride : kernel_positions)
    if isPair { productByTwo(product.rows, operands) } else { productByOne(product.rows, operands) }
    if !isWhole {
      for row in 0..<product.rows {
        copy(product.scratch + row &* kernel_positions, target + row &* product.row_stride, count)
      }
    }
    position &+= width
  }
}

/// Copies values without writing beyond them.
@inline(__always)
private func copy(_ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ count: Int) {
  if count >= kernel_lanes {
    // Less than two vectors, which overlap.
    kernel_store(target, kernel_load(source))
    kernel_store(target + (count &- kernel_lanes), kernel_load(source + (count &- kernel_lanes)))
  } else {
    for i in 0..<count { target[i] = source[i] }
  }
}
