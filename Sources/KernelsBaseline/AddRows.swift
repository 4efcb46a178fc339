import CKernelShim

/// `kernel_table.add_rows`: several rows at a time are several streams from memory, which one core can keep in flight,
/// and the target is read and written once for all of them.
func addRows(
  _ rows: UnsafePointer<UnsafeRawPointer>, _ type: Int, _ factors: UnsafePointer<Float>,
  _ target: UnsafeMutablePointer<Float>, _ count: Int
) {
  switch type {
  case kernel_float16: addEightRows(rows, kernel_float16, factors, target, count)
  case kernel_bfloat16: addEightRows(rows, kernel_bfloat16, factors, target, count)
  default: addEightRows(rows, kernel_float32, factors, target, count)
  }
}

@inline(__always) private func addEightRows(
  _ rows: UnsafePointer<UnsafeRawPointer>, _ type: Int, _ factors: UnsafePointer<Float>,
  _ target: UnsafeMutablePointer<Float>, _ count: Int
) {
  let size = kernel_element_size(type)
  let (row0, row1, row2, row3) = (rows[0], rows[1], rows[2], rows[3])
  let (row4, row5, row6, row7) = (rows[4], rows[5], rows[6], rows[7])
  let (factor0, factor1) = (kernel_repeat(factors[0]), kernel_repeat(factors[1]))
  let (factor2, factor3) = (kernel_repeat(factors[2]), kernel_repeat(factors[3]))
  let (factor4, factor5) = (kernel_repeat(factors[4]), kernel_repeat(factors[5]))
  let (factor6, factor7) = (kernel_repeat(factors[6]), kernel_repeat(factors[7]))
  var i = 0
  while i &+ kernel_lanes <= count {
    let place = i &* size
    var sum = kernel_load(target + i)
    sum = kernel_add_product(sum, factor0, kernel_load_elements(row0 + place, type))
    sum = kernel_add_product(sum, factor1, kernel_load_elements(row1 + place, type))
    sum = kernel_add_product(sum, factor2, kernel_load_elements(row2 + place, type))
    sum = kernel_add_product(sum, factor3, kernel_load_elements(row3 + place, type))
    sum = kernel_add_product(sum, factor4, kernel_load_elements(row4 + place, type))
    sum = kernel_add_product(sum, factor5, kernel_load_elements(row5 + place, type))
    sum = kernel_add_product(sum, factor6, kernel_load_elements(row6 + place, type))
    sum = kernel_add_product(sum, factor7, kernel_load_elements(row7 + place, type))
    kernel_store(target + i, sum)
    i &+= kernel_lanes
  }
  guard i < count else { return }
  var sum = kernel_load_first(target + i, kernel_float32, count &- i)
  var row = 0
  while row < kernel_added_rows {
    let elements = kernel_load_first(rows[row] + i &* size, type, count &- i)
    sum = kernel_add_product(sum, kernel_repeat(factors[row]), elements)
    row &+= 1
  }
  kernel_store_first(target + i, sum, count &- i)
}
