/// Steps along the sign of the gradient, each brought back into the box of allowed changes [madry2017].
///
///     x = clamp(x + step * sign(d(-log p_c)/dx), x0 - epsilon, x0 + epsilon)      away from a class
public struct PGD: Sendable, Equatable {
  /// The largest change of a channel of a pixel, in 1/255 of the picture's range, 0 to 255; 8 in [madry2017].
  public var epsilon: Float = 8
  /// Length of a step, in 1/255 of the picture's range; 2 in [madry2017].
  public var step: Float = 2
  /// Steps, 1 to 10,000; 20 in [madry2017].
  public var iterations = 20
  /// Whether the first picture is drawn from the box; otherwise it is the untouched one.
  public var isRandomlyStarted = true
  /// Whether the picture shall be taken for the target; otherwise for anything but the target.
  public var isTargeted = false

  /// The published settings.
  public init() {}
}

extension PGD: ExplanationMethod {
  /// The method `pgd`.
  public static let about = MethodDescription(
    name: "pgd", summary: "attacks the picture by steps along the gradient's sign, within a box", needsGradient: true,
    isDeterministic: false, cost: "20 forward and backward", source: "Madry et al. 2017")

  /// Every option.
  public static let table: [OptionDescription<PGD>] = [
    .integer("iterations", "gradient steps", \.iterations),
    .number("epsilon", "largest change of a channel of a pixel, in 1/255 of the range", \.epsilon),
    .number("step", "length of a step, in 1/255 of the range", \.step),
    .flag("random-start", "begin anywhere in the box", \.isRandomlyStarted),
    .flag("targeted", "toward the target; otherwise away from it", \.isTargeted),
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
    try OptionLimit.check("epsilon", epsilon, 0...255)
    try OptionLimit.check("step", step, 0...255)
  }

  /// Attacks the picture; where it changed is what the findings show.
  ///
  /// - Throws: what the classifier throws; `.outOfMemory`.
  public func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings {
    try attack(subject, progress).findings(about: subject)
  }

  func attack(_ subject: Subject, _ progress: ProgressHandler?) throws -> Attack {
    let preprocessing = subject.classifier.preprocessing
    let away = (goal: AttackGoal(classes: subject.target.indices, isToward: false), warnings: [String]())
    let (goal, warnings) = isTargeted ? AttackGoal.toward(subject) : away
    let sign: Float = goal.isToward ? 1 : -1
    var attack = Attack(goal: goal, input: subject.input)
    attack.warnings = warnings
    if isRandomlyStarted {
      var random = Random(seed: subject.seed, stream: 1)
      let noise = try random.uniform(subject.input.shape, in: -epsilon...epsilon)
      attack.input = try moved(subject.input, along: noise, by: 1, subject)
    }
    for _ in 0..<iterations {
      let slope = try attack.slope(.logProbability, in: subject.classifier)
      attack.record(loss: -sign * slope.score, score: goal.score(slope.probabilities))
      let direction = try slope.gradient().map { $0 > 0 ? sign : $0 < 0 ? -sign : 0 }
      let next = try moved(attack.input, along: direction, by: step, subject)
      attack.input = try preprocessing.clamped(next, near: subject.input, radius: epsilon)
      guard attack.proceeds(iterations, progress) else { break }
    }
    return attack
  }

  /// The picture moved by `length` times a direction in 1/255 of the range, and kept among pictures.
  private func moved(_ x: Tensor, along direction: Tensor, by length: Float, _ subject: Subject) throws -> Tensor {
    let steps = subject.classifier.preprocessing.byteSteps
    let scale = try Variable(constant: Tensor(steps.map { $0 * length }, [1, 3, 1, 1]))
    let moved = try Variable(constant: x) + Variable(constant: direction) * scale
    return try subject.classifier.preprocessing.clamped(moved.value)
  }
}
