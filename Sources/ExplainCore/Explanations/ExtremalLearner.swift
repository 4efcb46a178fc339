/// Gradient descent on the parameters of all masks.
struct ExtremalLearner {
  let options: ExtremalMasks
  let subject: Subject
  let pyramid: BlurPyramid
  private let geometry: SmoothMaxConvolution
  /// Parameters down and across.
  private let grid: (rows: Int, columns: Int)

  /// What was learned.
  struct Outcome {
    /// `[areas, 1, rows, columns]`.
    var parameters: Tensor
    var history: [Explanation.Series]
    var iterations = 0
    var isInterrupted = false
  }

  init(_ options: ExtremalMasks, _ subject: Subject) throws {
    guard !options.isContrastive || subject.classifier.classCount > subject.target.indices.count else {
      throw ExplainError.invalid("contrastive needs a class that is not a target")
    }
    self.options = options
    self.subject = subject
    pyramid = try BlurPyramid(subject.input, levels: options.levels, sigma: options.blur)
    geometry = try SmoothMaxConvolution(step: options.step, sigma: options.sigma)
    grid = (
      geometry.parameters(covering: subject.input.shape[2]), geometry.parameters(covering: subject.input.shape[3])
    )
  }

  /// Parameters before the first step: everything is shown.
  func start() throws -> Tensor {
    try Tensor(repeating: 1, shape: Shape([options.areas.count, 1, grid.rows, grid.columns]))
  }

  /// - Throws: `.invalidArgument` for a loss that is not finite; `.outOfMemory`; what the classifier throws.
  func learn(from start: Tensor, _ progress: ProgressHandler?) throws -> Outcome {
    var outcome = Outcome(
      parameters: start,
      history: (["loss", "score"] + options.areas.flatMap { ["reward_\($0)", "area_\($0)"] }).map {
        .init(name: $0, values: [])
      })
    var descent = SGD(
      learningRate: Double(options.learningRate), momentum: Double(options.momentum),
      dampening: Double(options.momentum))
    let reference = Variable(constant: try self.reference())
    let batches = try self.batches()
    var weight = options.areaWeight
    for iteration in 0..<options.iterations {
      let isMirrored = options.isMirrored && iteration % 2 == 0
      let terms = try batches.map { areas in
        try self.terms(
          of: Variable(constant: outcome.parameters).sliced(along: 0, areas).value,
          reference.sliced(along: 0, areas), area: weight, isMirrored: isMirrored)
      }
      let loss = terms.reduce(0) { $0 + $1.loss }
      guard loss.isFinite else {
        throw ExplainError.invalid(
          "the loss is \(loss) in iteration \(iteration): lower the learning rate or the area weight")
      }
      let score = terms.flatMap(\.scores).reduce(0, +) / Float(options.areas.count)
      let values = [loss, score] + terms.flatMap { zip($0.rewards, $0.areas).flatMap { [$0, $1] } }
      for (index, value) in values.enumerated() { outcome.history[index].values.append(value) }

      var next = outcome.parameters
      let gradient = try Variable.concatenated(terms.map { Variable(constant: $0.gradient) }, along: 0)
      try descent.step(&next, gradient: gradient.value)
      outcome.parameters = try next.map { min(max($0, 0), 1) }
      outcome.iterations += 1
      weight = min(weight * options.areaGrowth, 1e9)
      let report = Progress(step: iteration + 1, steps: options.iterations, loss: loss, score: score)
      if let progress, progress(report) == .cancel {
        outcome.isInterrupted = true
        break
      }
    }
    return outcome
  }

  /// Areas whose pictures go through the network together: all of them, or as many as `BatchMemory` allows.
  private func batches() throws -> [Range<Int>] {
    let (count, pictures) = (options.areas.count, options.variant == .dual ? 2 : 1)
    let size = try subject.classifier.batchSize(atMost: count * pictures, isDifferentiable: true)
    let areas = max(1, size / pictures)
    return stride(from: 0, to: count, by: areas).map { $0..<min($0 + areas, count) }
  }

  /// What some masks add to the loss, and its derivative by their parameters: each mask is learned for itself.
  private struct Terms {
    let loss: Float
    /// A number for each mask.
    let rewards, areas, scores: [Float]
    /// Of the parameters' shape.
    let gradient: Tensor
  }

  private func terms(
    of parameters: Tensor, _ reference: Variable, area weight: Float, isMirrored: Bool
  ) throws -> Terms {
    let parameters = Variable(learned: parameters)
    let count = parameters.shape[0]
    let whole = try self.whole(parameters)
    let logits = try self.logits(shown(whole), isMirrored: isMirrored)
    let reward = try self.reward(logits, masks: count)
    let sorted = try whole.reshaped([count, reference.shape[1]]).sorted()
    let area = try weight * (sorted - reference).square().mean([1])
    let loss = try (area - reward).sum()
    let scores = try logits.sliced(along: 0, 0..<count).score(.probability, of: subject.target.indices)
    return Terms(
      loss: loss.value.item, rewards: reward.value.values, areas: area.value.values, scores: scores.value.values,
      gradient: try loss.gradient(withRespectTo: parameters))
  }

  /// The masks with their margins.
  func whole(_ parameters: Variable) throws -> Variable {
    try parameters.smoothMaxConvolved(geometry).clamped(to: 0...1)
  }

  /// The part of masks that lies over the picture, `[areas, 1, H, W]`.
  func shown(_ whole: Variable) throws -> Variable {
    let (height, width, margin) = (subject.input.shape[2], subject.input.shape[3], geometry.margin)
    return try whole.sliced(along: 2, margin..<margin + height).sliced(along: 3, margin..<margin + width)
  }

  /// Logits of the pictures under the masks; for `dual`, those under the rest of the picture follow.
  private func logits(_ mask: Variable, isMirrored: Bool) throws -> Variable {
    var pictures: Variable
    switch options.variant {
    case .preserve: pictures = try pyramid.blended(by: mask)
    case .delete: pictures = try pyramid.blended(by: 1 - mask)
    case .dual: pictures = try .concatenated([pyramid.blended(by: mask), pyramid.blended(by: 1 - mask)], along: 0)
    }
    if isMirrored { pictures = try pictures.flipped(along: [-1]) }
    return try subject.classifier.logits(pictures)
  }

  /// What is maximized, for each of so many masks.
  private func reward(_ logits: Variable, masks count: Int) throws -> Variable {
    let targets = subject.target.indices
    var score: Variable
    if options.isContrastive {
      let others = (0..<subject.classifier.classCount).filter { !targets.contains($0) }
      score = try logits.score(.logit, of: targets) - logits.selected(along: 1, others).max([1])
    } else {
      score = try logits.score(options.score, of: targets)
    }
    switch options.variant {
    case .preserve: break
    case .delete: score = try -score
    case .dual: score = try score.sliced(along: 0, 0..<count) - score.sliced(along: 0, count..<2 * count)
    }
    return score
  }

  /// For each area a row that a sorted mask of this area would be: zeros, and then ones.
  private func reference() throws -> Tensor {
    let elements = geometry.extent(parameters: grid.rows) * geometry.extent(parameters: grid.columns)
    return try Tensor(Shape([options.areas.count, elements])) { output in
      for (row, area) in options.areas.enumerated() {
        let zeros = Int((Double(elements) * (1 - Double(area))).rounded())
        for i in 0..<elements { output[row * elements + i] = i < zeros ? 0 : 1 }
      }
    }
  }
}
