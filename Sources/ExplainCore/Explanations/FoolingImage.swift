/// Changes the picture, step by step and hardly to be seen, until it is taken for the target [szegedy2013].
///
///     x = clamp(x + learning-rate * g / |g|_2, x0 - epsilon, x0 + epsilon),   g = d logit_target / dx
public struct FoolingImage: Sendable, Equatable {
  /// Length of a step, as the Euclidean norm of the change of the picture in the units of torch's normalization.
  public var learningRate: Float = 1
  /// The most steps, 1 to 10,000.
  public var iterations = 100
  /// The largest change of a channel of a pixel, in 1/255 of the picture's range, 0 to 255; 255 allows any.
  ///
  /// The published method has no such limit: the gradient is large at few pixels, where it leaves specks to be seen.
  public var epsilon: Float = 8
  /// The probability that the target must reach besides being the most probable class, 0 to 0.999.
  public var confidence: Float = 0
  /// Whether the picture must be taken for the target when it is rounded to 8 bits, too.
  public var isRounded = true

  /// The published settings, for pictures of 8 bits, within limits that keep the change from being seen.
  public init() {}
}

extension FoolingImage: ExplanationMethod {
  /// The method `fool`.
  public static let about = MethodDescription(
    name: "fool", summary: "changes the picture hardly visibly until it is taken for the target", needsGradient: true,
    isDeterministic: true, cost: "up to 100 forward and backward", source: "Szegedy et al. 2013")

  /// Every option.
  public static let table: [OptionDescription<FoolingImage>] = [
    .integer("iterations", "the most steps", \.iterations),
    .number("learning-rate", "length of a step, in the units of torch's normalization", \.learningRate),
    .number("epsilon", "largest change of a channel of a pixel, in 1/255 of the range; 255 allows any", \.epsilon),
    .number("confidence", "probability that the target must reach", \.confidence),
    .flag("rounded", "go on until the picture rounded to 8 bits is taken for the target, too", \.isRounded),
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
    try OptionLimit.check("iterations", iterations, 1...10_000)
    try OptionLimit.check("learning-rate", learningRate, 1e-6...1e4)
    try OptionLimit.check("epsilon", epsilon, 0...255)
    try OptionLimit.check("confidence", confidence, 0...0.999)
  }

  /// Attacks the picture; where it changed is what the findings show.
  ///
  /// - Throws: what the classifier throws; `.outOfMemory`.
  public func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings {
    try attack(subject, progress).findings(about: subject)
  }

  func attack(_ subject: Subject, _ progress: ProgressHandler?) throws -> Attack {
    let (classifier, preprocessing) = (subject.classifier, subject.classifier.preprocessing)
    let (goal, warnings) = AttackGoal.toward(subject)
    var attack = Attack(goal: goal, input: subject.input)
    attack.warnings = warnings
    while true {
      let slope = try attack.slope(.logit, in: classifier)
      attack.record(loss: -slope.score, score: goal.score(slope.probabilities))
      if goal.isReached(by: slope.probabilities, confidence: confidence) {
        guard isRounded else { break }
        let rounded = try classifier.probabilities(preprocessing.rounded(attack.input))[0]
        if goal.isReached(by: rounded, confidence: confidence) { break }
      }
      guard attack.iterations < iterations else { break }
      let gradient = try slope.gradient()
      let norm = try Variable(constant: gradient).norm().value.item
      guard norm > 0, norm.isFinite else {
        attack.warnings.append("the target's gradient is zero: the picture cannot be changed toward it")
        break
      }
      let step = learningRate * preprocessing.unit / norm
      attack.input = try preprocessing.clamped(
        attack.input.zipped(gradient) { $0 + step * $1 }, near: subject.input, radius: epsilon)
      guard attack.proceeds(iterations, progress) else { break }
    }
    return attack
  }
}
