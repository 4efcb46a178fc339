/// RISE [petsiuk2018]: random masks hide parts of the picture, and a pixel is as important as the score is high where
/// it shows.
///
///     map(u) = 1 / (N p) * sum over i of f_c(x * M_i) * M_i(u)
///
/// A mask is a grid of cells, each 1 with probability p, brought to one cell more than the picture in both directions
/// by bilinear interpolation, and cut out at a random place. Masks are made as they are needed, so the memory is that
/// of one batch whatever their number.
public struct RISE: Sendable, Equatable {
  /// Masks; [petsiuk2018] takes 4000 for VGG16.
  public var masks = 4000
  /// Cells of a mask across and down [petsiuk2018].
  public var grid = 7
  /// The probability that a cell shows the picture [petsiuk2018].
  public var probability: Float = 0.5
  /// Which number of the target is averaged; [petsiuk2018] takes the probability.
  public var score = Score.probability

  /// The default settings.
  public init() {}
}

extension RISE: ExplanationMethod {
  /// The method `rise`.
  public static let about = MethodDescription(
    name: "rise", summary: "hides random parts and averages the masks under which the score is high",
    needsGradient: false, isDeterministic: false, cost: "4000 forward", source: "Petsiuk, Das & Saenko 2018")

  /// Every option.
  public static let table: [OptionDescription<RISE>] = [
    .integer("masks", "random masks", \.masks),
    .integer("grid", "cells of a mask across and down", \.grid),
    .number("probability", "the probability that a cell shows the picture", \.probability),
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
    try OptionLimit.check("masks", masks, 1...1_000_000)
    try OptionLimit.check("grid", grid, 1...64)
    try OptionLimit.check("probability", probability, 0.01...0.99)
  }

  /// Averages the masks.
  ///
  /// - Throws: `.outOfMemory`; what the classifier throws.
  public func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings {
    let input = Variable(constant: subject.input)
    let (height, width) = (subject.input.shape[2], subject.input.shape[3])
    var source = MaskSource(self, height: height, width: width, seed: subject.seed)
    var weighted = [Double](repeating: 0, count: height * width)
    var shown = weighted
    var total = 0.0
    var done = 0
    var isInterrupted = false
    let batchSize = try subject.scoredBatchSize()
    while done < masks, !isInterrupted {
      let batch = try source.next(min(batchSize, masks - done))
      let scores = try subject.scores(score, of: (input * Variable(constant: batch)).value)
      batch.withPointer { batch in
        for (number, score) in scores.enumerated() {
          let mask = batch + number * height * width
          for i in 0..<height * width {
            weighted[i] += Double(score) * Double(mask[i])
            shown[i] += Double(mask[i])
          }
          total += Double(score)
        }
      }
      done += scores.count
      let report = Progress(step: done, steps: masks, score: scores.reduce(0, +) / Float(scores.count))
      if let progress, progress(report) == .cancel { isInterrupted = true }
    }
    let scale = 1 / (Double(done) * Double(probability))
    // The map is above 0 even where a pixel means nothing: there it is the mean score times how often the pixel was
    // shown. What is above that is evidence.
    let mean = total / Double(done)
    let evidence = zip(weighted, shown).map { Float(($0 - mean * $1) * scale) }
    var findings = try Findings(signed: Tensor(evidence, [height, width]))
    findings.map = try Tensor(weighted.map { Float($0 * scale) }, [height, width])
    findings.iterations = done
    findings.isInterrupted = isInterrupted
    findings.measures = [JSON.Member("mean_score", .number(mean))]
    return findings
  }
}

/// Random masks, one after the other; each takes its cells and then its two shifts from one sequence of numbers.
private struct MaskSource {
  private let method: RISE
  private let height: Int
  private let width: Int
  private var random: Random

  init(_ method: RISE, height: Int, width: Int, seed: UInt64) {
    self.method = method
    self.height = height
    self.width = width
    random = Random(seed: seed, stream: 1)
  }

  /// The next masks, `[count, 1, height, width]`.
  mutating func next(_ count: Int) throws -> Tensor {
    let grid = method.grid
    let (cellHeight, cellWidth) = ((height + grid - 1) / grid, (width + grid - 1) / grid)
    var cells: [Float] = []
    var shifts: [(down: Int, right: Int)] = []
    for _ in 0..<count {
      for _ in 0..<grid * grid { cells.append(random.uniform() < method.probability ? 1 : 0) }
      let down = random.integer(in: 0...cellHeight - 1)
      shifts.append((down, random.integer(in: 0...cellWidth - 1)))
    }
    let (tallHeight, wideWidth) = ((grid + 1) * cellHeight, (grid + 1) * cellWidth)
    let large = try Variable(constant: Tensor(cells, [count, 1, grid, grid]))
      .resized(height: tallHeight, width: wideWidth, .bilinear).value
    return try Tensor(Shape([count, 1, height, width])) { output in
      guard let output = output.baseAddress else { return }
      large.withPointer { large in
        for (mask, shift) in shifts.enumerated() {
          for y in 0..<height {
            let row = large + (mask * tallHeight + shift.down + y) * wideWidth + shift.right
            (output + (mask * height + y) * width).update(from: row, count: width)
          }
        }
      }
    }
  }
}
