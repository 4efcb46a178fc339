/// A way to explain what a classifier says of a picture: the method's options, and what it does with them.
///
/// A method is one type in one file. `Methods` lists them all; the command line, the C interface and every language
/// above it reach a method through this list and its options' table, so a new method needs nothing else.
public protocol ExplanationMethod: NamedOptions {
  /// What lists show of the method.
  static var about: MethodDescription { get }
  /// Names of published settings, the default first; empty where there is one setting only.
  static var presets: [String] { get }

  /// The settings of a preset, or the default ones for nil.
  ///
  /// - Throws: `.invalidArgument` for a preset that does not exist.
  init(preset: String?) throws
  /// Checks every option.
  ///
  /// - Throws: `.invalidArgument` that names the first option out of its range.
  func validate() throws
  /// Runs the method.
  ///
  /// - Parameter progress: called after each step; where it asks to stop, what was found so far is returned.
  /// - Throws: `.unsupported` where the classifier lacks what the method needs; `.invalidArgument` for an option that
  ///   does not fit this picture or network; `.outOfMemory`; what the classifier throws.
  func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings
}

/// What a list of methods shows of one.
public struct MethodDescription: Sendable {
  /// As the command line takes it, such as `integrated-gradients`.
  public let name: String
  /// One line.
  public let summary: String
  /// Whether the classifier must be differentiable.
  public let needsGradient: Bool
  /// Whether the result is the same for every seed.
  public let isDeterministic: Bool
  /// Passes through the network with the default options, such as `500 forward and backward`.
  public let cost: String
  /// Where the method was published.
  public let source: String

  /// A description.
  public init(
    name: String, summary: String, needsGradient: Bool, isDeterministic: Bool, cost: String, source: String
  ) {
    self.name = name
    self.summary = summary
    self.needsGradient = needsGradient
    self.isDeterministic = isDeterministic
    self.cost = cost
    self.source = source
  }
}

/// What is to be explained: a picture, as one classifier sees it, and one target.
public struct Subject: Sendable {
  /// The classifier.
  public let classifier: any Classifier
  /// The picture as it was given.
  public let picture: Picture
  /// The picture at the size of the network's input.
  public let fitted: Picture
  /// The normalized picture, `[1, 3, H, W]`.
  public let input: Tensor
  /// Softmax probabilities of the picture.
  public let probabilities: [Float]
  /// What is explained.
  public let target: Target
  /// The seed of every random choice.
  public let seed: UInt64
  /// A second picture for methods that take one: a baseline, a replacement.
  public let reference: Picture?

  /// The target's probability for the picture.
  public var scoreBefore: Float { target.indices.reduce(0) { $0 + probabilities[$1] } }
}

/// What a method found, before it becomes an `Explanation`.
public struct Findings: Sendable {
  /// Evidence, `[h, w]` in `[0, 1]` at any resolution: high is evidence for the target.
  public var importance: Tensor
  /// The map with its own sign and scale, `[h, w]`, where `importance` is a scaled version of it.
  public var map: Tensor?
  /// What was kept, `[h, w]`: 1 keeps a pixel; for methods that learn one.
  public var mask: Tensor?
  /// The changed input, normalized, `[1, 3, H, W]`; for methods that change the picture.
  public var perturbed: Tensor?
  /// Series over the iterations.
  public var history: [Explanation.Series] = []
  /// Steps that were run.
  public var iterations = 0
  /// Whether the progress handler stopped the run.
  public var isInterrupted = false
  /// What the reader should know before trusting the result.
  public var warnings: [String] = []
  /// Numbers of the method's own for the report, such as a completeness gap.
  public var measures: [JSON.Member] = []
  /// Pictures of the method's own: a name, such as `difference`, and the picture.
  public var figures: [(name: String, picture: Picture)] = []

  /// Findings with evidence alone; set the rest.
  public init(importance: Tensor) { self.importance = importance }
}

extension ExplanationMethod {
  /// One setting only.
  public static var presets: [String] { [] }
}

extension Classifier {
  /// Explains a class of a picture.
  ///
  /// - Parameters:
  ///   - picture: what to explain.
  ///   - method: the method with its options.
  ///   - targets: classes to explain, which count as one; none means the most probable one.
  ///   - seed: of every random choice; the same seed gives the same bits.
  ///   - reference: a second picture, for options that need one.
  ///   - progress: called after each step; it may stop the run.
  /// - Returns: the explanation; if the run was stopped, of what was found so far.
  /// - Throws: `.invalidArgument` for an option or a target out of range; `.unsupported` if the method needs a
  ///   gradient and the model has none; `.outOfMemory`; what the classifier throws.
  public func explain(
    _ picture: Picture, by method: some ExplanationMethod, targets: [Int] = [], seed: UInt64 = 0,
    reference: Picture? = nil, progress: ProgressHandler? = nil
  ) throws -> Explanation {
    let about = type(of: method).about
    try method.validate()
    guard isDifferentiable || !about.needsGradient else {
      throw ExplainError.unsupported(
        "method \(about.name) needs a gradient, which the model \(name) does not give: it has no backward function")
    }
    let clock = ContinuousClock()
    let began = clock.now
    let input = try preprocessing.tensor(of: picture)
    let before = try probabilities(input)[0]
    let subject = Subject(
      classifier: self, picture: picture, fitted: try preprocessing.fitted(picture), input: input,
      probabilities: before, target: try target(targets, probabilities: before), seed: seed, reference: reference)
    let findings = try method.findings(about: subject, progress: progress)
    let after = try findings.perturbed.map { try probabilities($0)[0] }
    let elapsed = began.duration(to: clock.now).components
    let explanation = try Explanation(
      method: about.name, subject: subject, findings: findings, after: after, options: method.json(),
      seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18)
    Log.write(.info, "explained \(explanation.targetName) of \(name) by \(about.name) in \(Log.time(since: began))")
    for warning in findings.warnings { Log.write(.warning, "\(about.name): \(warning)") }
    return explanation
  }
}
