extension Subject {
  /// The most pictures that gradient methods pass through the network and back together: a divisor of the 50 samples
  /// and steps that are the defaults.
  static let mostDifferentiated = 5

  /// How many pictures a gradient method passes through the network and back together.
  ///
  /// - Throws: `.outOfMemory`.
  func gradientBatchSize() throws -> Int {
    try classifier.batchSize(atMost: Subject.mostDifferentiated, isDifferentiable: true)
  }

  /// The derivative of each picture's target logit with respect to that picture.
  ///
  /// Several targets count as one: their logits are summed.
  ///
  /// - Parameter batch: normalized pictures, `[N, 3, H, W]`.
  /// - Returns: `[N, 3, H, W]`.
  /// - Throws: what the classifier throws.
  func gradient(of batch: Tensor, rule: ReluRule = .standard) throws -> Tensor {
    try classifier.trace(batch, layer: nil, rule: rule).inputGradient(direction(rows: batch.shape[0]))
  }

  /// A warning where a rule for ReLUs leaves the gradient as it is: the model is known to have none.
  var warningWithoutReLUs: String? {
    classifier.hasReLUs ? nil : "the model has no ReLUs for the method to act on: this is the plain gradient"
  }

  /// The derivative of the target's logit with respect to the logits, for each of `rows` pictures.
  func direction(rows: Int) throws -> Tensor {
    let classes = classifier.classCount
    return try Tensor(Shape([rows, classes])) { output in
      output.initialize(repeating: 0)
      for row in 0..<rows {
        for index in target.indices { output[row * classes + index] = 1 }
      }
    }
  }
}

extension Findings {
  /// Findings from a map whose sign matters less than its size: evidence is what is far from 0, either way.
  ///
  /// - Parameter map: `[h, w]`; numbers that are not finite count as 0.
  /// - Throws: `.outOfMemory`.
  init(magnitudeOf map: Tensor) throws {
    let largest = map.values.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
    self.init(importance: try map.map { $0.isFinite && largest > 0 ? abs($0) / largest : 0 })
    self.map = map
    if largest == 0 { warnings.append("the map is zero everywhere: the target does not depend on the picture") }
  }

  /// Findings of a method of one step, about which progress is reported once.
  func afterOneStep(_ progress: ProgressHandler?) -> Findings {
    var findings = self
    findings.iterations = 1
    findings.isInterrupted = progress?(Progress(step: 1, steps: 1)) == .cancel
    return findings
  }
}
