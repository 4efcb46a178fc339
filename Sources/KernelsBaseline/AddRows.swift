import CKernelShim

/// `kernel_table.add_rows`: four rows at a time are four streams from memory, which one core can keep in flight.
func addRows(
  _ rows: UnsafePointer<UnsafePointer<Float>>, _ factors: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>,
  _ count: Int
) {
  let (row0, row1, row2, row3) = (rows[0], rows[1], rows[2], rows[3])
  let (factor0, factor1) = (kernel_repeat(factors[0]), kernel_repeat(factors[1]))
  let (factor2, factor3) = (kernel_repeat(factors[2]), kernel_repeat(factors[3]))
  var i = 0
  while i &+ kernel_lanes <= count {
    var sum = kernel_load(target + i)
    sum = kernel_add_product(sum, factor0, kernel_load(row0 + i))
    sum = kernel_add_product(sum, factor1, kernel_load(row1 + i))
    sum = kernel_add_product(sum, factor2, kernel_load(row2 + i))
    sum = kernel_add_product(sum, factor3, kernel_load(row3 + i))
    kernel_store(target + i, sum)
    i &+= kernel_lanes
  }
  while i < count {
    let first = factors[0] * row0[i] + factors[1] * row1[i]
    target[i] += first + (factors[2] * row2[i] + factors[3] * row3[i])
    i &+= 1
  }
}
