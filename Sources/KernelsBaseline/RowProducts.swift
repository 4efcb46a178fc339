// Written by tools/kernels/generate.py; change that.

import CKernelShim

/// Products of 1 row with one vector of positions; see `multiplyWindows`.
@inline(never)
func rows1x1(_ operands: RowOperands) {
  var (weights, windows) = (operands.weights, operands.windows)
  var low0 = kernel_repeat(weights[0])
  var left = operands.depth
  while left > 0 {
    weights += 1
    let low = kernel_load(windows)
    let value0 = kernel_repeat(weights[0])
    low0 = kernel_add_product(low0, value0, low)
    windows += kernel_positions
    left &-= 1
  }
  let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
  let target = operands.target
  kernel_store(target, kernel_clamp(low0, least, greatest))
}

/// Products of 2 rows with one vector of positions; see `multiplyWindows`.
@inline(never)
func rows2x1(_ operands: RowOperands) {
  var (weights, windows) = (operands.weights, operands.windows)
  var low0 = kernel_repeat(weights[0])
  var low1 = kernel_repeat(weights[1])
  var left = operands.depth
  while left > 0 {
    weights += 2
    let low = kernel_load(windows)
    let value0 = kernel_repeat(weights[0])
    low0 = kernel_add_product(low0, value0, low)
    let value1 = kernel_repeat(weights[1])
    low1 = kernel_add_product(low1, value1, low)
    windows += kernel_positions
    left &-= 1
  }
  let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
  var target = operands.target
  kernel_store(target, kernel_clamp(low0, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low1, least, greatest))
}

/// Products of 3 rows with one vector of positions; see `multiplyWindows`.
@inline(never)
func rows3x1(_ operands: RowOperands) {
  var (weights, windows) = (operands.weights, operands.windows)
  var low0 = kernel_repeat(weights[0])
  var low1 = kernel_repeat(weights[1])
  var low2 = kernel_repeat(weights[2])
  var left = operands.depth
  while left > 0 {
    weights += 3
    let low = kernel_load(windows)
    let value0 = kernel_repeat(weights[0])
    low0 = kernel_add_product(low0, value0, low)
    let value1 = kernel_repeat(weights[1])
    low1 = kernel_add_product(low1, value1, low)
    let value2 = kernel_repeat(weights[2])
    low2 = kernel_add_product(low2, value2, low)
    windows += kernel_positions
    left &-= 1
  }
  let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
  var target = operands.target
  kernel_store(target, kernel_clamp(low0, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low1, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low2, least, greatest))
}

/// Products of 4 rows with one vector of positions; see `multiplyWindows`.
@inline(never)
func rows4x1(_ operands: RowOperands) {
  var (weights, windows) = (operands.weights, operands.windows)
  var low0 = kernel_repeat(weights[0])
  var low1 = kernel_repeat(weights[1])
  var low2 = kernel_repeat(weights[2])
  var low3 = kernel_repeat(weights[3])
  var left = operands.depth
  while left > 0 {
    weights += 4
    let low = kernel_load(windows)
    let value0 = kernel_repeat(weights[0])
    low0 = kernel_add_product(low0, value0, low)
    let value1 = kernel_repeat(weights[1])
    low1 = kernel_add_product(low1, value1, low)
    let value2 = kernel_repeat(weights[2])
    low2 = kernel_add_product(low2, value2, low)
    let value3 = kernel_repeat(weights[3])
    low3 = kernel_add_product(low3, value3, low)
    windows += kernel_positions
    left &-= 1
  }
  let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
  var target = operands.target
  kernel_store(target, kernel_clamp(low0, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low1, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low2, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low3, least, greatest))
}

/// Products of 5 rows with one vector of positions; see `multiplyWindows`.
@inline(never)
func rows5x1(_ operands: RowOperands) {
  var (weights, windows) = (operands.weights, operands.windows)
  var low0 = kernel_repeat(weights[0])
  var low1 = kernel_repeat(weights[1])
  var low2 = kernel_repeat(weights[2])
  var low3 = kernel_repeat(weights[3])
  var low4 = kernel_repeat(weights[4])
  var left = operands.depth
  while left > 0 {
    weights += 5
    let low = kernel_load(windows)
    let value0 = kernel_repeat(weights[0])
    low0 = kernel_add_product(low0, value0, low)
    let value1 = kernel_repeat(weights[1])
    low1 = kernel_add_product(low1, value1, low)
    let value2 = kernel_repeat(weights[2])
    low2 = kernel_add_product(low2, value2, low)
    let value3 = kernel_repeat(weights[3])
    low3 = kernel_add_product(low3, value3, low)
    let value4 = kernel_repeat(weights[4])
    low4 = kernel_add_product(low4, value4, low)
    windows += kernel_positions
    left &-= 1
  }
  let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
  var target = operands.target
  kernel_store(target, kernel_clamp(low0, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low1, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low2, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low3, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low4, least, greatest))
}

/// Products of 6 rows with one vector of positions; see `multiplyWindows`.
@inline(never)
func rows6x1(_ operands: RowOperands) {
  var (weights, windows) = (operands.weights, operands.windows)
  var low0 = kernel_repeat(weights[0])
  var low1 = kernel_repeat(weights[1])
  var low2 = kernel_repeat(weights[2])
  var low3 = kernel_repeat(weights[3])
  var low4 = kernel_repeat(weights[4])
  var low5 = kernel_repeat(weights[5])
  var left = operands.depth
  while left > 0 {
    weights += 6
    let low = kernel_load(windows)
    let value0 = kernel_repeat(weights[0])
    low0 = kernel_add_product(low0, value0, low)
    let value1 = kernel_repeat(weights[1])
    low1 = kernel_add_product(low1, value1, low)
    let value2 = kernel_repeat(weights[2])
    low2 = kernel_add_product(low2, value2, low)
    let value3 = kernel_repeat(weights[3])
    low3 = kernel_add_product(low3, value3, low)
    let value4 = kernel_repeat(weights[4])
    low4 = kernel_add_product(low4, value4, low)
    let value5 = kernel_repeat(weights[5])
    low5 = kernel_add_product(low5, value5, low)
    windows += kernel_positions
    left &-= 1
  }
  let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
  var target = operands.target
  kernel_store(target, kernel_clamp(low0, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low1, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low2, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low3, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low4, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low5, least, greatest))
}

/// Products of 1 row with two vectors of positions; see `multiplyWindows`.
@inline(never)
func rows1x2(_ operands: RowOperands) {
  var (weights, windows) = (operands.weights, operands.windows)
  var low0 = kernel_repeat(weights[0])
  var high0 = kernel_repeat(weights[0])
  var left = operands.depth
  while left > 0 {
    weights += 1
    let low = kernel_load(windows)
    let high = kernel_load(windows + kernel_lanes)
    let value0 = kernel_repeat(weights[0])
    low0 = kernel_add_product(low0, value0, low)
    high0 = kernel_add_product(high0, value0, high)
    windows += kernel_positions
    left &-= 1
  }
  let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
  let target = operands.target
  kernel_store(target, kernel_clamp(low0, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high0, least, greatest))
}

/// Products of 2 rows with two vectors of positions; see `multiplyWindows`.
@inline(never)
func rows2x2(_ operands: RowOperands) {
  var (weights, windows) = (operands.weights, operands.windows)
  var low0 = kernel_repeat(weights[0])
  var high0 = kernel_repeat(weights[0])
  var low1 = kernel_repeat(weights[1])
  var high1 = kernel_repeat(weights[1])
  var left = operands.depth
  while left > 0 {
    weights += 2
    let low = kernel_load(windows)
    let high = kernel_load(windows + kernel_lanes)
    let value0 = kernel_repeat(weights[0])
    low0 = kernel_add_product(low0, value0, low)
    high0 = kernel_add_product(high0, value0, high)
    let value1 = kernel_repeat(weights[1])
    low1 = kernel_add_product(low1, value1, low)
    high1 = kernel_add_product(high1, value1, high)
    windows += kernel_positions
    left &-= 1
  }
  let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
  var target = operands.target
  kernel_store(target, kernel_clamp(low0, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high0, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low1, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high1, least, greatest))
}

/// Products of 3 rows with two vectors of positions; see `multiplyWindows`.
@inline(never)
func rows3x2(_ operands: RowOperands) {
  var (weights, windows) = (operands.weights, operands.windows)
  var low0 = kernel_repeat(weights[0])
  var high0 = kernel_repeat(weights[0])
  var low1 = kernel_repeat(weights[1])
  var high1 = kernel_repeat(weights[1])
  var low2 = kernel_repeat(weights[2])
  var high2 = kernel_repeat(weights[2])
  var left = operands.depth
  while left > 0 {
    weights += 3
    let low = kernel_load(windows)
    let high = kernel_load(windows + kernel_lanes)
    let value0 = kernel_repeat(weights[0])
    low0 = kernel_add_product(low0, value0, low)
    high0 = kernel_add_product(high0, value0, high)
    let value1 = kernel_repeat(weights[1])
    low1 = kernel_add_product(low1, value1, low)
    high1 = kernel_add_product(high1, value1, high)
    let value2 = kernel_repeat(weights[2])
    low2 = kernel_add_product(low2, value2, low)
    high2 = kernel_add_product(high2, value2, high)
    windows += kernel_positions
    left &-= 1
  }
  let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
  var target = operands.target
  kernel_store(target, kernel_clamp(low0, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high0, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low1, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high1, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low2, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high2, least, greatest))
}

/// Products of 4 rows with two vectors of positions; see `multiplyWindows`.
@inline(never)
func rows4x2(_ operands: RowOperands) {
  var (weights, windows) = (operands.weights, operands.windows)
  var low0 = kernel_repeat(weights[0])
  var high0 = kernel_repeat(weights[0])
  var low1 = kernel_repeat(weights[1])
  var high1 = kernel_repeat(weights[1])
  var low2 = kernel_repeat(weights[2])
  var high2 = kernel_repeat(weights[2])
  var low3 = kernel_repeat(weights[3])
  var high3 = kernel_repeat(weights[3])
  var left = operands.depth
  while left > 0 {
    weights += 4
    let low = kernel_load(windows)
    let high = kernel_load(windows + kernel_lanes)
    let value0 = kernel_repeat(weights[0])
    low0 = kernel_add_product(low0, value0, low)
    high0 = kernel_add_product(high0, value0, high)
    let value1 = kernel_repeat(weights[1])
    low1 = kernel_add_product(low1, value1, low)
    high1 = kernel_add_product(high1, value1, high)
    let value2 = kernel_repeat(weights[2])
    low2 = kernel_add_product(low2, value2, low)
    high2 = kernel_add_product(high2, value2, high)
    let value3 = kernel_repeat(weights[3])
    low3 = kernel_add_product(low3, value3, low)
    high3 = kernel_add_product(high3, value3, high)
    windows += kernel_positions
    left &-= 1
  }
  let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
  var target = operands.target
  kernel_store(target, kernel_clamp(low0, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high0, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low1, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high1, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low2, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high2, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low3, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high3, least, greatest))
}

/// Products of 5 rows with two vectors of positions; see `multiplyWindows`.
@inline(never)
func rows5x2(_ operands: RowOperands) {
  var (weights, windows) = (operands.weights, operands.windows)
  var low0 = kernel_repeat(weights[0])
  var high0 = kernel_repeat(weights[0])
  var low1 = kernel_repeat(weights[1])
  var high1 = kernel_repeat(weights[1])
  var low2 = kernel_repeat(weights[2])
  var high2 = kernel_repeat(weights[2])
  var low3 = kernel_repeat(weights[3])
  var high3 = kernel_repeat(weights[3])
  var low4 = kernel_repeat(weights[4])
  var high4 = kernel_repeat(weights[4])
  var left = operands.depth
  while left > 0 {
    weights += 5
    let low = kernel_load(windows)
    let high = kernel_load(windows + kernel_lanes)
    let value0 = kernel_repeat(weights[0])
    low0 = kernel_add_product(low0, value0, low)
    high0 = kernel_add_product(high0, value0, high)
    let value1 = kernel_repeat(weights[1])
    low1 = kernel_add_product(low1, value1, low)
    high1 = kernel_add_product(high1, value1, high)
    let value2 = kernel_repeat(weights[2])
    low2 = kernel_add_product(low2, value2, low)
    high2 = kernel_add_product(high2, value2, high)
    let value3 = kernel_repeat(weights[3])
    low3 = kernel_add_product(low3, value3, low)
    high3 = kernel_add_product(high3, value3, high)
    let value4 = kernel_repeat(weights[4])
    low4 = kernel_add_product(low4, value4, low)
    high4 = kernel_add_product(high4, value4, high)
    windows += kernel_positions
    left &-= 1
  }
  let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
  var target = operands.target
  kernel_store(target, kernel_clamp(low0, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high0, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low1, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high1, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low2, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high2, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low3, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high3, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low4, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high4, least, greatest))
}

/// Products of 6 rows with two vectors of positions; see `multiplyWindows`.
@inline(never)
func rows6x2(_ operands: RowOperands) {
  var (weights, windows) = (operands.weights, operands.windows)
  var low0 = kernel_repeat(weights[0])
  var high0 = kernel_repeat(weights[0])
  var low1 = kernel_repeat(weights[1])
  var high1 = kernel_repeat(weights[1])
  var low2 = kernel_repeat(weights[2])
  var high2 = kernel_repeat(weights[2])
  var low3 = kernel_repeat(weights[3])
  var high3 = kernel_repeat(weights[3])
  var low4 = kernel_repeat(weights[4])
  var high4 = kernel_repeat(weights[4])
  var low5 = kernel_repeat(weights[5])
  var high5 = kernel_repeat(weights[5])
  var left = operands.depth
  while left > 0 {
    weights += 6
    let low = kernel_load(windows)
    let high = kernel_load(windows + kernel_lanes)
    let value0 = kernel_repeat(weights[0])
    low0 = kernel_add_product(low0, value0, low)
    high0 = kernel_add_product(high0, value0, high)
    let value1 = kernel_repeat(weights[1])
    low1 = kernel_add_product(low1, value1, low)
    high1 = kernel_add_product(high1, value1, high)
    let value2 = kernel_repeat(weights[2])
    low2 = kernel_add_product(low2, value2, low)
    high2 = kernel_add_product(high2, value2, high)
    let value3 = kernel_repeat(weights[3])
    low3 = kernel_add_product(low3, value3, low)
    high3 = kernel_add_product(high3, value3, high)
    let value4 = kernel_repeat(weights[4])
    low4 = kernel_add_product(low4, value4, low)
    high4 = kernel_add_product(high4, value4, high)
    let value5 = kernel_repeat(weights[5])
    low5 = kernel_add_product(low5, value5, low)
    high5 = kernel_add_product(high5, value5, high)
    windows += kernel_positions
    left &-= 1
  }
  let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
  var target = operands.target
  kernel_store(target, kernel_clamp(low0, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high0, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low1, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high1, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low2, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high2, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low3, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high3, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low4, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high4, least, greatest))
  target += operands.rowStride
  kernel_store(target, kernel_clamp(low5, least, greatest))
  kernel_store(target + kernel_lanes, kernel_clamp(high5, least, greatest))
}

#if KERNELS_AVX512

  /// Products of 7 rows with one vector of positions; see `multiplyWindows`.
  @inline(never)
  func rows7x1(_ operands: RowOperands) {
    var (weights, windows) = (operands.weights, operands.windows)
    var low0 = kernel_repeat(weights[0])
    var low1 = kernel_repeat(weights[1])
    var low2 = kernel_repeat(weights[2])
    var low3 = kernel_repeat(weights[3])
    var low4 = kernel_repeat(weights[4])
    var low5 = kernel_repeat(weights[5])
    var low6 = kernel_repeat(weights[6])
    var left = operands.depth
    while left > 0 {
      weights += 7
      let low = kernel_load(windows)
      let value0 = kernel_repeat(weights[0])
      low0 = kernel_add_product(low0, value0, low)
      let value1 = kernel_repeat(weights[1])
      low1 = kernel_add_product(low1, value1, low)
      let value2 = kernel_repeat(weights[2])
      low2 = kernel_add_product(low2, value2, low)
      let value3 = kernel_repeat(weights[3])
      low3 = kernel_add_product(low3, value3, low)
      let value4 = kernel_repeat(weights[4])
      low4 = kernel_add_product(low4, value4, low)
      let value5 = kernel_repeat(weights[5])
      low5 = kernel_add_product(low5, value5, low)
      let value6 = kernel_repeat(weights[6])
      low6 = kernel_add_product(low6, value6, low)
      windows += kernel_positions
      left &-= 1
    }
    let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
    var target = operands.target
    kernel_store(target, kernel_clamp(low0, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low1, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low2, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low3, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low4, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low5, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low6, least, greatest))
  }

  /// Products of 8 rows with one vector of positions; see `multiplyWindows`.
  @inline(never)
  func rows8x1(_ operands: RowOperands) {
    var (weights, windows) = (operands.weights, operands.windows)
    var low0 = kernel_repeat(weights[0])
    var low1 = kernel_repeat(weights[1])
    var low2 = kernel_repeat(weights[2])
    var low3 = kernel_repeat(weights[3])
    var low4 = kernel_repeat(weights[4])
    var low5 = kernel_repeat(weights[5])
    var low6 = kernel_repeat(weights[6])
    var low7 = kernel_repeat(weights[7])
    var left = operands.depth
    while left > 0 {
      weights += 8
      let low = kernel_load(windows)
      let value0 = kernel_repeat(weights[0])
      low0 = kernel_add_product(low0, value0, low)
      let value1 = kernel_repeat(weights[1])
      low1 = kernel_add_product(low1, value1, low)
      let value2 = kernel_repeat(weights[2])
      low2 = kernel_add_product(low2, value2, low)
      let value3 = kernel_repeat(weights[3])
      low3 = kernel_add_product(low3, value3, low)
      let value4 = kernel_repeat(weights[4])
      low4 = kernel_add_product(low4, value4, low)
      let value5 = kernel_repeat(weights[5])
      low5 = kernel_add_product(low5, value5, low)
      let value6 = kernel_repeat(weights[6])
      low6 = kernel_add_product(low6, value6, low)
      let value7 = kernel_repeat(weights[7])
      low7 = kernel_add_product(low7, value7, low)
      windows += kernel_positions
      left &-= 1
    }
    let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
    var target = operands.target
    kernel_store(target, kernel_clamp(low0, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low1, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low2, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low3, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low4, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low5, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low6, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low7, least, greatest))
  }

  /// Products of 9 rows with one vector of positions; see `multiplyWindows`.
  @inline(never)
  func rows9x1(_ operands: RowOperands) {
    var (weights, windows) = (operands.weights, operands.windows)
    var low0 = kernel_repeat(weights[0])
    var low1 = kernel_repeat(weights[1])
    var low2 = kernel_repeat(weights[2])
    var low3 = kernel_repeat(weights[3])
    var low4 = kernel_repeat(weights[4])
    var low5 = kernel_repeat(weights[5])
    var low6 = kernel_repeat(weights[6])
    var low7 = kernel_repeat(weights[7])
    var low8 = kernel_repeat(weights[8])
    var left = operands.depth
    while left > 0 {
      weights += 9
      let low = kernel_load(windows)
      let value0 = kernel_repeat(weights[0])
      low0 = kernel_add_product(low0, value0, low)
      let value1 = kernel_repeat(weights[1])
      low1 = kernel_add_product(low1, value1, low)
      let value2 = kernel_repeat(weights[2])
      low2 = kernel_add_product(low2, value2, low)
      let value3 = kernel_repeat(weights[3])
      low3 = kernel_add_product(low3, value3, low)
      let value4 = kernel_repeat(weights[4])
      low4 = kernel_add_product(low4, value4, low)
      let value5 = kernel_repeat(weights[5])
      low5 = kernel_add_product(low5, value5, low)
      let value6 = kernel_repeat(weights[6])
      low6 = kernel_add_product(low6, value6, low)
      let value7 = kernel_repeat(weights[7])
      low7 = kernel_add_product(low7, value7, low)
      let value8 = kernel_repeat(weights[8])
      low8 = kernel_add_product(low8, value8, low)
      windows += kernel_positions
      left &-= 1
    }
    let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
    var target = operands.target
    kernel_store(target, kernel_clamp(low0, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low1, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low2, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low3, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low4, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low5, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low6, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low7, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low8, least, greatest))
  }

  /// Products of 10 rows with one vector of positions; see `multiplyWindows`.
  @inline(never)
  func rows10x1(_ operands: RowOperands) {
    var (weights, windows) = (operands.weights, operands.windows)
    var low0 = kernel_repeat(weights[0])
    var low1 = kernel_repeat(weights[1])
    var low2 = kernel_repeat(weights[2])
    var low3 = kernel_repeat(weights[3])
    var low4 = kernel_repeat(weights[4])
    var low5 = kernel_repeat(weights[5])
    var low6 = kernel_repeat(weights[6])
    var low7 = kernel_repeat(weights[7])
    var low8 = kernel_repeat(weights[8])
    var low9 = kernel_repeat(weights[9])
    var left = operands.depth
    while left > 0 {
      weights += 10
      let low = kernel_load(windows)
      let value0 = kernel_repeat(weights[0])
      low0 = kernel_add_product(low0, value0, low)
      let value1 = kernel_repeat(weights[1])
      low1 = kernel_add_product(low1, value1, low)
      let value2 = kernel_repeat(weights[2])
      low2 = kernel_add_product(low2, value2, low)
      let value3 = kernel_repeat(weights[3])
      low3 = kernel_add_product(low3, value3, low)
      let value4 = kernel_repeat(weights[4])
      low4 = kernel_add_product(low4, value4, low)
      let value5 = kernel_repeat(weights[5])
      low5 = kernel_add_product(low5, value5, low)
      let value6 = kernel_repeat(weights[6])
      low6 = kernel_add_product(low6, value6, low)
      let value7 = kernel_repeat(weights[7])
      low7 = kernel_add_product(low7, value7, low)
      let value8 = kernel_repeat(weights[8])
      low8 = kernel_add_product(low8, value8, low)
      let value9 = kernel_repeat(weights[9])
      low9 = kernel_add_product(low9, value9, low)
      windows += kernel_positions
      left &-= 1
    }
    let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
    var target = operands.target
    kernel_store(target, kernel_clamp(low0, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low1, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low2, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low3, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low4, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low5, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low6, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low7, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low8, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low9, least, greatest))
  }

  /// Products of 11 rows with one vector of positions; see `multiplyWindows`.
  @inline(never)
  func rows11x1(_ operands: RowOperands) {
    var (weights, windows) = (operands.weights, operands.windows)
    var low0 = kernel_repeat(weights[0])
    var low1 = kernel_repeat(weights[1])
    var low2 = kernel_repeat(weights[2])
    var low3 = kernel_repeat(weights[3])
    var low4 = kernel_repeat(weights[4])
    var low5 = kernel_repeat(weights[5])
    var low6 = kernel_repeat(weights[6])
    var low7 = kernel_repeat(weights[7])
    var low8 = kernel_repeat(weights[8])
    var low9 = kernel_repeat(weights[9])
    var low10 = kernel_repeat(weights[10])
    var left = operands.depth
    while left > 0 {
      weights += 11
      let low = kernel_load(windows)
      let value0 = kernel_repeat(weights[0])
      low0 = kernel_add_product(low0, value0, low)
      let value1 = kernel_repeat(weights[1])
      low1 = kernel_add_product(low1, value1, low)
      let value2 = kernel_repeat(weights[2])
      low2 = kernel_add_product(low2, value2, low)
      let value3 = kernel_repeat(weights[3])
      low3 = kernel_add_product(low3, value3, low)
      let value4 = kernel_repeat(weights[4])
      low4 = kernel_add_product(low4, value4, low)
      let value5 = kernel_repeat(weights[5])
      low5 = kernel_add_product(low5, value5, low)
      let value6 = kernel_repeat(weights[6])
      low6 = kernel_add_product(low6, value6, low)
      let value7 = kernel_repeat(weights[7])
      low7 = kernel_add_product(low7, value7, low)
      let value8 = kernel_repeat(weights[8])
      low8 = kernel_add_product(low8, value8, low)
      let value9 = kernel_repeat(weights[9])
      low9 = kernel_add_product(low9, value9, low)
      let value10 = kernel_repeat(weights[10])
      low10 = kernel_add_product(low10, value10, low)
      windows += kernel_positions
      left &-= 1
    }
    let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
    var target = operands.target
    kernel_store(target, kernel_clamp(low0, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low1, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low2, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low3, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low4, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low5, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low6, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low7, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low8, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low9, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low10, least, greatest))
  }

  /// Products of 12 rows with one vector of positions; see `multiplyWindows`.
  @inline(never)
  func rows12x1(_ operands: RowOperands) {
    var (weights, windows) = (operands.weights, operands.windows)
    var low0 = kernel_repeat(weights[0])
    var low1 = kernel_repeat(weights[1])
    var low2 = kernel_repeat(weights[2])
    var low3 = kernel_repeat(weights[3])
    var low4 = kernel_repeat(weights[4])
    var low5 = kernel_repeat(weights[5])
    var low6 = kernel_repeat(weights[6])
    var low7 = kernel_repeat(weights[7])
    var low8 = kernel_repeat(weights[8])
    var low9 = kernel_repeat(weights[9])
    var low10 = kernel_repeat(weights[10])
    var low11 = kernel_repeat(weights[11])
    var left = operands.depth
    while left > 0 {
      weights += 12
      let low = kernel_load(windows)
      let value0 = kernel_repeat(weights[0])
      low0 = kernel_add_product(low0, value0, low)
      let value1 = kernel_repeat(weights[1])
      low1 = kernel_add_product(low1, value1, low)
      let value2 = kernel_repeat(weights[2])
      low2 = kernel_add_product(low2, value2, low)
      let value3 = kernel_repeat(weights[3])
      low3 = kernel_add_product(low3, value3, low)
      let value4 = kernel_repeat(weights[4])
      low4 = kernel_add_product(low4, value4, low)
      let value5 = kernel_repeat(weights[5])
      low5 = kernel_add_product(low5, value5, low)
      let value6 = kernel_repeat(weights[6])
      low6 = kernel_add_product(low6, value6, low)
      let value7 = kernel_repeat(weights[7])
      low7 = kernel_add_product(low7, value7, low)
      let value8 = kernel_repeat(weights[8])
      low8 = kernel_add_product(low8, value8, low)
      let value9 = kernel_repeat(weights[9])
      low9 = kernel_add_product(low9, value9, low)
      let value10 = kernel_repeat(weights[10])
      low10 = kernel_add_product(low10, value10, low)
      let value11 = kernel_repeat(weights[11])
      low11 = kernel_add_product(low11, value11, low)
      windows += kernel_positions
      left &-= 1
    }
    let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
    var target = operands.target
    kernel_store(target, kernel_clamp(low0, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low1, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low2, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low3, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low4, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low5, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low6, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low7, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low8, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low9, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low10, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low11, least, greatest))
  }

  /// Products of 13 rows with one vector of positions; see `multiplyWindows`.
  @inline(never)
  func rows13x1(_ operands: RowOperands) {
    var (weights, windows) = (operands.weights, operands.windows)
    var low0 = kernel_repeat(weights[0])
    var low1 = kernel_repeat(weights[1])
    var low2 = kernel_repeat(weights[2])
    var low3 = kernel_repeat(weights[3])
    var low4 = kernel_repeat(weights[4])
    var low5 = kernel_repeat(weights[5])
    var low6 = kernel_repeat(weights[6])
    var low7 = kernel_repeat(weights[7])
    var low8 = kernel_repeat(weights[8])
    var low9 = kernel_repeat(weights[9])
    var low10 = kernel_repeat(weights[10])
    var low11 = kernel_repeat(weights[11])
    var low12 = kernel_repeat(weights[12])
    var left = operands.depth
    while left > 0 {
      weights += 13
      let low = kernel_load(windows)
      let value0 = kernel_repeat(weights[0])
      low0 = kernel_add_product(low0, value0, low)
      let value1 = kernel_repeat(weights[1])
      low1 = kernel_add_product(low1, value1, low)
      let value2 = kernel_repeat(weights[2])
      low2 = kernel_add_product(low2, value2, low)
      let value3 = kernel_repeat(weights[3])
      low3 = kernel_add_product(low3, value3, low)
      let value4 = kernel_repeat(weights[4])
      low4 = kernel_add_product(low4, value4, low)
      let value5 = kernel_repeat(weights[5])
      low5 = kernel_add_product(low5, value5, low)
      let value6 = kernel_repeat(weights[6])
      low6 = kernel_add_product(low6, value6, low)
      let value7 = kernel_repeat(weights[7])
      low7 = kernel_add_product(low7, value7, low)
      let value8 = kernel_repeat(weights[8])
      low8 = kernel_add_product(low8, value8, low)
      let value9 = kernel_repeat(weights[9])
      low9 = kernel_add_product(low9, value9, low)
      let value10 = kernel_repeat(weights[10])
      low10 = kernel_add_product(low10, value10, low)
      let value11 = kernel_repeat(weights[11])
      low11 = kernel_add_product(low11, value11, low)
      let value12 = kernel_repeat(weights[12])
      low12 = kernel_add_product(low12, value12, low)
      windows += kernel_positions
      left &-= 1
    }
    let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
    var target = operands.target
    kernel_store(target, kernel_clamp(low0, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low1, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low2, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low3, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low4, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low5, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low6, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low7, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low8, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low9, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low10, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low11, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low12, least, greatest))
  }

  /// Products of 14 rows with one vector of positions; see `multiplyWindows`.
  @inline(never)
  func rows14x1(_ operands: RowOperands) {
    var (weights, windows) = (operands.weights, operands.windows)
    var low0 = kernel_repeat(weights[0])
    var low1 = kernel_repeat(weights[1])
    var low2 = kernel_repeat(weights[2])
    var low3 = kernel_repeat(weights[3])
    var low4 = kernel_repeat(weights[4])
    var low5 = kernel_repeat(weights[5])
    var low6 = kernel_repeat(weights[6])
    var low7 = kernel_repeat(weights[7])
    var low8 = kernel_repeat(weights[8])
    var low9 = kernel_repeat(weights[9])
    var low10 = kernel_repeat(weights[10])
    var low11 = kernel_repeat(weights[11])
    var low12 = kernel_repeat(weights[12])
    var low13 = kernel_repeat(weights[13])
    var left = operands.depth
    while left > 0 {
      weights += 14
      let low = kernel_load(windows)
      let value0 = kernel_repeat(weights[0])
      low0 = kernel_add_product(low0, value0, low)
      let value1 = kernel_repeat(weights[1])
      low1 = kernel_add_product(low1, value1, low)
      let value2 = kernel_repeat(weights[2])
      low2 = kernel_add_product(low2, value2, low)
      let value3 = kernel_repeat(weights[3])
      low3 = kernel_add_product(low3, value3, low)
      let value4 = kernel_repeat(weights[4])
      low4 = kernel_add_product(low4, value4, low)
      let value5 = kernel_repeat(weights[5])
      low5 = kernel_add_product(low5, value5, low)
      let value6 = kernel_repeat(weights[6])
      low6 = kernel_add_product(low6, value6, low)
      let value7 = kernel_repeat(weights[7])
      low7 = kernel_add_product(low7, value7, low)
      let value8 = kernel_repeat(weights[8])
      low8 = kernel_add_product(low8, value8, low)
      let value9 = kernel_repeat(weights[9])
      low9 = kernel_add_product(low9, value9, low)
      let value10 = kernel_repeat(weights[10])
      low10 = kernel_add_product(low10, value10, low)
      let value11 = kernel_repeat(weights[11])
      low11 = kernel_add_product(low11, value11, low)
      let value12 = kernel_repeat(weights[12])
      low12 = kernel_add_product(low12, value12, low)
      let value13 = kernel_repeat(weights[13])
      low13 = kernel_add_product(low13, value13, low)
      windows += kernel_positions
      left &-= 1
    }
    let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
    var target = operands.target
    kernel_store(target, kernel_clamp(low0, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low1, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low2, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low3, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low4, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low5, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low6, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low7, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low8, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low9, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low10, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low11, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low12, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low13, least, greatest))
  }

  /// Products of 7 rows with two vectors of positions; see `multiplyWindows`.
  @inline(never)
  func rows7x2(_ operands: RowOperands) {
    var (weights, windows) = (operands.weights, operands.windows)
    var low0 = kernel_repeat(weights[0])
    var high0 = kernel_repeat(weights[0])
    var low1 = kernel_repeat(weights[1])
    var high1 = kernel_repeat(weights[1])
    var low2 = kernel_repeat(weights[2])
    var high2 = kernel_repeat(weights[2])
    var low3 = kernel_repeat(weights[3])
    var high3 = kernel_repeat(weights[3])
    var low4 = kernel_repeat(weights[4])
    var high4 = kernel_repeat(weights[4])
    var low5 = kernel_repeat(weights[5])
    var high5 = kernel_repeat(weights[5])
    var low6 = kernel_repeat(weights[6])
    var high6 = kernel_repeat(weights[6])
    var left = operands.depth
    while left > 0 {
      weights += 7
      let low = kernel_load(windows)
      let high = kernel_load(windows + kernel_lanes)
      let value0 = kernel_repeat(weights[0])
      low0 = kernel_add_product(low0, value0, low)
      high0 = kernel_add_product(high0, value0, high)
      let value1 = kernel_repeat(weights[1])
      low1 = kernel_add_product(low1, value1, low)
      high1 = kernel_add_product(high1, value1, high)
      let value2 = kernel_repeat(weights[2])
      low2 = kernel_add_product(low2, value2, low)
      high2 = kernel_add_product(high2, value2, high)
      let value3 = kernel_repeat(weights[3])
      low3 = kernel_add_product(low3, value3, low)
      high3 = kernel_add_product(high3, value3, high)
      let value4 = kernel_repeat(weights[4])
      low4 = kernel_add_product(low4, value4, low)
      high4 = kernel_add_product(high4, value4, high)
      let value5 = kernel_repeat(weights[5])
      low5 = kernel_add_product(low5, value5, low)
      high5 = kernel_add_product(high5, value5, high)
      let value6 = kernel_repeat(weights[6])
      low6 = kernel_add_product(low6, value6, low)
      high6 = kernel_add_product(high6, value6, high)
      windows += kernel_positions
      left &-= 1
    }
    let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
    var target = operands.target
    kernel_store(target, kernel_clamp(low0, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high0, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low1, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high1, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low2, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high2, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low3, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high3, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low4, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high4, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low5, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high5, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low6, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high6, least, greatest))
  }

  /// Products of 8 rows with two vectors of positions; see `multiplyWindows`.
  @inline(never)
  func rows8x2(_ operands: RowOperands) {
    var (weights, windows) = (operands.weights, operands.windows)
    var low0 = kernel_repeat(weights[0])
    var high0 = kernel_repeat(weights[0])
    var low1 = kernel_repeat(weights[1])
    var high1 = kernel_repeat(weights[1])
    var low2 = kernel_repeat(weights[2])
    var high2 = kernel_repeat(weights[2])
    var low3 = kernel_repeat(weights[3])
    var high3 = kernel_repeat(weights[3])
    var low4 = kernel_repeat(weights[4])
    var high4 = kernel_repeat(weights[4])
    var low5 = kernel_repeat(weights[5])
    var high5 = kernel_repeat(weights[5])
    var low6 = kernel_repeat(weights[6])
    var high6 = kernel_repeat(weights[6])
    var low7 = kernel_repeat(weights[7])
    var high7 = kernel_repeat(weights[7])
    var left = operands.depth
    while left > 0 {
      weights += 8
      let low = kernel_load(windows)
      let high = kernel_load(windows + kernel_lanes)
      let value0 = kernel_repeat(weights[0])
      low0 = kernel_add_product(low0, value0, low)
      high0 = kernel_add_product(high0, value0, high)
      let value1 = kernel_repeat(weights[1])
      low1 = kernel_add_product(low1, value1, low)
      high1 = kernel_add_product(high1, value1, high)
      let value2 = kernel_repeat(weights[2])
      low2 = kernel_add_product(low2, value2, low)
      high2 = kernel_add_product(high2, value2, high)
      let value3 = kernel_repeat(weights[3])
      low3 = kernel_add_product(low3, value3, low)
      high3 = kernel_add_product(high3, value3, high)
      let value4 = kernel_repeat(weights[4])
      low4 = kernel_add_product(low4, value4, low)
      high4 = kernel_add_product(high4, value4, high)
      let value5 = kernel_repeat(weights[5])
      low5 = kernel_add_product(low5, value5, low)
      high5 = kernel_add_product(high5, value5, high)
      let value6 = kernel_repeat(weights[6])
      low6 = kernel_add_product(low6, value6, low)
      high6 = kernel_add_product(high6, value6, high)
      let value7 = kernel_repeat(weights[7])
      low7 = kernel_add_product(low7, value7, low)
      high7 = kernel_add_product(high7, value7, high)
      windows += kernel_positions
      left &-= 1
    }
    let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
    var target = operands.target
    kernel_store(target, kernel_clamp(low0, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high0, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low1, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high1, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low2, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high2, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low3, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high3, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low4, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high4, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low5, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high5, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low6, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high6, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low7, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high7, least, greatest))
  }

  /// Products of 9 rows with two vectors of positions; see `multiplyWindows`.
  @inline(never)
  func rows9x2(_ operands: RowOperands) {
    var (weights, windows) = (operands.weights, operands.windows)
    var low0 = kernel_repeat(weights[0])
    var high0 = kernel_repeat(weights[0])
    var low1 = kernel_repeat(weights[1])
    var high1 = kernel_repeat(weights[1])
    var low2 = kernel_repeat(weights[2])
    var high2 = kernel_repeat(weights[2])
    var low3 = kernel_repeat(weights[3])
    var high3 = kernel_repeat(weights[3])
    var low4 = kernel_repeat(weights[4])
    var high4 = kernel_repeat(weights[4])
    var low5 = kernel_repeat(weights[5])
    var high5 = kernel_repeat(weights[5])
    var low6 = kernel_repeat(weights[6])
    var high6 = kernel_repeat(weights[6])
    var low7 = kernel_repeat(weights[7])
    var high7 = kernel_repeat(weights[7])
    var low8 = kernel_repeat(weights[8])
    var high8 = kernel_repeat(weights[8])
    var left = operands.depth
    while left > 0 {
      weights += 9
      let low = kernel_load(windows)
      let high = kernel_load(windows + kernel_lanes)
      let value0 = kernel_repeat(weights[0])
      low0 = kernel_add_product(low0, value0, low)
      high0 = kernel_add_product(high0, value0, high)
      let value1 = kernel_repeat(weights[1])
      low1 = kernel_add_product(low1, value1, low)
      high1 = kernel_add_product(high1, value1, high)
      let value2 = kernel_repeat(weights[2])
      low2 = kernel_add_product(low2, value2, low)
      high2 = kernel_add_product(high2, value2, high)
      let value3 = kernel_repeat(weights[3])
      low3 = kernel_add_product(low3, value3, low)
      high3 = kernel_add_product(high3, value3, high)
      let value4 = kernel_repeat(weights[4])
      low4 = kernel_add_product(low4, value4, low)
      high4 = kernel_add_product(high4, value4, high)
      let value5 = kernel_repeat(weights[5])
      low5 = kernel_add_product(low5, value5, low)
      high5 = kernel_add_product(high5, value5, high)
      let value6 = kernel_repeat(weights[6])
      low6 = kernel_add_product(low6, value6, low)
      high6 = kernel_add_product(high6, value6, high)
      let value7 = kernel_repeat(weights[7])
      low7 = kernel_add_product(low7, value7, low)
      high7 = kernel_add_product(high7, value7, high)
      let value8 = kernel_repeat(weights[8])
      low8 = kernel_add_product(low8, value8, low)
      high8 = kernel_add_product(high8, value8, high)
      windows += kernel_positions
      left &-= 1
    }
    let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
    var target = operands.target
    kernel_store(target, kernel_clamp(low0, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high0, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low1, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high1, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low2, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high2, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low3, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high3, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low4, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high4, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low5, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high5, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low6, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high6, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low7, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high7, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low8, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high8, least, greatest))
  }

  /// Products of 10 rows with two vectors of positions; see `multiplyWindows`.
  @inline(never)
  func rows10x2(_ operands: RowOperands) {
    var (weights, windows) = (operands.weights, operands.windows)
    var low0 = kernel_repeat(weights[0])
    var high0 = kernel_repeat(weights[0])
    var low1 = kernel_repeat(weights[1])
    var high1 = kernel_repeat(weights[1])
    var low2 = kernel_repeat(weights[2])
    var high2 = kernel_repeat(weights[2])
    var low3 = kernel_repeat(weights[3])
    var high3 = kernel_repeat(weights[3])
    var low4 = kernel_repeat(weights[4])
    var high4 = kernel_repeat(weights[4])
    var low5 = kernel_repeat(weights[5])
    var high5 = kernel_repeat(weights[5])
    var low6 = kernel_repeat(weights[6])
    var high6 = kernel_repeat(weights[6])
    var low7 = kernel_repeat(weights[7])
    var high7 = kernel_repeat(weights[7])
    var low8 = kernel_repeat(weights[8])
    var high8 = kernel_repeat(weights[8])
    var low9 = kernel_repeat(weights[9])
    var high9 = kernel_repeat(weights[9])
    var left = operands.depth
    while left > 0 {
      weights += 10
      let low = kernel_load(windows)
      let high = kernel_load(windows + kernel_lanes)
      let value0 = kernel_repeat(weights[0])
      low0 = kernel_add_product(low0, value0, low)
      high0 = kernel_add_product(high0, value0, high)
      let value1 = kernel_repeat(weights[1])
      low1 = kernel_add_product(low1, value1, low)
      high1 = kernel_add_product(high1, value1, high)
      let value2 = kernel_repeat(weights[2])
      low2 = kernel_add_product(low2, value2, low)
      high2 = kernel_add_product(high2, value2, high)
      let value3 = kernel_repeat(weights[3])
      low3 = kernel_add_product(low3, value3, low)
      high3 = kernel_add_product(high3, value3, high)
      let value4 = kernel_repeat(weights[4])
      low4 = kernel_add_product(low4, value4, low)
      high4 = kernel_add_product(high4, value4, high)
      let value5 = kernel_repeat(weights[5])
      low5 = kernel_add_product(low5, value5, low)
      high5 = kernel_add_product(high5, value5, high)
      let value6 = kernel_repeat(weights[6])
      low6 = kernel_add_product(low6, value6, low)
      high6 = kernel_add_product(high6, value6, high)
      let value7 = kernel_repeat(weights[7])
      low7 = kernel_add_product(low7, value7, low)
      high7 = kernel_add_product(high7, value7, high)
      let value8 = kernel_repeat(weights[8])
      low8 = kernel_add_product(low8, value8, low)
      high8 = kernel_add_product(high8, value8, high)
      let value9 = kernel_repeat(weights[9])
      low9 = kernel_add_product(low9, value9, low)
      high9 = kernel_add_product(high9, value9, high)
      windows += kernel_positions
      left &-= 1
    }
    let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
    var target = operands.target
    kernel_store(target, kernel_clamp(low0, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high0, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low1, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high1, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low2, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high2, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low3, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high3, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low4, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high4, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low5, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high5, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low6, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high6, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low7, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high7, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low8, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high8, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low9, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high9, least, greatest))
  }

  /// Products of 11 rows with two vectors of positions; see `multiplyWindows`.
  @inline(never)
  func rows11x2(_ operands: RowOperands) {
    var (weights, windows) = (operands.weights, operands.windows)
    var low0 = kernel_repeat(weights[0])
    var high0 = kernel_repeat(weights[0])
    var low1 = kernel_repeat(weights[1])
    var high1 = kernel_repeat(weights[1])
    var low2 = kernel_repeat(weights[2])
    var high2 = kernel_repeat(weights[2])
    var low3 = kernel_repeat(weights[3])
    var high3 = kernel_repeat(weights[3])
    var low4 = kernel_repeat(weights[4])
    var high4 = kernel_repeat(weights[4])
    var low5 = kernel_repeat(weights[5])
    var high5 = kernel_repeat(weights[5])
    var low6 = kernel_repeat(weights[6])
    var high6 = kernel_repeat(weights[6])
    var low7 = kernel_repeat(weights[7])
    var high7 = kernel_repeat(weights[7])
    var low8 = kernel_repeat(weights[8])
    var high8 = kernel_repeat(weights[8])
    var low9 = kernel_repeat(weights[9])
    var high9 = kernel_repeat(weights[9])
    var low10 = kernel_repeat(weights[10])
    var high10 = kernel_repeat(weights[10])
    var left = operands.depth
    while left > 0 {
      weights += 11
      let low = kernel_load(windows)
      let high = kernel_load(windows + kernel_lanes)
      let value0 = kernel_repeat(weights[0])
      low0 = kernel_add_product(low0, value0, low)
      high0 = kernel_add_product(high0, value0, high)
      let value1 = kernel_repeat(weights[1])
      low1 = kernel_add_product(low1, value1, low)
      high1 = kernel_add_product(high1, value1, high)
      let value2 = kernel_repeat(weights[2])
      low2 = kernel_add_product(low2, value2, low)
      high2 = kernel_add_product(high2, value2, high)
      let value3 = kernel_repeat(weights[3])
      low3 = kernel_add_product(low3, value3, low)
      high3 = kernel_add_product(high3, value3, high)
      let value4 = kernel_repeat(weights[4])
      low4 = kernel_add_product(low4, value4, low)
      high4 = kernel_add_product(high4, value4, high)
      let value5 = kernel_repeat(weights[5])
      low5 = kernel_add_product(low5, value5, low)
      high5 = kernel_add_product(high5, value5, high)
      let value6 = kernel_repeat(weights[6])
      low6 = kernel_add_product(low6, value6, low)
      high6 = kernel_add_product(high6, value6, high)
      let value7 = kernel_repeat(weights[7])
      low7 = kernel_add_product(low7, value7, low)
      high7 = kernel_add_product(high7, value7, high)
      let value8 = kernel_repeat(weights[8])
      low8 = kernel_add_product(low8, value8, low)
      high8 = kernel_add_product(high8, value8, high)
      let value9 = kernel_repeat(weights[9])
      low9 = kernel_add_product(low9, value9, low)
      high9 = kernel_add_product(high9, value9, high)
      let value10 = kernel_repeat(weights[10])
      low10 = kernel_add_product(low10, value10, low)
      high10 = kernel_add_product(high10, value10, high)
      windows += kernel_positions
      left &-= 1
    }
    let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
    var target = operands.target
    kernel_store(target, kernel_clamp(low0, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high0, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low1, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high1, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low2, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high2, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low3, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high3, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low4, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high4, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low5, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high5, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low6, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high6, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low7, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high7, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low8, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high8, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low9, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high9, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low10, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high10, least, greatest))
  }

  /// Products of 12 rows with two vectors of positions; see `multiplyWindows`.
  @inline(never)
  func rows12x2(_ operands: RowOperands) {
    var (weights, windows) = (operands.weights, operands.windows)
    var low0 = kernel_repeat(weights[0])
    var high0 = kernel_repeat(weights[0])
    var low1 = kernel_repeat(weights[1])
    var high1 = kernel_repeat(weights[1])
    var low2 = kernel_repeat(weights[2])
    var high2 = kernel_repeat(weights[2])
    var low3 = kernel_repeat(weights[3])
    var high3 = kernel_repeat(weights[3])
    var low4 = kernel_repeat(weights[4])
    var high4 = kernel_repeat(weights[4])
    var low5 = kernel_repeat(weights[5])
    var high5 = kernel_repeat(weights[5])
    var low6 = kernel_repeat(weights[6])
    var high6 = kernel_repeat(weights[6])
    var low7 = kernel_repeat(weights[7])
    var high7 = kernel_repeat(weights[7])
    var low8 = kernel_repeat(weights[8])
    var high8 = kernel_repeat(weights[8])
    var low9 = kernel_repeat(weights[9])
    var high9 = kernel_repeat(weights[9])
    var low10 = kernel_repeat(weights[10])
    var high10 = kernel_repeat(weights[10])
    var low11 = kernel_repeat(weights[11])
    var high11 = kernel_repeat(weights[11])
    var left = operands.depth
    while left > 0 {
      weights += 12
      let low = kernel_load(windows)
      let high = kernel_load(windows + kernel_lanes)
      let value0 = kernel_repeat(weights[0])
      low0 = kernel_add_product(low0, value0, low)
      high0 = kernel_add_product(high0, value0, high)
      let value1 = kernel_repeat(weights[1])
      low1 = kernel_add_product(low1, value1, low)
      high1 = kernel_add_product(high1, value1, high)
      let value2 = kernel_repeat(weights[2])
      low2 = kernel_add_product(low2, value2, low)
      high2 = kernel_add_product(high2, value2, high)
      let value3 = kernel_repeat(weights[3])
      low3 = kernel_add_product(low3, value3, low)
      high3 = kernel_add_product(high3, value3, high)
      let value4 = kernel_repeat(weights[4])
      low4 = kernel_add_product(low4, value4, low)
      high4 = kernel_add_product(high4, value4, high)
      let value5 = kernel_repeat(weights[5])
      low5 = kernel_add_product(low5, value5, low)
      high5 = kernel_add_product(high5, value5, high)
      let value6 = kernel_repeat(weights[6])
      low6 = kernel_add_product(low6, value6, low)
      high6 = kernel_add_product(high6, value6, high)
      let value7 = kernel_repeat(weights[7])
      low7 = kernel_add_product(low7, value7, low)
      high7 = kernel_add_product(high7, value7, high)
      let value8 = kernel_repeat(weights[8])
      low8 = kernel_add_product(low8, value8, low)
      high8 = kernel_add_product(high8, value8, high)
      let value9 = kernel_repeat(weights[9])
      low9 = kernel_add_product(low9, value9, low)
      high9 = kernel_add_product(high9, value9, high)
      let value10 = kernel_repeat(weights[10])
      low10 = kernel_add_product(low10, value10, low)
      high10 = kernel_add_product(high10, value10, high)
      let value11 = kernel_repeat(weights[11])
      low11 = kernel_add_product(low11, value11, low)
      high11 = kernel_add_product(high11, value11, high)
      windows += kernel_positions
      left &-= 1
    }
    let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
    var target = operands.target
    kernel_store(target, kernel_clamp(low0, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high0, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low1, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high1, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low2, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high2, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low3, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high3, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low4, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high4, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low5, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high5, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low6, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high6, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low7, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high7, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low8, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high8, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low9, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high9, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low10, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high10, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low11, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high11, least, greatest))
  }

  /// Products of 13 rows with two vectors of positions; see `multiplyWindows`.
  @inline(never)
  func rows13x2(_ operands: RowOperands) {
    var (weights, windows) = (operands.weights, operands.windows)
    var low0 = kernel_repeat(weights[0])
    var high0 = kernel_repeat(weights[0])
    var low1 = kernel_repeat(weights[1])
    var high1 = kernel_repeat(weights[1])
    var low2 = kernel_repeat(weights[2])
    var high2 = kernel_repeat(weights[2])
    var low3 = kernel_repeat(weights[3])
    var high3 = kernel_repeat(weights[3])
    var low4 = kernel_repeat(weights[4])
    var high4 = kernel_repeat(weights[4])
    var low5 = kernel_repeat(weights[5])
    var high5 = kernel_repeat(weights[5])
    var low6 = kernel_repeat(weights[6])
    var high6 = kernel_repeat(weights[6])
    var low7 = kernel_repeat(weights[7])
    var high7 = kernel_repeat(weights[7])
    var low8 = kernel_repeat(weights[8])
    var high8 = kernel_repeat(weights[8])
    var low9 = kernel_repeat(weights[9])
    var high9 = kernel_repeat(weights[9])
    var low10 = kernel_repeat(weights[10])
    var high10 = kernel_repeat(weights[10])
    var low11 = kernel_repeat(weights[11])
    var high11 = kernel_repeat(weights[11])
    var low12 = kernel_repeat(weights[12])
    var high12 = kernel_repeat(weights[12])
    var left = operands.depth
    while left > 0 {
      weights += 13
      let low = kernel_load(windows)
      let high = kernel_load(windows + kernel_lanes)
      let value0 = kernel_repeat(weights[0])
      low0 = kernel_add_product(low0, value0, low)
      high0 = kernel_add_product(high0, value0, high)
      let value1 = kernel_repeat(weights[1])
      low1 = kernel_add_product(low1, value1, low)
      high1 = kernel_add_product(high1, value1, high)
      let value2 = kernel_repeat(weights[2])
      low2 = kernel_add_product(low2, value2, low)
      high2 = kernel_add_product(high2, value2, high)
      let value3 = kernel_repeat(weights[3])
      low3 = kernel_add_product(low3, value3, low)
      high3 = kernel_add_product(high3, value3, high)
      let value4 = kernel_repeat(weights[4])
      low4 = kernel_add_product(low4, value4, low)
      high4 = kernel_add_product(high4, value4, high)
      let value5 = kernel_repeat(weights[5])
      low5 = kernel_add_product(low5, value5, low)
      high5 = kernel_add_product(high5, value5, high)
      let value6 = kernel_repeat(weights[6])
      low6 = kernel_add_product(low6, value6, low)
      high6 = kernel_add_product(high6, value6, high)
      let value7 = kernel_repeat(weights[7])
      low7 = kernel_add_product(low7, value7, low)
      high7 = kernel_add_product(high7, value7, high)
      let value8 = kernel_repeat(weights[8])
      low8 = kernel_add_product(low8, value8, low)
      high8 = kernel_add_product(high8, value8, high)
      let value9 = kernel_repeat(weights[9])
      low9 = kernel_add_product(low9, value9, low)
      high9 = kernel_add_product(high9, value9, high)
      let value10 = kernel_repeat(weights[10])
      low10 = kernel_add_product(low10, value10, low)
      high10 = kernel_add_product(high10, value10, high)
      let value11 = kernel_repeat(weights[11])
      low11 = kernel_add_product(low11, value11, low)
      high11 = kernel_add_product(high11, value11, high)
      let value12 = kernel_repeat(weights[12])
      low12 = kernel_add_product(low12, value12, low)
      high12 = kernel_add_product(high12, value12, high)
      windows += kernel_positions
      left &-= 1
    }
    let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
    var target = operands.target
    kernel_store(target, kernel_clamp(low0, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high0, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low1, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high1, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low2, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high2, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low3, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high3, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low4, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high4, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low5, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high5, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low6, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high6, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low7, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high7, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low8, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high8, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low9, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high9, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low10, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high10, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low11, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high11, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low12, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high12, least, greatest))
  }

  /// Products of 14 rows with two vectors of positions; see `multiplyWindows`.
  @inline(never)
  func rows14x2(_ operands: RowOperands) {
    var (weights, windows) = (operands.weights, operands.windows)
    var low0 = kernel_repeat(weights[0])
    var high0 = kernel_repeat(weights[0])
    var low1 = kernel_repeat(weights[1])
    var high1 = kernel_repeat(weights[1])
    var low2 = kernel_repeat(weights[2])
    var high2 = kernel_repeat(weights[2])
    var low3 = kernel_repeat(weights[3])
    var high3 = kernel_repeat(weights[3])
    var low4 = kernel_repeat(weights[4])
    var high4 = kernel_repeat(weights[4])
    var low5 = kernel_repeat(weights[5])
    var high5 = kernel_repeat(weights[5])
    var low6 = kernel_repeat(weights[6])
    var high6 = kernel_repeat(weights[6])
    var low7 = kernel_repeat(weights[7])
    var high7 = kernel_repeat(weights[7])
    var low8 = kernel_repeat(weights[8])
    var high8 = kernel_repeat(weights[8])
    var low9 = kernel_repeat(weights[9])
    var high9 = kernel_repeat(weights[9])
    var low10 = kernel_repeat(weights[10])
    var high10 = kernel_repeat(weights[10])
    var low11 = kernel_repeat(weights[11])
    var high11 = kernel_repeat(weights[11])
    var low12 = kernel_repeat(weights[12])
    var high12 = kernel_repeat(weights[12])
    var low13 = kernel_repeat(weights[13])
    var high13 = kernel_repeat(weights[13])
    var left = operands.depth
    while left > 0 {
      weights += 14
      let low = kernel_load(windows)
      let high = kernel_load(windows + kernel_lanes)
      let value0 = kernel_repeat(weights[0])
      low0 = kernel_add_product(low0, value0, low)
      high0 = kernel_add_product(high0, value0, high)
      let value1 = kernel_repeat(weights[1])
      low1 = kernel_add_product(low1, value1, low)
      high1 = kernel_add_product(high1, value1, high)
      let value2 = kernel_repeat(weights[2])
      low2 = kernel_add_product(low2, value2, low)
      high2 = kernel_add_product(high2, value2, high)
      let value3 = kernel_repeat(weights[3])
      low3 = kernel_add_product(low3, value3, low)
      high3 = kernel_add_product(high3, value3, high)
      let value4 = kernel_repeat(weights[4])
      low4 = kernel_add_product(low4, value4, low)
      high4 = kernel_add_product(high4, value4, high)
      let value5 = kernel_repeat(weights[5])
      low5 = kernel_add_product(low5, value5, low)
      high5 = kernel_add_product(high5, value5, high)
      let value6 = kernel_repeat(weights[6])
      low6 = kernel_add_product(low6, value6, low)
      high6 = kernel_add_product(high6, value6, high)
      let value7 = kernel_repeat(weights[7])
      low7 = kernel_add_product(low7, value7, low)
      high7 = kernel_add_product(high7, value7, high)
      let value8 = kernel_repeat(weights[8])
      low8 = kernel_add_product(low8, value8, low)
      high8 = kernel_add_product(high8, value8, high)
      let value9 = kernel_repeat(weights[9])
      low9 = kernel_add_product(low9, value9, low)
      high9 = kernel_add_product(high9, value9, high)
      let value10 = kernel_repeat(weights[10])
      low10 = kernel_add_product(low10, value10, low)
      high10 = kernel_add_product(high10, value10, high)
      let value11 = kernel_repeat(weights[11])
      low11 = kernel_add_product(low11, value11, low)
      high11 = kernel_add_product(high11, value11, high)
      let value12 = kernel_repeat(weights[12])
      low12 = kernel_add_product(low12, value12, low)
      high12 = kernel_add_product(high12, value12, high)
      let value13 = kernel_repeat(weights[13])
      low13 = kernel_add_product(low13, value13, low)
      high13 = kernel_add_product(high13, value13, high)
      windows += kernel_positions
      left &-= 1
    }
    let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))
    var target = operands.target
    kernel_store(target, kernel_clamp(low0, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high0, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low1, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high1, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low2, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high2, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low3, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high3, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low4, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high4, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low5, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high5, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low6, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high6, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low7, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high7, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low8, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high8, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low9, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high9, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low10, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high10, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low11, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high11, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low12, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high12, least, greatest))
    target += operands.rowStride
    kernel_store(target, kernel_clamp(low13, least, greatest))
    kernel_store(target + kernel_lanes, kernel_clamp(high13, least, greatest))
  }

  /// The kernel for `rows` rows and one vector of positions.
  @inline(__always)
  func productByOne(_ rows: Int, _ operands: RowOperands) {
    switch rows {
    case 1: rows1x1(operands)
    case 2: rows2x1(operands)
    case 3: rows3x1(operands)
    case 4: rows4x1(operands)
    case 5: rows5x1(operands)
    case 6: rows6x1(operands)
    case 7: rows7x1(operands)
    case 8: rows8x1(operands)
    case 9: rows9x1(operands)
    case 10: rows10x1(operands)
    case 11: rows11x1(operands)
    case 12: rows12x1(operands)
    case 13: rows13x1(operands)
    default: rows14x1(operands)
    }
  }

  /// The kernel for `rows` rows and two vectors of positions.
  @inline(__always)
  func productByTwo(_ rows: Int, _ operands: RowOperands) {
    switch rows {
    case 1: rows1x2(operands)
    case 2: rows2x2(operands)
    case 3: rows3x2(operands)
    case 4: rows4x2(operands)
    case 5: rows5x2(operands)
    case 6: rows6x2(operands)
    case 7: rows7x2(operands)
    case 8: rows8x2(operands)
    case 9: rows9x2(operands)
    case 10: rows10x2(operands)
    case 11: rows11x2(operands)
    case 12: rows12x2(operands)
    case 13: rows13x2(operands)
    default: rows14x2(operands)
    }
  }

#else

  /// The kernel for `rows` rows and one vector of positions.
  @inline(__always)
  func productByOne(_ rows: Int, _ operands: RowOperands) {
    switch rows {
    case 1: rows1x1(operands)
    case 2: rows2x1(operands)
    case 3: rows3x1(operands)
    case 4: rows4x1(operands)
    case 5: rows5x1(operands)
    default: rows6x1(operands)
    }
  }

  /// The kernel for `rows` rows and two vectors of positions.
  @inline(__always)
  func productByTwo(_ rows: Int, _ operands: RowOperands) {
    switch rows {
    case 1: rows1x2(operands)
    case 2: rows2x2(operands)
    case 3: rows3x2(operands)
    case 4: rows4x2(operands)
    case 5: rows5x2(operands)
    default: rows6x2(operands)
    }
  }

#endif
