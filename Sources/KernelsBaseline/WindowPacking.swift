import CKernelShim

/// `kernel_table.pack_windows`: in each panel a row of 32 positions for each channel and tap.
///
/// Panels lie innermost of the loops, so that a plane is read along its rows; planes themselves may lie at the same
/// place of a page, where no processor expects the next one, so that they are fetched ahead.
/// Within a row of positions, pixels are copied by whole vectors. What a vector writes too much is written again by the
/// one behind it, and at the end of a row by the next channel or tap.
func packWindows(_ windows: UnsafePointer<kernel_windows>) {
  let windows = windows.pointee
  var plane = windows.picture &* windows.picture_stride
  let ahead = windows.ahead &* windows.plane_stride
  var target = windows.target
  var channel = 0
  while channel < windows.channels {
    var tap = 0
    while tap < windows.tap_count {
      packRow(windows, windows.taps[tap], plane, windows.taps[tap].leads != 0 ? ahead : 0, target)
      target += kernel_positions
      tap &+= 1
    }
    plane &+= windows.plane_stride
    channel &+= 1
  }
}

/// One tap in one channel's plane, which begins at `plane`, for all positions.
@inline(__always)
private func packRow(
  _ windows: kernel_windows, _ tap: kernel_tap, _ plane: Int, _ ahead: Int, _ target: UnsafeMutablePointer<Float>
) {
  var (plane, row, column) = (plane, windows.row, windows.column)
  var (left, panel) = (windows.positions, target)
  while left > 0 {
    let positions = least(left, kernel_positions)
    var position = 0
    while position < positions {
      let count = least(windows.columns &- column, positions &- position)
      let run = panel + position
      if row >= tap.first_row, row < tap.end_row {
        let begin = least(greatest(tap.first_column &- column, 0), count)
        let end = greatest(least(tap.end_column &- column, count), begin)
        if begin > 0 { clear(run, begin) }
        let source = plane &+ row &* windows.row_step &+ (column &+ begin) &* windows.column_step &+ tap.offset
        if ahead != 0 { fetch(windows, source &+ ahead, (end &- begin) &* windows.column_step) }
        switch windows.column_step {
        case 1: copy(windows, source, run + begin, end &- begin)
        case 2: copyEven(windows, source, run + begin, end &- begin)
        default: copyApart(windows, source, run + begin, 0, end &- begin)
        }
        if end < count { clear(run + end, count &- end) }
      } else {
        clear(run, count)
      }
      position &+= count
      column &+= count
      if column == windows.columns {
        column = 0
        row &+= 1
        if row == windows.rows {
          row = 0
          plane &+= windows.picture_stride
        }
      }
    }
    if position < kernel_positions { clear(panel + position, kernel_positions &- position) }
    panel += windows.panel_stride
    left &-= positions
  }
}

@inline(__always)
private func fetch(_ windows: kernel_windows, _ source: Int, _ count: Int) {
  var i = source
  while i < source &+ count {
    kernel_prefetch(windows.planes + i)
    if let mask = windows.mask { kernel_prefetch(mask + i) }
    i &+= 16
  }
}

@inline(__always)
private func least(_ a: Int, _ b: Int) -> Int { a < b ? a : b }

@inline(__always)
private func greatest(_ a: Int, _ b: Int) -> Int { a > b ? a : b }

@inline(__always)
private func clear(_ target: UnsafeMutablePointer<Float>, _ count: Int) {
  var i = 0
  while i < count {
    kernel_store(target + i, kernel_repeat(0))
    i &+= kernel_lanes
  }
}

@inline(__always)
private func copy(
  _ windows: kernel_windows, _ source: Int, _ target: UnsafeMutablePointer<Float>, _ count: Int
) {
  var i = 0
  while i < count {
    // The last vector begins early enough to end with the run; in runs shorter than a vector it reaches beyond.
    let begin = count < kernel_lanes || i &+ kernel_lanes <= count ? i : count &- kernel_lanes
    let place = source &+ begin
    if place &+ kernel_lanes > windows.readable { return copyApart(windows, source, target, i, count) }
    var values = kernel_load(windows.planes + place)
    if let mask = windows.mask { values = pass(values, kernel_load(mask + place), windows.rule) }
    kernel_store(target + begin, values)
    i &+= kernel_lanes
  }
}

/// Every second pixel.
@inline(__always)
private func copyEven(
  _ windows: kernel_windows, _ source: Int, _ target: UnsafeMutablePointer<Float>, _ count: Int
) {
  var i = 0
  while i < count {
    let begin = count < kernel_lanes || i &+ kernel_lanes <= count ? i : count &- kernel_lanes
    let place = source &+ 2 &* begin
    if place &+ 2 &* kernel_lanes > windows.readable { return copyApart(windows, source, target, i, count) }
    let pixels = windows.planes + place
    var values = kernel_even(kernel_load(pixels), kernel_load(pixels + kernel_lanes))
    if let mask = windows.mask.map({ $0 + place }) {
      values = pass(values, kernel_even(kernel_load(mask), kernel_load(mask + kernel_lanes)), windows.rule)
    }
    kernel_store(target + begin, values)
    i &+= kernel_lanes
  }
}

/// Pixels at any distance, from position `first` on, one by one.
@inline(__always)
private func copyApart(
  _ windows: kernel_windows, _ source: Int, _ target: UnsafeMutablePointer<Float>, _ first: Int, _ count: Int
) {
  var i = first
  while i < count {
    let place = source &+ i &* windows.column_step
    let value = windows.planes[place]
    if let mask = windows.mask {
      target[i] = passes(value, mask[place], windows.rule) ? value : 0
    } else {
      target[i] = value
    }
    i &+= 1
  }
}
