/// Integrated gradients [sundararajan2017]: the gradient along the straight path from a baseline without evidence to
/// the picture.
///
///     IG = (x - x0) * integral over a in 0...1 of df_c / dx at x0 + a (x - x0)
///
/// The shares of all pixels add up to `f_c(x) - f_c(x0)`; by how much a sum of `steps` terms misses that is reported as
/// the completeness gap.
public struct IntegratedGradients: Sendable, Equatable {
  /// The picture without evidence that the path begins at.
  public enum Baseline: String, Sendable, CaseIterable {
    /// A black picture, as [sundararajan2017] has it.
    case black
    /// The picture blurred by a Gaussian of 10 pixels at an input 224 wide.
    case blurred
    /// Zero after normalization: the mean color of the pictures that the network was trained on.
    case zero
    /// A picture that the caller gives.
    case picture
  }

  /// Where on each of the steps the gradient is taken.
  public enum Rule: String, Sendable, CaseIterable {
    /// In the middle, which misses less at the same cost.
    case midpoint
    /// At the end, as [sundararajan2017] writes the sum.
    case right
  }

  /// Steps of the path, 1 to 10,000; [sundararajan2017] finds 20 to 300 enough.
  public var steps = 50
  /// Where the path begins.
  public var baseline = Baseline.black
  /// Where on each of the steps the gradient is taken.
  public var rule = Rule.midpoint

  /// The default settings.
  public init() {}
}

extension IntegratedGradients: AttributionMethod {
  /// The method `integrated-gradients`.
  public static let about = MethodDescription(
    name: "integrated-gradients", summary: "the gradient along the way from a baseline, which adds up to the score",
    needsGradient: true, isDeterministic: true, cost: "50 forward and backward",
    source: "Sundararajan, Taly & Yan 2017")

  /// Every option.
  public static let table: [OptionDescription<IntegratedGradients>] = [
    .integer("steps", "steps from the baseline to the picture", \.steps),
    .choice("baseline", "the picture without evidence where the path begins", \.baseline),
    .choice("rule", "where on each step the gradient is taken", \.rule),
  ]

  /// Checks every option.
  ///
  /// - Throws: `.invalidArgument` that names the first option out of its range.
  public func validate() throws { try OptionLimit.check("steps", steps, 1...10_000) }

  /// Walks the path, and compares the sum of the shares with the difference of the logits.
  ///
  /// - Throws: `.invalidArgument` for a baseline picture that was not given; `.outOfMemory`; what the classifier throws.
  public func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings {
    let start = try baseline.tensor(for: subject)
    let path = try shares(of: subject.input, from: start, for: subject, progress)
    var findings = try Findings(magnitudeOf: channels.map(path.shares))
    (findings.iterations, findings.isInterrupted) = (path.steps, path.steps < steps || path.isInterrupted)
    let logits = try [subject.input, start].map { try subject.scores(.logit, of: $0)[0] }
    let sum = path.shares.withPointer { contiguousSum($0, path.shares.count) }
    let difference = Double(logits[0]) - Double(logits[1])
    findings.measures = [
      JSON.Member("attribution_sum", .number(sum)),
      JSON.Member("logit_difference", .number(difference)),
      JSON.Member("completeness_gap", .number(abs(sum - difference))),
    ]
    if findings.isInterrupted {
      findings.warnings.append(
        "only \(path.steps) of \(steps) steps from the baseline were taken: the shares are those of the way so far")
    }
    // A tenth is far beyond what the default steps leave.
    if !findings.isInterrupted, abs(sum - difference) > 0.1 * abs(difference) {
      findings.warnings.append(
        "the shares add up to \(Float(sum)), not to the \(Float(difference)) by which the logits differ: "
          + "take more steps")
    }
    return findings
  }

  /// The integrated gradients of each picture of a batch, from the same baseline.
  ///
  /// - Throws: as `findings`.
  public func attributions(of batch: Tensor, for subject: Subject) throws -> Tensor {
    let start = try baseline.tensor(for: subject)
    let pictures = Variable(constant: batch)
    let parts = try (0..<batch.shape[0]).map { row in
      let picture = try pictures.sliced(along: 0, row..<row + 1).value
      return Variable(constant: try shares(of: picture, from: start, for: subject, nil).shares)
    }
    return try Variable.concatenated(parts, along: 0).value
  }

  /// The shares of one picture after all steps, or after those that were taken when progress asked to stop.
  private func shares(
    of picture: Tensor, from start: Tensor, for subject: Subject, _ progress: ProgressHandler?
  ) throws -> (shares: Tensor, steps: Int, isInterrupted: Bool) {
    let difference = try picture.zipped(start) { $0 - $1 }
    var sum = try Tensor(repeating: 0, shape: Shape([1] + picture.shape.dimensions.dropFirst()))
    var done = 0
    var isInterrupted = false
    let batchSize = try subject.gradientBatchSize()
    while done < steps, !isInterrupted {
      let taken = done..<min(done + batchSize, steps)
      let batch = try IntegratedGradients.points(taken.map(place), from: start, along: difference)
      try sum.add(subject.gradient(of: batch).summed(over: [0]).reshaped(sum.shape.dimensions))
      done = taken.upperBound
      if let progress, progress(Progress(step: done, steps: steps)) == .cancel { isInterrupted = true }
    }
    let weight = 1 / Float(done)
    return (try difference.zipped(sum) { $0 * ($1 * weight) }, done, isInterrupted)
  }

  /// How far along the path, 0 to 1, step `index` takes the gradient.
  private func place(_ index: Int) -> Float {
    Float((Double(index) + (rule == .midpoint ? 0.5 : 1)) / Double(steps))
  }

  /// A batch of `start + a * difference`.
  private static func points(_ places: [Float], from start: Tensor, along difference: Tensor) throws -> Tensor {
    let weights = Variable(constant: try Tensor(places, [places.count, 1, 1, 1]))
    return try (weights * Variable(constant: difference) + Variable(constant: start)).value
  }
}

extension IntegratedGradients.Baseline {
  /// The baseline as the network takes it, `[1, 3, H, W]`.
  fileprivate func tensor(for subject: Subject) throws -> Tensor {
    var options = MaskOptions()
    switch self {
    case .black: (options.perturbations, options.constant) = ([.constant], [0, 0, 0])
    case .blurred: options.perturbations = [.gaussian]
    case .zero: options.perturbations = [.zero]
    case .picture:
      guard subject.reference != nil else { throw ExplainError.invalid("baseline picture: no picture was given") }
      options.perturbations = [.picture]
    }
    return try Perturbations(options, of: subject).first(seed: subject.seed)
  }
}
