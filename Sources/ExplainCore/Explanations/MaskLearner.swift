#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Learns which pixels carry the evidence for a class: meaningful perturbation [fong2017].
///
///     x'(m) = x * up(m) + x~ * (1 - up(m)) + noise
///     loss(m) = l1 * |1 - m|_1 + tv * TV_beta(m) + p_c(x'(m))
///
/// A mask of few cells, 1 where a pixel is kept, is optimized by Adam through the network.
struct MaskLearner {
  let classifier: any Classifier
  let options: MaskOptions
  let seed: UInt64
  let targets: [Int]
  /// The normalized picture, `[1, 3, H, W]`.
  let input: Tensor
  let perturbations: Perturbations
  /// The target's score for the picture as it is, which relative scores are divided by.
  let scoreBefore: Float

  /// Independent sequences of random numbers, so that one option does not change another one's numbers.
  enum Stream: UInt64 {
    case noise = 1
    case maskNoise, jitter, movement, perturbation, shown
  }

  /// What a run, or several averaged ones, came to.
  struct Outcome {
    var mask: Tensor
    var history: [Explanation.Series]
    var iterations: Int
    var isInterrupted = false
    var warnings: [String] = []
  }

  /// Runs once for each weight of the area term and averages the masks.
  ///
  /// - Throws: what the classifier throws; `.outOfMemory`.
  func learn(_ progress: ProgressHandler?) throws -> Outcome {
    var masks: [Tensor] = []
    var total = Outcome(mask: try start(), history: [], iterations: 0)
    let steps = options.iterations * options.l1.count
    for (run, weight) in options.l1.enumerated() {
      var outcome = try optimize(
        from: total.mask, run: run, area: { _ in weight }, steps: steps, done: total.iterations, progress)
      if isStuck(outcome) {
        // Where p0 is near 1 the gradient vanishes; half-removed it does not, and the area weight can grow from small.
        total.warnings.append(
          "run \(run + 1) of \(options.l1.count) removed nothing and was begun again from a half-removed picture")
        let iterations = Float(max(1, options.iterations - 1))
        outcome = try optimize(
          from: Tensor(repeating: 0.8, shape: total.mask.shape), run: run,
          area: { 0.1 * powf(8, Float($0) / iterations) }, steps: steps, done: total.iterations, progress)
      }
      masks.append(outcome.mask)
      total.append(outcome)
      if outcome.isInterrupted { break }
    }
    if masks.count > 1 {
      let sum = try masks.dropFirst().reduce(Variable(constant: masks[0])) { try $0 + Variable(constant: $1) }
      total.mask = try (sum / Float(masks.count)).value
    } else {
      total.mask = masks[0]
    }
    return total
  }

  /// The preset `hybrid` alone is begun again: elsewhere an untouched mask is what the caller's weights ask for.
  private func isStuck(_ outcome: Outcome) -> Bool {
    options.preset == .hybrid && !outcome.isInterrupted && outcome.mask.values.allSatisfy { $0 > 0.999 }
  }

  /// One run of gradient descent.
  private func optimize(
    from start: Tensor, run: Int, area: (Int) -> Float, steps: Int, done: Int, _ progress: ProgressHandler?
  ) throws -> Outcome {
    var mask = start
    var adam = Adam(
      learningRate: Double(options.learningRate), beta1: Double(options.beta1), beta2: Double(options.beta2))
    var randomness = Randomness(seed: seed, run: run)
    var outcome = Outcome(mask: mask, history: [], iterations: 0)
    for iteration in 0..<options.iterations {
      let m = Variable(learned: mask)
      let step = try self.step(m, area: area(iteration), &randomness)
      guard step.loss.isFinite else {
        throw ExplainError.invalid(
          "the loss is \(step.loss) in iteration \(iteration): lower the learning rate or the weights")
      }
      outcome.record([("loss", step.loss), ("score", step.score), ("l1", step.area), ("tv", step.variation)])
      try adam.step(&mask, gradient: step.gradient)
      try mask.clamp(to: 0...1)
      outcome.iterations += 1
      outcome.mask = mask
      let report = Progress(step: done + iteration + 1, steps: steps, loss: step.loss, score: step.score)
      if let progress, progress(report) == .cancel {
        outcome.isInterrupted = true
        break
      }
      if outcome.isFlat(within: options.flatness) { break }
    }
    return outcome
  }

  /// The loss of a mask with its parts, and its gradient.
  private struct Step {
    var loss, area, variation: Float
    /// The score of the perturbed picture, as the history shows it.
    var score: Float = 0
    var gradient: Tensor
  }

  /// Samples that go through the network together: of what the mask removes, or, for `hybrid`, of what it keeps.
  private struct Samples {
    let isKept: Bool
    let count: Int
  }

  private func step(_ mask: Variable, area weight: Float, _ randomness: inout Randomness) throws -> Step {
    let noisy = try randomness.noisyMask(mask, deviation: options.maskNoise)
    let upsampled = try up(noisy)
    let removedCells = try options.game == .preservation ? mask : 1 - mask
    let cost = try removedCells.absolute()
    let area = try weight * (options.norm == .mean ? cost.mean() : cost.sum())
    let variation =
      try options.tv * totalVariation(mask, beta: options.beta, norm: options.norm, coupled: options.isCoupled)
    let batches = try self.batches()
    var game = try self.game(batches[0], upsampled, &randomness)
    var loss = try area + variation + game.value
    var step = Step(
      loss: loss.value.item, area: area.value.item, variation: variation.value.item, score: game.score,
      gradient: try loss.gradient(withRespectTo: mask))
    for batch in batches.dropFirst() {
      // What the network kept of the batch before is given back, so that its memory is that of one.
      (game, loss) = (Game(value: area, score: 0), area)
      game = try self.game(batch, upsampled, &randomness)
      step.loss += game.value.value.item
      step.score += game.score
      try step.gradient.add(game.value.gradient(withRespectTo: mask))
    }
    return step
  }

  /// An iteration's samples: all together, or as many as `BatchMemory` allows.
  private func batches() throws -> [[Samples]] {
    let kinds = options.game == .hybrid ? [false, true] : [false]
    let size = try classifier.batchSize(atMost: kinds.count * options.samples, isDifferentiable: true)
    if kinds.count * options.samples <= size {
      return [kinds.map { Samples(isKept: $0, count: options.samples) }]
    }
    return kinds.flatMap { isKept in
      stride(from: 0, to: options.samples, by: size).map { done in
        [Samples(isKept: isKept, count: min(size, options.samples - done))]
      }
    }
  }

  /// What a batch adds to the loss, and to the score that the history shows.
  private struct Game {
    var value: Variable
    var score: Float
  }

  private func game(_ batch: [Samples], _ upsampled: Variable, _ randomness: inout Randomness) throws -> Game {
    let pictures = try batch.flatMap { part in
      try samples(part.isKept ? 1 - upsampled : upsampled, count: part.count, &randomness)
    }
    let logits = try classifier.logits(pictures.count == 1 ? pictures[0] : .concatenated(pictures, along: 0))
    let scores = try logits.score(options.score, of: targets) / divisor
    var result: Game?
    var first = 0
    for part in batch {
      let share = Float(part.count) / Float(options.samples)
      let mean = try scores.sliced(along: 0, first..<first + part.count).mean() * share
      let value = try part.isKept || options.game == .preservation ? -mean : mean
      let score = part.isKept ? 0 : mean.value.item * (options.game == .hybrid ? divisor : 1)
      result = Game(value: try result.map { try $0.value + value } ?? value, score: (result?.score ?? 0) + score)
      first += part.count
    }
    guard let result else { throw ExplainError(.internal, "a batch without samples") }
    return result
  }

  private var divisor: Float { options.isRelative && abs(scoreBefore) > 1e-12 ? scoreBefore : 1 }

  /// Perturbed pictures of one iteration: `x * U + x~ * (1 - U) + noise`, moved where the options say so.
  private func samples(
    _ upsampled: Variable, count: Int, _ randomness: inout Randomness
  ) throws -> [Variable] {
    try (0..<count).map { _ in
      let offset = randomness.offset(options.jitter)
      let x = try moved(input, by: offset)
      let replacement = try moved(perturbations.draw(&randomness.perturbation), by: offset)
      var result = try x * upsampled + replacement * (1 - upsampled)
      if options.noise > 0 {
        let deviation = options.noise * classifier.preprocessing.unit
        result = try result + Variable(constant: randomness.noise.normal(input.shape, deviation: deviation))
      }
      if options.shift > 0 {
        let range = -options.shift...options.shift
        let (rows, columns) = (randomness.movement.integer(in: range), randomness.movement.integer(in: range))
        result = try result.rolled(rows: rows, columns: columns)
      }
      if options.isMirrored, randomness.movement.integer(in: 0...1) == 1 { result = try result.flipped(along: [-1]) }
      return result
    }
  }

  /// The picture moved under the mask; the border pixel is repeated.
  private func moved(_ picture: Tensor, by offset: (rows: Int, columns: Int)) throws -> Variable {
    let constant = Variable(constant: picture)
    guard offset != (0, 0) else { return constant }
    let (height, width) = (picture.shape[2], picture.shape[3])
    let padded = try constant.padded(
      top: max(0, offset.rows), bottom: max(0, -offset.rows), left: max(0, offset.columns),
      right: max(0, -offset.columns), border: .replicate)
    let (top, left) = (max(0, -offset.rows), max(0, -offset.columns))
    return try padded.sliced(along: 2, top..<top + height).sliced(along: 3, left..<left + width)
  }

  /// The mask at the picture's resolution, `[1, 1, H, W]`.
  func up(_ mask: Variable) throws -> Variable {
    let (height, width) = (input.shape[2], input.shape[3])
    switch options.upsampling {
    case .alignedCorners: return try mask.resized(height: height, width: width, .bilinearAlignedCorners)
    case .bilinear: return try mask.resized(height: height, width: width, .bilinear)
    case .smoothed:
      let coarse = try mask.resized(height: height, width: width, .nearest)
      return try coarse.gaussianBlurred(sigma: 5 * Float(width) / 224, border: .replicate)
    }
  }
}

extension MaskLearner.Outcome {
  fileprivate mutating func record(_ values: [(name: String, value: Float)]) {
    for (index, entry) in values.enumerated() {
      if index == history.count { history.append(.init(name: entry.name, values: [])) }
      history[index].values.append(entry.value)
    }
  }

  fileprivate mutating func append(_ run: MaskLearner.Outcome) {
    if history.isEmpty {
      history = run.history
    } else {
      for index in history.indices { history[index].values += run.history[index].values }
    }
    iterations += run.iterations
    isInterrupted = run.isInterrupted
  }

  /// Whether the loss has stopped falling.
  fileprivate func isFlat(within share: Float) -> Bool {
    let window = 20
    guard share > 0, let loss = history.first?.values, loss.count >= 2 * window else { return false }
    let recent = loss.suffix(window).reduce(0, +)
    let before = loss.dropLast(window).suffix(window).reduce(0, +)
    return before - recent < share * abs(before)
  }
}

/// The random numbers of one run.
private struct Randomness {
  var noise, maskNoise, jitter, movement, perturbation: Random

  init(seed: UInt64, run: Int) {
    func stream(_ stream: MaskLearner.Stream) -> Random {
      Random(seed: seed, stream: stream.rawValue | UInt64(run) << 32)
    }
    (noise, maskNoise, jitter) = (stream(.noise), stream(.maskNoise), stream(.jitter))
    (movement, perturbation) = (stream(.movement), stream(.perturbation))
  }

  mutating func noisyMask(_ mask: Variable, deviation: Float) throws -> Variable {
    guard deviation > 0 else { return mask }
    let noise = Variable(constant: try maskNoise.normal(mask.shape, deviation: deviation))
    return try (mask + noise).clamped(to: 0...1)
  }

  mutating func offset(_ range: Int) -> (rows: Int, columns: Int) {
    guard range > 0 else { return (0, 0) }
    return (jitter.integer(in: 0...range) - range / 2, jitter.integer(in: 0...range) - range / 2)
  }
}

extension Tensor {
  /// Brings every element into a range, in place.
  fileprivate mutating func clamp(to range: ClosedRange<Float>) throws {
    let count = count
    try withMutablePointer { values in
      for i in 0..<count { values[i] = min(max(values[i], range.lowerBound), range.upperBound) }
    }
  }
}
