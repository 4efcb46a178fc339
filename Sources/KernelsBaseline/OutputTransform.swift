import CKernelShim

/// `kernel_table.transform_output`: takes the products at 36 (or 24) points back to 4 by 4 (or 4 by 2) outputs a tile, adds the bias,
/// rectifies, and writes what lies inside the image to the channels' planes.
func transformOutput(_ run: UnsafePointer<kernel_tile_run>, _ transform: UnsafePointer<kernel_output_transform>) {
  let (run, transform) = (run.pointee, transform.pointee)
  let rowStride = run.tile_width &* run.tiles &* kernel_lanes
  let strip = transform.scratch
  let columns = strip + 6 &* rowStride
  let square = columns + 36 &* kernel_lanes
  let rows = run.height &- run.row < 4 ? run.height &- run.row : 4
  var channel = 0
  while channel < run.channels {
    let bias = transform.bias.map { kernel_load($0 + channel) } ?? kernel_repeat(0)
    for tile in 0..<run.tiles {
      let products = transform.products + (tile &* kernel_channel_block &+ channel)
      let target = strip + run.tile_width &* tile &* kernel_lanes
      if run.tile_width == 4 {
        transformWide(products, transform.point_stride, target, rowStride, columns, bias, transform.rectifies != 0)
      } else {
        transformNarrow(products, transform.point_stride, target, rowStride, columns, bias, transform.rectifies != 0)
      }
    }
    for row in 0..<rows {
      let target = transform.planes + (channel &* run.plane_stride &+ (run.row &+ row) &* run.width &+ run.column)
      scatter(run, strip + row &* rowStride, target, run.channels &- channel, square)
    }
    channel &+= kernel_lanes
  }
}

@inline(__always)
private func transformWide(
  _ products: UnsafePointer<Float>, _ pointStride: Int, _ target: UnsafeMutablePointer<Float>, _ rowStride: Int,
  _ columns: UnsafeMutablePointer<Float>, _ bias: Vector, _ rectifies: Bool
) {
  for x in 0..<6 {
    let outputs = fromPoints(loadSix(products + x &* pointStride, 6 &* pointStride))
    store(outputs, columns + x &* kernel_lanes, 6 &* kernel_lanes)
  }
  for y in 0..<4 {
    var outputs = fromPoints(loadSix(columns + 6 &* y &* kernel_lanes, kernel_lanes))
    outputs = (outputs.0 + bias, outputs.1 + bias, outputs.2 + bias, outputs.3 + bias)
    if rectifies {
      outputs = (
        kernel_rectify(outputs.0), kernel_rectify(outputs.1), kernel_rectify(outputs.2), kernel_rectify(outputs.3)
      )
    }
    store(outputs, target + y &* rowStride, kernel_lanes)
  }
}

@inline(__always)
private func transformNarrow(
  _ products: UnsafePointer<Float>, _ pointStride: Int, _ target: UnsafeMutablePointer<Float>, _ rowStride: Int,
  _ columns: UnsafeMutablePointer<Float>, _ bias: Vector, _ rectifies: Bool
) {
  for x in 0..<4 {
    let outputs = fromPoints(loadSix(products + x &* pointStride, 4 &* pointStride))
    store(outputs, columns + x &* kernel_lanes, 4 &* kernel_lanes)
  }
  for y in 0..<4 {
    var outputs = fromPoints(loadFour(columns + 4 &* y &* kernel_lanes, kernel_lanes))
    outputs = (outputs.0 + bias, outputs.1 + bias)
    if rectifies { outputs = (kernel_rectify(outputs.0), kernel_rectify(outputs.1)) }
    kernel_store(target + y &* rowStride, outputs.0)
    kernel_store(target + (y &* rowStride &+ kernel_lanes), outputs.1)
  }
}

/// Writes one row of pixels, channels innermost, to the planes.
@inline(__always)
private func scatter(
  _ run: kernel_tile_run, _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ channels: Int,
  _ square: UnsafeMutablePointer<Float>
) {
  let inside = run.width &- run.column
  let pixels = run.tile_width &* run.tiles
  let count = inside < pixels ? inside : pixels
  var pixel = 0
  while pixel < count {
    if count >= kernel_lanes, channels >= kernel_lanes {
      let begin = pixel &+ kernel_lanes <= count ? pixel : count &- kernel_lanes
      transpose(source + begin &* kernel_lanes, kernel_lanes, target + begin, run.plane_stride)
    } else {
      transpose(source + pixel &* kernel_lanes, kernel_lanes, square, kernel_lanes)
      let width = count &- pixel < kernel_lanes ? count &- pixel : kernel_lanes
      let height = channels < kernel_lanes ? channels : kernel_lanes
      for channel in 0..<height {
        for i in 0..<width { target[channel &* run.plane_stride &+ pixel &+ i] = square[channel &* kernel_lanes &+ i] }
      }
    }
    pixel &+= kernel_lanes
  }
}
