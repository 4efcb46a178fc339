import CKernelShim

/// The gradient of a convolution with strides, as convolutions of stride 1 over the gradient of its output.
///
/// Tap k of output o lies on the pixel `o · stride - padding + k · dilation`. Pixels whose numbers have the same
/// remainder by the stride, a phase, therefore meet the same taps, of outputs at fixed distances. There are as many
/// phases as `stride` by `stride` pixels, and with stride 1 there is one.
extension ConvolutionWindows {
  /// The convolutions that together give the gradient: one for each phase that any tap meets.
  static func gradients(of g: WindowGeometry) -> [ConvolutionWindows] {
    let down = phases(g.kernelHeight, g.strideY, g.dilationY, g.top, extent: g.inputHeight)
    let across = phases(g.kernelWidth, g.strideX, g.dilationX, g.left, extent: g.inputWidth)
    return down.flatMap { y in across.map { x in ConvolutionWindows(g, y, x) } }
  }

  /// In one direction, the pixels that have a remainder by the stride, and the taps that meet them.
  private struct Phase {
    let first: Int
    var taps: [Int] = []
    /// How far behind a pixel's own number, divided by the stride, lies the output whose tap it is.
    var offsets: [Int] = []
  }

  /// - Parameter extent: pixels of the input.
  private static func phases(_ kernel: Int, _ stride: Int, _ dilation: Int, _ padding: Int, extent: Int) -> [Phase] {
    var found: [Int: Phase] = [:]
    for tap in 0..<kernel {
      let pixel = tap * dilation - padding
      let first = (pixel % stride + stride) % stride
      // Phases beyond the image have no pixels.
      guard first < extent else { continue }
      found[first, default: Phase(first: first)].taps.append(tap)
      found[first]?.offsets.append((first - pixel) / stride)
    }
    return found.values.sorted { $0.first < $1.first }
  }

  private init(_ g: WindowGeometry, _ down: Phase, _ across: Phase) {
    let rows = (g.inputHeight - down.first + g.strideY - 1) / g.strideY
    let columns = (g.inputWidth - across.first + g.strideX - 1) / g.strideX
    let taps = down.offsets.flatMap { y in
      across.offsets.map { x in
        Self.tap(
          y * g.outputWidth + x, WindowGeometry.inside(y, 1, extent: g.outputHeight, positions: rows),
          WindowGeometry.inside(x, 1, extent: g.outputWidth, positions: columns), leads: x == across.offsets[0])
      }
    }
    self.init(
      source: (g.outputHeight, g.outputWidth), positions: (rows, columns), steps: (1, 1), taps: taps,
      kernelTaps: down.taps.flatMap { y in across.taps.map { x in y * g.kernelWidth + x } },
      target: (g.inputHeight, g.inputWidth), first: (down.first, across.first), apart: (g.strideY, g.strideX))
  }
}
