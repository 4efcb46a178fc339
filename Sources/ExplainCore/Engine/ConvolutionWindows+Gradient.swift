import CKernelShim

/// The gradient of a convolution with strides, as convolutions of stride 1 over the gradient of its output.
///
/// Tap k of output o lies on the pixel `o · stride - padding + k · dilation`. Pixels whose numbers have the same
/// remainder by the stride, a phase, therefore meet the same taps, of outputs at fixed distances. There are as many
/// phases as a cell of `stride` by `stride` pixels has, and with stride 1 there is one.
extension ConvolutionWindows {
  /// The convolutions that together give the gradient.
  ///
  /// Either each phase is a convolution of its own; or a single one makes all pixels of a cell from the union of their
  /// windows, with weights of 0 for taps that a pixel does not meet. That computes more and packs fewer windows.
  ///
  /// - Parameters:
  ///   - channels: input channels of a group, which gradients are made for.
  ///   - outputs: output channels of a group.
  static func gradients(of g: WindowGeometry, channels: Int, outputs: Int) -> [ConvolutionWindows] {
    let (down, across) = (
      Axis(g.kernelHeight, g.strideY, g.dilationY, g.top, extent: g.inputHeight),
      Axis(g.kernelWidth, g.strideX, g.dilationX, g.left, extent: g.inputWidth)
    )
    let separate = down.phases.flatMap { y in
      across.phases.map { x in windows(g, down, across, [y], [x]) }
    }
    let cells = down.stride * across.stride
    let together = (cells * down.offsets.count).multipliedReportingOverflow(by: across.offsets.count)
    guard separate.count > 1, !together.overflow, together.partialValue <= 2 * g.taps else { return separate }
    let union = windows(g, down, across, Array(0..<down.stride), Array(0..<across.stride))
    let costs = separate.reduce(0) { $0 + $1.cost(channels, outputs) }
    return union.cost(channels, outputs) < costs ? [union] : separate
  }

  /// Cycles that the products and the packing take, roughly: a product of one row with 32 positions is a cycle, or four
  /// where there are too few rows to hide how long an addition takes.
  private func cost(_ channels: Int, _ outputs: Int) -> Double {
    let perTap = max(4, Double(channels * phases.count)) + 2.5
    return Double(positions) * Double(outputs * taps.count) * perTap
  }

  /// One direction: which taps meet which phases.
  private struct Axis {
    let stride: Int
    /// For each phase that any tap meets, the taps by the distance of their outputs.
    let tapsOfPhases: [Int: [Int: Int]]

    /// - Parameter extent: pixels of the input.
    init(_ kernel: Int, _ stride: Int, _ dilation: Int, _ padding: Int, extent: Int) {
      var found: [Int: [Int: Int]] = [:]
      for tap in 0..<kernel {
        let pixel = tap * dilation - padding
        let phase = (pixel % stride + stride) % stride
        // Phases beyond the image have no pixels.
        if phase < extent { found[phase, default: [:]][(phase - pixel) / stride] = tap }
      }
      self.stride = min(stride, extent)
      tapsOfPhases = found
    }

    var phases: [Int] { tapsOfPhases.keys.sorted() }
    /// The distances of all phases' taps.
    var offsets: [Int] { Set(tapsOfPhases.values.flatMap(\.keys)).sorted() }
  }

  private static func windows(
    _ g: WindowGeometry, _ down: Axis, _ across: Axis, _ phasesY: [Int], _ phasesX: [Int]
  ) -> ConvolutionWindows {
    func offsets(_ axis: Axis, _ phases: [Int]) -> [Int] {
      Set(phases.flatMap { axis.tapsOfPhases[$0, default: [:]].keys }).sorted()
    }
    let (offsetsY, offsetsX) = (offsets(down, phasesY), offsets(across, phasesX))
    // Cells that begin inside the image.
    let rows = (g.inputHeight - phasesY[0] + g.strideY - 1) / g.strideY
    let columns = (g.inputWidth - phasesX[0] + g.strideX - 1) / g.strideX
    let taps = offsetsY.flatMap { y in
      offsetsX.map { x in
        tap(
          y * g.outputWidth + x, inside(y, 1, extent: g.outputHeight, positions: rows),
          inside(x, 1, extent: g.outputWidth, positions: columns), leads: x == offsetsX[0])
      }
    }
    let phases = phasesY.flatMap { phaseY in
      phasesX.map { phaseX in
        Phase(
          y: phaseY, x: phaseX,
          kernelTaps: offsetsY.flatMap { y in
            offsetsX.map { x in
              guard let ky = down.tapsOfPhases[phaseY]?[y], let kx = across.tapsOfPhases[phaseX]?[x] else { return nil }
              return ky * g.kernelWidth + kx
            }
          })
      }
    }
    return ConvolutionWindows(
      source: (g.outputHeight, g.outputWidth), positions: (rows, columns), steps: (1, 1), taps: taps,
      target: (g.inputHeight, g.inputWidth), apart: (g.strideY, g.strideX), phases: phases)
  }
}
