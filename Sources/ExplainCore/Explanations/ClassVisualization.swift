/// What the classifier takes for the very image of a class [simonyan2013, yosinski2015].
///
/// Ascent from noise on
///
///     f_c(x) - l2 * |x|^2
///
/// by steps of one length. The picture that is given plays no part; the target must be given.
public struct ClassVisualization: Sendable, Equatable {
  /// Length of a step, as the Euclidean norm of the change of the normalized picture.
  public var learningRate: Float = 25
  /// Weight of the squared norm of the normalized picture.
  public var l2: Float = 1e-3
  /// Steps, 1 to 100,000.
  public var iterations = 100
  /// The picture is moved around the edges by up to this many pixels in each step, 0 to 128.
  public var jitter = 16
  /// Steps from one blur to the next, 0 to 100,000; 0 blurs never.
  public var blurEvery = 10
  /// Deviation of the Gaussian blur in pixels, 0 to 10.
  public var sigma: Float = 0.5

  /// The published settings.
  public init() {}
}

extension ClassVisualization: ExplanationMethod {
  /// The method `visualize`.
  public static let about = MethodDescription(
    name: "visualize", summary: "paints what the classifier takes for the very image of the target",
    needsGradient: true, isDeterministic: false, cost: "100 forward and backward",
    source: "Simonyan et al. 2013; Yosinski et al. 2015")

  /// Every option.
  public static let table: [OptionDescription<ClassVisualization>] = [
    .integer("iterations", "gradient steps", \.iterations),
    .number("learning-rate", "length of a step on the normalized picture", \.learningRate),
    .number("l2", "weight of the squared norm of the normalized picture", \.l2),
    .integer("jitter", "pixels that the picture moves about, around the edges", \.jitter),
    .integer("blur-every", "steps from one blur to the next; 0 blurs never", \.blurEvery),
    .number("sigma", "deviation of the blur, in pixels", \.sigma),
  ]

  /// The published settings; there are no presets.
  ///
  /// - Throws: `.invalidArgument` for any preset.
  public init(preset: String?) throws {
    try OptionLimit.refuse(preset: preset, of: Self.about)
    self.init()
  }

  /// Checks every option.
  ///
  /// - Throws: `.invalidArgument` that names the first option out of its range.
  public func validate() throws {
    try OptionLimit.check("iterations", iterations, 1...100_000)
    try OptionLimit.check("learning-rate", learningRate, 1e-6...1e6)
    try OptionLimit.check("l2", l2, 0...1e6)
    try OptionLimit.check("jitter", jitter, 0...128)
    try OptionLimit.check("blur-every", blurEvery, 0...100_000)
    try OptionLimit.check("sigma", sigma, 0...10)
  }

  /// Paints the picture; the importance is zero, since nothing is said of the picture that was given.
  ///
  /// - Throws: `.invalidArgument` if no target was given; what the classifier throws; `.outOfMemory`.
  public func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings {
    guard subject.target.isGiven else {
      throw ExplainError.invalid("method visualize paints a class, not the picture: give a target")
    }
    let (classifier, shape) = (subject.classifier, subject.input.shape)
    var (noise, movement) = (Random(seed: subject.seed, stream: 1), Random(seed: subject.seed, stream: 2))
    var painted = try classifier.preprocessing.clamped(noise.normal(shape))
    var findings = Findings(importance: try Tensor(repeating: 0, shape: Shape([shape[2], shape[3]])))
    findings.history = ["loss", "score"].map { .init(name: $0, values: []) }
    for iteration in 1...iterations {
      let (rows, columns) = (movement.integer(in: 0...jitter), movement.integer(in: 0...jitter))
      let x = Variable(learned: painted)
      let logits = try classifier.logits(x.rolled(rows: rows, columns: columns))
      let objective = try logits.score(.logit, of: subject.target.indices).sum() - l2 * x.square().sum()
      let score = try logits.score(.probability, of: subject.target.indices).value.item
      guard objective.value.item.isFinite else {
        throw ExplainError.invalid("the objective is not finite in iteration \(iteration): lower the learning rate")
      }
      let gradient = try objective.gradient(withRespectTo: x)
      let norm = try Variable(constant: gradient).norm().value.item
      if norm > 0, norm.isFinite {
        let step = learningRate / norm
        painted = try classifier.preprocessing.clamped(painted.zipped(gradient) { $0 + step * $1 })
      }
      if blurEvery > 0, iteration % blurEvery == 0, sigma > 0 {
        painted = try painted.gaussianBlur(sigma: Double(sigma))
      }
      findings.history[0].values.append(-objective.value.item)
      findings.history[1].values.append(score)
      findings.iterations = iteration
      let report = Progress(step: iteration, steps: iterations, loss: -objective.value.item, score: score)
      if let progress, progress(report) == .cancel {
        findings.isInterrupted = true
        break
      }
    }
    findings.perturbed = painted
    let after = try classifier.probabilities(painted)[0]
    let isRecognized = AttackGoal(classes: subject.target.indices, isToward: true).isReached(by: after)
    findings.measures = [.init("recognized", .bool(isRecognized))]
    if !isRecognized {
      findings.warnings.append("the painted picture is not taken for the target: try more iterations")
    }
    let picture = try classifier.preprocessing.picture(of: painted)
    let name = subject.target.indices.map { classifier.className($0) }.joined(separator: "+")
    let score = subject.target.indices.reduce(0) { $0 + after[$1] }
    let panel = Panel("\(name), \(percent(score))", .picture(picture))
    findings.figures = [("class", try Figure(rows: [[panel]]).picture())]
    return findings
  }
}
