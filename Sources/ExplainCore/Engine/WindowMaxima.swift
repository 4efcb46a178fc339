import CKernelShim

/// Maxima over windows of 2 by 2 side by side, part of the Winograd convolutions on both sides of them.
///
/// Forward they are taken of a few rows of outputs as soon as these are made. Backward a run of tiles finds the
/// gradient of the pixels under it spread over the windows right before it is transformed: a gradient as large as the
/// outputs never exists.
struct WindowMaxima: Sendable {
  /// Of the pixels; both even.
  let height, width: Int

  private let kernels = Kernels.current

  /// Floats of a strip from a channel to the next: 8 rows under a run of tiles, and an odd number of cache lines, so
  /// that the channels do not compete for the same places of a cache.
  private static let channelStride = 8 * (4 * kernel_most_tiles + 4) + 16
  /// Floats of working memory for the pixels under a run of tiles.
  static let stripCount = kernel_channel_block * channelStride

  init(height: Int, width: Int) {
    precondition(height % 2 == 0 && width % 2 == 0, "windows that do not cover the image")
    (self.height, self.width) = (height, width)
  }

  /// Windows of a channel.
  var count: Int { height / 2 * (width / 2) }

  /// A run like `run` whose outputs go to a strip.
  static func strip(_ run: kernel_tile_run) -> kernel_tile_run {
    var strip = run
    (strip.row, strip.column) = (0, 0)
    strip.height = min(4, run.height - run.row)
    strip.width = min(run.tile_width * run.tiles, run.width - run.column)
    strip.plane_stride = channelStride
    return strip
  }

  /// Takes the maxima of outputs that have just been made.
  ///
  /// - Parameters:
  ///   - run: the outputs' place in the image.
  ///   - planes: where the block's channels are, in which the outputs' place is `place`.
  ///   - maxima: the planes of the block's channels.
  func take(
    _ run: kernel_tile_run, of planes: UnsafePointer<Float>, in place: kernel_tile_run,
    to maxima: UnsafeMutablePointer<Float>
  ) {
    let rows = min(4, run.height - run.row) / 2
    let columns = min(run.tile_width * run.tiles, run.width - run.column) / 2
    for channel in 0..<run.channels {
      for row in 0..<rows {
        let upper = planes + (channel * place.plane_stride + (place.row + 2 * row) * place.width + place.column)
        let target = maxima + (channel * count + (run.row / 2 + row) * (width / 2) + run.column / 2)
        kernels.table.pool(upper, upper + place.width, target, columns)
      }
    }
  }

  /// Spreads the maxima's gradients over the pixels under a run of tiles.
  ///
  /// - Parameters:
  ///   - run: the pixels' place in the image.
  ///   - gradient: of the maxima; like `maxima` and `pixels`, the planes of the block's channels.
  /// - Returns: the run in the strip.
  func spread(
    _ run: kernel_tile_run, _ gradient: UnsafePointer<Float>, maxima: UnsafePointer<Float>,
    pixels: UnsafePointer<Float>, to strip: UnsafeMutablePointer<Float>
  ) -> kernel_tile_run {
    let rows = Self.windows(from: run.row, count: 6, of: height)
    let columns = Self.windows(from: run.column, count: run.tile_width * run.tiles + 2, of: width)
    for channel in 0..<run.channels {
      for row in rows {
        let window = channel * count + row * (width / 2) + columns.lowerBound
        let pixel = channel * 4 * count + 2 * row * width + 2 * columns.lowerBound
        let target = strip + (channel * Self.channelStride + 2 * (row - rows.lowerBound) * 2 * columns.count)
        if channel + 1 < run.channels {
          Self.prefetch(maxima + (window + count), columns.count)
          Self.prefetch(gradient + (window + count), columns.count)
          Self.prefetch(pixels + (pixel + 4 * count), 2 * columns.count)
          Self.prefetch(pixels + (pixel + 4 * count + width), 2 * columns.count)
        }
        var windows = kernel_pooled_row(
          upper: pixels + pixel, lower: pixels + (pixel + width), maxima: maxima + window, gradient: gradient + window,
          upper_target: target, lower_target: target + 2 * columns.count, count: columns.count)
        kernels.table.spread(&windows)
      }
    }
    var place = run
    (place.row, place.column) = (run.row - 2 * rows.lowerBound, run.column - 2 * columns.lowerBound)
    (place.height, place.width) = (2 * rows.count, 2 * columns.count)
    place.plane_stride = Self.channelStride
    return place
  }

  /// The windows that `count` pixels touch, as far as there are any.
  private static func windows(from start: Int, count: Int, of size: Int) -> Range<Int> {
    let first = max(0, start) / 2
    return first..<max(first, (min(size, start + count) + 1) / 2)
  }

  /// Rows of the next channel lie far away: the processor does not guess them.
  private static func prefetch(_ row: UnsafePointer<Float>, _ count: Int) {
    for i in stride(from: 0, to: count, by: 16) { kernel_prefetch(row + i) }
  }
}
