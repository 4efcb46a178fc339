/// What a method found out about one picture: the one result type of all methods.
public struct Explanation: Sendable {
  /// The method's name, as the command line takes it.
  public let method: String
  /// The model's name.
  public let model: String
  /// What was explained.
  public let target: Target
  /// The target's name: several classes are joined by `+`.
  public let targetName: String
  /// Probability of the target for the picture as it is.
  public let scoreBefore: Float
  /// Probability of the target for the perturbed picture; nil for methods that do not change the picture.
  public let scoreAfter: Float?
  /// The five most probable classes before.
  public let topBefore: [ScoredClass]
  /// The five most probable classes after; empty for methods that do not change the picture.
  public let topAfter: [ScoredClass]
  /// What the reader should know before trusting the result.
  public let warnings: [String]
  /// The options that were in force, under their names.
  public let options: JSON
  /// The seed of every random choice.
  public let seed: UInt64
  /// Iterations that were run.
  public let iterations: Int
  /// Wall-clock time.
  public let seconds: Double
  /// Series over the iterations: `loss`, `score`, and one a term of the loss.
  public let history: [Series]
  /// What was kept, `[height, width]` at the resolution that was learned: 1 keeps a pixel, 0 perturbs it; nil for
  /// methods that learn none.
  public let mask: Tensor?
  /// Evidence for the target, `[height, width]` of the network's input, in `[0, 1]`: high is evidence.
  public let importance: Tensor
  /// The method's map with its own sign and scale, `[h, w]`; the importance where there is no other.
  public let map: Tensor
  /// The changed input, normalized, `[1, 3, height, width]`; nil for methods that do not change the picture.
  public let perturbed: Tensor?
  /// Numbers of the method's own, by name.
  public let measures: [JSON.Member]
  /// Pictures of the method's own, by name.
  public let figures: [(name: String, picture: Picture)]
  /// Whether the progress handler stopped the run before its end.
  public let isInterrupted: Bool
  /// How the picture became the input, which places maps on the picture.
  public let preprocessing: Preprocessing
  /// The picture that was explained.
  public let picture: Picture

  /// Numbers over the iterations.
  public struct Series: Sendable, Equatable {
    /// Its name in reports.
    public let name: String
    /// One number an iteration.
    public var values: [Float]

    /// A series.
    public init(name: String, values: [Float]) {
      self.name = name
      self.values = values
    }
  }

  init(
    method: String, subject: Subject, findings: Findings, after: [Float]?, options: JSON, seconds: Double
  ) throws {
    let classifier = subject.classifier
    let (height, width) = (classifier.preprocessing.height, classifier.preprocessing.width)
    self.method = method
    model = classifier.name
    target = subject.target
    targetName = subject.target.indices.map { classifier.className($0) }.joined(separator: "+")
    scoreBefore = subject.scoreBefore
    scoreAfter = after.map { after in subject.target.indices.reduce(0) { $0 + after[$1] } }
    topBefore = classifier.top(5, of: subject.probabilities)
    topAfter = after.map { classifier.top(5, of: $0) } ?? []
    warnings = findings.warnings
    self.options = options
    seed = subject.seed
    iterations = findings.iterations
    self.seconds = seconds
    history = findings.history
    mask = findings.mask
    let full = findings.importance.shape.dimensions == [height, width]
    importance = full ? findings.importance : try findings.importance.resized(width: width, height: height)
    map = findings.map ?? findings.importance
    perturbed = findings.perturbed
    measures = findings.measures
    figures = findings.figures
    isInterrupted = findings.isInterrupted
    preprocessing = classifier.preprocessing
    picture = subject.picture
  }

  /// The measures that are numbers; yes and no are 1 and 0.
  public var numericMeasures: [(name: String, value: Double)] {
    measures.compactMap { measure in
      if case .bool(let isTrue) = measure.value { return (measure.name, isTrue ? 1 : 0) }
      return measure.value.doubleValue.map { (measure.name, $0) }
    }
  }

  /// Evidence at the picture's own size, `[height, width]`, 0 where the network did not look.
  ///
  /// - Throws: `.outOfMemory`.
  public func pictureImportance() throws -> Tensor {
    try preprocessing.project(importance, ontoPictureOfWidth: picture.width, height: picture.height)
  }

  /// The center of mass of the evidence, in pixels of the picture from its upper left corner; nil without evidence.
  ///
  /// - Throws: `.outOfMemory`.
  public func centerOfMass() throws -> (x: Double, y: Double)? {
    let map = try pictureImportance()
    let width = picture.width
    return map.withPointer { values in
      var (sum, sumX, sumY) = (0.0, 0.0, 0.0)
      for y in 0..<picture.height {
        var (row, rowX) = (0.0, 0.0)
        for x in 0..<width {
          let value = Double(values[y * width + x])
          row += value
          rowX += value * (Double(x) + 0.5)
        }
        sum += row
        sumX += rowX
        sumY += row * (Double(y) + 0.5)
      }
      return sum > 0 ? (sumX / sum, sumY / sum) : nil
    }
  }
}
