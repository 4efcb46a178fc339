/// The pictures that stand where a mask removes the picture, as normalized tensors.
struct Perturbations {
  /// Those that are the same in every iteration.
  private let fixed: [Tensor?]
  private let shape: Shape
  /// Deviation of the noise: 0.2 in the units of torch's normalization.
  private var noise: Float = 0.2

  /// - Throws: `.invalidArgument` for an option out of range, and for a replacement that was not given;
  ///   `.outOfMemory`.
  init(_ options: MaskOptions, of subject: Subject) throws {
    let (preprocessing, fitted, input) = (subject.classifier.preprocessing, subject.fitted, subject.input)
    shape = try Shape([1, 3, preprocessing.height, preprocessing.width])
    noise *= preprocessing.unit
    // Pixels of an input that is 224 wide: a smaller input is blurred by as much less.
    let sigma = Double(options.sigma) * Double(preprocessing.width) / 224
    fixed = try options.perturbations.map { perturbation in
      switch perturbation {
      case .blur:
        let gaussian = try input.gaussianBlur(kernelSize: 11, sigma: 5)
        let median = try preprocessing.tensor(of: fitted.medianBlur(size: 11))
        return try (Variable(constant: gaussian) + Variable(constant: median)).value.map { $0 / 2 }
      case .gaussian:
        return sigma == 0 ? input : try input.gaussianBlur(sigma: sigma)
      case .median:
        return try preprocessing.tensor(of: fitted.medianBlur(size: options.medianSize))
      case .meanColor:
        let mean = try Variable(constant: input).mean([2, 3], keepingAxes: true)
        return try mean.broadcast(to: input.shape.dimensions).value
      case .constant:
        return try Perturbations.color(options.constant, preprocessing)
      case .zero:
        return try Tensor(repeating: 0, shape: input.shape)
      case .noise:
        return nil
      case .picture:
        guard let replacement = subject.reference else {
          throw ExplainError.invalid("perturbation picture: no picture was given")
        }
        return try preprocessing.tensor(of: replacement)
      }
    }
  }

  /// The given tensors, for a picture whose perturbations are known.
  init(fixed: [Tensor]) {
    self.fixed = fixed
    shape = fixed.first?.shape ?? .scalar
  }

  /// The perturbation of an iteration: one of several is drawn, and noise is drawn afresh.
  ///
  /// - Throws: `.outOfMemory`.
  func draw(_ random: inout Random) throws -> Tensor {
    let index = fixed.count > 1 ? random.integer(in: 0...fixed.count - 1) : 0
    return try fixed[index] ?? random.normal(shape, deviation: noise)
  }

  /// The perturbation that results are shown with.
  ///
  /// - Throws: `.outOfMemory`.
  func first(seed: UInt64) throws -> Tensor {
    var random = Random(seed: seed, stream: MaskLearner.Stream.shown.rawValue)
    return try fixed[0] ?? random.normal(shape, deviation: noise)
  }

  private static func color(_ rgb: [Float], _ preprocessing: Preprocessing) throws -> Tensor {
    let count = preprocessing.width * preprocessing.height
    return try Tensor(Shape([1, 3, preprocessing.height, preprocessing.width])) { output in
      for channel in 0..<3 {
        let value = rgb[preprocessing.isBGR ? 2 - channel : channel] * preprocessing.scale
        let normalized = (value - preprocessing.mean[channel]) / preprocessing.deviation[channel]
        for i in 0..<count { output[channel * count + i] = normalized }
      }
    }
  }
}
