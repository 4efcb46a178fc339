extension Classifier {
  /// Explains a class of a picture by a learned mask.
  ///
  /// - Parameters:
  ///   - picture: what to explain.
  ///   - options: the preset, and what differs from it.
  ///   - progress: called after each iteration; it may stop the run.
  /// - Returns: the explanation; if the run was stopped, of what was learned so far.
  /// - Throws: `.invalidArgument` for an option out of range; `.unsupported` if the model is not differentiable;
  ///   `.outOfMemory`; what the classifier throws.
  public func explainByMask(
    _ picture: Picture, _ options: MaskOptions = MaskOptions(), progress: ProgressHandler? = nil
  ) throws -> Explanation {
    try options.validate()
    guard isDifferentiable else {
      throw ExplainError.unsupported("learning a mask needs a gradient, which \(name) does not give")
    }
    let clock = ContinuousClock()
    let began = clock.now
    let fitted = try preprocessing.fitted(picture)
    let input = try preprocessing.tensor(of: picture)
    let before = try probabilities(input)[0]
    let target = try target(options.targets, probabilities: before)
    let perturbations = try Perturbations(options, fitted: fitted, preprocessing: preprocessing)
    let score = try logits(Variable(constant: input)).score(options.score, of: target.indices).value.item
    let learner = MaskLearner(
      classifier: self, options: options, targets: target.indices, input: input, perturbations: perturbations,
      scoreBefore: score)
    let outcome = try learner.learn(progress)

    let perturbed = try learner.perturbedInput(outcome.mask)
    let after = try probabilities(perturbed)[0]
    let replaced = try probabilities(perturbations.first(seed: options.seed))[0]
    let sum = { (probabilities: [Float]) in target.indices.reduce(0) { $0 + probabilities[$1] } }
    let importance = try learner.up(Variable(constant: outcome.mask)).value.map { min(max(1 - $0, 0), 1) }
    let elapsed = began.duration(to: clock.now).components
    return Explanation(
      method: "mask", model: name, target: target,
      targetName: target.indices.map { className($0) }.joined(separator: "+"),
      scoreBefore: sum(before), scoreAfter: sum(after), topBefore: top(5, of: before), topAfter: top(5, of: after),
      warnings: outcome.warnings
        + MaskWarnings.about(outcome.mask, options, before: sum(before), replaced: sum(replaced)),
      options: options.report(), seed: options.seed, iterations: outcome.iterations,
      seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18, history: outcome.history,
      mask: try outcome.mask.reshaped([options.maskHeight, options.maskWidth]),
      importance: try importance.reshaped([preprocessing.height, preprocessing.width]), perturbed: perturbed,
      isInterrupted: outcome.isInterrupted, preprocessing: preprocessing, picture: picture)
  }
}

/// What the reader of a mask should know before trusting it.
enum MaskWarnings {
  /// - Parameters:
  ///   - before: the target's probability for the picture.
  ///   - replaced: the target's probability where the whole picture is perturbed.
  static func about(_ mask: Tensor, _ options: MaskOptions, before: Float, replaced: Float) -> [String] {
    let values = mask.values
    var warnings: [String] = []
    if before < 0.5 {
      warnings.append(
        "the target's probability is only \(percent(before)): evidence for a class that the model doubts may lie anywhere"
      )
    }
    if options.game != .preservation, replaced > 0.5 * before {
      warnings.append(
        "perturbing the whole picture leaves \(percent(replaced)) of the target: try another perturbation, "
          + "such as gaussian with a larger sigma, or mean-color")
    }
    if values.allSatisfy({ $0 > 0.99 }) {
      warnings.append("the mask stayed all ones: nothing was removed; try a smaller l1, or start half")
    } else if values.allSatisfy({ $0 < 0.01 }) {
      warnings.append("the mask fell to all zeros: everything was removed; try a larger l1")
    }
    return warnings
  }

  private static func percent(_ probability: Float) -> String {
    "\((Double(probability) * 1000).rounded() / 10) %"
  }
}
