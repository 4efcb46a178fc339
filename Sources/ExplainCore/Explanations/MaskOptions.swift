/// How a mask is learned.
///
/// The defaults are the preset `blackbox`; `MaskOptions(preset:)` gives the others. Each field may be set on its own.
public struct MaskOptions: Sendable, Equatable {
  /// Published settings, taken together.
  public enum Preset: String, Sendable, CaseIterable {
    /// The constants of J. Gildenblat's pytorch-explain-black-box.
    case blackbox
    /// The constants of [fong2017].
    case paper
    /// Removes and keeps at once, relative to the untouched picture's score, over three area weights.
    case hybrid
  }

  /// What the mask is learned for.
  public enum Game: String, Sendable, CaseIterable {
    /// The score shall vanish with as little removed as possible.
    case deletion
    /// The score shall stay with as little kept as possible.
    case preservation
    /// Both at once: what is removed carries the score, what is kept alone carries it too.
    case hybrid
  }

  /// What stands where the mask removes the picture.
  public enum Perturbation: String, Sendable, CaseIterable {
    /// The mean of a Gaussian blur (11x11, sigma 5) and a median blur (11x11) [jacobgil].
    case blur
    /// A Gaussian blur of deviation `sigma`.
    case gaussian
    /// A median blur of `medianSize` pixels.
    case median
    /// The picture's mean color.
    case meanColor = "mean-color"
    /// One color, `constant`.
    case constant
    /// Zero after normalization: the mean color of the pictures that the network was trained on.
    case zero
    /// Gaussian noise of deviation 0.2 after normalization around zero.
    case noise
    /// A picture that the caller gives.
    case picture
  }

  /// How the mask is brought to the picture's resolution.
  public enum Upsampling: String, Sendable, CaseIterable {
    /// Bilinear, the corner cells on the corner pixels.
    case alignedCorners = "aligned-corners"
    /// Bilinear, half-pixel centers.
    case bilinear
    /// Nearest, then a Gaussian of 5 pixels at an input of 224.
    case smoothed
  }

  /// What the mask is before the first step.
  public enum Start: String, Sendable, CaseIterable {
    /// Everything kept.
    case ones
    /// Everything removed.
    case zeros
    /// Everything half removed.
    case half
    /// The smallest centered blurred disc that takes away 99 % of what removing everything takes away [fong2017].
    case disc
  }

  /// The preset that the other fields were filled from.
  public private(set) var preset = Preset.blackbox
  /// What the mask is learned for.
  public var game = Game.deletion
  /// What stands where the picture is removed; of several, each iteration draws one.
  public var perturbations = [Perturbation.blur]
  /// Deviation of `gaussian` in pixels of an input that is 224 wide, 0 to 100.
  public var sigma: Float = 10
  /// Width of `median` in pixels, odd, 3 to 255.
  public var medianSize = 11
  /// Red, green and blue of `constant`, 0 to 255.
  public var constant: [Float] = [0, 0, 0]
  /// Cells of the mask across, 2 to 224.
  public var maskWidth = 28
  /// Cells of the mask down, 2 to 224.
  public var maskHeight = 28
  /// How the mask is brought to the picture's resolution.
  public var upsampling = Upsampling.alignedCorners
  /// Weights of the area term; each begins a run of its own, whose importances are averaged.
  public var l1: [Float] = [0.01]
  /// Weight of the total variation.
  public var tv: Float = 0.2
  /// Exponent of the total variation, 1 to 10.
  public var beta: Float = 3
  /// Whether the terms are means over the mask's cells, or sums.
  public var norm = Reduction.mean
  /// Whether both directions of the total variation are taken together, as [fong2017]'s code does.
  public var isCoupled = false
  /// Which number of the target is looked at.
  public var score = Score.probability
  /// Whether scores are divided by the untouched picture's.
  public var isRelative = false
  /// Deviation of the noise added to the picture in each iteration, in the units of torch's normalization, 0 to 10.
  public var noise: Float = 0.2
  /// Deviation of the noise added to the mask in each iteration, 0 to 10.
  public var maskNoise: Float = 0
  /// The picture is moved under the mask by up to half of this many pixels either way in each iteration, 0 to 64.
  public var jitter = 0
  /// Picture and mask are moved together, around the edges, by up to this many pixels either way, 0 to 64.
  public var shift = 0
  /// Whether picture and mask are mirrored together in half of the iterations.
  public var isMirrored = false
  /// Noisy pictures that an iteration averages over, 1 to 64.
  public var samples = 1
  /// What the mask is before the first step.
  public var start = Start.ones
  /// Adam's step size.
  public var learningRate: Float = 0.1
  /// Adam's memory of gradients, in `[0, 1)`.
  public var beta1: Float = 0.9
  /// Adam's memory of squared gradients, in `[0, 1)`.
  public var beta2: Float = 0.999
  /// Iterations of each run, 1 to 100,000.
  public var iterations = 500
  /// A run ends when the mean loss of 20 iterations is within this share of the 20 before; 0 never ends it.
  public var flatness: Float = 0

  /// The settings of a preset.
  public init(preset: Preset = .blackbox) {
    self.preset = preset
    switch preset {
    case .blackbox:
      break
    case .paper:  // [fong2017], and its authors' code for the sums and the coupled variation.
      perturbations = [.gaussian]
      upsampling = .smoothed
      start = .disc
      noise = 0
      jitter = 4
      norm = .sum
      l1 = [1e-4]
      tv = 1e-2
      isCoupled = true
      iterations = 300
    case .hybrid:  // Chosen on 24 photographs, half of them held out, for insertion and deletion.
      game = .hybrid
      perturbations = [.gaussian, .zero]
      upsampling = .bilinear
      isRelative = true
      noise = 0
      shift = 16
      isMirrored = true
      l1 = [0.3, 0.6, 1.2]
      tv = 1
      beta = 2
      learningRate = 0.2
      beta2 = 0.99
      iterations = 50
    }
  }

  /// Checks every field.
  ///
  /// - Throws: `.invalidArgument` that names the first field out of its range.
  public func validate() throws {
    func check(_ name: String, _ value: Float, _ range: ClosedRange<Float>) throws {
      guard range.contains(value) else {
        throw ExplainError.invalid(
          "\(name) is \(value): it must be \(range.lowerBound.formatted) to \(range.upperBound.formatted)")
      }
    }
    func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
      guard range.contains(value) else {
        throw ExplainError.invalid("\(name) is \(value): it must be \(range.lowerBound) to \(range.upperBound)")
      }
    }
    try check("iterations", iterations, 1...100_000)
    try check("mask-width", maskWidth, 2...224)
    try check("mask-height", maskHeight, 2...224)
    try check("samples", samples, 1...64)
    try check("jitter", jitter, 0...64)
    try check("shift", shift, 0...64)
    try check("number of l1 weights", l1.count, 1...16)
    for weight in l1 { try check("l1", weight, 0...1e6) }
    try check("tv", tv, 0...1e6)
    try check("beta", beta, 1...10)
    try check("noise", noise, 0...10)
    try check("mask-noise", maskNoise, 0...10)
    try check("sigma", sigma, 0...100)
    try check("learning-rate", learningRate, 1e-8...100)
    try check("beta1", beta1, 0...0.999_999)
    try check("beta2", beta2, 0...0.999_999)
    try check("flatness", flatness, 0...1)
    try check("median-size", medianSize, 3...255)
    guard medianSize % 2 == 1 else { throw ExplainError.invalid("median-size is \(medianSize): it must be odd") }
    guard !perturbations.isEmpty, perturbations.count <= 16 else {
      throw ExplainError.invalid("\(perturbations.count) perturbations: 1 to 16 are needed")
    }
    guard constant.count == 3 else {
      throw ExplainError.invalid("a constant color of \(constant.count) numbers: 3 are needed")
    }
    for channel in constant { try check("constant", channel, 0...255) }
  }
}

extension Float {
  /// Without a fraction where it is a whole number.
  fileprivate var formatted: String { self == rounded() && abs(self) < 1e9 ? String(Int(self)) : description }
}
