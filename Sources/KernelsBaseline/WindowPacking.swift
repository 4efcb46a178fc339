import CKernelShim

/// `kernel_table.pack_windows`: in each panel a row of 32 positions for each channel and tap.
///
/// What is copied is the same for each channel: it is laid down once, as a list of vectors. What a vector writes too
/// much is written again by the one behind it, and at the end of a row by the next tap or channel.
func packWindows(_ windows: UnsafePointer<kernel_windows>) {
  let windows = windows.pointee
  var count = 0
  var tap = 0
  while tap < windows.tap_count {
    list(windows, windows.taps[tap], tap &* kernel_positions, &count)
    tap &+= 1
  }
  if windows.column_step == 1 {
    if windows.mask == nil {
      packChannels(windows, count, step: 1, rule: kernel_mask_none)
    } else if windows.rule == kernel_mask_standard {
      packChannels(windows, count, step: 1, rule: kernel_mask_standard)
    } else {
      packChannels(windows, count, step: 1, rule: windows.rule)
    }
  } else if windows.column_step == 2, windows.mask == nil {
    packChannels(windows, count, step: 2, rule: kernel_mask_none)
  } else {
    packApart(windows, count)
  }
}

// MARK: What is copied

/// Lists the vectors of one tap for all positions, in the order of positions.
@inline(__always)
private func list(_ windows: kernel_windows, _ tap: kernel_tap, _ target: Int, _ copies: inout Int) {
  let ahead = tap.leads != 0 ? windows.ahead &* windows.plane_stride : 0
  var source = windows.picture &* windows.picture_stride &+ tap.offset
  var (row, column) = (windows.row, windows.column)
  var (left, panel) = (windows.positions, target)
  while left > 0 {
    let positions = least(left, kernel_positions)
    var position = 0
    while position < positions {
      let count = least(windows.columns &- column, positions &- position)
      let run = panel &+ position
      if row >= tap.first_row, row < tap.end_row {
        let begin = least(greatest(tap.first_column &- column, 0), count)
        let end = greatest(least(tap.end_column &- column, count), begin)
        listZeros(windows, run, begin, &copies)
        let first = source &+ row &* windows.row_step &+ (column &+ begin) &* windows.column_step
        listRun(windows, first, run &+ begin, end &- begin, ahead, &copies)
        listZeros(windows, run &+ end, count &- end, &copies)
      } else {
        listZeros(windows, run, count, &copies)
      }
      position &+= count
      column &+= count
      if column == windows.columns {
        column = 0
        row &+= 1
        if row == windows.rows {
          row = 0
          source &+= windows.picture_stride
        }
      }
    }
    listZeros(windows, panel &+ position, kernel_positions &- position, &copies)
    panel &+= windows.panel_stride
    left &-= positions
  }
}

@inline(__always)
private func listZeros(_ windows: kernel_windows, _ target: Int, _ count: Int, _ copies: inout Int) {
  var i = 0
  while i < count {
    windows.copies[copies] = kernel_window_copy(source: 0, target: target &+ i, count: 0, ahead: 0)
    copies &+= 1
    i &+= kernel_lanes
  }
}

/// Vectors that cover a run: the last begins early enough to end with it, if it is as long as a vector.
@inline(__always)
private func listRun(
  _ windows: kernel_windows, _ source: Int, _ target: Int, _ count: Int, _ ahead: Int, _ copies: inout Int
) {
  var i = 0
  while i < count {
    let begin = count < kernel_lanes || i &+ kernel_lanes <= count ? i : count &- kernel_lanes
    windows.copies[copies] = kernel_window_copy(
      source: source &+ begin &* windows.column_step, target: target &+ begin, count: least(count, kernel_lanes),
      ahead: ahead)
    copies &+= 1
    i &+= kernel_lanes
  }
}

@inline(__always)
private func least(_ a: Int, _ b: Int) -> Int { a < b ? a : b }

@inline(__always)
private func greatest(_ a: Int, _ b: Int) -> Int { a > b ? a : b }

// MARK: Copying

/// Copies what is listed in every channel, neighbors or every second pixel.
@inline(__always)
private func packChannels(_ windows: kernel_windows, _ count: Int, step: Int, rule: Int) {
  let end = windows.copies + count
  let (planes, mask, readable) = (windows.planes, windows.mask, windows.readable)
  let (planeStride, rowStride) = (windows.plane_stride, windows.tap_count &* kernel_positions)
  var (plane, target) = (0, windows.target)
  var channel = windows.channels
  while channel > 0 {
    var copy = windows.copies
    while copy < end {
      let place = plane &+ copy.pointee.source
      let values = target + copy.pointee.target
      if copy.pointee.count == 0 {
        kernel_store(values, kernel_repeat(0))
      } else if place &+ step &* kernel_lanes > readable {
        copyApart(windows, place, values, copy.pointee.count)
      } else {
        let pixels = planes + place
        kernel_prefetch(pixels + copy.pointee.ahead)
        if step == 2 {
          kernel_store(values, kernel_even(kernel_load(pixels), kernel_load(pixels + kernel_lanes)))
        } else if rule != kernel_mask_none, let mask {
          kernel_prefetch(mask + (place &+ copy.pointee.ahead))
          kernel_store(values, pass(kernel_load(pixels), kernel_load(mask + place), rule))
        } else {
          kernel_store(values, kernel_load(pixels))
        }
      }
      copy += 1
    }
    plane &+= planeStride
    target += rowStride
    channel &-= 1
  }
}

/// Copies what is listed in every channel, pixels at any distance.
private func packApart(_ windows: kernel_windows, _ count: Int) {
  var (plane, target) = (0, windows.target)
  for _ in 0..<windows.channels {
    for index in 0..<count {
      let copy = windows.copies[index]
      if copy.count == 0 {
        kernel_store(target + copy.target, kernel_repeat(0))
      } else {
        copyApart(windows, plane &+ copy.source, target + copy.target, copy.count)
      }
    }
    plane &+= windows.plane_stride
    target += windows.tap_count &* kernel_positions
  }
}

/// Copies pixels one by one.
@inline(never)
private func copyApart(_ windows: kernel_windows, _ source: Int, _ target: UnsafeMutablePointer<Float>, _ count: Int) {
  var i = 0
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
