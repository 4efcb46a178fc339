/// Learns a small network that changes the picture as little as possible until the class vanishes [roberto1648].
///
///     loss = l1 * mean|x - g(x)| + p_c(g(x))
///
/// Where the changed picture differs is the evidence. Each default is [roberto1648]'s.
public struct Perturbator: Sendable, Equatable {
  /// Width of the shared kernel in pixels, 1 to 31; an even one becomes the next odd one.
  public var kernel = 3
  /// Runs of convolutions with a ReLU behind each, 1 to 16.
  public var blocks = 3
  /// Convolutions in each block, 1 to 16.
  public var layers = 3
  /// Weight of the mean absolute change.
  public var l1: Float = 1
  /// Adam's step size.
  public var learningRate: Float = 0.01
  /// Steps, 1 to 100,000.
  public var iterations = 1000

  /// The published settings.
  public init() {}
}

extension Perturbator: ExplanationMethod {
  /// The method `perturbator`.
  public static let about = MethodDescription(
    name: "perturbator", summary: "learns a small network that changes the picture until the class vanishes",
    needsGradient: true, isDeterministic: false, cost: "1000 forward and backward",
    source: "roberto1648, deep-explanation-using-ai-for-explaining-the-results-of-ai")

  /// Every option.
  public static let table: [OptionDescription<Perturbator>] = [
    .integer("iterations", "gradient steps", \.iterations),
    .integer("kernel", "width of the shared kernel, in pixels; an even one becomes the next odd one", \.kernel),
    .integer("blocks", "runs of convolutions with a ReLU behind each", \.blocks),
    .integer("layers", "convolutions in each block", \.layers),
    .number("l1", "weight of the mean absolute change", \.l1),
    .number("learning-rate", "Adam's step size", \.learningRate),
  ]

  /// The published settings; there are no presets.
  ///
  /// - Throws: `.invalidArgument` for any preset.
  public init(preset: String?) throws {
    self.init()
    try OptionLimit.refuse(preset: preset, of: Self.about)
  }

  /// Checks every option.
  ///
  /// - Throws: `.invalidArgument` that names the first option out of its range.
  public func validate() throws {
    try OptionLimit.check("iterations", iterations, 1...100_000)
    try OptionLimit.check("kernel", kernel, 1...31)
    try OptionLimit.check("blocks", blocks, 1...16)
    try OptionLimit.check("layers", layers, 1...16)
    try OptionLimit.check("l1", l1, 0...1e6)
    try OptionLimit.check("learning-rate", learningRate, 1e-8...100)
  }

  /// Learns the network and looks where it changed the picture.
  ///
  /// - Throws: `.invalidArgument` for a loss that is not finite; `.outOfMemory`; what the classifier throws.
  public func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings {
    let run = try learn(subject.classifier, subject.input, subject.target.indices, seed: subject.seed, progress)
    let size = (height: subject.input.shape[2], width: subject.input.shape[3])
    let unit = subject.classifier.preprocessing.unit
    let differences = try run.perturbed.map { try Self.differences(subject.input, $0, unit: unit) }
    let map = try differences ?? Tensor(repeating: 0, shape: Shape([size.height, size.width]))
    let largest = map.values.max() ?? 0
    var findings = Findings(importance: largest > 0 ? try map.map { $0 / largest } : map)
    findings.map = map
    findings.perturbed = run.perturbed
    (findings.history, findings.iterations) = (run.history, run.history[0].values.count)
    (findings.isInterrupted, findings.warnings) = (run.isInterrupted, run.warnings)
    let top = subject.probabilities.max() ?? 0
    if top < 0.5 {
      findings.warnings.append(
        "the most probable class has only \(percent(top)): the class is not well defined, and neither is its evidence")
    }
    if run.perturbed != nil, largest == 0 {
      findings.warnings.append("the picture was not changed but near its edges, which are left out")
    }
    findings.measures = [JSON.Member("restarts", JSON(run.restarts))]
    if let perturbed = run.perturbed {
      let change = try (Variable(constant: subject.input) - Variable(constant: perturbed)).absolute().mean() / unit
      findings.measures.append(JSON.Member("mean_absolute_change", JSON(change.value.item)))
      findings.figures = try figures(subject, perturbed, map)
    }
    findings.figures.append(
      ("loss", try Figure(rows: [[Panel("Loss", .curves(run.history, isLogarithmic: true))]]).picture()))
    return findings
  }

  /// What the learning came to.
  struct Run {
    /// Nil where no generator lived.
    var perturbed: Tensor?
    /// `loss`, `score` and `l1`, one number an iteration.
    var history = ["loss", "score", "l1"].map { Explanation.Series(name: $0, values: []) }
    var restarts = 0
    var isInterrupted = false
    var warnings: [String] = []
  }

  /// Seeds that are tried before the method gives up.
  static let attempts = 32

  /// Learns the generator; a dead one is begun again from the next seed.
  func learn(
    _ classifier: any Classifier, _ input: Tensor, _ target: [Int], seed: UInt64, _ progress: ProgressHandler?
  ) throws -> Run {
    for attempt in 0..<Self.attempts {
      let seed = seed &+ UInt64(attempt)
      guard var run = try optimize(classifier, input, target, seed: seed, progress) else { continue }
      run.restarts = attempt
      if attempt > 0 {
        run.warnings.append(
          "\(attempt) generators gave a constant picture, as their ReLUs died; the one of seed \(seed) was taken")
      }
      return run
    }
    var run = Run()
    run.restarts = Self.attempts
    run.warnings.append(
      "\(Self.attempts) generators gave a constant picture, as their ReLUs died: try another seed, or fewer layers")
    return run
  }

  /// One run of gradient descent; nil where the generator died.
  private func optimize(
    _ classifier: any Classifier, _ input: Tensor, _ target: [Int], seed: UInt64, _ progress: ProgressHandler?
  ) throws -> Run? {
    var generator = try PerturbingGenerator(size: kernel, blocks: blocks, layers: layers, seed: seed)
    var kernelAdam = Adam(learningRate: Double(learningRate))
    var biasAdam = Adam(learningRate: Double(learningRate))
    // The loss and the generator are in the units of torch's normalization.
    let unit = classifier.preprocessing.unit
    let x = try Variable(constant: input) / unit
    var run = Run()
    for iteration in 1...iterations {
      let (kernel, bias) = (Variable(learned: generator.kernel), Variable(learned: generator.bias))
      guard let g = try generator.perturbed(x, kernel: kernel, bias: bias) else { return nil }
      let change = try l1 * (x - g).absolute().mean()
      let score = try classifier.logits(g * unit).score(.probability, of: target).sum()
      let loss = try change + score
      let value = loss.value.item
      guard value.isFinite else {
        throw ExplainError.invalid("the loss is \(value) in iteration \(iteration): lower the learning rate or l1")
      }
      for (index, number) in [value, score.value.item, change.value.item].enumerated() {
        run.history[index].values.append(number)
      }
      run.perturbed = try (g * unit).value
      let gradients = try loss.gradients(withRespectTo: [kernel, bias])
      try kernelAdam.step(&generator.kernel, gradient: gradients[0])
      try biasAdam.step(&generator.bias, gradient: gradients[1])
      let report = Progress(step: iteration, steps: iterations, loss: value, score: score.value.item)
      if let progress, progress(report) == .cancel {
        run.isInterrupted = true
        break
      }
    }
    return run
  }

  /// Where two pictures differ, `[H, W]`: the sixth power of the difference of their mean channels, without the
  /// edges, where padding shows, and made broad enough to be seen.
  static func differences(_ x: Tensor, _ g: Tensor, unit: Float = 1) throws -> Tensor {
    let (height, width) = (x.shape[2], x.shape[3])
    let difference = try (Variable(constant: x).mean([0, 1]) - Variable(constant: g).mean([0, 1])).value
    let sixth = try difference.map { difference in
      let value = difference / unit
      let cube = value * value * value
      return cube * cube
    }
    let (rows, columns) = (height / 10..<height * 9 / 10, width / 10..<width * 9 / 10)
    let inner = try Tensor(sixth.shape) { output in
      sixth.withPointer { values in
        for i in 0..<output.count {
          output[i] = rows.contains(i / width) && columns.contains(i % width) ? values[i] : 0
        }
      }
    }
    return try inner.dilated(width: 20, height: 20)
  }

  private func figures(
    _ subject: Subject, _ perturbed: Tensor, _ differences: Tensor
  ) throws -> [(name: String, picture: Picture)] {
    let preprocessing = subject.classifier.preprocessing
    let panels = [
      Panel("The picture as the network sees it", .picture(subject.fitted)),
      Panel("Perturbed", .picture(try preprocessing.picture(of: perturbed))),
      Panel("Differences, sixth power", .map(differences, .grays), cross: differences.centerOfMass()),
    ]
    return [("changes", try Figure(rows: [panels]).picture())]
  }
}

extension Tensor {
  /// The center of mass of a map `[H, W]` that is nowhere negative, in pixels from its upper left corner; nil where
  /// it is zero.
  func centerOfMass() -> (x: Double, y: Double)? {
    let width = shape[shape.rank - 1]
    var (sum, sumX, sumY) = (0.0, 0.0, 0.0)
    for (i, value) in values.enumerated() {
      sum += Double(value)
      sumX += Double(value) * (Double(i % width) + 0.5)
      sumY += Double(value) * (Double(i / width) + 0.5)
    }
    return sum > 0 ? (sumX / sum, sumY / sum) : nil
  }
}

/// A probability as warnings have it.
func percent(_ probability: Float) -> String { "\((Double(probability) * 1000).rounded() / 10) %" }
