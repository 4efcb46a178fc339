import Synchronization

/// Weights in the form that steps want, made once for a network and shared by its plans.
final class PreparedWeights: Sendable {
  /// What may be kept, and how exactly.
  let options: WeightOptions
  private struct WinogradKey: Hashable {
    let value: Int
    let tile: WinogradTile
    let isTurned: Bool
  }
  private struct MatrixKey: Hashable {
    let value: Int
    /// A kernel's taps may be channels of the weights that are multiplied: see `GradientColumns`.
    let shape: Shape
    let taps: [Int]
    let isTurned: Bool
    let rowsPerBlock: Int
  }
  private let matrix = Mutex<[MatrixKey: MatrixWeights]>([:])
  private let winograd = Mutex<[WinogradKey: WinogradWeights]>([:])

  init(_ options: WeightOptions = WeightOptions()) { self.options = options }

  /// The kernels of the convolution that makes `value` for matrix products, as they are or turned.
  func matrixWeights(
    of convolution: Operation.Convolution, value: Int, taps: [Int], isTurned: Bool,
    rowsPerBlock: Int
  ) throws -> MatrixWeights {
    // Made under the lock, so that two threads that begin at once do not both pay for it.
    try matrix.withLock { cache in
      let key = MatrixKey(
        value: value, shape: convolution.weight.shape, taps: taps, isTurned: isTurned, rowsPerBlock: rowsPerBlock)
      if let found = cache[key] { return found }
      let made = try MatrixWeights(convolution, taps: taps, isTurned: isTurned, rowsPerBlock: rowsPerBlock)
      cache[key] = made
      return made
    }
  }

  /// The kernels at Winograd's points of the convolution that makes `value`, as they are or turned.
  ///
  /// - Parameter geometry: that of the convolution by these kernels.
  func winogradWeights(
    of convolution: Operation.Convolution, value: Int, _ tile: WinogradTile, isTurned: Bool, _ geometry: WindowGeometry
  ) throws -> WinogradWeights {
    let unkept = WinogradWeights(unkept: convolution.weight, tile, isTurned: isTurned)
    if options.memory == .small, WinogradConvolution.readsWeightsOnce(geometry, unkept) { return unkept }
    return try winograd.withLock { cache in
      let key = WinogradKey(value: value, tile: tile, isTurned: isTurned)
      if let found = cache[key] { return found }
      let made = try WinogradWeights(keeping: unkept)
      cache[key] = made
      return made
    }
  }
}

/// Makes the step for a node at given input shapes.
struct StepFactory {
  let weights: PreparedWeights

  /// Whether a step for `operation` can apply an activation to its output while it is in the cache.
  static func fuses(_ operation: Operation, _ activation: Operation.Activation) -> Bool {
    switch operation {
    case .convolution, .linear, .narrowLinear: return !activation.derivativeNeedsInput
    default: return false
    }
  }

  /// - Parameters:
  ///   - activation: an activation to fuse, for operations that `fuses` names.
  ///   - isDifferentiable: whether the step will be walked back.
  /// - Throws: `.invalidArgument` or `.unsupported`, naming the node.
  func step(
    _ node: Graph.Node, _ inputs: [[Int]], activation: Operation.Activation?, isDifferentiable: Bool
  ) throws -> any Step {
    let what = "layer \(node.name)"
    let input = inputs[0]
    if let needed = node.operation.inputCount, inputs.count != needed {
      throw ExplainError.invalid("\(what): \(inputs.count) inputs; the operation takes \(needed)")
    }
    switch node.operation {
    case .convolution(let convolution):
      if let step = try DepthwiseStep(what: what, convolution, activation: activation, input: input) { return step }
      return try ConvolutionStep(
        what: what, convolution, activation: activation, input: input, value: node.output,
        weights: weights, isDifferentiable: isDifferentiable)
    case .linear(let weight, let bias):
      return try LinearStep(what: what, weight: .wide(weight), bias: bias, activation: activation, input: input)
    case .narrowLinear(let weight, let bias):
      return try LinearStep(what: what, weight: .narrow(weight), bias: bias, activation: activation, input: input)
    case .activation(let activation):
      return ActivationStep(activation: activation, outputShape: input)
    case .pool(let pooling):
      return try PoolingStep(what: what, pooling, input: input)
    case .globalAveragePool:
      return try AdaptiveAverageStep(what: what, height: 1, width: 1, input: input)
    case .adaptiveAveragePool(let height, let width):
      if input.count == 4, input[2] == height, input[3] == width { return ViewStep(outputShape: input) }
      return try AdaptiveAverageStep(what: what, height: height, width: width, input: input)
    case .scaleAndShift(let scale, let shift):
      return try ScaleAndShiftStep(what: what, scale: scale, shift: shift, input: input)
    case .binary(let operation):
      return try BinaryStep(what: what, operation, inputs: inputs)
    case .binaryWithConstant(let operation, let constant, let constantIsLeft):
      return try BinaryStep(
        what: what, operation, inputs: inputs, constant: constant, constantIsLeft: constantIsLeft)
    case .concatenate(let axis):
      return try ConcatenationStep(what: what, axis: axis, inputs: inputs)
    case .flatten, .reshape, .squeeze, .unsqueeze, .identity:
      return ViewStep(outputShape: try viewShape(node.operation, input, what: what))
    case .transpose(let order):
      return try GatherStep(transposing: order, what: what, input: input)
    case .slice(let slices):
      return try GatherStep(slicing: slices, what: what, input: input)
    case .pad(let begin, let end, let mode):
      return try GatherStep(padding: begin, end, mode: mode, what: what, input: input)
    case .softmax(let axis, let overTrailingAxes):
      return try SoftmaxStep(what: what, axis: axis, overTrailingAxes: overTrailingAxes, input: input)
    case .localResponseNormalization(let size, let alpha, let beta, let bias):
      return try LocalResponseStep(what: what, size: size, alpha: alpha, beta: beta, bias: bias, input: input)
    case .mean(let axes, let keepsAxes):
      return try MeanStep(what: what, axes: axes, keepsAxes: keepsAxes, input: input)
    }
  }

  /// A step for a convolution and the pooling that follows it, or nil if `next` is none that can be fused.
  ///
  /// - Parameter isDifferentiable: as the convolution's.
  /// - Throws: as `step`.
  func pooled(
    _ convolution: ConvolutionStep, _ next: Graph.Node, isDifferentiable: Bool
  ) throws -> PooledConvolutionStep? {
    guard case .pool(let pooling) = next.operation else { return nil }
    let pool = try PoolingStep(what: "layer \(next.name)", pooling, input: convolution.outputShape)
    return PooledConvolutionStep(convolution, pool, isDifferentiable: isDifferentiable)
  }

  private func viewShape(_ operation: Operation, _ input: [Int], what: String) throws -> [Int] {
    var shape = input
    switch operation {
    case .flatten(let axis):
      // Unlike other axes, a flatten's may be the rank itself.
      let axis = axis == input.count ? axis : try resolveAxis(axis, rank: input.count, what: what)
      shape = [input[..<axis].reduce(1, *), input[axis...].reduce(1, *)]
    case .reshape(let target):
      shape = try reshaped(input, to: target, what: what)
    case .squeeze(let axes):
      let dropped = Set(try axes.map { try resolveAxis($0, rank: input.count, what: what) })
      guard dropped.allSatisfy({ input[$0] == 1 }) else {
        throw ExplainError.invalid("\(what): squeezes axes \(axes) of \(input)")
      }
      shape = input.indices.filter { !dropped.contains($0) }.map { input[$0] }
    case .unsqueeze(let axes):
      let rank = input.count + axes.count
      let added = Set(try axes.map { try resolveAxis($0, rank: rank, what: what) })
      guard added.count == axes.count else { throw ExplainError.invalid("\(what): adds axes \(axes)") }
      var rest = input.makeIterator()
      shape = (0..<rank).map { added.contains($0) ? 1 : rest.next() ?? 1 }
    default:
      break
    }
    guard shape.first == input.first else {
      throw ExplainError.unsupported("\(what): \(input) becomes \(shape), which mixes the batch with other axes")
    }
    return shape
  }

  private func reshaped(_ input: [Int], to target: [Int], what: String) throws -> [Int] {
    let count = input.reduce(1, *)
    var shape: [Int] = []
    for (axis, extent) in target.enumerated() {
      guard extent >= -1, extent != 0 || axis < input.count else {
        throw ExplainError.invalid("\(what): cannot reshape \(input) to \(target)")
      }
      shape.append(extent == 0 ? input[axis] : extent)
    }
    let known = try Shape(shape.filter { $0 >= 0 }).count
    let unknown = shape.indices.filter { shape[$0] == -1 }
    if unknown.count == 1, known > 0 { shape[unknown[0]] = count / known }
    guard unknown.count <= 1, try Shape(shape.map { max($0, 0) }).count == count else {
      throw ExplainError.invalid("\(what): cannot reshape \(input) to \(target)")
    }
    return shape
  }
}
