#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension MaskOptions: ExplanationMethod {
  /// The method `mask`.
  public static let about = MethodDescription(
    name: "mask", summary: "learns which pixels must go for the class to vanish", needsGradient: true,
    isDeterministic: false, cost: "500 forward and backward", source: "Fong & Vedaldi 2017; J. Gildenblat's code")

  /// Names of the presets.
  public static let presets = Preset.allCases.map(\.rawValue)

  /// The settings of a preset by its name.
  ///
  /// - Throws: `.invalidArgument` for a preset that does not exist.
  public init(preset name: String?) throws {
    guard let name else {
      self.init()
      return
    }
    guard let preset = Preset(rawValue: name) else {
      throw ExplainError.invalid(
        "method mask has no preset \(name)\(NearestNames.clause(for: name, among: Self.presets))")
    }
    self.init(preset: preset)
  }

  /// Learns the mask.
  ///
  /// - Throws: `.invalidArgument` for a replacement picture that was not given, or a loss that is not finite;
  ///   `.outOfMemory`; what the classifier throws.
  public func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings {
    let classifier = subject.classifier
    let perturbations = try Perturbations(self, of: subject)
    let learner = MaskLearner(
      classifier: classifier, options: self, seed: subject.seed, targets: subject.target.indices,
      input: subject.input, perturbations: perturbations,
      scoreBefore: try scoreBefore(of: subject))
    let outcome = try learner.learn(progress)

    let replaced = try classifier.probabilities(perturbations.first(seed: subject.seed))[0]
    let upsampled = try learner.up(Variable(constant: outcome.mask)).value
    let size = [classifier.preprocessing.height, classifier.preprocessing.width]
    var findings = Findings(importance: try upsampled.map { min(max(1 - $0, 0), 1) }.reshaped(size))
    findings.mask = try outcome.mask.reshaped([maskHeight, maskWidth])
    findings.perturbed = try learner.perturbedInput(outcome.mask)
    findings.history = outcome.history
    findings.iterations = outcome.iterations
    findings.isInterrupted = outcome.isInterrupted
    findings.warnings =
      outcome.warnings
      + MaskWarnings.about(
        outcome.mask, self, before: subject.scoreBefore,
        replaced: subject.target.indices.reduce(0) { $0 + replaced[$1] })
    return findings
  }
}

extension MaskOptions {
  /// The chosen score for the picture as it is; a pass through the network only where probabilities do not tell it.
  private func scoreBefore(of subject: Subject) throws -> Float {
    switch score {
    case .probability: return subject.scoreBefore
    case .logProbability: return logf(subject.scoreBefore)
    case .logit:
      let logits = try subject.classifier.logits(Variable(constant: subject.input))
      return try logits.score(.logit, of: subject.target.indices).value.item
    }
  }
}

/// What the reader of a mask should know before trusting it.
private enum MaskWarnings {
  /// - Parameters:
  ///   - before: the target's probability for the picture.
  ///   - replaced: the target's probability where the whole picture is perturbed.
  static func about(_ mask: Tensor, _ options: MaskOptions, before: Float, replaced: Float) -> [String] {
    let values = mask.values
    var warnings: [String] = []
    if before < 0.2 {
      warnings.append(
        "the target's probability is only \(percent(before)): evidence for a class that the model doubts may lie "
          + "anywhere")
    }
    if options.game != .preservation, replaced > 0.5 * before {
      warnings.append(
        "perturbing the whole picture leaves \(percent(replaced)) of the target: try another perturbation, "
          + "such as gaussian with a larger sigma, or mean-color")
    }
    if values.allSatisfy({ $0 > 0.99 }) {
      // Near a probability of 1 its gradient vanishes; the logarithm's does not vanish on the way down.
      let remedy = before > 0.999 && options.score == .probability ? "score logit" : "a smaller l1"
      warnings.append("the mask stayed all ones: nothing was removed; try \(remedy), or start half")
    } else if values.allSatisfy({ $0 < 0.01 }) {
      warnings.append("the mask fell to all zeros: everything was removed; try a larger l1")
    }
    return warnings
  }

  private static func percent(_ probability: Float) -> String {
    "\((Double(probability) * 1000).rounded() / 10) %"
  }
}
