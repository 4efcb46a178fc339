import CKernelShim

private typealias Doubles = kernel_double_vector

// The points of WinogradPoints.swift, and for the pairs of them the factors of their rows of G.
@inline(__always) private var a: Double { 0.625 }
@inline(__always) private var b: Double { 1.5 }
@inline(__always) private var a2: Double { 0.390625 }
@inline(__always) private var b2: Double { 2.25 }
@inline(__always) private var scaleZero: Double { 1 / (a2 * b2) }
@inline(__always) private var scaleA: Double { 1 / (2 * a2 * (a2 - b2)) }
@inline(__always) private var scaleB: Double { 1 / (2 * b2 * (b2 - a2)) }

/// `kernel_table.transform_weights`: `G · kernel · Gᵀ` for the kernels of a panel.
///
/// 16 inputs at a time, taps are turned until the outputs lie innermost. Each kernel's 9 taps stay in registers.
func transformWeights(_ transform: UnsafePointer<kernel_weight_transform>) {
  let transform = transform.pointee
  var first = 0
  while first < transform.inputs {
    if transform.input_stride == 9 {
      gatherInputs(transform, first)
    } else {
      gatherOutputs(transform, first)
    }
    for input in 0..<kernel_channel_block {
      let corner = transform.scratch + (9 &* input &+ (transform.is_turned != 0 ? 8 : 0)) &* kernel_panel
      let stride = transform.is_turned != 0 ? 0 &- kernel_panel : kernel_panel
      let target = transform.target + (first &+ input) &* kernel_panel
      var output = 0
      while output < kernel_panel {
        if transform.tile_width == 4 {
          transformKernels(corner + output, stride, target + output, transform.point_stride, isWide: true)
        } else {
          transformKernels(corner + output, stride, target + output, transform.point_stride, isWide: false)
        }
        output &+= kernel_lanes / 2
      }
    }
    first &+= kernel_channel_block
  }
}

// MARK: Taps

/// Where the kernels of an output lie one behind the other: 16 inputs are 144 floats in a row.
@inline(__always)
private func gatherInputs(_ transform: kernel_weight_transform, _ first: Int) {
  let isWhole = transform.inputs &- first >= kernel_channel_block
  var output = 0
  while output < kernel_panel {
    if isWhole, transform.outputs &- output >= kernel_lanes {
      let source = transform.kernels + (output &* transform.output_stride &+ 9 &* first)
      var tap = 0
      while tap < 9 &* kernel_channel_block {
        let target = transform.scratch + (tap &* kernel_panel &+ output)
        transpose(source + tap, transform.output_stride, target, kernel_panel, 9 &* kernel_channel_block)
        tap &+= kernel_lanes
      }
    } else {
      for input in 0..<kernel_channel_block { collect(transform, first, input, output) }
    }
    output &+= kernel_lanes
  }
}

/// Where the kernels of an input lie one behind the other: a row of a square is one kernel.
///
/// A vector of more than 9 lanes reads into the next kernel; what it writes too much is overwritten by the next input,
/// or lies behind the last one's taps.
@inline(__always)
private func gatherOutputs(_ transform: kernel_weight_transform, _ first: Int) {
  for input in 0..<kernel_channel_block {
    var output = 0
    while output < kernel_panel {
      let offset = (first &+ input) &* transform.input_stride &+ 9 &* output
      let end = offset &+ 9 &* (kernel_lanes &- 1) &+ (kernel_lanes > 9 ? kernel_lanes : 9)
      if first &+ input < transform.inputs, transform.outputs &- output >= kernel_lanes, end <= transform.readable {
        var tap = 0
        while tap < 9 {
          let begin = tap &+ kernel_lanes <= 9 || kernel_lanes > 9 ? tap : 9 &- kernel_lanes
          let target = transform.scratch + ((9 &* input &+ begin) &* kernel_panel &+ output)
          transpose(transform.kernels + (offset &+ begin), 9, target, kernel_panel, transform.input_stride)
          tap &+= kernel_lanes
        }
      } else {
        collect(transform, first, input, output)
      }
      output &+= kernel_lanes
    }
  }
}

/// The taps of some outputs one by one, 0 where there is no such input or output.
private func collect(_ transform: kernel_weight_transform, _ first: Int, _ input: Int, _ output: Int) {
  for lane in output..<output &+ kernel_lanes {
    let exists = first &+ input < transform.inputs && lane < transform.outputs
    let kernel =
      transform.kernels + ((first &+ input) &* transform.input_stride &+ lane &* transform.output_stride)
    for tap in 0..<9 { transform.scratch[(9 &* input &+ tap) &* kernel_panel &+ lane] = exists ? kernel[tap] : 0 }
  }
}

// MARK: Points

private typealias ThreeTaps = (Doubles, Doubles, Doubles)
private typealias SixPoints = (Doubles, Doubles, Doubles, Doubles, Doubles, Doubles)

/// Three taps at the six points: the rows of G.
@inline(__always)
private func toSixPoints(_ t: ThreeTaps) -> SixPoints {
  let evenA = kernel_scale_double(scaleA, kernel_add_double(t.0, a2, t.2))
  let evenB = kernel_scale_double(scaleB, kernel_add_double(t.0, b2, t.2))
  return (
    kernel_scale_double(scaleZero, t.0), kernel_add_double(evenA, a * scaleA, t.1),
    kernel_add_double(evenA, -a * scaleA, t.1), kernel_add_double(evenB, b * scaleB, t.1),
    kernel_add_double(evenB, -b * scaleB, t.1), t.2
  )
}

@inline(__always)
private func loadTaps(_ from: UnsafePointer<Float>, _ stride: Int) -> ThreeTaps {
  (kernel_load_double(from), kernel_load_double(from + stride), kernel_load_double(from + 2 &* stride))
}

/// Transforms the columns of half a vector of kernels, and then the rows.
@inline(__always)
private func transformKernels(
  _ taps: UnsafePointer<Float>, _ stride: Int, _ target: UnsafeMutablePointer<Float>, _ pointStride: Int, isWide: Bool
) {
  let left = toSixPoints(loadTaps(taps, 3 &* stride))
  let middle = toSixPoints(loadTaps(taps + stride, 3 &* stride))
  let right = toSixPoints(loadTaps(taps + 2 &* stride, 3 &* stride))
  let rowStride = isWide ? 6 &* pointStride : 4 &* pointStride
  storeRow((left.0, middle.0, right.0), target, pointStride, isWide: isWide)
  storeRow((left.1, middle.1, right.1), target + rowStride, pointStride, isWide: isWide)
  storeRow((left.2, middle.2, right.2), target + 2 &* rowStride, pointStride, isWide: isWide)
  storeRow((left.3, middle.3, right.3), target + 3 &* rowStride, pointStride, isWide: isWide)
  storeRow((left.4, middle.4, right.4), target + 4 &* rowStride, pointStride, isWide: isWide)
  storeRow((left.5, middle.5, right.5), target + 5 &* rowStride, pointStride, isWide: isWide)
}

@inline(__always)
private func storeRow(
  _ row: ThreeTaps, _ target: UnsafeMutablePointer<Float>, _ pointStride: Int, isWide: Bool
) {
  if isWide {
    let points = toSixPoints(row)
    kernel_store_double(target, points.0)
    kernel_store_double(target + pointStride, points.1)
    kernel_store_double(target + 2 &* pointStride, points.2)
    kernel_store_double(target + 3 &* pointStride, points.3)
    kernel_store_double(target + 4 &* pointStride, points.4)
    kernel_store_double(target + 5 &* pointStride, points.5)
  } else {
    // The points 0, 1, -1 and infinity.
    let even = kernel_scale_double(0.5, kernel_add_double(row.0, 1, row.2))
    kernel_store_double(target, row.0)
    kernel_store_double(target + pointStride, kernel_add_double(even, 0.5, row.1))
    kernel_store_double(target + 2 &* pointStride, kernel_add_double(even, -0.5, row.1))
    kernel_store_double(target + 3 &* pointStride, row.2)
  }
}
