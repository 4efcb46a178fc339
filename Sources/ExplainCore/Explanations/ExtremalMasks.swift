/// Extremal perturbations [fong2019]: for each given area, the smooth mask of that area under which the target's score
/// is highest (or lowest).
///
///     maximize  f_c(x'(m_a)) - weight * mean((sorted m_a - r_a)²),   m_a = smooth max-convolution of p_a
///
/// `r_a` is 0 for the share 1 - a of the smallest elements and 1 for the rest, so that a mask pays for every element
/// that is neither 0 nor 1, and for every area but a; its weight grows. All areas are learned as one batch, or as
/// many at a time as `BatchMemory` allows. Constants are those of TorchRay, the authors' code; areas are those that
/// [fong2019] adds up in the pointing game.
public struct ExtremalMasks: Sendable, Equatable {
  /// What a mask is learned for.
  public enum Variant: String, Sendable, CaseIterable {
    /// The score is highest where the mask alone is shown.
    case preserve
    /// The score is lowest where the mask is blurred.
    case delete
    /// Both at once, as the difference of the two scores.
    case dual
  }

  /// Shares of the mask's whole plane, which is somewhat larger than the picture, each in `(0, 1]`.
  public var areas: [Float] = [0.025, 0.05, 0.1, 0.2]
  /// What the masks are learned for.
  public var variant = Variant.preserve
  /// Gradient steps.
  public var iterations = 800
  /// Pixels of the network's input between parameters.
  public var step = 7
  /// The mask's smoothness in pixels of the network's input.
  public var sigma: Float = 21
  /// Levels of blur between which masks blend.
  public var levels = 8
  /// Deviation of the strongest blur in pixels of the network's input.
  public var blur: Float = 20
  /// The step size of gradient descent.
  public var learningRate: Float = 0.01
  /// How much of the last direction is kept; as much is left out of each new one (dampening).
  public var momentum: Float = 0.9
  /// Weight of the area term in the first iteration.
  public var areaWeight: Float = 300
  /// The weight is multiplied by this after each iteration.
  public var areaGrowth: Float = 1.0035
  /// Whether pictures are mirrored in every other iteration, the first one among them.
  public var isMirrored = true
  /// Which number of the target is maximized.
  public var score = Score.logit
  /// Whether the largest logit of the other classes is subtracted; then `score` has no meaning.
  public var isContrastive = false

  /// The default settings.
  public init() {}
}

extension ExtremalMasks: ExplanationMethod {
  /// The method `extremal`.
  public static let about = MethodDescription(
    name: "extremal", summary: "learns, for each of several areas, the mask that matters most",
    needsGradient: true, isDeterministic: true, cost: "800 forward and backward of 4 pictures",
    source: "Fong, Patrick & Vedaldi 2019")

  /// Every option.
  public static let table: [OptionDescription<ExtremalMasks>] = [
    .numbers("areas", "shares of the picture, one for each mask", \.areas),
    .choice("variant", "whether the mask alone is shown, or is taken away, or both", \.variant),
    .integer("iterations", "gradient steps", \.iterations),
    .integer("step", "pixels of the network's input between parameters", \.step),
    .number("sigma", "the mask's smoothness in pixels of the network's input", \.sigma),
    .integer("levels", "levels of blur between which masks blend", \.levels),
    .number("blur", "deviation of the strongest blur in pixels of the network's input", \.blur),
    .number("learning-rate", "the step size of gradient descent", \.learningRate),
    .number("momentum", "how much of the last direction is kept, and left out of each new one", \.momentum),
    .number("area-weight", "weight of the area term in the first iteration", \.areaWeight),
    .number("area-growth", "the weight is multiplied by this after each iteration", \.areaGrowth),
    .flag("mirrored", "mirror the pictures in every other iteration", \.isMirrored),
    .choice("score", "which number of the target is maximized", \.score),
    .flag("contrastive", "maximize the target's logit minus the largest other one", \.isContrastive),
  ]

  /// The default settings.
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
    try OptionLimit.check("number of areas", areas.count, 1...16)
    for area in areas {
      guard area > 0, area <= 1 else {
        throw ExplainError.invalid("areas has \(area): each must be above 0 and at most 1")
      }
    }
    guard Set(areas).count == areas.count else { throw ExplainError.invalid("areas names a share twice: \(areas)") }
    try OptionLimit.check("iterations", iterations, 1...100_000)
    try OptionLimit.check("step", step, 1...64)
    try OptionLimit.check("sigma", sigma, 1...128)
    // Beyond that a pixel would depend on more than a thousand parameters.
    guard sigma <= 16 * Float(step) else {
      throw ExplainError.invalid("sigma is \(sigma): it must be at most 16 times the step of \(step)")
    }
    try OptionLimit.check("levels", levels, 2...64)
    try OptionLimit.check("blur", blur, 0.1...200)
    try OptionLimit.check("learning-rate", learningRate, 1e-8...100)
    try OptionLimit.check("momentum", momentum, 0...0.999_999)
    try OptionLimit.check("area-weight", areaWeight, 0...1e6)
    try OptionLimit.check("area-growth", areaGrowth, 0.5...2)
  }

  /// Learns the masks.
  ///
  /// - Throws: `.invalidArgument` for a loss that is not finite, and for a contrastive score without another class;
  ///   `.outOfMemory`; what the classifier throws.
  public func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings {
    let learner = try ExtremalLearner(self, subject)
    let outcome = try learner.learn(from: learner.start(), progress)
    let masks = try learner.shown(learner.whole(Variable(constant: outcome.parameters)))
    let (height, width) = (subject.input.shape[2], subject.input.shape[3])
    var findings = try Findings(signed: masks.sum([0]).value.reshaped([height, width]))
    let mean = try Variable(constant: outcome.parameters).mean([0, 1])
    findings.mask = try (variant == .delete ? 1 - mean : mean).value
    findings.history = outcome.history
    findings.iterations = outcome.iterations
    findings.isInterrupted = outcome.isInterrupted

    let pictures = try learner.pyramid.blended(by: variant == .delete ? 1 - masks : masks)
    let largest = areas.indices.max { areas[$0] < areas[$1] } ?? 0
    findings.perturbed = try pictures.sliced(along: 0, largest..<largest + 1).value
    let scores = try subject.scores(.probability, of: pictures.value)
    let covered = try masks.mean([1, 2, 3]).value.values
    findings.measures = [
      JSON.Member(
        "masks",
        .array(
          areas.indices.map { index in
            .object([
              JSON.Member("area", JSON(areas[index])), JSON.Member("covered", JSON(covered[index])),
              JSON.Member("score", JSON(scores[index])),
            ])
          }))
    ]
    for (index, area) in areas.enumerated() {
      let mask = try masks.sliced(along: 0, index..<index + 1).value
      findings.figures.append(("area-\(area)", try GrayPicture(mask).picture))
    }
    let before = subject.scoreBefore
    if variant == .delete, (scores.min() ?? 0) > 0.5 * before {
      findings.warnings.append("no mask takes away even half of the target's probability: try larger areas")
    } else if variant != .delete, (scores.max() ?? 0) < 0.5 * before {
      findings.warnings.append("no mask alone gives even half of the target's probability: try larger areas")
    }
    return findings
  }
}
