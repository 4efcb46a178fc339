import CKernelShim

/// `kernel_table.transform_input`: turns the planes' pixels under a run of tiles, 6 rows, until the channels lie
/// innermost, and transforms each tile of 6 by 6 (or 6 by 4) pixels to as many points.
func transformInput(_ run: UnsafePointer<kernel_tile_run>, _ transform: UnsafePointer<kernel_input_transform>) {
  let (run, transform) = (run.pointee, transform.pointee)
  let pixels = run.tile_width &* run.tiles &+ 2
  let strip = transform.scratch
  // The last row of a strip may be written beyond its end, by less than this scratch holds.
  let columns = strip + 6 &* pixels &* kernel_lanes
  let square = columns + 36 &* kernel_lanes
  var channel = 0
  while channel < kernel_channel_block {
    for row in 0..<6 {
      gather(run, transform, row, channel, strip + row &* pixels &* kernel_lanes, pixels, square)
    }
    for tile in 0..<run.tiles {
      let corner = strip + run.tile_width &* tile &* kernel_lanes
      let target = transform.target + (tile &* kernel_channel_block &+ channel)
      if run.tile_width == 4 {
        transformWide(corner, pixels &* kernel_lanes, target, transform.point_stride, columns)
      } else {
        transformNarrow(corner, pixels &* kernel_lanes, target, transform.point_stride, columns)
      }
    }
    channel &+= kernel_lanes
  }
}

@inline(__always)
private func transformWide(
  _ corner: UnsafePointer<Float>, _ rowStride: Int, _ target: UnsafeMutablePointer<Float>, _ pointStride: Int,
  _ columns: UnsafeMutablePointer<Float>
) {
  for x in 0..<6 {
    store(toPoints(loadSix(corner + x &* kernel_lanes, rowStride)), columns + x &* kernel_lanes, 6 &* kernel_lanes)
  }
  for y in 0..<6 {
    let row = loadSix(columns + 6 &* y &* kernel_lanes, kernel_lanes)
    store(toPoints(row), target + 6 &* y &* pointStride, pointStride)
  }
}

@inline(__always)
private func transformNarrow(
  _ corner: UnsafePointer<Float>, _ rowStride: Int, _ target: UnsafeMutablePointer<Float>, _ pointStride: Int,
  _ columns: UnsafeMutablePointer<Float>
) {
  for x in 0..<4 {
    store(toPoints(loadSix(corner + x &* kernel_lanes, rowStride)), columns + x &* kernel_lanes, 4 &* kernel_lanes)
  }
  for y in 0..<6 {
    let row = loadFour(columns + 4 &* y &* kernel_lanes, kernel_lanes)
    store(toPoints(row), target + 4 &* y &* pointStride, pointStride)
  }
}

/// One row of pixels of as many channels as a vector has lanes, channels innermost; 0 outside of the image.
@inline(__always)
private func gather(
  _ run: kernel_tile_run, _ transform: kernel_input_transform, _ row: Int, _ channel: Int,
  _ target: UnsafeMutablePointer<Float>, _ pixels: Int, _ square: UnsafeMutablePointer<Float>
) {
  let y = run.row &+ row
  let channels = run.channels &- channel < kernel_lanes ? run.channels &- channel : kernel_lanes
  guard y >= 0, y < run.height, channels > 0 else { return clear(target, 0, pixels) }
  let left = run.column < 0 ? 0 &- run.column : 0
  let inside = run.width &- run.column < pixels ? run.width &- run.column : pixels
  guard left < inside else { return clear(target, 0, pixels) }
  let offset = channel &* run.plane_stride &+ y &* run.width &+ run.column
  let count = inside &- left
  var pixel = left
  while pixel < inside {
    // The last vector begins early enough to end inside. In rows shorter than a vector it reaches into the next ones,
    // or, where there are none, pixels are copied one by one; what it reads too much is cleared below.
    let begin = count < kernel_lanes || pixel &+ kernel_lanes <= inside ? pixel : inside &- kernel_lanes
    let source = transform.planes + (offset &+ begin)
    let mask = transform.mask.map { $0 + (offset &+ begin) }
    let end = offset &+ begin &+ (kernel_lanes &- 1) &* run.plane_stride &+ kernel_lanes
    let isWhole = channels == kernel_lanes && (count >= kernel_lanes || end <= transform.readable)
    if isWhole, mask == nil {
      transpose(source, run.plane_stride, target + begin &* kernel_lanes, kernel_lanes, transform.next)
    } else if isWhole, let mask, transform.rule == kernel_mask_standard {
      transposePositive(
        source, mask, run.plane_stride, target + begin &* kernel_lanes, kernel_lanes, transform.next)
    } else {
      collect(run, source, mask, transform.rule, channels, count, square)
      transpose(square, kernel_lanes, target + begin &* kernel_lanes, kernel_lanes)
    }
    pixel &+= kernel_lanes
  }
  clear(target, 0, left)
  clear(target, inside, pixels)
}

/// Fills a square with a vector, or `count` pixels, of each channel, as the mask lets them pass.
@inline(__always)
private func collect(
  _ run: kernel_tile_run, _ source: UnsafePointer<Float>, _ mask: UnsafePointer<Float>?, _ rule: Int, _ channels: Int,
  _ count: Int, _ square: UnsafeMutablePointer<Float>
) {
  for channel in 0..<kernel_lanes {
    let row = square + channel &* kernel_lanes
    guard channel < channels else {
      kernel_store(row, kernel_repeat(0))
      continue
    }
    let pixels = source + channel &* run.plane_stride
    let outputs = mask.map { $0 + channel &* run.plane_stride }
    if count >= kernel_lanes {
      let values = kernel_load(pixels)
      kernel_store(row, pass(values, outputs.map { kernel_load($0) } ?? values, rule))
    } else {
      for i in 0..<count {
        let output = outputs?[i] ?? 0
        row[i] = passes(pixels[i], output, rule) ? pixels[i] : 0
      }
    }
  }
}

@inline(__always)
private func clear(_ target: UnsafeMutablePointer<Float>, _ begin: Int, _ end: Int) {
  var pixel = begin
  while pixel < end {
    kernel_store(target + pixel &* kernel_lanes, kernel_repeat(0))
    pixel &+= 1
  }
}
