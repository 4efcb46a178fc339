/// Occlusion [zeiler2013]: a patch is moved over the picture, and where covering it lowers the score is evidence.
///
///     map(u) = mean of f_c(x) - f_c(x with the patch at i) over the positions i that cover pixel u
///
/// Positions are `stride` pixels apart from the upper left corner on; the last ones are cut at the edge, so that every
/// pixel is covered.
public struct Occlusion: Sendable, Equatable {
  /// What the patch is filled with.
  public enum Fill: String, Sendable, CaseIterable {
    /// The picture's mean color.
    case meanColor = "mean-color"
    /// One color, `constant`.
    case constant
    /// The picture blurred by a Gaussian of 10 pixels at an input 224 wide.
    case blur
    /// Zero after normalization: the mean color of the pictures that the network was trained on.
    case zero
  }

  /// Side of the square patch in pixels of the network's input.
  ///
  /// 32 of 224 is about an object's part; [zeiler2013] covers with a square without stating its size.
  public var patch = 32
  /// Pixels between positions, at most `patch`; 8 of 224 gives 625 positions.
  public var stride = 8
  /// What the patch is filled with; [zeiler2013] takes gray, which the mean color is for most pictures.
  public var fill = Fill.meanColor
  /// Red, green and blue of `constant`, 0 to 255: gray.
  public var constant: [Float] = [128, 128, 128]
  /// Which number of the target falls; [zeiler2013] shows the probability.
  public var score = Score.probability

  /// The default settings.
  public init() {}
}

extension Occlusion: ExplanationMethod {
  /// The method `occlusion`.
  public static let about = MethodDescription(
    name: "occlusion", summary: "covers the picture patch by patch and sees where the score falls",
    needsGradient: false, isDeterministic: true, cost: "625 forward", source: "Zeiler & Fergus 2013")

  /// Every option.
  public static let table: [OptionDescription<Occlusion>] = [
    .integer("patch", "side of the patch, in pixels of the network's input", \.patch),
    .integer("stride", "pixels between positions of the patch", \.stride),
    .choice("fill", "what the patch is filled with", \.fill),
    .numbers("constant", "red, green and blue of fill constant, 0 to 255", \.constant),
    .choice("score", "which number of the target is looked at", \.score),
  ]

  /// The default settings.
  ///
  /// - Throws: `.invalidArgument` for any preset.
  public init(preset: String?) throws {
    try OptionLimit.refuse(preset: preset, of: Self.about)
    self.init()
  }

  /// Checks every option.
  ///
  /// - Throws: `.invalidArgument` that names the first option out of its range.
  public func validate() throws {
    try OptionLimit.check("patch", patch, 1...4096)
    try OptionLimit.check("stride", stride, 1...patch)
    try OptionLimit.check(color: "constant", constant)
  }

  /// Moves the patch over the picture.
  ///
  /// - Throws: `.invalidArgument` for a patch larger than the network's input; `.outOfMemory`; what the classifier
  ///   throws.
  public func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings {
    let input = subject.input
    let (height, width) = (input.shape[2], input.shape[3])
    guard patch <= height, patch <= width else {
      throw ExplainError.invalid("patch is \(patch): the network's input has only \(width)x\(height) pixels")
    }
    let cover = try fill.tensor(for: subject, color: constant)
    let before = try subject.scores(score, of: input)[0]
    let (rows, columns) = (Self.places(height, patch, stride), Self.places(width, patch, stride))
    let positions = rows.count * columns.count
    var drops = [Double](repeating: 0, count: height * width)
    var covers = drops
    var done = 0
    var isInterrupted = false
    let batchSize = try subject.scoredBatchSize()
    while done < positions, !isInterrupted {
      let batch = (done..<min(done + batchSize, positions)).map {
        Position(rows: rows[$0 / columns.count], columns: columns[$0 % columns.count])
      }
      let covered = try Self.pictures(input, cover, covered: batch)
      let scores = try subject.scores(score, of: covered)
      for (position, score) in zip(batch, scores) {
        for y in position.rows {
          for x in position.columns {
            drops[y * width + x] += Double(before) - Double(score)
            covers[y * width + x] += 1
          }
        }
      }
      done += batch.count
      let report = Progress(step: done, steps: positions, score: scores[scores.count - 1])
      if let progress, progress(report) == .cancel { isInterrupted = true }
    }
    // Pixels that no patch has reached yet count as no evidence.
    let map = zip(drops, covers).map { $1 > 0 ? Float($0 / $1) : 0 }
    var findings = try Findings(signed: Tensor(map, [height, width]))
    findings.iterations = done
    findings.isInterrupted = isInterrupted
    return findings
  }

  private struct Position {
    let rows: Range<Int>
    let columns: Range<Int>
  }

  /// What patches cover along an axis: as many as reach its end, the last one cut there.
  private static func places(_ extent: Int, _ patch: Int, _ step: Int) -> [Range<Int>] {
    (0...(extent - patch + step - 1) / step).map { $0 * step..<min($0 * step + patch, extent) }
  }

  /// A batch of the picture, each one covered at another place.
  private static func pictures(_ input: Tensor, _ cover: Tensor, covered: [Position]) throws -> Tensor {
    let (height, width) = (input.shape[2], input.shape[3])
    return try Tensor(Shape([covered.count, 3, height, width])) { output in
      guard let output = output.baseAddress else { return }
      input.withPointer { input in
        cover.withPointer { cover in
          for (number, position) in covered.enumerated() {
            let picture = output + number * 3 * height * width
            picture.update(from: input, count: 3 * height * width)
            for channel in 0..<3 {
              for y in position.rows {
                let start = (channel * height + y) * width + position.columns.lowerBound
                (picture + start).update(from: cover + start, count: position.columns.count)
              }
            }
          }
        }
      }
    }
  }
}

extension Occlusion.Fill {
  /// The whole picture under such a patch, normalized, `[1, 3, H, W]`.
  fileprivate func tensor(for subject: Subject, color: [Float]) throws -> Tensor {
    var options = MaskOptions()
    options.constant = color
    switch self {
    case .meanColor: options.perturbations = [.meanColor]
    case .constant: options.perturbations = [.constant]
    case .blur: options.perturbations = [.gaussian]
    case .zero: options.perturbations = [.zero]
    }
    return try Perturbations(options, of: subject).first(seed: subject.seed)
  }
}
