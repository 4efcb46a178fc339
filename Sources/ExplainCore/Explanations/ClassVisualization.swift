/// Paints what the classifier takes for the very image of a class [simonyan2013, yosinski2015].
///
///     x = x + learning-rate * g / |g|_2,   g = d(f_c(x) - l2 * |x|^2) / dx,   from noise
///
/// The picture that is given plays no part; the target must be given.
public struct ClassVisualization: Sendable, Equatable {
  /// Length of a step, as the Euclidean norm of the change of the picture in the units of torch's normalization.
  public var learningRate: Float = 25
  /// Weight of the squared norm of the picture in the units of torch's normalization.
  public var l2: Float = 1e-3
  /// Steps, 1 to 100,000.
  public var iterations = 100
  /// The picture is moved around the edges by up to this many pixels in each step, 0 to 128.
  public var jitter = 16
  /// Steps from one blur to the next, 0 to 100,000; 0 blurs never.
  public var blurEvery = 10
  /// Deviation of the Gaussian blur in pixels, 0 to 10.
  public var sigma: Float = 0.5
  /// How often painting is begun again, from the next seed's noise, while the classifier does not know the class in
  /// what was painted, 0 to 100.
  public var restarts = 7

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
    .number("learning-rate", "length of a step, in the units of torch's normalization", \.learningRate),
    .number("l2", "weight of the squared norm of the picture, in the units of torch's normalization", \.l2),
    .integer("jitter", "pixels that the picture moves about, around the edges", \.jitter),
    .integer("blur-every", "steps from one blur to the next; 0 blurs never", \.blurEvery),
    .number("sigma", "deviation of the blur, in pixels", \.sigma),
    .integer("restarts", "further tries while what was painted is not recognized", \.restarts),
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
    try OptionLimit.check("restarts", restarts, 0...100)
  }

  /// Paints the picture.
  ///
  /// The importance is zero: nothing is said of the picture that was given.
  ///
  /// - Throws: `.invalidArgument` if no target was given; what the classifier throws; `.outOfMemory`.
  public func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings {
    guard subject.target.isGiven else {
      throw ExplainError.invalid("method visualize paints a class, not the picture: give a target")
    }
    let (classifier, shape) = (subject.classifier, subject.input.shape)
    let goal = AttackGoal(classes: subject.target.indices, isToward: true)
    var tries = 0
    var painting = try paint(subject, seed: subject.seed, progress)
    var after = try classifier.probabilities(painting.input)[0]
    while !goal.isReached(by: after), !painting.isInterrupted, tries < restarts {
      tries += 1
      painting = try paint(subject, seed: subject.seed &+ UInt64(tries), progress)
      after = try classifier.probabilities(painting.input)[0]
    }
    var findings = Findings(importance: try Tensor(repeating: 0, shape: Shape([shape[2], shape[3]])))
    findings.perturbed = painting.input
    findings.history = painting.history
    (findings.iterations, findings.isInterrupted) = (painting.history[0].values.count, painting.isInterrupted)
    findings.measures = [.init("recognized", .bool(goal.isReached(by: after))), .init("restarts", JSON(tries))]
    if !goal.isReached(by: after) {
      findings.warnings.append("the painted picture is not taken for the target: try more iterations, or another l2")
    } else if tries > 0 {
      findings.warnings.append(
        "what was painted first was not taken for the target: seed \(subject.seed &+ UInt64(tries)) was taken")
    }
    findings.figures = [
      ("class", try figure(subject, painting.input, score: goal.score(after))),
      ("painted", try classifier.preprocessing.picture(of: painting.input)),
    ]
    return findings
  }

  private struct Painting {
    var input: Tensor
    var history = ["loss", "score"].map { Explanation.Series(name: $0, values: []) }
    var isInterrupted = false
  }

  /// One ascent from noise.
  private func paint(_ subject: Subject, seed: UInt64, _ progress: ProgressHandler?) throws -> Painting {
    let (classifier, target) = (subject.classifier, subject.target.indices)
    var (noise, movement) = (Random(seed: seed, stream: 1), Random(seed: seed, stream: 2))
    let unit = classifier.preprocessing.unit
    let start = try noise.normal(subject.input.shape, deviation: unit)
    var painting = Painting(input: try classifier.preprocessing.clamped(start))
    for iteration in 1...iterations {
      let (rows, columns) = (movement.integer(in: 0...jitter), movement.integer(in: 0...jitter))
      let x = Variable(learned: painting.input)
      let logits = try classifier.logits(x.rolled(rows: rows, columns: columns))
      let objective = try logits.score(.logit, of: target).sum() - l2 / (unit * unit) * x.square().sum()
      let (loss, score) = (-objective.value.item, try logits.score(.probability, of: target).value.item)
      guard loss.isFinite else {
        throw ExplainError.invalid("the objective is not finite in iteration \(iteration): lower the learning rate")
      }
      let gradient = try objective.gradient(withRespectTo: x)
      let norm = try Variable(constant: gradient).norm().value.item
      if norm > 0, norm.isFinite {
        let step = learningRate * unit / norm
        painting.input = try classifier.preprocessing.clamped(painting.input.zipped(gradient) { $0 + step * $1 })
      }
      if blurEvery > 0, iteration % blurEvery == 0, sigma > 0 {
        painting.input = try painting.input.gaussianBlur(sigma: Double(sigma))
      }
      painting.history[0].values.append(loss)
      painting.history[1].values.append(score)
      if let progress,
        progress(Progress(step: iteration, steps: iterations, loss: loss, score: score)) == .cancel
      {
        painting.isInterrupted = true
        break
      }
    }
    return painting
  }

  private func figure(_ subject: Subject, _ painted: Tensor, score: Float) throws -> Picture {
    let name = subject.target.indices.map { subject.classifier.className($0) }.joined(separator: "+")
    let picture = try subject.classifier.preprocessing.picture(of: painted)
    return try Figure(rows: [
      [
        Panel("\(name), \(percent(score))", .picture(picture)),
        Panel("Contrast stretched", .picture(picture.stretched())),
      ]
    ]).picture()
  }
}

extension Picture {
  /// The picture around middle gray, its deviation over all channels brought to 50 of 255.
  fileprivate func stretched() -> Picture {
    let mean = pixels.reduce(0.0) { $0 + Double($1) } / Double(pixels.count)
    let variance = pixels.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(pixels.count)
    let factor = Float(50 / max(variance.squareRoot(), 1))
    var result = self
    result.pixels = pixels.map { byte(rounding: 127.5 + (Float($0) - Float(mean)) * factor) }
    return result
  }
}
