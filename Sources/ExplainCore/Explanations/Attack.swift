/// What an attack on a classifier wants.
struct AttackGoal {
  /// Classes that count as one.
  let classes: [Int]
  /// Whether the picture shall be taken for one of the classes, or for any other.
  let isToward: Bool

  /// Whether a picture of these probabilities is what the attack wants.
  func isReached(by probabilities: [Float], confidence: Float = 0) -> Bool {
    let top = probabilities.indices.max { (probabilities[$0], $1) < (probabilities[$1], $0) } ?? 0
    guard isToward else { return !classes.contains(top) }
    return classes.contains(top) && score(probabilities) >= confidence
  }

  /// The classes' probability.
  func score(_ probabilities: [Float]) -> Float { classes.reduce(0) { $0 + probabilities[$1] } }

  /// Toward the target, where one was given that the picture is not taken for already; else toward the class that
  /// comes second, with a warning.
  static func toward(_ subject: Subject) -> (goal: AttackGoal, warnings: [String]) {
    let classifier = subject.classifier
    let order = classifier.top(2, of: subject.probabilities)
    guard let best = order.first, let second = order.last, best.index != second.index else {
      return (AttackGoal(classes: subject.target.indices, isToward: true), ["the model has one class only"])
    }
    if subject.target.isGiven, !subject.target.indices.contains(best.index) {
      return (AttackGoal(classes: subject.target.indices, isToward: true), [])
    }
    let reason = subject.target.isGiven ? "the picture is taken for the target already" : "no target was given"
    return (
      AttackGoal(classes: [second.index], isToward: true),
      ["\(reason): the second most probable class, \(second.name), was taken"]
    )
  }
}

/// A picture changed so little that it looks the same, and so that it is taken for something else.
struct Attack {
  let goal: AttackGoal
  /// The changed picture, normalized, `[1, 3, H, W]`.
  var input: Tensor
  /// `loss`, which falls, and `score`, the probability of the goal's classes; one number a step.
  var history = ["loss", "score"].map { Explanation.Series(name: $0, values: []) }
  var iterations = 0
  var isInterrupted = false
  var warnings: [String] = []

  /// The picture as the network sees it after a step, and the way that a score's gradient points.
  struct Slope {
    let probabilities: [Float]
    /// The score of the goal's classes.
    let score: Float
    /// The score's derivative with respect to the picture.
    let gradient: () throws -> Tensor
  }

  /// - Throws: what the classifier throws; `.unsupported` for scores that are not finite.
  func slope(_ score: Score, in classifier: any Classifier) throws -> Slope {
    let x = Variable(learned: input)
    let logits = try classifier.logits(x)
    let value = try logits.score(score, of: goal.classes).sum()
    guard logits.value.values.allSatisfy(\.isFinite) else {
      throw ExplainError.unsupported("\(classifier.name) gives scores that are not finite for an attacked picture")
    }
    return Slope(
      probabilities: try logits.softmax().value.values, score: value.value.item,
      gradient: { try value.gradient(withRespectTo: x) })
  }

  mutating func record(loss: Float, score: Float) {
    history[0].values.append(loss)
    history[1].values.append(score)
  }

  /// Counts a step, and reports it; false where the caller wants to stop.
  mutating func proceeds(_ steps: Int, _ progress: ProgressHandler?) -> Bool {
    iterations += 1
    let (loss, score) = (history[0].values.last ?? .nan, history[1].values.last ?? .nan)
    isInterrupted = progress?(Progress(step: iterations, steps: steps, loss: loss, score: score)) == .cancel
    return !isInterrupted
  }
}

extension Attack {
  /// What the attack did, as a method reports it.
  ///
  /// - Throws: what the classifier throws; `.outOfMemory`.
  func findings(about subject: Subject) throws -> Findings {
    let classifier = subject.classifier
    let change = try PixelChange(from: subject.input, to: input, classifier.preprocessing)
    let after = try classifier.probabilities(input)[0]
    let rounded = try classifier.probabilities(classifier.preprocessing.rounded(input))[0]
    let map = try change.largestPerPixel()
    let largest = map.values.max() ?? 0
    var findings = Findings(importance: largest > 0 ? try map.map { $0 / largest } : map)
    findings.map = map
    findings.perturbed = input
    (findings.history, findings.iterations, findings.isInterrupted) = (history, iterations, isInterrupted)
    findings.warnings = warnings
    if largest == 0 { findings.warnings.append("the picture was not changed") }
    if goal.isReached(by: subject.probabilities) {
      findings.warnings.append("the picture was not taken for the target before the attack either")
    }
    if !goal.isReached(by: after), !isInterrupted {
      findings.warnings.append("the attack failed: try more iterations, a larger step or a larger epsilon")
    }
    let top = [subject.probabilities, after, rounded].map { classifier.top(1, of: $0).map(\.json).first ?? .null }
    findings.measures = [
      .init(goal.isToward ? "toward" : "away_from", .array(goal.classes.map { .string(classifier.className($0)) })),
      .init("class_before", top[0]),
      .init("class_after", top[1]),
      .init("class_after_rounding", top[2]),
      .init("succeeded", .bool(goal.isReached(by: after))),
      .init("succeeded_after_rounding", .bool(goal.isReached(by: rounded))),
      .init("l2", JSON(change.l2)),
      .init("linf", JSON(change.linf)),
    ]
    findings.figures = [
      ("attack", try figure(subject, after, change)), ("fooled", try classifier.preprocessing.picture(of: input)),
    ]
    return findings
  }

  private func figure(_ subject: Subject, _ after: [Float], _ change: PixelChange) throws -> Picture {
    let classifier = subject.classifier
    func title(_ what: String, _ probabilities: [Float]) -> String {
      classifier.top(1, of: probabilities).first.map { "\(what): \($0.name), \(percent($0.probability))" } ?? what
    }
    return try Figure(rows: [
      [
        Panel(title("Original", subject.probabilities), .picture(subject.fitted)),
        Panel(
          title(goal.isReached(by: after) ? "Fooled" : "Not fooled", after),
          .picture(try classifier.preprocessing.picture(of: input))),
        Panel("Difference", .picture(try change.picture(magnified: 1))),
        Panel("Difference \u{D7} 10", .picture(try change.picture(magnified: 10))),
      ]
    ]).picture()
  }
}
