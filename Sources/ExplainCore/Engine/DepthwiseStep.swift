/// A convolution whose groups have one input channel each: a few multiplications a pixel, for which a matrix product
/// would cost more than it computes.
struct DepthwiseStep: Step {
  let outputShape: [Int]
  let activation: Operation.Activation?
  private let geometry: WindowGeometry
  private let weight: Tensor
  private let bias: Tensor?
  private let multiplier: Int

  /// Whether a convolution is of this kind.
  static func handles(_ convolution: Operation.Convolution) -> Bool {
    convolution.weight.shape.rank == 4 && convolution.weight.shape[1] == 1 && convolution.groups > 1
      && convolution.weight.shape[0] % convolution.groups == 0
  }

  /// - Throws: `.invalidArgument` or `.unsupported`, naming `what`.
  init(
    what: String, _ convolution: Operation.Convolution, activation: Operation.Activation?, input: [Int]
  ) throws {
    let shape = convolution.weight.shape
    guard input.count == 4, input[1] == convolution.groups else {
      throw ExplainError.invalid("\(what): input \(input) for \(convolution.groups) groups of one channel")
    }
    if let bias = convolution.bias, bias.count != shape[0] {
      throw ExplainError.invalid("\(what): \(bias.count) biases for \(shape[0]) outputs")
    }
    geometry = try WindowGeometry(
      what: what, height: input[2], width: input[3], kernel: [shape[2], shape[3]], strides: convolution.strides,
      dilations: convolution.dilations, padding: convolution.padding)
    outputShape = [input[0], shape[0], geometry.outputHeight, geometry.outputWidth]
    weight = convolution.weight
    bias = convolution.bias
    multiplier = shape[0] / convolution.groups
    self.activation = activation
  }

  private var channels: Int { outputShape[1] }

  func forward(_ inputs: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    nonisolated(unsafe) let (input, output) = (inputs[0], output)
    Parallel.forEach(outputShape[0] * channels) { plane in
      let channel = plane % channels
      let source = input + plane / multiplier * geometry.inputCount
      let target = output + plane * geometry.outputCount
      target.update(repeating: bias?.withPointer { $0[channel] } ?? 0, count: geometry.outputCount)
      forEachTap(channel) { factor, inputOffset, outputOffset, count in
        for x in 0..<count { target[outputOffset + x] += factor * source[inputOffset + x * geometry.strideX] }
      }
      activation?.apply(target, count: geometry.outputCount)
    }
  }

  func backward(_ pass: BackwardPass, _ scratch: Scratch) {
    guard let destination = pass.inputGradients[0] else { return }
    nonisolated(unsafe) let inputGradient = destination
    Parallel.forEach(outputShape[0] * channels / multiplier) { plane in
      let target = inputGradient + plane * geometry.inputCount
      target.update(repeating: 0, count: geometry.inputCount)
      for part in 0..<multiplier {
        let outputPlane = plane * multiplier + part
        let gradient = pass.outputGradient + outputPlane * geometry.outputCount
        activation?.mask(
          gradient, output: pass.output + outputPlane * geometry.outputCount, count: geometry.outputCount,
          rule: pass.rule)
        forEachTap(outputPlane % channels) { factor, inputOffset, outputOffset, count in
          for x in 0..<count { target[inputOffset + x * geometry.strideX] += factor * gradient[outputOffset + x] }
        }
      }
    }
  }

  /// Calls `body` with a tap's weight and the pixels that it joins, an output row at a time.
  @inline(__always)
  private func forEachTap(
    _ channel: Int, _ body: (_ factor: Float, _ inputOffset: Int, _ outputOffset: Int, _ count: Int) -> Void
  ) {
    let g = geometry
    for y in 0..<g.outputHeight {
      for ky in 0..<g.kernelHeight {
        let inputY = y * g.strideY - g.top + ky * g.dilationY
        guard inputY >= 0, inputY < g.inputHeight else { continue }
        for kx in 0..<g.kernelWidth {
          let start = kx * g.dilationX - g.left
          let first = start >= 0 ? 0 : (-start + g.strideX - 1) / g.strideX
          let inside = g.inputWidth - start
          let last = min(g.outputWidth, inside <= 0 ? 0 : (inside + g.strideX - 1) / g.strideX)
          guard first < last else { continue }
          let factor = weight.withPointer { $0[(channel * g.kernelHeight + ky) * g.kernelWidth + kx] }
          body(
            factor, inputY * g.inputWidth + start + first * g.strideX, y * g.outputWidth + first, last - first)
        }
      }
    }
  }
}
