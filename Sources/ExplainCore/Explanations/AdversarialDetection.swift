/// Attacks the picture, and asks a mask where the attack sits [fong2017, section 5].
///
/// A mask is learned for what the clean picture is taken for, and another one for what the attacked picture is taken
/// for. The two differ; and perturbing the attacked picture where its own mask is low brings the first class back.
public struct AdversarialDetection: Sendable, Equatable {
  /// How the picture is attacked.
  public enum Kind: String, Sendable, CaseIterable {
    /// As the method `fool`: toward the target, or the second most probable class.
    case fool
    /// As the method `fgsm`: away from the class.
    case fgsm
    /// As the method `pgd`: away from the class.
    case pgd
  }

  /// How the picture is attacked.
  public var attack = Kind.fool
  /// The largest change of a channel of a pixel by `fgsm` and `pgd`, in 1/255 of the picture's range, 0 to 255.
  public var epsilon: Float = 8
  /// The settings that both masks are learned with.
  public var mask = MaskOptions.Preset.blackbox
  /// Gradient steps of each mask, 1 to 100,000; 300 in [fong2017].
  public var iterations = 300

  /// The default settings.
  public init() {}
}

extension AdversarialDetection: ExplanationMethod {
  /// The method `detect`.
  public static let about = MethodDescription(
    name: "detect", summary: "attacks the picture, finds the attack by its mask, and undoes it", needsGradient: true,
    isDeterministic: false, cost: "700 forward and backward", source: "Fong & Vedaldi 2017, section 5")

  /// Every option.
  public static let table: [OptionDescription<AdversarialDetection>] = [
    .choice("attack", "how the picture is attacked", \.attack),
    .number("epsilon", "largest change of a channel by fgsm and pgd, in 1/255 of the range", \.epsilon),
    .choice("mask", "the settings that both masks are learned with", \.mask),
    .integer("iterations", "gradient steps of each mask", \.iterations),
  ]

  /// The default settings; there are no presets.
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
    try OptionLimit.check("epsilon", epsilon, 0...255)
    try OptionLimit.check("iterations", iterations, 1...100_000)
  }

  /// Attacks, learns both masks, and perturbs the attacked picture where its mask is low.
  ///
  /// The importance is the attacked picture's; the perturbed picture is the recovered one.
  ///
  /// - Throws: what the classifier throws; `.outOfMemory`.
  public func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings {
    let (classifier, preprocessing) = (subject.classifier, subject.classifier.preprocessing)
    let attack = try self.attack(subject)
    // A picture is attacked before it comes here as a file: of 8 bits.
    let attacked = try preprocessing.picture(of: attack.input)
    let attackedInput = try preprocessing.tensor(ofFitted: attacked)
    let attackedProbabilities = try classifier.probabilities(attackedInput)[0]

    let clean = try self.learnMask(subject.retold(subject.input, subject.fitted, subject.probabilities), 0, progress)
    let lying = subject.retold(attackedInput, attacked, attackedProbabilities)
    var findings = clean
    if !clean.isInterrupted { findings = try learnMask(lying, 1, progress) }
    findings.warnings = attack.warnings + findings.warnings
    findings.figures = []
    guard !clean.isInterrupted, let recovered = findings.perturbed else { return findings }

    let recoveredProbabilities = try classifier.probabilities(recovered)[0]
    let (before, during) = (top(subject.probabilities, of: subject), top(attackedProbabilities, of: subject))
    let after = top(recoveredProbabilities, of: subject)
    if before.index == during.index { findings.warnings.append("the attack failed: nothing is there to be detected") }
    let change = try PixelChange(from: subject.input, to: attackedInput, preprocessing)
    findings.measures = [
      .init("class_before", before.json),
      .init("class_attacked", during.json),
      .init("class_recovered", after.json),
      .init("attacked", .bool(before.index != during.index)),
      .init("recovered", .bool(before.index != during.index && before.index == after.index)),
      .init("mask_distance", JSON(try distance(clean.importance, findings.importance))),
      .init("l2", JSON(change.l2)),
      .init("linf", JSON(change.linf)),
    ]
    func title(_ what: String, _ top: ScoredClass) -> String { "\(what): \(top.name), \(percent(top.probability))" }
    let panels = [
      [
        Panel(title("Clean", before), .picture(subject.fitted)),
        Panel(title("Attacked", during), .picture(attacked)),
        Panel(title("Recovered", after), .picture(try preprocessing.picture(of: recovered))),
      ],
      [
        Panel("Importance, clean", .map(clean.importance, .jet)),
        Panel("Importance, attacked", .map(findings.importance, .jet)),
        Panel("Attack \u{D7} 10", .picture(try change.picture(magnified: 10))),
      ],
    ]
    findings.figures = [("detection", try Figure(rows: panels).picture())]
    return findings
  }

  private func attack(_ subject: Subject) throws -> Attack {
    switch attack {
    case .fool: return try FoolingImage().attack(subject, nil)
    case .fgsm:
      var options = FGSM()
      options.epsilon = epsilon
      return try options.attack(subject.retold(subject.input, subject.fitted, subject.probabilities), nil)
    case .pgd:
      var options = PGD()
      options.epsilon = epsilon
      return try options.attack(subject.retold(subject.input, subject.fitted, subject.probabilities), nil)
    }
  }

  /// The mask of what a picture is taken for.
  private func learnMask(_ subject: Subject, _ index: Int, _ progress: ProgressHandler?) throws -> Findings {
    var options = MaskOptions(preset: mask)
    options.iterations = iterations
    return try options.findings(about: subject) { report in
      progress?(
        Progress(
          step: index * report.steps + report.step, steps: 2 * report.steps, loss: report.loss, score: report.score))
        ?? .proceed
    }
  }

  private func top(_ probabilities: [Float], of subject: Subject) -> ScoredClass {
    subject.classifier.top(1, of: probabilities)[0]
  }

  /// The root of the mean squared difference of two maps.
  private func distance(_ a: Tensor, _ b: Tensor) throws -> Float {
    try (Variable(constant: a) - Variable(constant: b)).square().mean().value.item.squareRoot()
  }
}

extension Subject {
  /// Another picture of the network's size, asked about what it is taken for.
  fileprivate func retold(_ input: Tensor, _ fitted: Picture, _ probabilities: [Float]) -> Subject {
    Subject(
      classifier: classifier, picture: fitted, fitted: fitted, input: input, probabilities: probabilities,
      target: Target(indices: classifier.top(1, of: probabilities).map(\.index), isGiven: false), seed: seed,
      reference: reference)
  }
}
