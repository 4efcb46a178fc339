/// A 3 by 3 convolution by Winograd's method, a ReLU or nothing, and maxima over windows of 2 by 2: the end of a VGG
/// stage.
struct PooledConvolutionStep: Step {
  let outputShape: [Int]
  private let rectifies: Bool
  private let maxima: WindowMaxima
  private let forwardConvolution: WinogradConvolution
  /// Nil in a plan that runs forward only, which does not keep the values before the maxima were taken.
  private let backwardConvolution: WinogradConvolution?
  private let kernels = Kernels.current
  /// Values before the maxima were taken.
  private let pixelCount: Int

  /// A step in the place of a convolution and a pooling, or nil where these are not of this kind.
  init?(_ convolution: ConvolutionStep, _ pooling: PoolingStep, isDifferentiable: Bool) {
    guard pooling.isHalving, let forward = convolution.forwardWinograd,
      !isDifferentiable || convolution.backwardWinograd != nil,
      convolution.activation == nil || convolution.activation == .relu
    else { return nil }
    let shape = convolution.outputShape
    guard shape[2] % 2 == 0, shape[3] % 2 == 0 else { return nil }
    outputShape = pooling.outputShape
    rectifies = convolution.activation == .relu
    maxima = WindowMaxima(height: shape[2], width: shape[3])
    forwardConvolution = forward
    backwardConvolution = isDifferentiable ? convolution.backwardWinograd : nil
    pixelCount = shape.reduce(1, *)
  }

  var scratchPerWorker: Int {
    max(forwardConvolution.scratchPerWorker, backwardConvolution?.scratchPerWorker ?? 0)
  }
  var sharedScratch: Int { max(forwardConvolution.sharedScratch, backwardConvolution?.sharedScratch ?? 0) }
  var keptCount: Int { backwardConvolution == nil ? 0 : pixelCount }

  func forward(_ inputs: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    let pixels = backwardConvolution == nil ? nil : scratch.kept
    forwardConvolution.run(inputs[0], output, into: .maxima(maxima, pixels: pixels), scratch)
  }

  func backward(_ pass: BackwardPass, _ scratch: Scratch) {
    guard let target = pass.inputGradients[0], let backwardConvolution else { return }
    if rectifies {
      // The only pixel of a window that gets a gradient is the maximum, so the ReLU can be walked back through there.
      forEachRange(outputShape.reduce(1, *)) { range in
        let begin = range.lowerBound
        kernels.table.gate(pass.outputGradient + begin, pass.output + begin, pass.rule.kernelRule, range.count)
      }
    }
    backwardConvolution.run(
      pass.outputGradient, target, from: .maxima(maxima, values: pass.output, pixels: scratch.kept), scratch)
  }
}
