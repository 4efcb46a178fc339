/// SmoothGrad [smilkov2017]: the mean of a gradient map over noisy copies of the picture.
///
///     map = mean over n of M_c(x + N(0, (sigma * (max x - min x))^2))
public struct SmoothGrad: Sendable, Equatable {
  /// The map that is averaged.
  public enum Base: String, Sendable, CaseIterable {
    case saliency
    case inputXGradient = "input-x-gradient"
    case guidedBackprop = "guided-backprop"
    case deconvnet
    /// With its default options: `steps` passes a sample.
    case integratedGradients = "integrated-gradients"

    /// The method of that name.
    var method: any AttributionMethod {
      switch self {
      case .saliency: Saliency()
      case .inputXGradient: InputXGradient()
      case .guidedBackprop: GuidedBackprop()
      case .deconvnet: Deconvnet()
      case .integratedGradients: IntegratedGradients()
      }
    }
  }

  /// The map that is averaged.
  public var base = Base.saliency
  /// Noisy copies, 1 to 10,000; [smilkov2017] sees little gain beyond 50.
  public var samples = 50
  /// Deviation of the noise as a share of the input's range, 0 to 10; [smilkov2017] recommends 0.1 to 0.2.
  public var sigma: Float = 0.15

  /// The default settings.
  public init() {}
}

extension SmoothGrad: AttributionMethod {
  /// The method `smoothgrad`.
  public static let about = MethodDescription(
    name: "smoothgrad", summary: "a gradient map averaged over noisy copies of the picture", needsGradient: true,
    isDeterministic: false, cost: "50 forward and backward", source: "Smilkov, Thorat, Kim, Viegas & Wattenberg 2017")

  /// Every option.
  public static let table: [OptionDescription<SmoothGrad>] = [
    .choice("base", "the map that is averaged", \.base),
    .integer("samples", "noisy copies", \.samples),
    .number("sigma", "deviation of the noise, as a share of the input's range", \.sigma),
  ]

  /// As the base has it; absolute values are taken of the mean, not averaged.
  public var channels: ChannelAggregation { base.method.channels }

  /// Checks every option.
  ///
  /// - Throws: `.invalidArgument` that names the first option out of its range.
  public func validate() throws {
    try OptionLimit.check("samples", samples, 1...10_000)
    try OptionLimit.check("sigma", sigma, 0...10)
  }

  /// Averages the base's map over noisy copies of the picture.
  ///
  /// - Throws: what the classifier throws; `.outOfMemory`.
  public func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings {
    let mean = try mean(around: subject.input, for: subject, progress)
    var findings = try Findings(magnitudeOf: channels.map(mean.shares))
    (findings.iterations, findings.isInterrupted) = (mean.samples, mean.isInterrupted)
    return findings
  }

  /// The mean of the base's shares around each picture of a batch.
  ///
  /// - Throws: as `findings`.
  public func attributions(of batch: Tensor, for subject: Subject) throws -> Tensor {
    let pictures = Variable(constant: batch)
    let parts = try (0..<batch.shape[0]).map { row in
      Variable(
        constant: try mean(around: pictures.sliced(along: 0, row..<row + 1).value, for: subject, nil).shares)
    }
    return try Variable.concatenated(parts, along: 0).value
  }

  private func mean(
    around picture: Tensor, for subject: Subject, _ progress: ProgressHandler?
  ) throws -> (shares: Tensor, samples: Int, isInterrupted: Bool) {
    let (method, values) = (base.method, picture.values)
    let deviation = sigma * ((values.max() ?? 0) - (values.min() ?? 0))
    var random = Random(seed: subject.seed)
    var sum = try Tensor(repeating: 0, shape: picture.shape)
    var done = 0
    var isInterrupted = false
    let batchSize = try subject.gradientBatchSize()
    while done < samples, !isInterrupted {
      let count = min(batchSize, samples - done)
      let noise = try random.normal(Shape([count] + picture.shape.dimensions.dropFirst()), deviation: deviation)
      let noisy = try (Variable(constant: picture) + Variable(constant: noise)).value
      let shares = try method.attributions(of: noisy, for: subject)
      try sum.add(shares.summed(over: [0]).reshaped(sum.shape.dimensions))
      done += count
      if let progress, progress(Progress(step: done, steps: samples)) == .cancel { isInterrupted = true }
    }
    let weight = 1 / Float(done)
    return (try sum.mapped { $0 * weight }, done, isInterrupted)
  }
}
