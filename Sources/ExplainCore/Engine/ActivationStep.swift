import CKernelShim

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An elementwise nonlinearity as a step of its own.
struct ActivationStep: Step {
  let activation: Operation.Activation
  let outputShape: [Int]

  private let kernels = Kernels.current

  private var count: Int { outputShape.reduce(1, *) }

  func forward(_ inputs: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    nonisolated(unsafe) let (input, output) = (inputs[0], output)
    forEachRange(count) { range in
      (output + range.lowerBound).update(from: input + range.lowerBound, count: range.count)
      activation.apply(output + range.lowerBound, count: range.count)
    }
  }

  func backward(_ pass: BackwardPass, _ scratch: Scratch) {
    guard let destination = pass.inputGradients[0] else { return }
    nonisolated(unsafe) let target = destination
    forEachRange(count) { range in
      let begin = range.lowerBound
      (target + begin).update(from: pass.outputGradient + begin, count: range.count)
      if activation.derivativeNeedsInput {
        activation.mask(target + begin, input: pass.inputs[0] + begin, count: range.count)
      } else {
        activation.mask(target + begin, output: pass.output + begin, count: range.count, rule: pass.rule, kernels)
      }
    }
  }
}

extension Operation.Activation {
  /// Whether the derivative cannot be told from the output alone, so that it cannot be fused into the step before.
  var derivativeNeedsInput: Bool {
    switch self {
    case .relu, .clip, .sigmoid, .hardSigmoid: return false
    case .leakyRelu(let slope): return slope < 0
    case .hardSwish: return true
    }
  }

  /// Whether a `ReluRule` acts on it: a ReLU, or a clip at 0, such as ReLU6, which is one that also ends above.
  var isRectifier: Bool {
    switch self {
    case .relu: true
    case .clip(let minimum, _): minimum == 0
    case .leakyRelu, .sigmoid, .hardSigmoid, .hardSwish: false
    }
  }

  /// Replaces each value by its activation.
  func apply(_ values: UnsafeMutablePointer<Float>, count: Int) {
    switch self {
    case .relu:
      // Written so that NaN stays NaN, as in PyTorch.
      for i in 0..<count { values[i] = values[i] < 0 ? 0 : values[i] }
    case .leakyRelu(let slope):
      for i in 0..<count { values[i] = values[i] < 0 ? values[i] * slope : values[i] }
    case .clip(let minimum, let maximum):
      for i in 0..<count {
        let low = values[i] < minimum ? minimum : values[i]
        values[i] = low > maximum ? maximum : low
      }
    case .sigmoid:
      for i in 0..<count { values[i] = 1 / (1 + expf(-values[i])) }
    case .hardSigmoid(let alpha, let beta):
      for i in 0..<count { values[i] = Self.unitClamp(alpha * values[i] + beta) }
    case .hardSwish:
      for i in 0..<count { values[i] *= Self.unitClamp(values[i] * (1 / 6) + 0.5) }
    }
  }

  /// Multiplies a gradient by the derivative at the point where the activation gave `output`.
  ///
  /// At the corners of a clip the derivative is 0, as PyTorch's ReLU and ReLU6 have it.
  ///
  /// - Parameter kernels: those of the step, since a level that is forced for a task is not known to its workers.
  func mask(
    _ gradient: UnsafeMutablePointer<Float>, output: UnsafePointer<Float>, count: Int, rule: ReluRule,
    _ kernels: Kernels
  ) {
    switch self {
    case .relu:
      kernels.table.gate(gradient, output, rule.kernelRule, count)
    case .leakyRelu(let slope):
      for i in 0..<count { gradient[i] = output[i] > 0 ? gradient[i] : gradient[i] * slope }
    case .clip(let minimum, let maximum):
      let rule = isRectifier ? rule : .standard
      if rule != .deconvolution { kernels.table.gate_between(gradient, output, minimum, maximum, count) }
      if rule != .standard { kernels.table.gate(gradient, output, ReluRule.deconvolution.kernelRule, count) }
    case .sigmoid:
      for i in 0..<count { gradient[i] *= output[i] * (1 - output[i]) }
    case .hardSigmoid(let alpha, _):
      for i in 0..<count { gradient[i] = output[i] > 0 && output[i] < 1 ? gradient[i] * alpha : 0 }
    case .hardSwish:
      preconditionFailure("hardSwish's derivative needs the input")
    }
  }

  /// Multiplies a gradient by the derivative at `input`.
  func mask(_ gradient: UnsafeMutablePointer<Float>, input: UnsafePointer<Float>, count: Int) {
    switch self {
    case .hardSwish:
      for i in 0..<count {
        let x = input[i]
        gradient[i] *= x <= -3 ? 0 : x >= 3 ? 1 : x * (1 / 3) + 0.5
      }
    case .leakyRelu(let slope):
      for i in 0..<count { gradient[i] = input[i] > 0 ? gradient[i] : gradient[i] * slope }
    case .relu, .clip, .sigmoid, .hardSigmoid:
      preconditionFailure("this derivative is told from the output")
    }
  }

  private static func unitClamp(_ value: Float) -> Float {
    let low = value < 0 ? 0 : value
    return low > 1 ? 1 : low
  }
}
