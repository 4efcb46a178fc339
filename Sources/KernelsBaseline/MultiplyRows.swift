import CKernelShim

/// `kernel_table.multiply_rows`.
func multiplyRows(
  _ matrix: kernel_matrix, _ vector: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ rows: Int
) {
  var row = 0
  while row < rows {
    let first = matrix.elements + row &* matrix.columns &* kernel_element_size(matrix.type)
    let count = rows &- row
    switch matrix.type {
    case kernel_float16: multiplyFourRows(first, kernel_float16, matrix.columns, vector, target + row, count)
    case kernel_bfloat16: multiplyFourRows(first, kernel_bfloat16, matrix.columns, vector, target + row, count)
    default: multiplyFourRows(first, kernel_float32, matrix.columns, vector, target + row, count)
    }
    row &+= 4
  }
}

/// Columns whose products are summed in the lanes of a vector before they are added to the row's total: a sum of sums
/// loses fewer digits than one long sum.
private let columnsPerSum = 2048

/// The products of the first four of `count` rows, which are four streams from memory.
///
/// Where there are fewer, the last one is read several times, from the cache, so that a row's sums are taken in the same
/// order wherever it stands.
@inline(__always) private func multiplyFourRows(
  _ rows: UnsafeRawPointer, _ type: Int, _ columns: Int, _ vector: UnsafePointer<Float>,
  _ target: UnsafeMutablePointer<Float>, _ count: Int
) {
  let size = kernel_element_size(type)
  let stride = columns &* size
  let row0 = rows
  let row1 = count > 1 ? row0 + stride : row0
  let row2 = count > 2 ? row1 + stride : row1
  let row3 = count > 3 ? row2 + stride : row2
  var (total0, total1, total2, total3): (Float, Float, Float, Float) = (0, 0, 0, 0)
  var i = 0
  while i < columns {
    let end = columns &- i > columnsPerSum ? i &+ columnsPerSum : columns
    var (even0, odd0) = (kernel_repeat(0), kernel_repeat(0))
    var (even1, odd1) = (kernel_repeat(0), kernel_repeat(0))
    var (even2, odd2) = (kernel_repeat(0), kernel_repeat(0))
    var (even3, odd3) = (kernel_repeat(0), kernel_repeat(0))
    while i &+ 2 &* kernel_lanes <= end {
      let (place, next) = (i &* size, (i &+ kernel_lanes) &* size)
      let (even, odd) = (kernel_load(vector + i), kernel_load(vector + (i &+ kernel_lanes)))
      even0 = kernel_add_product(even0, even, kernel_load_elements(row0 + place, type))
      odd0 = kernel_add_product(odd0, odd, kernel_load_elements(row0 + next, type))
      even1 = kernel_add_product(even1, even, kernel_load_elements(row1 + place, type))
      odd1 = kernel_add_product(odd1, odd, kernel_load_elements(row1 + next, type))
      even2 = kernel_add_product(even2, even, kernel_load_elements(row2 + place, type))
      odd2 = kernel_add_product(odd2, odd, kernel_load_elements(row2 + next, type))
      even3 = kernel_add_product(even3, even, kernel_load_elements(row3 + place, type))
      odd3 = kernel_add_product(odd3, odd, kernel_load_elements(row3 + next, type))
      i &+= 2 &* kernel_lanes
    }
    while i < end {
      let left = end &- i > kernel_lanes ? kernel_lanes : end &- i
      let place = i &* size
      let values = kernel_load_first(vector + i, kernel_float32, left)
      even0 = kernel_add_product(even0, values, kernel_load_first(row0 + place, type, left))
      even1 = kernel_add_product(even1, values, kernel_load_first(row1 + place, type, left))
      even2 = kernel_add_product(even2, values, kernel_load_first(row2 + place, type, left))
      even3 = kernel_add_product(even3, values, kernel_load_first(row3 + place, type, left))
      i &+= left
    }
    total0 += kernel_sum(even0 + odd0)
    total1 += kernel_sum(even1 + odd1)
    total2 += kernel_sum(even2 + odd2)
    total3 += kernel_sum(even3 + odd3)
  }
  target[0] = total0
  if count > 1 { target[1] = total1 }
  if count > 2 { target[2] = total2 }
  if count > 3 { target[3] = total3 }
}
