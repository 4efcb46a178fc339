import CKernelShim

/// `kernel_table.filter`: two vectors of sums at a time.
func filter(
  _ source: UnsafePointer<Float>, _ offsets: UnsafePointer<Int>, _ factors: UnsafePointer<Float>, _ taps: Int,
  _ target: UnsafeMutablePointer<Float>, _ count: Int
) {
  var i = 0
  while i < count {
    var (low, high) = (kernel_repeat(0), kernel_repeat(0))
    var tap = 0
    while tap < taps {
      let (factor, values) = (kernel_repeat(factors[tap]), source + (i &+ offsets[tap]))
      low = kernel_add_product(low, factor, kernel_load(values))
      high = kernel_add_product(high, factor, kernel_load(values + kernel_lanes))
      tap &+= 1
    }
    kernel_store(target + i, low)
    kernel_store(target + (i &+ kernel_lanes), high)
    i &+= 2 &* kernel_lanes
  }
}
