import CKernelShim

/// Maximum or average over windows.
struct PoolingStep: Step {
  let outputShape: [Int]
  private let geometry: WindowGeometry
  private let isMaximum: Bool
  /// For the taps of a kernel's row that meet a row of the image at all: the first pixel that a tap meets, the first
  /// output that it meets it for, and how many outputs there are before it leaves the image.
  private let runs: [(pixel: Int, position: Int, count: Int)]
  private let countsPadding: Bool
  private let kernels = Kernels.current

  /// - Throws: `.invalidArgument` or `.unsupported`, naming `what`.
  init(what: String, _ pooling: Operation.Pooling, input: [Int]) throws {
    guard input.count == 4 else {
      throw ExplainError.unsupported("\(what): input \(input); only pooling of images is supported")
    }
    geometry = try WindowGeometry(
      what: what, height: input[2], width: input[3], kernel: pooling.kernel, strides: pooling.strides,
      dilations: pooling.dilations, padding: pooling.padding, ceilMode: pooling.ceilMode)
    isMaximum = pooling.kind == .maximum
    let g = geometry
    runs = (isMaximum ? 0..<g.kernelWidth : 0..<0).compactMap { kx in
      let start = kx * g.dilationX - g.left
      let inside = WindowGeometry.inside(start, g.strideX, extent: g.inputWidth, positions: g.outputWidth)
      return inside.first.map { (start + $0 * g.strideX, $0, inside.count) }
    }
    countsPadding = pooling.countsPadding
    outputShape = [input[0], input[1], geometry.outputHeight, geometry.outputWidth]
  }

  private var planes: Int { outputShape[0] * outputShape[1] }

  /// The commonest case, VGG's: windows of 2 by 2 side by side.
  var isHalving: Bool {
    let g = geometry
    return isMaximum && g.taps == 4 && g.kernelWidth == 2 && g.strideX == 2 && g.strideY == 2 && g.dilationX == 1
      && g.dilationY == 1 && g.top == 0 && g.left == 0 && 2 * g.outputHeight <= g.inputHeight
      && 2 * g.outputWidth <= g.inputWidth
  }

  func forward(_ inputs: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    nonisolated(unsafe) let (input, output) = (inputs[0], output)
    Parallel.forEach(planes) { plane in
      let source = input + plane * geometry.inputCount
      let target = output + plane * geometry.outputCount
      if isHalving {
        halve(source, target)
      } else if isMaximum {
        target.update(repeating: -.infinity, count: geometry.outputCount)
        forEachTap { pixel, position, count in
          kernels.table.maximum(source + pixel, geometry.strideX, target + position, count)
        }
      } else {
        forEachWindow { position, rows, columns in
          var sum: Float = 0
          for y in rows { for x in columns { sum += source[y * geometry.inputWidth + x] } }
          target[position] = sum / divisor(position, rows, columns)
        }
      }
    }
  }

  func backward(_ pass: BackwardPass, _ scratch: Scratch) {
    guard let destination = pass.inputGradients[0] else { return }
    nonisolated(unsafe) let inputGradient = destination
    Parallel.forEach(planes) { plane in
      let source = pass.inputs[0] + plane * geometry.inputCount
      let gradient = pass.outputGradient + plane * geometry.outputCount
      let target = inputGradient + plane * geometry.inputCount
      if isHalving {
        let maxima = pass.output + plane * geometry.outputCount
        return spread(gradient, from: maxima, source, target)
      }
      target.update(repeating: 0, count: geometry.inputCount)
      if isMaximum {
        let maxima = pass.output + plane * geometry.outputCount
        // The gradient of a value is read by nobody after this step: what a pixel has taken is struck out there.
        forEachTap { pixel, position, count in
          var tap = kernel_maximum_tap(
            pixels: source + pixel, stride: geometry.strideX, maxima: maxima + position, gradient: gradient + position,
            target: target + pixel, count: count)
          kernels.table.spread_maximum(&tap)
        }
      } else {
        forEachWindow { position, rows, columns in
          let share = gradient[position] / divisor(position, rows, columns)
          for y in rows { for x in columns { target[y * geometry.inputWidth + x] += share } }
        }
      }
    }
  }

  private func halve(_ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>) {
    for y in 0..<geometry.outputHeight {
      let upper = source + 2 * y * geometry.inputWidth
      kernels.table.pool(upper, upper + geometry.inputWidth, target + y * geometry.outputWidth, geometry.outputWidth)
    }
  }

  /// Gives each gradient to the first of the window's four pixels that is the maximum, and 0 to the others.
  private func spread(
    _ gradient: UnsafePointer<Float>, from maxima: UnsafePointer<Float>, _ source: UnsafePointer<Float>,
    _ target: UnsafeMutablePointer<Float>
  ) {
    let (width, outputWidth) = (geometry.inputWidth, geometry.outputWidth)
    for y in 0..<geometry.outputHeight {
      let (upper, lower) = (2 * y * width, (2 * y + 1) * width)
      var row = kernel_pooled_row(
        upper: source + upper, lower: source + lower, maxima: maxima + y * outputWidth,
        gradient: gradient + y * outputWidth, upper_target: target + upper, lower_target: target + lower,
        count: outputWidth)
      kernels.table.spread(&row)
      // An odd column at the end is in no window.
      for x in 2 * outputWidth..<width { (target[upper + x], target[lower + x]) = (0, 0) }
    }
    let covered = 2 * geometry.outputHeight * width
    (target + covered).update(repeating: 0, count: geometry.inputCount - covered)
  }

  private func divisor(_ position: Int, _ rows: StrideTo<Int>, _ columns: StrideTo<Int>) -> Float {
    let g = geometry
    guard countsPadding else { return Float(max(1, rows.underestimatedCount * columns.underestimatedCount)) }
    // Padding counts, but what a window of ceil mode sticks out beyond the padding does not.
    let (y, x) = position.quotientAndRemainder(dividingBy: g.outputWidth)
    let taps = { (start: Int, end: Int, dilation: Int) in max(0, (end - start + dilation - 1) / dilation) }
    let bottom = min(y * g.strideY + (g.kernelHeight - 1) * g.dilationY + 1, g.paddedHeight)
    let right = min(x * g.strideX + (g.kernelWidth - 1) * g.dilationX + 1, g.paddedWidth)
    return Float(max(1, taps(y * g.strideY, bottom, g.dilationY) * taps(x * g.strideX, right, g.dilationX)))
  }

  /// Calls `body` for each tap of each row of outputs, in the order in which equal pixels of a window come: with the
  /// first pixel, the first output, and how many outputs there are before the tap leaves the image.
  @inline(__always)
  private func forEachTap(_ body: (_ pixel: Int, _ position: Int, _ count: Int) -> Void) {
    let g = geometry
    for y in 0..<g.outputHeight {
      let top = y * g.strideY - g.top
      for ky in WindowGeometry.inside(top, g.dilationY, extent: g.inputHeight, positions: g.kernelHeight) {
        let row = (top + ky * g.dilationY) * g.inputWidth
        for run in runs { body(row + run.pixel, y * g.outputWidth + run.position, run.count) }
      }
    }
  }

  /// Calls `body` with each output position and the rows and columns of the image under its window.
  @inline(__always)
  private func forEachWindow(_ body: (_ position: Int, _ rows: StrideTo<Int>, _ columns: StrideTo<Int>) -> Void) {
    let g = geometry
    for y in 0..<g.outputHeight {
      let rows = WindowAxis.inside(
        y * g.strideY - g.top, taps: g.kernelHeight, dilation: g.dilationY, size: g.inputHeight)
      for x in 0..<g.outputWidth {
        let columns = WindowAxis.inside(
          x * g.strideX - g.left, taps: g.kernelWidth, dilation: g.dilationX, size: g.inputWidth)
        body(y * g.outputWidth + x, rows, columns)
      }
    }
  }
}

private enum WindowAxis {
  /// Indices that a window beginning at `start` touches inside `0..<size`.
  @inline(__always)
  static func inside(_ start: Int, taps: Int, dilation: Int, size: Int) -> StrideTo<Int> {
    let first = start >= 0 ? start : start + (-start + dilation - 1) / dilation * dilation
    return stride(from: first, to: min(start + (taps - 1) * dilation + 1, size), by: dilation)
  }
}
