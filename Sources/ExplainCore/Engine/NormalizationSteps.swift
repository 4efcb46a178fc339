#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Softmax over one axis, or over all axes from one on.
struct SoftmaxStep: Step {
  let outputShape: [Int]
  private let outer, extent, inner: Int

  /// - Throws: `.invalidArgument` or `.unsupported`, naming `what`.
  init(what: String, axis: Int, overTrailingAxes: Bool, input: [Int]) throws {
    let axis = try resolveAxis(axis, rank: input.count, what: what)
    guard axis > 0 else { throw ExplainError.unsupported("\(what): a softmax over the batch") }
    outputShape = input
    outer = input[..<axis].reduce(1, *)
    extent = overTrailingAxes ? input[axis...].reduce(1, *) : input[axis]
    inner = overTrailingAxes ? 1 : input[(axis + 1)...].reduce(1, *)
  }

  func forward(_ inputs: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    for row in 0..<outer * inner {
      let offset = row / inner * extent * inner + row % inner
      let (source, target) = (inputs[0] + offset, output + offset)
      var largest = -Float.infinity
      for i in 0..<extent { largest = max(largest, source[i * inner]) }
      var sum: Float = 0
      for i in 0..<extent {
        target[i * inner] = expf(source[i * inner] - largest)
        sum += target[i * inner]
      }
      for i in 0..<extent { target[i * inner] /= sum }
    }
  }

  func backward(_ pass: BackwardPass, _ scratch: Scratch) {
    guard let inputGradient = pass.inputGradients[0] else { return }
    for row in 0..<outer * inner {
      let offset = row / inner * extent * inner + row % inner
      let (value, gradient) = (pass.output + offset, pass.outputGradient + offset)
      var mean: Float = 0
      for i in 0..<extent { mean += value[i * inner] * gradient[i * inner] }
      for i in 0..<extent { inputGradient[offset + i * inner] = value[i * inner] * (gradient[i * inner] - mean) }
    }
  }
}

/// Local response normalization over channels: `y = x / (bias + alpha / size · Σ x²)^beta`, the sum over `size`
/// channels around each.
struct LocalResponseStep: Step {
  let outputShape: [Int]
  let size: Int
  let alpha, beta, bias: Float
  private let channels, positions: Int

  /// - Throws: `.invalidArgument`, naming `what`.
  init(what: String, size: Int, alpha: Float, beta: Float, bias: Float, input: [Int]) throws {
    guard input.count >= 2, (1...1 << 16).contains(size) else {
      throw ExplainError.invalid("\(what): a window of \(size) channels on \(input)")
    }
    outputShape = input
    (self.size, self.alpha, self.beta, self.bias) = (size, alpha, beta, bias)
    channels = input[1]
    positions = input.dropFirst(2).reduce(1, *)
  }

  private func window(_ channel: Int) -> Range<Int> {
    max(0, channel - (size - 1) / 2)..<min(channels, channel + size / 2 + 1)
  }

  private func base(_ input: UnsafePointer<Float>, _ channel: Int, _ position: Int) -> Float {
    var sum: Float = 0
    for other in window(channel) { sum += input[other * positions + position] * input[other * positions + position] }
    return bias + alpha / Float(size) * sum
  }

  func forward(_ inputs: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    nonisolated(unsafe) let (input, output) = (inputs[0], output)
    Parallel.forEach(outputShape[0] * channels) { plane in
      let (picture, channel) = plane.quotientAndRemainder(dividingBy: channels)
      let source = input + picture * channels * positions
      for position in 0..<positions {
        output[plane * positions + position] =
          source[channel * positions + position] * powf(base(source, channel, position), -beta)
      }
    }
  }

  /// `dx_j = g_j b_j^-beta - 2 alpha beta / size · x_j Σ_i g_i x_i b_i^(-beta-1)`, over the windows that hold `j`.
  func backward(_ pass: BackwardPass, _ scratch: Scratch) {
    guard let destination = pass.inputGradients[0] else { return }
    nonisolated(unsafe) let inputGradient = destination
    let factor = 2 * alpha * beta / Float(size)
    Parallel.forEach(outputShape[0]) { picture in
      let offset = picture * channels * positions
      let (source, gradient) = (pass.inputs[0] + offset, pass.outputGradient + offset)
      let target = inputGradient + offset
      for position in 0..<positions {
        for channel in 0..<channels {
          let element = channel * positions + position
          target[element] = gradient[element] * powf(base(source, channel, position), -beta)
        }
        for channel in 0..<channels {
          let element = channel * positions + position
          let share =
            factor * gradient[element] * source[element] * powf(base(source, channel, position), -beta - 1)
          for other in window(channel) {
            target[other * positions + position] -= share * source[other * positions + position]
          }
        }
      }
    }
  }
}
