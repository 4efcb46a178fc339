import CKernelShim

/// `kernel_table.maximum`.
func maximum(
  _ pixels: UnsafePointer<Float>, _ stride: Int, _ target: UnsafeMutablePointer<Float>, _ count: Int
) {
  var i = 0
  while i &+ kernel_lanes < count, stride <= 2 {
    let values = stride == 1 ? kernel_load(pixels + i) : loadPairs(pixels + 2 &* i).even
    kernel_store(target + i, kernel_maximum(kernel_load(target + i), values))
    i &+= kernel_lanes
  }
  while i < count {
    target[i] = greater(target[i], pixels[stride &* i])
    i &+= 1
  }
}

/// `kernel_table.spread_maximum`.
func spreadMaximum(_ tap: UnsafePointer<kernel_maximum_tap>) {
  let tap = tap.pointee
  let none = kernel_repeat(0)
  var i = 0
  // The last vector is left to the loop below: of pairs, it would touch a pixel behind the last one.
  while i &+ kernel_lanes < tap.count, tap.stride <= 2 {
    let (maximum, gradient) = (kernel_load(tap.maxima + i), kernel_load(tap.gradient + i))
    let pixels = tap.stride == 1 ? kernel_load(tap.pixels + i) : loadPairs(tap.pixels + 2 &* i).even
    let share = kernel_where_equal(pixels, maximum, gradient, none)
    kernel_store(tap.gradient + i, kernel_where_equal(pixels, maximum, none, gradient))
    if tap.stride == 1 {
      kernel_store(tap.target + i, kernel_load(tap.target + i) + share)
    } else {
      let pair = tap.target + 2 &* i
      let (low, high) = (kernel_load(pair), kernel_load(pair + kernel_lanes))
      kernel_store(pair, low + kernel_interleave_low(share, none))
      kernel_store(pair + kernel_lanes, high + kernel_interleave_high(share, none))
    }
    i &+= kernel_lanes
  }
  while i < tap.count {
    if tap.pixels[tap.stride &* i] == tap.maxima[i] {
      tap.target[tap.stride &* i] += tap.gradient[i]
      tap.gradient[i] = 0
    }
    i &+= 1
  }
}
