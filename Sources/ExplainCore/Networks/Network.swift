import Synchronization

/// A classifier that is given as a graph: VGG, an ONNX file, the embedded model.
public final class Network: Classifier {
  /// A short name for reports.
  public let name: String
  /// How pictures become the network's input.
  public let preprocessing: Preprocessing
  /// The number of classes.
  public let classCount: Int
  /// A name for each class, or none.
  public let classNames: [String]
  /// The layer that holds the features of the last convolution, rectified; see `Graph.lastFeatures`.
  public let defaultLayer: String?
  /// Always true: every operation of a graph has a derivative.
  public var isDifferentiable: Bool { true }
  /// Whether one of the graph's activations is a ReLU, or a clip at 0.
  public var hasReLUs: Bool {
    graph.nodes.contains { node in
      if case .activation(let activation) = node.operation { activation.isRectifier } else { false }
    }
  }
  /// The graph as it was given, but for the precision of its weights.
  public let graph: Graph
  private let layers: [(name: String, value: Int)]

  /// The graph that runs: normalization folded into convolutions.
  private let folded: Graph
  private let removedByFolding: Set<Int>
  private let foldedWeights, originalWeights: PreparedWeights
  private let idle = Mutex<[IdlePlan]>([])
  /// What a picture takes forward only, and with gradients, as far as it has been asked for.
  private let pictureBytes = Mutex<[Bool: Int]>([:])

  /// Plans that wait for the next call: concurrent callers need one each, and more than this are freed.
  private static let idleLimit = 4

  private struct PlanKey: Hashable {
    let inputShape: [Int]
    let kept: Set<Int>
    let gradientTarget: Int?
    let threads: Int
  }

  private struct IdlePlan: Sendable {
    let key: PlanKey
    let plan: Plan
  }

  /// Checks that the graph turns one picture of the preprocessing's size into one score a class.
  ///
  /// - Parameters:
  ///   - classNames: a name for each class, or none.
  ///   - weightOptions: how the weights are kept.
  /// - Throws: `.invalidArgument` or `.unsupported`, naming the layer that does not fit, or one with a weight that
  ///   cannot be kept as `weightOptions` says.
  public convenience init(
    name: String, graph: consuming Graph, preprocessing: Preprocessing, classNames: [String] = [],
    weightOptions: WeightOptions = WeightOptions()
  ) throws {
    try self.init(name: name, graph: graph, preprocessing: preprocessing, weightOptions: weightOptions) { classCount in
      guard classNames.isEmpty || classNames.count == classCount else {
        throw ExplainError.invalid("\(classNames.count) class names for the \(classCount) classes of \(name)")
      }
      return classNames
    }
  }

  /// As above, with names that depend on the number of classes, which is known when the graph has been compiled.
  ///
  /// - Parameter naming: gives a name for each of so many classes, or none.
  init(
    name: String, graph: consuming Graph, preprocessing: Preprocessing, weightOptions: WeightOptions = WeightOptions(),
    naming: (Int) throws -> [String]
  ) throws {
    self.name = name
    foldedWeights = PreparedWeights(weightOptions)
    originalWeights = PreparedWeights(weightOptions)
    try graph.narrowWeights(to: weightOptions.precision)
    self.graph = graph
    self.preprocessing = preprocessing
    (folded, removedByFolding) = try graph.foldingNormalization()
    layers = graph.nodes.map { ($0.name, $0.output) }
    let plan = try Plan(
      folded, inputShape: [1, 3, preprocessing.height, preprocessing.width], gradientTarget: nil,
      weights: foldedWeights)
    defaultLayer = graph.lastFeatures { plan.shape(of: $0) }
    let shape = plan.outputShape
    guard shape.count >= 2, shape[0] == 1, shape.dropFirst(2).allSatisfy({ $0 == 1 }), shape[1] > 0 else {
      throw ExplainError.unsupported("\(name) is no classifier: its output is \(shape), expected [1, classes]")
    }
    classCount = shape[1]
    classNames = try naming(classCount)
  }

  /// The weights as they were loaded, or as they are kept.
  public var tensors: [ModelTensor] { graph.tensors }

  /// Names of the nodes, in the order of execution.
  public var layerNames: [String] { layers.map(\.name) }

  /// Bytes of the values, and working memory, of one picture: what a plan's size grows by with the batch.
  ///
  /// - Throws: `.outOfMemory`.
  public func bytesPerPicture(isDifferentiable: Bool) throws -> Int {
    try pictureBytes.withLock { known in
      if let bytes = known[isDifferentiable] { return bytes }
      func floats(_ batch: Int) throws -> Int {
        try Plan.valueCount(
          folded, inputShape: [batch, 3, preprocessing.height, preprocessing.width],
          isDifferentiable: isDifferentiable, weights: foldedWeights)
      }
      // Working memory grows by steps, and some steps take theirs for a few pictures only: what pictures beyond eight
      // take is divided among them. Where inputs are so large that no shape holds so many, the first one counts. None
      // takes less than its input.
      let one = try floats(1)
      let grown = (try? (floats(16) - floats(8)) / 8) ?? one
      let growth = max(grown, 3 * preprocessing.height * preprocessing.width)
      let bytes = growth * MemoryLayout<Float>.stride
      known[isDifferentiable] = bytes
      return bytes
    }
  }

  /// Logits of a batch, in a plan that reuses its buffers while it runs.
  ///
  /// - Throws: `.invalidArgument` if the batch is not `[N, 3, H, W]` of a size that the network takes; `.outOfMemory`.
  public func logits(_ batch: Tensor) throws -> Tensor {
    try check(batch)
    let (key, plan) = try takePlan(
      PlanKey(inputShape: batch.shape.dimensions, kept: [], gradientTarget: nil, threads: Parallel.threads))
    defer { give(plan, key) }
    plan.run(batch)
    return try plan.output().reshaped([batch.shape[0], classCount])
  }

  /// Logits of a batch, with every activation kept for the way back.
  ///
  /// - Throws: as `logits`, and `.invalidArgument` if there is no such layer.
  public func trace(_ batch: Tensor, layer: String?, rule: ReluRule) throws -> any Trace {
    try check(batch)
    var value: Int?
    if let layer {
      guard let found = layers.first(where: { $0.name == layer }) else {
        throw ExplainError.invalid(
          "\(name) has no layer \(layer)\(NearestNames.clause(for: layer, among: layerNames))")
      }
      value = found.value
    }
    let (key, plan) = try takePlan(
      PlanKey(
        inputShape: batch.shape.dimensions, kept: value.map { [$0] } ?? [], gradientTarget: value ?? 0,
        threads: Parallel.threads))
    plan.run(batch)
    return try NetworkTrace(plan, classCount: classCount, layer: value, rule: rule) { [self] in give(plan, key) }
  }

  private func check(_ batch: Tensor) throws {
    let shape = batch.shape
    guard shape.rank == 4, shape[1] == 3, shape[0] > 0, shape[2] > 0, shape[3] > 0 else {
      throw ExplainError.invalid("a batch of shape \(shape) for \(name), which takes [N, 3, H, W]")
    }
  }

  private func takePlan(_ key: PlanKey) throws -> (PlanKey, Plan) {
    let waiting: Plan? = idle.withLock { idle in
      if let index = idle.lastIndex(where: { $0.key == key }) { return idle.remove(at: index).plan }
      // The last batch of a run is often smaller: its plan takes the place of the others', which may fill all the
      // memory that batches are allowed.
      if key.inputShape[0] > 1 { idle.removeAll { $0.key.inputShape[0] > 1 } }
      return nil
    }
    if let waiting { return (key, waiting) }
    let isOriginal = !removedByFolding.isDisjoint(with: key.kept)
    let plan = try Plan(
      isOriginal ? graph : folded, inputShape: key.inputShape, kept: key.kept,
      gradientTarget: key.gradientTarget, weights: isOriginal ? originalWeights : foldedWeights)
    return (key, plan)
  }

  private func give(_ plan: Plan, _ key: PlanKey) {
    idle.withLock { idle in
      idle.append(IdlePlan(key: key, plan: plan))
      if idle.count > Network.idleLimit { idle.removeFirst() }
    }
  }
}

/// One pass through a network; it holds its plan until it is released.
private final class NetworkTrace: Trace {
  let logits: Tensor
  let activation: Tensor?
  private let plan: Plan
  private let hasLayer: Bool
  private let rule: ReluRule
  private let release: () -> Void

  init(_ plan: Plan, classCount: Int, layer: Int?, rule: ReluRule, release: @escaping () -> Void) throws {
    self.plan = plan
    hasLayer = layer != nil
    self.rule = rule
    self.release = release
    do {
      logits = try plan.output().reshaped([plan.inputShape[0], classCount])
      activation = try layer.map { try plan.value($0) }
    } catch {
      release()
      throw error
    }
  }

  deinit { release() }

  func inputGradient(_ logitsGradient: Tensor) throws -> Tensor {
    guard !hasLayer else { throw ExplainError.invalid("the trace was made for a layer's gradient, not the input's") }
    return try gradient(logitsGradient)
  }

  func activationGradient(_ logitsGradient: Tensor) throws -> Tensor {
    guard hasLayer else { throw ExplainError.invalid("the trace was made without a layer") }
    return try gradient(logitsGradient)
  }

  private func gradient(_ logitsGradient: Tensor) throws -> Tensor {
    guard logitsGradient.shape == logits.shape else {
      throw ExplainError.invalid("a gradient of shape \(logitsGradient.shape) for logits of \(logits.shape)")
    }
    return try plan.gradient(logitsGradient, rule: rule)
  }
}
