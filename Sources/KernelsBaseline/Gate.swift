import CKernelShim

/// `kernel_table.gate`.
func gate(_ gradient: UnsafeMutablePointer<Float>, _ outputs: UnsafePointer<Float>, _ rule: Int, _ count: Int) {
  var i = 0
  while i &+ kernel_lanes <= count {
    kernel_store(gradient + i, pass(kernel_load(gradient + i), kernel_load(outputs + i), rule))
    i &+= kernel_lanes
  }
  while i < count {
    if !passes(gradient[i], outputs[i], rule) { gradient[i] = 0 }
    i &+= 1
  }
}

/// `kernel_table.gate_between`.
func gateBetween(
  _ gradient: UnsafeMutablePointer<Float>, _ outputs: UnsafePointer<Float>, _ low: Float, _ high: Float, _ count: Int
) {
  let (lowest, highest) = (kernel_repeat(low), kernel_repeat(high))
  var i = 0
  while i &+ kernel_lanes <= count {
    let output = kernel_load(outputs + i)
    let above = kernel_where_positive(output - lowest, kernel_load(gradient + i))
    kernel_store(gradient + i, kernel_where_positive(highest - output, above))
    i &+= kernel_lanes
  }
  while i < count {
    if !(outputs[i] > low && outputs[i] < high) { gradient[i] = 0 }
    i &+= 1
  }
}

/// A gradient behind a ReLU that gave `output`.
@inline(__always)
func pass(_ gradient: Vector, _ output: Vector, _ rule: Int) -> Vector {
  switch rule {
  case kernel_mask_standard: kernel_where_positive(output, gradient)
  case kernel_mask_guided: kernel_where_positive(output, kernel_where_positive(gradient, gradient))
  case kernel_mask_deconvolution: kernel_where_positive(gradient, gradient)
  default: gradient
  }
}

/// Whether a gradient passes a ReLU that gave `output`.
@inline(__always)
func passes(_ gradient: Float, _ output: Float, _ rule: Int) -> Bool {
  switch rule {
  case kernel_mask_standard: output > 0
  case kernel_mask_guided: output > 0 && gradient > 0
  case kernel_mask_deconvolution: gradient > 0
  default: true
  }
}
