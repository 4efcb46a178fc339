extension MaskLearner {
  /// The mask before the first step, `[1, 1, height, width]`.
  ///
  /// - Throws: what the classifier throws; `.outOfMemory`.
  func start() throws -> Tensor {
    let shape = try Shape([1, 1, options.maskHeight, options.maskWidth])
    switch options.start {
    case .ones: return try Tensor(repeating: 1, shape: shape)
    case .zeros: return try Tensor(repeating: 0, shape: shape)
    case .half: return try Tensor(repeating: 0.5, shape: shape)
    case .disc: return try smallestDisc(shape)
    }
  }

  /// Discs whose scores are computed in one batch, at most: those behind the one that is looked for are for nothing.
  private static let discsPerBatch = 4
  /// Radii that are tried, as shares of the mask's half diagonal.
  private static let radii = 32

  /// The smallest centered disc that takes away 99 % of what removing the whole picture takes away.
  private func smallestDisc(_ shape: Shape) throws -> Tensor {
    let all = try removalScores([try Tensor(repeating: 0, shape: shape)])[0]
    let wanted = scoreBefore - 0.99 * (scoreBefore - all)
    let batchSize = try classifier.batchSize(atMost: MaskLearner.discsPerBatch)
    for first in stride(from: 1, through: MaskLearner.radii, by: batchSize) {
      let last = min(first + batchSize - 1, MaskLearner.radii)
      let discs = try (first...last).map { try disc(share: Float($0) / Float(MaskLearner.radii), shape) }
      let scores = try removalScores(discs)
      if let found = scores.firstIndex(where: { $0 <= wanted }) { return discs[found] }
    }
    return try Tensor(repeating: 0, shape: shape)
  }

  /// A mask that removes a centered disc, with a soft edge one cell wide.
  private func disc(share: Float, _ shape: Shape) throws -> Tensor {
    let (height, width) = (shape[2], shape[3])
    let (centerY, centerX) = (Float(height - 1) / 2, Float(width - 1) / 2)
    let radius = share * (centerX * centerX + centerY * centerY).squareRoot()
    return try Tensor(shape) { output in
      for i in 0..<height * width {
        let (y, x) = (Float(i / width) - centerY, Float(i % width) - centerX)
        output[i] = min(max((x * x + y * y).squareRoot() - radius + 0.5, 0), 1)
      }
    }
  }

  private func removalScores(_ masks: [Tensor]) throws -> [Float] {
    let batch = try Variable.concatenated(
      masks.map { try perturbedInput($0) }.map { Variable(constant: $0) }, along: 0)
    return try classifier.logits(batch).score(options.score, of: targets).value.values
  }

  /// The picture as a mask leaves it, without noise.
  ///
  /// - Throws: `.outOfMemory`.
  func perturbedInput(_ mask: Tensor) throws -> Tensor {
    let upsampled = try up(Variable(constant: mask))
    let replacement = Variable(constant: try perturbations.first(seed: seed))
    return try (Variable(constant: input) * upsampled + replacement * (1 - upsampled)).value
  }
}
