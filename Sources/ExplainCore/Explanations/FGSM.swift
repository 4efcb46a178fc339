/// One step of the whole allowed length along the sign of the gradient [goodfellow2014].
///
///     x = x + epsilon * sign(d(-log p_c)/dx)      away from a class; for a target the other way
public struct FGSM: Sendable, Equatable {
  /// The largest change of a channel of a pixel, in 1/255 of the picture's range, 0 to 255.
  public var epsilon: Float = 8
  /// Whether the picture shall be taken for the target; otherwise for anything but the target.
  public var isTargeted = false

  /// The settings that are commonly reported.
  public init() {}
}

extension FGSM: ExplanationMethod {
  /// The method `fgsm`.
  public static let about = MethodDescription(
    name: "fgsm", summary: "attacks the picture by one step along the gradient's sign", needsGradient: true,
    isDeterministic: true, cost: "1 forward and backward", source: "Goodfellow et al. 2014")

  /// Every option.
  public static let table: [OptionDescription<FGSM>] = [
    .number("epsilon", "largest change of a channel of a pixel, in 1/255 of the range", \.epsilon),
    .flag("targeted", "toward the target; otherwise away from it", \.isTargeted),
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
  public func validate() throws { try OptionLimit.check("epsilon", epsilon, 0...255) }

  /// Attacks the picture; where it changed is what the findings show.
  ///
  /// - Throws: what the classifier throws; `.outOfMemory`.
  public func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings {
    try attack(subject, progress).findings(about: subject)
  }

  func attack(_ subject: Subject, _ progress: ProgressHandler?) throws -> Attack {
    var pgd = PGD()
    (pgd.epsilon, pgd.step, pgd.iterations) = (epsilon, epsilon, 1)
    (pgd.isRandomlyStarted, pgd.isTargeted) = (false, isTargeted)
    return try pgd.attack(subject, progress)
  }
}
