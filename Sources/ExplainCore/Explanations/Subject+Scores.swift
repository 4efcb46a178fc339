extension Subject {
  /// The most pictures that methods without gradients pass through the network together: more save little time and
  /// take their memory, as docs/performance.md shows.
  static let mostScored = 8

  /// How many pictures a method without gradients passes through the network together.
  ///
  /// - Throws: `.outOfMemory`.
  func scoredBatchSize() throws -> Int { try classifier.batchSize(atMost: Subject.mostScored) }

  /// The target's score for each picture of a batch.
  ///
  /// - Parameter batch: normalized pictures, `[N, 3, H, W]`.
  /// - Throws: what the classifier throws; `.unsupported` for scores that are not finite.
  func scores(_ score: Score, of batch: Tensor) throws -> [Float] {
    let scores = try classifier.logits(Variable(constant: batch)).score(score, of: target.indices).value.values
    guard scores.allSatisfy(\.isFinite) else {
      throw ExplainError.unsupported("\(classifier.name) gives scores that are not finite for a changed picture")
    }
    return scores
  }
}

extension Findings {
  /// Findings from a map with a sign: what is positive is evidence, scaled to at most 1.
  ///
  /// - Parameter map: `[h, w]`, above 0 for evidence.
  /// - Throws: `.outOfMemory`.
  init(signed map: Tensor) throws {
    let largest = map.values.reduce(0) { $1 > $0 && $1.isFinite ? $1 : $0 }
    self.init(importance: try map.map { $0 > 0 && largest > 0 ? min($0 / largest, 1) : 0 })
    self.map = map
    if largest == 0 { warnings.append("no pixel is evidence for the target: the map has no positive value") }
  }
}
