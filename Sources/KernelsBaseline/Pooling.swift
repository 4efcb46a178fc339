import CKernelShim

/// `kernel_table.pool`.
func pool(
  _ upper: UnsafePointer<Float>, _ lower: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ count: Int
) {
  guard count >= kernel_lanes else {
    for window in 0..<count {
      let (left, right) = (2 &* window, 2 &* window &+ 1)
      target[window] = greater(greater(upper[left], upper[right]), greater(lower[left], lower[right]))
    }
    return
  }
  var next = 0
  while next < count {
    let window = lastInside(next, count)
    let (top, bottom) = (loadPairs(upper + 2 &* window), loadPairs(lower + 2 &* window))
    let maximum = kernel_maximum(kernel_maximum(top.even, top.odd), kernel_maximum(bottom.even, bottom.odd))
    kernel_store(target + window, maximum)
    next &+= kernel_lanes
  }
}

/// Where a vector begins that would reach beyond the end: its first lanes are then computed a second time.
@inline(__always)
private func lastInside(_ begin: Int, _ count: Int) -> Int {
  begin &+ kernel_lanes <= count ? begin : count &- kernel_lanes
}

/// `kernel_table.spread`.
func spread(_ row: UnsafePointer<kernel_pooled_row>) {
  let row = row.pointee
  guard row.count >= kernel_lanes else {
    for window in 0..<row.count { spreadOne(row, window) }
    return
  }
  let none = kernel_repeat(0)
  var next = 0
  while next < row.count {
    let window = lastInside(next, row.count)
    let (maximum, gradient) = (kernel_load(row.maxima + window), kernel_load(row.gradient + window))
    let top = loadPairs(row.upper + 2 &* window)
    let bottom = kernel_load(row.lower + 2 &* window)
    let left = kernel_even(bottom, kernel_load(row.lower + (2 &* window &+ kernel_lanes)))
    // What each pixel leaves goes to the next; the last one takes the rest without being asked.
    let afterFirst = kernel_where_equal(top.even, maximum, none, gradient)
    let afterSecond = kernel_where_equal(top.odd, maximum, none, afterFirst)
    storePairs(
      kernel_where_equal(top.even, maximum, gradient, none), kernel_where_equal(top.odd, maximum, afterFirst, none),
      row.upper_target + 2 &* window)
    storePairs(
      kernel_where_equal(left, maximum, afterSecond, none), kernel_where_equal(left, maximum, none, afterSecond),
      row.lower_target + 2 &* window)
    next &+= kernel_lanes
  }
}

@inline(__always)
private func spreadOne(_ row: kernel_pooled_row, _ window: Int) {
  let (maximum, gradient) = (row.maxima[window], row.gradient[window])
  let (left, right) = (2 &* window, 2 &* window &+ 1)
  let first = row.upper[left] == maximum
  let second = !first && row.upper[right] == maximum
  let third = !first && !second && row.lower[left] == maximum
  row.upper_target[left] = first ? gradient : 0
  row.upper_target[right] = second ? gradient : 0
  row.lower_target[left] = third ? gradient : 0
  row.lower_target[right] = first || second || third ? 0 : gradient
}

@inline(__always)
func loadPairs(_ from: UnsafePointer<Float>) -> (even: Vector, odd: Vector) {
  let (first, second) = (kernel_load(from), kernel_load(from + kernel_lanes))
  return (kernel_even(first, second), kernel_odd(first, second))
}

@inline(__always)
private func storePairs(_ even: Vector, _ odd: Vector, _ to: UnsafeMutablePointer<Float>) {
  kernel_store(to, kernel_interleave_low(even, odd))
  kernel_store(to + kernel_lanes, kernel_interleave_high(even, odd))
}

@inline(__always)
func greater(_ a: Float, _ b: Float) -> Float { a >= b || a != a ? a : b }
