/// A convolution with its bias and, where the graph allows, the activation that follows it.
struct ConvolutionStep: Step {
  let outputShape: [Int]
  let activation: Operation.Activation?
  private let batch: Int
  private let kernels = Kernels.current
  private let geometry: WindowGeometry
  /// The definition, and Winograd's method in its place where that computes less.
  private let forwardConvolution: MatrixConvolution
  let forwardWinograd: WinogradConvolution?
  private let backwardMethod: BackwardMethod?

  private enum BackwardMethod {
    /// As `turned`, by Winograd's method.
    case winograd(WinogradConvolution)
    /// Stride 1: the convolution of the gradient with the kernels turned by 180 degrees, channels swapped.
    case turned(MatrixConvolution)
    /// Any geometry: `weightᵀ · gradient` gives columns, which are added back into the image, some rows at a time.
    case scattered(rowsAtATime: Int)
  }

  /// Columns gathered at a time when gradients are scattered: 16 MiB.
  private static let scatterLimit = 1 << 22
  /// With fewer channels than this, turned kernels would make matrices too flat to multiply fast.
  private static let fewestTurnedChannels = 16

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
    self.geometry = geometry
    self.activation = activation
    batch = input[0]
    outputShape = [input[0], weight[0], geometry.outputHeight, geometry.outputWidth]
    let perGroup = weight[0] / groups
    forwardConvolution = MatrixConvolution(
      geometry: geometry, groups: groups, channels: weight[1], outputs: perGroup, weight: convolution.weight,
      bias: convolution.bias, activation: activation)
    forwardWinograd = try WinogradTile.best(convolution, geometry, isTurned: false).map { tile in
      try WinogradConvolution(
        geometry: geometry, batch: input[0],
        weights: weights.winogradWeights(of: convolution, value: value, tile, isTurned: false),
        bias: convolution.bias, activation: activation)
    }
    guard isDifferentiable else {
      backwardMethod = nil
      return
    }
    let top = (weight[2] - 1) * geometry.dilationY - geometry.top
    let left = (weight[3] - 1) * geometry.dilationX - geometry.left
    let bottom = geometry.inputHeight - geometry.outputHeight + geometry.top
    let right = geometry.inputWidth - geometry.outputWidth + geometry.left
    let tile = WinogradTile.best(convolution, geometry, isTurned: true)
    if convolution.strides == [1, 1], tile != nil || weight[1] >= Self.fewestTurnedChannels,
      min(top, left, bottom, right) >= 0
    {
      let turned = try WindowGeometry(
        what: what, height: geometry.outputHeight, width: geometry.outputWidth, kernel: [weight[2], weight[3]],
        strides: [1, 1], dilations: convolution.dilations,
        padding: .explicit(top: top, left: left, bottom: bottom, right: right))
      if let tile {
        backwardMethod = .winograd(
          try WinogradConvolution(
            geometry: turned, batch: input[0],
            weights: weights.winogradWeights(of: convolution, value: value, tile, isTurned: true), bias: nil,
            activation: nil))
      } else {
        backwardMethod = .turned(
          MatrixConvolution(
            geometry: turned, groups: groups, channels: perGroup, outputs: weight[1],
            weight: try weights.turnedWeight(of: convolution, value: value), bias: nil, activation: nil))
      }
    } else {
      let columnsPerRow = weight[1] * geometry.taps * geometry.outputWidth
      backwardMethod = .scattered(
        rowsAtATime: max(1, min(geometry.outputHeight, Self.scatterLimit / max(1, columnsPerRow))))
    }
  }

  /// The convolution of the gradient, if it is by Winograd's method.
  var backwardWinograd: WinogradConvolution? {
    guard case .winograd(let winograd) = backwardMethod else { return nil }
    return winograd
  }

  private var depth: Int { forwardConvolution.channels * geometry.taps }

  var scratchPerWorker: Int {
    let forward = forwardWinograd?.scratchPerWorker ?? forwardConvolution.scratchPerWorker
    switch backwardMethod {
    case .winograd(let winograd): return max(forward, winograd.scratchPerWorker)
    case .turned(let turned): return max(forward, turned.scratchPerWorker)
    case .scattered, nil: return forward
    }
  }

  var sharedScratch: Int {
    let forward = forwardWinograd?.sharedScratch ?? forwardConvolution.sharedScratch
    switch backwardMethod {
    case .winograd(let winograd): return max(forward, winograd.sharedScratch)
    case .turned(let turned): return max(forward, turned.sharedScratch)
    case .scattered(let rows): return max(forward, depth * rows * geometry.outputWidth)
    case nil: return forward
    }
  }

  func forward(_ inputs: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    if let forwardWinograd {
      forwardWinograd.run(inputs[0], output, scratch)
    } else {
      forwardConvolution.run(inputs[0], output, batch: batch, scratch)
    }
  }

  func backward(_ pass: BackwardPass, _ scratch: Scratch) {
    guard let target = pass.inputGradients[0], let backwardMethod else { return }
    if case .winograd(let winograd) = backwardMethod, activation == .relu {
      // The transform of the gradient reads it through the ReLU, which saves a pass over it.
      return winograd.run(pass.outputGradient, target, from: .gated(outputs: pass.output, pass.rule), scratch)
    }
    if let activation {
      forEachRange(outputShape.reduce(1, *)) { range in
        let begin = range.lowerBound
        activation.mask(
          pass.outputGradient + begin, output: pass.output + begin, count: range.count, rule: pass.rule, kernels)
      }
    }
    switch backwardMethod {
    case .winograd(let winograd): winograd.run(pass.outputGradient, target, scratch)
    case .turned(let turned): turned.run(pass.outputGradient, target, batch: batch, scratch)
    case .scattered(let rows): scatter(pass.outputGradient, target, rowsAtATime: rows, scratch)
    }
  }

  private func scatter(
    _ gradient: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, rowsAtATime: Int, _ scratch: Scratch
  ) {
    let (channels, outputs) = (forwardConvolution.channels, forwardConvolution.outputs)
    let groups = forwardConvolution.groups
    target.update(repeating: 0, count: batch * groups * channels * geometry.inputCount)
    for index in 0..<batch * groups {
      nonisolated(unsafe) let source = gradient + index * outputs * geometry.outputCount
      nonisolated(unsafe) let destination = target + index * channels * geometry.inputCount
      let firstWeight = index % groups * outputs * depth
      for firstRow in stride(from: 0, to: geometry.outputHeight, by: rowsAtATime) {
        let rows = firstRow..<min(firstRow + rowsAtATime, geometry.outputHeight)
        columns(of: source, rows, firstWeight: firstWeight, into: scratch.shared)
        let count = rows.count * geometry.outputWidth
        Parallel.forEach(channels) { channel in
          Columns.scatter(
            scratch.shared + channel * geometry.taps * count, rowStride: count, geometry, outputRows: rows,
            into: destination + channel * geometry.inputCount)
        }
      }
    }
  }

  /// `weightᵀ · gradient` for some output rows: `[channels · taps, positions]`.
  private func columns(
    of gradient: UnsafePointer<Float>, _ rows: Range<Int>, firstWeight: Int, into columns: UnsafeMutablePointer<Float>
  ) {
    nonisolated(unsafe) let (gradient, columns) = (gradient, columns)
    let count = rows.count * geometry.outputWidth
    let perTask = 1024
    Parallel.forEach((count + perTask - 1) / perTask) { task in
      let begin = task * perTask
      forwardConvolution.weight.withPointer { weight in
        BLAS.multiply(
          weight + firstWeight, gradient + rows.lowerBound * geometry.outputWidth + begin, columns + begin,
          m: depth, n: min(perTask, count - begin), k: forwardConvolution.outputs, strideA: depth,
          strideB: geometry.outputCount, strideC: count, transposeA: true)
      }
    }
  }
}

extension Operation.Convolution {
  /// The weights for the gradient: `[groups · inputs, outputs per group, kernel]`, kernels turned by 180 degrees.
  func turnedWeight() throws -> Tensor {
    let (outputs, inputs, taps) = (weight.shape[0] / groups, weight.shape[1], weight.shape[2] * weight.shape[3])
    let shape = try Shape([groups * inputs, outputs, weight.shape[2], weight.shape[3]])
    return try Tensor(shape) { turned in
      nonisolated(unsafe) let turned = turned
      weight.withPointer { weight in
        nonisolated(unsafe) let weight = weight
        Parallel.forEach(groups * inputs) { row in
          let (group, input) = row.quotientAndRemainder(dividingBy: inputs)
          for output in 0..<outputs {
            let source = weight + ((group * outputs + output) * inputs + input) * taps
            for tap in 0..<taps { turned[(row * outputs + output) * taps + tap] = source[taps - 1 - tap] }
          }
        }
      }
    }
  }
}
