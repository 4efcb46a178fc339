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
    /// Whether it is walked back.
    let isDifferentiable: Bool
  }

  let inputShape: [Int]
  /// The shape of each value that has been computed.
  private var shapes: [Int: [Int]] = [:]
  private var stages: [Stage] = []
  private var root: [Int: Int] = [:]
  private let outputValue: Int
  private let gradientTarget: Int?

  private var valueOffset: [Int: Int] = [:]
  private let values: Storage
  private let scratchStorage: Storage
  private let workers = Parallel.threads
  private let scratchPerWorker: Int

  private let gradientPlaces: GradientPlaces
  private var gradientLayout: GradientLayout?

  /// - Parameters:
  ///   - inputShape: `[N, C, H, W]`.
  ///   - kept: values that are asked for by name, which are therefore not fused away.
  ///   - gradientTarget: the value that `gradient` will walk back to: the input, 0, or one of `kept`. What it does not
  ///     need is neither prepared nor kept; with nil, buffers are reused all the way forward.
  /// - Throws: `.invalidArgument` or `.unsupported`, naming the layer that does not fit; `.outOfMemory`.
  init(
    _ graph: Graph, inputShape: [Int], kept: Set<Int> = [], gradientTarget: Int?, weights: PreparedWeights
  ) throws {
    self.inputShape = inputShape
    self.gradientTarget = gradientTarget
    outputValue = graph.output
    var builder = PlanBuilder(
      graph: graph, kept: kept, gradientTarget: gradientTarget, factory: StepFactory(weights: weights))
    try builder.build(inputShape: inputShape)
    shapes = builder.shapes
    root = builder.root
    let places = ValuePlaces(builder, inputShape: inputShape, output: outputValue)
    valueOffset = places.offsets
    stages = zip(builder.steps, places.kept).map { built, kept in
      Stage(
        step: built.step, inputs: built.inputs, output: built.output, kept: kept,
        isDifferentiable: built.isDifferentiable)
    }
    gradientPlaces = GradientPlaces(builder, output: outputValue, counts: places.counts)
    values = try Storage(count: places.count)
    // Whole cache lines, so that no two workers write to one.
    scratchPerWorker = ((stages.map(\.step.scratchPerWorker).max() ?? 0) + 15) / 16 * 16
    let shared = stages.map(\.step.sharedScratch).max() ?? 0
    scratchStorage = try Storage(count: scratchPerWorker * workers + shared)
  }

  /// Floats of a plan's values, gradients and shared working memory, which it would take besides the weights.
  ///
  /// - Throws: as `init`.
  static func valueCount(
    _ graph: Graph, inputShape: [Int], isDifferentiable: Bool, weights: PreparedWeights
  ) throws -> Int {
    var builder = PlanBuilder(
      graph: graph, kept: [], gradientTarget: isDifferentiable ? 0 : nil, factory: StepFactory(weights: weights))
    try builder.build(inputShape: inputShape)
    let places = ValuePlaces(builder, inputShape: inputShape, output: graph.output)
    let gradients = isDifferentiable ? GradientPlaces(builder, output: graph.output, counts: places.counts).count : 0
    return places.count + gradients + (builder.steps.map(\.step.sharedScratch).max() ?? 0)
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

  /// Walks a gradient of the output back to the plan's target.
  ///
  /// - Throws: `.outOfMemory`.
  func gradient(_ outputGradient: Tensor, rule: ReluRule) throws -> Tensor {
    guard let target = gradientTarget else { preconditionFailure("the plan was compiled to run forward only") }
    precondition(outputGradient.count == Plan.count(outputShape), "a gradient of another shape than the output's")
    let layout: GradientLayout
    if let existing = gradientLayout {
      layout = existing
    } else {
      layout = try GradientLayout(gradientPlaces)
      gradientLayout = layout
    }
    let targetRoot = root[target] ?? target
    var dependent: Set<Int> = [targetRoot]
    for stage in stages where stage.isDifferentiable { dependent.insert(stage.output) }
    var arrived: Set<Int> = []
    let outputRoot = root[outputValue] ?? outputValue
    outputGradient.withPointer { layout.gradient(outputRoot).update(from: $0, count: outputGradient.count) }
    arrived.insert(outputRoot)

    BLAS.withSingleThread {
      for (index, stage) in stages.enumerated().reversed() where stage.isDifferentiable && !stage.step.isView {
        guard arrived.contains(stage.output) else { continue }
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

/// Where a plan's values lie: as long as they are read, and to the end if a step that reads or makes them is walked back.
private struct ValuePlaces {
  private(set) var offsets: [Int: Int] = [:]
  /// Floats of each value.
  private(set) var counts: [Int: Int] = [:]
  /// Where what each step keeps lies.
  private(set) var kept: [Int] = []
  /// Floats of all.
  let count: Int

  init(_ builder: PlanBuilder, inputShape: [Int], output: Int) {
    let end = builder.steps.count
    var lastUse: [Int: Int] = [:]
    for (index, built) in builder.steps.enumerated() {
      for input in built.inputs { lastUse[input] = index }
    }
    for value in builder.kept.union([output]) { lastUse[builder.root[value] ?? value] = end }
    for built in builder.steps where built.isDifferentiable {
      for value in built.inputs + [built.output] { lastUse[value] = end }
    }
    var arena = Arena()
    counts[0] = Plan.count(inputShape)
    offsets[0] = arena.place(Plan.count(inputShape), during: 0...(lastUse[0] ?? 0))
    for (index, built) in builder.steps.enumerated() {
      if offsets[built.output] == nil {
        let last = max(index, lastUse[built.output] ?? index)
        counts[built.output] = Plan.count(built.step.outputShape)
        offsets[built.output] = arena.place(Plan.count(built.step.outputShape), during: index...last)
      }
      kept.append(arena.place(built.step.keptCount, during: index...(built.isDifferentiable ? end : index)))
    }
    count = arena.count
  }
}
