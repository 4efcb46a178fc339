import CKernelShim

/// `kernel_table.widen`.
func widen(_ source: UnsafeRawPointer, _ type: Int, _ target: UnsafeMutablePointer<Float>, _ count: Int) {
  switch type {
  case kernel_float16: widenElements(source, kernel_float16, target, count)
  case kernel_bfloat16: widenElements(source, kernel_bfloat16, target, count)
  default: widenElements(source, kernel_float32, target, count)
  }
}

@inline(__always) private func widenElements(
  _ source: UnsafeRawPointer, _ type: Int, _ target: UnsafeMutablePointer<Float>, _ count: Int
) {
  let size = kernel_element_size(type)
  var i = 0
  while i &+ kernel_lanes <= count {
    kernel_store(target + i, kernel_load_elements(source + i &* size, type))
    i &+= kernel_lanes
  }
  guard i < count else { return }
  kernel_store_first(target + i, kernel_load_first(source + i &* size, type, count &- i), count &- i)
}

/// `kernel_table.narrow`.
func narrow(
  _ source: UnsafePointer<Float>, _ type: Int, _ target: UnsafeMutableRawPointer, _ count: Int
) -> Int {
  if type == kernel_float16 { return narrowElements(source, kernel_float16, 65520, target, count) }
  return narrowElements(source, kernel_bfloat16, Float(bitPattern: 0x7F7F_8000), target, count)
}

/// - Parameter limit: the least magnitude that is rounded to infinity.
@inline(__always) private func narrowElements(
  _ source: UnsafePointer<Float>, _ type: Int, _ limit: Float, _ target: UnsafeMutableRawPointer, _ count: Int
) -> Int {
  var exceeding = kernel_repeat(0)
  var i = 0
  while i &+ kernel_lanes <= count {
    let values = kernel_load(source + i)
    exceeding = kernel_maximum(exceeding, kernel_exceeds(values, limit))
    kernel_store_halves(target + 2 &* i, values, type)
    i &+= kernel_lanes
  }
  if i < count {
    let values = kernel_load_first(source + i, kernel_float32, count &- i)
    exceeding = kernel_maximum(exceeding, kernel_exceeds(values, limit))
    kernel_store_first_halves(target + 2 &* i, values, type, count &- i)
  }
  return kernel_sum(exceeding) > 0 ? 1 : 0
}
