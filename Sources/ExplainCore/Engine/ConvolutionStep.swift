/// A convolution with its bias and, where the graph allows, the activation that follows it.
struct ConvolutionStep: Step {
  let outputShape: [Int]
  let activation: Operation.Activation?
  private let kernels = Kernels.current
  private let forwardMethod: Method
  private let backwardMethod: Method?
  /// Floats of the input's gradient.
  private let inputCount: Int
  /// Whether the convolutions of the backward pass leave some of the gradient out, where no window touches the input.
  private let leavesGaps: Bool

  private enum Method {
    case winograd(WinogradConvolution)
    /// Matrix products that together make the result.
    case matrix([MatrixConvolution])
    /// The gradient of few channels.
    case columns(GradientColumns)

    var winograd: WinogradConvolution? {
      guard case .winograd(let winograd) = self else { return nil }
      return winograd
    }

    func run(
      _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, gate: ReluGate? = nil,
      _ scratch: Scratch
    ) {
      switch self {
      case .winograd(let winograd):
        winograd.run(input, output, from: gate.map { .gated($0) } ?? .planes, scratch)
      case .matrix(let parts): for part in parts { part.run(input, output, gate: gate, scratch) }
      case .columns(let columns): columns.run(input, output, gate: gate, scratch)
      }
    }

    var scratchPerWorker: Int {
      switch self {
      case .winograd(let winograd): return winograd.scratchPerWorker
      case .matrix(let parts): return parts.map(\.scratchPerWorker).max() ?? 0
      case .columns(let columns): return columns.scratchPerWorker
      }
    }

    var sharedScratch: Int {
      switch self {
      case .winograd(let winograd): return winograd.sharedScratch
      case .matrix(let parts): return parts.map(\.sharedScratch).max() ?? 0
      case .columns(let columns): return columns.sharedScratch
      }
    }
  }

  /// - Parameters:
  ///   - value: the value that the convolution makes, under which `weights` knows it.
  ///   - isDifferentiable: whether a gradient will be asked for.
  /// - Throws: `.invalidArgument` or `.unsupported`, naming `what`; `.outOfMemory`.
  init(
    what: String, _ convolution: Operation.Convolution, activation: Operation.Activation?, input: [Int],
    value: Int, weights: PreparedWeights, isDifferentiable: Bool
  ) throws {
    let weight = convolution.weight.shape
    guard weight.rank == 4, input.count == 4 else {
      throw ExplainError.unsupported("\(what): input \(input) and weight \(weight); only 2-D convolution is supported")
    }
    let groups = convolution.groups
    guard (1...1 << 20).contains(groups), weight[0] > 0, weight[0] % groups == 0, input[1] == weight[1] * groups else {
      throw ExplainError.invalid(
        "\(what): input \(input) does not fit weight \(weight) in \(groups) groups")
    }
    if let bias = convolution.bias, bias.count != weight[0] {
      throw ExplainError.invalid("\(what): \(bias.count) biases for \(weight[0]) outputs")
    }
    let geometry = try WindowGeometry(
      what: what, height: input[2], width: input[3], kernel: [weight[2], weight[3]], strides: convolution.strides,
      dilations: convolution.dilations, padding: convolution.padding)
    self.activation = activation
    // What a shape may hold bounds the products that costs are counted with.
    outputShape = try Shape([input[0], weight[0], geometry.outputHeight, geometry.outputWidth]).dimensions
    inputCount = input.reduce(1, *)
    let kernels = kernels
    // Turned weights are those of the gradient, which has neither bias nor activation.
    func winograd(
      _ tile: WinogradTile, _ geometry: WindowGeometry, isTurned: Bool
    ) throws -> WinogradConvolution {
      try WinogradConvolution(
        geometry: geometry, batch: input[0],
        weights: weights.winogradWeights(of: convolution, value: value, tile, isTurned: isTurned, geometry),
        bias: isTurned ? nil : convolution.bias, activation: isTurned ? nil : activation)
    }
    func matrix(_ windows: ConvolutionWindows, isTurned: Bool) throws -> MatrixConvolution {
      MatrixConvolution(
        windows: windows, batch: input[0],
        weights: try weights.matrixWeights(
          of: convolution, value: value, taps: windows.kernelTaps, isTurned: isTurned,
          rowsPerBlock: kernels.table.rows_per_block), activation: isTurned ? nil : activation, kernels)
    }
    if let tile = WinogradTile.best(convolution, geometry, isTurned: false) {
      forwardMethod = .winograd(try winograd(tile, geometry, isTurned: false))
    } else {
      forwardMethod = .matrix([try matrix(ConvolutionWindows(geometry), isTurned: false)])
    }
    guard isDifferentiable else {
      (backwardMethod, leavesGaps) = (nil, false)
      return
    }
    if let tile = WinogradTile.best(convolution, geometry, isTurned: true),
      let turned = try geometry.turned(what: what)
    {
      leavesGaps = false
      backwardMethod = .winograd(try winograd(tile, turned, isTurned: true))
    } else if GradientColumns.suits(convolution, geometry) {
      leavesGaps = false
      // As of a convolution with windows of one pixel, whose input channels are channels and taps.
      let pointwise = Operation.Convolution(
        weight: try convolution.weight.reshaped([weight[0], weight[1] * geometry.taps, 1, 1]), bias: nil)
      let windows = ConvolutionWindows(
        try WindowGeometry(
          what: what, height: geometry.outputHeight, width: geometry.outputWidth, kernel: [1, 1], strides: [1, 1],
          dilations: [1, 1], padding: pointwise.padding))
      let product = MatrixConvolution(
        windows: windows, batch: 1,
        weights: try weights.matrixWeights(
          of: pointwise, value: value, taps: [0], isTurned: true, rowsPerBlock: kernels.table.rows_per_block),
        activation: nil, kernels)
      backwardMethod = .columns(GradientColumns(convolution, geometry, batch: input[0], product: product))
    } else {
      let parts = ConvolutionWindows.gradients(of: geometry)
      let phases = min(geometry.strideY, geometry.inputHeight) * min(geometry.strideX, geometry.inputWidth)
      leavesGaps = parts.count < phases
      backwardMethod = .matrix(try parts.map { try matrix($0, isTurned: true) })
    }
  }

  /// The convolution, and that of the gradient, where they are by Winograd's method.
  var forwardWinograd: WinogradConvolution? { forwardMethod.winograd }
  var backwardWinograd: WinogradConvolution? { backwardMethod?.winograd }

  var scratchPerWorker: Int { max(forwardMethod.scratchPerWorker, backwardMethod?.scratchPerWorker ?? 0) }

  var sharedScratch: Int { max(forwardMethod.sharedScratch, backwardMethod?.sharedScratch ?? 0) }

  func forward(_ inputs: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    forwardMethod.run(inputs[0], output, scratch)
  }

  func backward(_ pass: BackwardPass, _ scratch: Scratch) {
    guard let target = pass.inputGradients[0], let backwardMethod else { return }
    if leavesGaps {
      nonisolated(unsafe) let target = target
      forEachRange(inputCount) { range in (target + range.lowerBound).update(repeating: 0, count: range.count) }
    }
    if activation == .relu {
      // What reads the gradient reads it through the ReLU, which saves a pass over it.
      let gate = ReluGate(outputs: pass.output, rule: pass.rule)
      return backwardMethod.run(pass.outputGradient, target, gate: gate, scratch)
    }
    if let activation {
      forEachRange(outputShape.reduce(1, *)) { range in
        let begin = range.lowerBound
        activation.mask(
          pass.outputGradient + begin, output: pass.output + begin, count: range.count, rule: pass.rule, kernels)
      }
    }
    backwardMethod.run(pass.outputGradient, target, scratch)
  }
}

extension WindowGeometry {
  /// The convolution of stride 1 of the output's gradient with turned kernels that gives the input's gradient; nil
  /// where it would need to leave pixels out.
  fileprivate func turned(what: String) throws -> WindowGeometry? {
    let top = (kernelHeight - 1) * dilationY - self.top
    let left = (kernelWidth - 1) * dilationX - self.left
    let bottom = inputHeight - outputHeight + self.top
    let right = inputWidth - outputWidth + self.left
    guard min(top, left, bottom, right) >= 0 else { return nil }
    return try WindowGeometry(
      what: what, height: outputHeight, width: outputWidth, kernel: [kernelHeight, kernelWidth], strides: [1, 1],
      dilations: [dilationY, dilationX], padding: .explicit(top: top, left: left, bottom: bottom, right: right))
  }
}
