/// A graph compiled for one input shape: the order of steps, what is fused, and where each value lies in memory.
///
/// It runs forward, and backward to the input or to one of the values that were kept. One plan serves one thread at a
/// time; several plans of a network share its weights.
final class Plan: @unchecked Sendable {
  private struct Stage {
    let step: any Step
    /// Buffers: numbers of values, views resolved to the value whose memory they share.
    let inputs: [Int]
    let output: Int
    /// Where its own memory begins.
    let kept: Int
  }

  let inputShape: [Int]
  /// The shape of each value that has been computed.
  private var shapes: [Int: [Int]] = [:]
  private var stages: [Stage] = []
  private var root: [Int: Int] = [:]
  private let outputValue: Int
  private let isDifferentiable: Bool

  private var valueOffset: [Int: Int] = [:]
  private let values: Storage
  private let scratchStorage: Storage
  private let workers = Parallel.threads
  private let scratchPerWorker: Int

  private var gradientLayout: GradientLayout?

  /// - Parameters:
  ///   - inputShape: `[N, C, H, W]`.
  ///   - kept: values that are asked for by name, which are therefore not fused away.
  ///   - isDifferentiable: whether `gradient` will be called; otherwise buffers are reused while running forward.
  /// - Throws: `.invalidArgument` or `.unsupported`, naming the layer that does not fit; `.outOfMemory`.
  init(
    _ graph: Graph, inputShape: [Int], kept: Set<Int> = [], isDifferentiable: Bool, weights: PreparedWeights
  ) throws {
    self.inputShape = inputShape
    self.isDifferentiable = isDifferentiable
    outputValue = graph.output
    var builder = PlanBuilder(
      graph: graph, kept: kept, factory: StepFactory(weights: weights, isDifferentiable: isDifferentiable))
    try builder.build(inputShape: inputShape)
    shapes = builder.shapes
    root = builder.root
    var lastUse: [Int: Int] = [:]
    for (index, step) in builder.steps.enumerated() {
      for input in step.inputs { lastUse[input] = index }
    }
    let end = builder.steps.count
    for value in kept.union([outputValue]) { lastUse[builder.root[value] ?? value] = end }
    var arena = Arena()
    valueOffset[0] = arena.place(Plan.count(inputShape), during: 0...(isDifferentiable ? end : lastUse[0] ?? 0))
    for (index, built) in builder.steps.enumerated() {
      let (step, inputs, output) = built
      if valueOffset[output] == nil {
        let last = isDifferentiable ? end : max(index, lastUse[output] ?? index)
        valueOffset[output] = arena.place(Plan.count(step.outputShape), during: index...last)
      }
      let kept = arena.place(step.keptCount, during: index...(isDifferentiable ? end : index))
      stages.append(Stage(step: step, inputs: inputs, output: output, kept: kept))
    }
    values = try Storage(count: arena.count)
    scratchPerWorker = stages.map(\.step.scratchPerWorker).max() ?? 0
    let shared = stages.map(\.step.sharedScratch).max() ?? 0
    scratchStorage = try Storage(count: scratchPerWorker * workers + shared)
  }

  static func count(_ shape: [Int]) -> Int { shape.reduce(1, *) }

  /// The shape of a value.
  func shape(of value: Int) -> [Int] { shapes[value] ?? [] }
  /// The shape of the output.
  var outputShape: [Int] { shape(of: outputValue) }

  private func pointer(_ value: Int) -> UnsafeMutablePointer<Float> {
    values.pointer + valueOffset[root[value] ?? value, default: 0]
  }

  private func scratch(_ stage: Stage) -> Scratch {
    Scratch(
      workers: workers, perWorker: scratchPerWorker, base: scratchStorage.pointer, kept: values.pointer + stage.kept)
  }

  /// Computes every value from a batch of the plan's shape.
  func run(_ batch: Tensor) {
    precondition(batch.shape.dimensions == inputShape, "a batch of another shape than the plan's")
    batch.withPointer { pointer(0).update(from: $0, count: batch.count) }
    BLAS.withSingleThread {
      for stage in stages where !stage.step.isView {
        stage.step.forward(stage.inputs.map { UnsafePointer(pointer($0)) }, pointer(stage.output), scratch(stage))
      }
    }
  }

  /// A copy of a value that was kept, or of the output.
  ///
  /// - Throws: `.outOfMemory`.
  func value(_ value: Int) throws -> Tensor {
    let valueShape = try Shape(shape(of: value))
    return try Tensor(valueShape) { $0.baseAddress?.update(from: pointer(value), count: valueShape.count) }
  }

  /// The output, a copy.
  ///
  /// - Throws: `.outOfMemory`.
  func output() throws -> Tensor { try value(outputValue) }

  /// Walks a gradient of the output back to `target`: the input, 0, or a value that was kept.
  ///
  /// - Throws: `.outOfMemory`.
  func gradient(_ outputGradient: Tensor, to target: Int = 0, rule: ReluRule) throws -> Tensor {
    precondition(isDifferentiable, "the plan was compiled to run forward only")
    precondition(outputGradient.count == Plan.count(outputShape), "a gradient of another shape than the output's")
    let layout: GradientLayout
    if let existing = gradientLayout {
      layout = existing
    } else {
      layout = try GradientLayout(
        stages: stages.map { (inputs: $0.inputs, output: $0.output) }, output: root[outputValue] ?? outputValue,
        counts: Dictionary(uniqueKeysWithValues: valueOffset.keys.map { ($0, Plan.count(shape(of: $0))) }))
      gradientLayout = layout
    }
    let targetRoot = root[target] ?? target
    var dependent: Set<Int> = [targetRoot]
    for stage in stages where !dependent.isDisjoint(with: stage.inputs) { dependent.insert(stage.output) }
    var arrived: Set<Int> = []
    let outputRoot = root[outputValue] ?? outputValue
    outputGradient.withPointer { layout.gradient(outputRoot).update(from: $0, count: outputGradient.count) }
    arrived.insert(outputRoot)

    BLAS.withSingleThread {
      for (index, stage) in stages.enumerated().reversed() where !stage.step.isView {
        guard stage.output != targetRoot else { break }
        guard dependent.contains(stage.output), arrived.contains(stage.output) else { continue }
        walkBack(index, stage, layout, dependent, &arrived, rule)
      }
    }
    let targetShape = try Shape(shape(of: target))
    guard arrived.contains(targetRoot) else { return try Tensor(repeating: 0, shape: targetShape) }
    return try Tensor(targetShape) {
      $0.baseAddress?.update(from: layout.gradient(targetRoot), count: targetShape.count)
    }
  }

  private func walkBack(
    _ index: Int, _ stage: Stage, _ layout: GradientLayout, _ dependent: Set<Int>, _ arrived: inout Set<Int>,
    _ rule: ReluRule
  ) {
    // A value's first contribution is written in place; later ones, also of the same step, go beside it and are added.
    var targets: [UnsafeMutablePointer<Float>?] = []
    var additions: [(value: Int, pointer: UnsafeMutablePointer<Float>)] = []
    for (position, input) in stage.inputs.enumerated() {
      guard dependent.contains(input) else {
        targets.append(nil)
        continue
      }
      if arrived.insert(input).inserted {
        targets.append(layout.gradient(input))
      } else {
        let beside = layout.addition(stage: index, position: position)
        targets.append(beside)
        additions.append((input, beside))
      }
    }
    let pass = BackwardPass(
      inputs: stage.inputs.map { UnsafePointer(pointer($0)) }, output: pointer(stage.output),
      outputGradient: layout.gradient(stage.output), inputGradients: targets, rule: rule)
    stage.step.backward(pass, scratch(stage))
    for (value, pointer) in additions {
      let sum = layout.gradient(value)
      for i in 0..<Plan.count(shape(of: value)) { sum[i] += pointer[i] }
    }
  }
}
