import CKernelShim

/// A convolution whose groups have one input channel each: a few multiplications a pixel, for which a matrix product
/// would cost more than it computes.
///
/// A plane is copied into a frame of zeros, so that a whole plane is one run through which the kernel slides: every
/// tap is an offset. Larger strides compute the positions between as well, and drop them.
struct DepthwiseStep: Step {
  let outputShape: [Int]
  let activation: Operation.Activation?
  private let geometry: WindowGeometry
  private let weight: Tensor
  private let bias: Tensor?
  private let multiplier: Int
  private let kernels = Kernels.current
  /// The part of the padded input that windows touch.
  private let frameHeight, frameWidth: Int
  /// Pixels from a window's first to its last tap.
  private let spanY, spanX: Int

  /// Frames of more floats are left to the general convolution.
  private static let frameLimit = 1 << 24
  /// So are kernels of more taps.
  private static let tapLimit = 1 << 10

  /// - Returns: nil where the convolution is of another kind.
  /// - Throws: `.invalidArgument` or `.unsupported`, naming `what`.
  init?(
    what: String, _ convolution: Operation.Convolution, activation: Operation.Activation?, input: [Int]
  ) throws {
    let shape = convolution.weight.shape
    guard shape.rank == 4, shape[0] > 0, shape[1] == 1 else { return nil }
    guard convolution.groups > 1, shape[0] % convolution.groups == 0 else { return nil }
    guard input.count == 4, input[1] == convolution.groups else {
      throw ExplainError.invalid("\(what): input \(input) for \(convolution.groups) groups of one channel")
    }
    if let bias = convolution.bias, bias.count != shape[0] {
      throw ExplainError.invalid("\(what): \(bias.count) biases for \(shape[0]) outputs")
    }
    geometry = try WindowGeometry(
      what: what, height: input[2], width: input[3], kernel: [shape[2], shape[3]], strides: convolution.strides,
      dilations: convolution.dilations, padding: convolution.padding)
    spanY = (geometry.kernelHeight - 1) * geometry.dilationY
    spanX = (geometry.kernelWidth - 1) * geometry.dilationX
    frameHeight = (geometry.outputHeight - 1) * geometry.strideY + 1 + spanY
    frameWidth = (geometry.outputWidth - 1) * geometry.strideX + 1 + spanX
    let floats = (frameHeight + spanY).multipliedReportingOverflow(by: frameWidth + spanX)
    guard !floats.overflow, floats.partialValue <= Self.frameLimit, geometry.taps <= Self.tapLimit else { return nil }
    outputShape = [input[0], shape[0], geometry.outputHeight, geometry.outputWidth]
    weight = convolution.weight
    bias = convolution.bias
    multiplier = shape[0] / convolution.groups
    self.activation = activation
  }

  private var channels: Int { outputShape[1] }

  /// A frame, of which the gradient's is the larger, and what comes out of it.
  private var frameCount: Int { (frameHeight + spanY) * (frameWidth + spanX) + kernel_filter_slack }

  var scratchPerWorker: Int { 2 * frameCount }

  func forward(_ inputs: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    nonisolated(unsafe) let (input, output) = (inputs[0], output)
    let g = geometry
    let offsets = offsets(width: frameWidth)
    Parallel.forEach(outputShape[0] * channels / multiplier, workers: scratch.workers) { plane, worker in
      let frame = scratch.worker(worker)
      let result = frame + frameCount
      frame.update(repeating: 0, count: frameCount)
      let source = input + plane * g.inputCount
      for y in 0..<max(0, min(g.inputHeight, frameHeight - g.top)) {
        (frame + ((y + g.top) * frameWidth + g.left)).update(
          from: source + y * g.inputWidth, count: max(0, min(g.inputWidth, frameWidth - g.left)))
      }
      for outputPlane in plane * multiplier..<(plane + 1) * multiplier {
        slide(frame, offsets, outputPlane, result, count: frameHeight * frameWidth - spanY * frameWidth - spanX)
        let target = output + outputPlane * g.outputCount
        let shift = bias?.withPointer { $0[outputPlane % channels] } ?? 0
        for y in 0..<g.outputHeight {
          let (row, line) = (target + y * g.outputWidth, result + y * g.strideY * frameWidth)
          if g.strideX == 1 {
            for x in 0..<g.outputWidth { row[x] = line[x] + shift }
          } else {
            for x in 0..<g.outputWidth { row[x] = line[x * g.strideX] + shift }
          }
        }
        activation?.apply(target, count: g.outputCount)
      }
    }
  }

  func backward(_ pass: BackwardPass, _ scratch: Scratch) {
    guard let destination = pass.inputGradients[0] else { return }
    nonisolated(unsafe) let inputGradient = destination
    let g = geometry
    // The gradients stand apart by the stride and have a margin as wide as the kernel, which slides turned over them.
    let width = frameWidth + spanX
    let turned = offsets(width: width).map { spanY * width + spanX - $0 }
    let (height, covered) = (
      max(0, min(g.inputHeight, frameHeight - g.top)), max(0, min(g.inputWidth, frameWidth - g.left))
    )
    Parallel.forEach(outputShape[0] * channels / multiplier, workers: scratch.workers) { plane, worker in
      let frame = scratch.worker(worker)
      let result = frame + frameCount
      let target = inputGradient + plane * g.inputCount
      target.update(repeating: 0, count: g.inputCount)
      frame.update(repeating: 0, count: frameCount)
      for outputPlane in plane * multiplier..<(plane + 1) * multiplier {
        let gradient = pass.outputGradient + outputPlane * g.outputCount
        activation?.mask(
          gradient, output: pass.output + outputPlane * g.outputCount, count: g.outputCount, rule: pass.rule, kernels)
        for y in 0..<g.outputHeight {
          let (line, row) = (frame + ((y * g.strideY + spanY) * width + spanX), gradient + y * g.outputWidth)
          if g.strideX == 1 {
            line.update(from: row, count: g.outputWidth)
          } else {
            for x in 0..<g.outputWidth { line[x * g.strideX] = row[x] }
          }
        }
        guard height > 0, covered > 0 else { continue }
        slide(frame + (g.top * width + g.left), turned, outputPlane, result, count: (height - 1) * width + covered)
        for y in 0..<height {
          let (row, line) = (target + y * g.inputWidth, result + y * width)
          if multiplier == 1 {
            row.update(from: line, count: covered)
          } else {
            for x in 0..<covered { row[x] += line[x] }
          }
        }
      }
    }
  }

  /// Where a window's taps lie in a plane of the given width.
  private func offsets(width: Int) -> [Int] {
    (0..<geometry.taps).map { tap in
      let (y, x) = tap.quotientAndRemainder(dividingBy: geometry.kernelWidth)
      return y * geometry.dilationY * width + x * geometry.dilationX
    }
  }

  private func slide(
    _ source: UnsafePointer<Float>, _ offsets: [Int], _ plane: Int, _ target: UnsafeMutablePointer<Float>, count: Int
  ) {
    weight.withPointer { weight in
      let factors = weight + plane % channels * geometry.taps
      kernels.table.filter(source, offsets, factors, geometry.taps, target, count)
    }
  }
}
