import Synchronization

/// A classifier that is given as functions: of its scores, and, if it can, of their gradient.
///
/// What the functions give is checked, so that a mistake there ends in an error that names the model.
public final class CallbackClassifier: Classifier {
  /// Pictures on their way through the model.
  public struct Pass: Sendable {
    /// Counts the calls of the forward function; the backward call of the same pictures has the same number.
    public let number: UInt64
    /// Normalized pictures, `[N, 3, H, W]`.
    public let batch: Tensor
    /// Whether the backward function may be called for this pass.
    public let isDifferentiable: Bool
  }

  /// Scores of a pass's batch, `[N, classes]`: logits.
  public typealias Forward = @Sendable (_ pass: Pass) throws -> Tensor
  /// The gradient with respect to a pass's batch, `[N, 3, H, W]`, of scores weighted by `scoresGradient`,
  /// `[N, classes]`.
  public typealias Backward = @Sendable (_ pass: Pass, _ scoresGradient: Tensor) throws -> Tensor

  /// A short name for reports.
  public let name: String
  /// How pictures become the model's input.
  public let preprocessing: Preprocessing
  /// The number of classes.
  public let classCount: Int
  /// A name for each class, or none.
  public let classNames: [String]
  /// The most pictures that a call of the functions is given.
  public let batchLimit: Int
  /// Whether there is a backward function.
  public var isDifferentiable: Bool { backward != nil }
  /// None: functions show no layers.
  public var layerNames: [String] { [] }

  /// The most classes.
  public static let classLimit = 1_000_000

  private let forward: Forward
  private let backward: Backward?
  /// Nil where the functions may be called by several threads at once.
  private let lock: OwnedLock?
  private let passes = Atomic<UInt64>(0)

  /// Makes a classifier of functions.
  ///
  /// - Parameters:
  ///   - classNames: a name for each class, or none.
  ///   - batchLimit: the most pictures that a call of the functions takes; larger batches are cut.
  ///   - isThreadSafe: whether several threads may call the functions at once; otherwise one waits for another.
  ///   - forward: called on the thread that called the classifier, which it must not call in turn.
  ///   - backward: as `forward`; without it methods that need a gradient fail.
  /// - Throws: `.invalidArgument` that names what is out of its range.
  public init(
    name: String, preprocessing: Preprocessing, classCount: Int, classNames: [String] = [], batchLimit: Int = .max,
    isThreadSafe: Bool = false, forward: @escaping Forward, backward: Backward? = nil
  ) throws {
    try preprocessing.validate()
    guard (1...CallbackClassifier.classLimit).contains(classCount) else {
      throw ExplainError.invalid("\(classCount) classes for \(name): it must be 1 to \(CallbackClassifier.classLimit)")
    }
    guard classNames.isEmpty || classNames.count == classCount else {
      throw ExplainError.invalid("\(classNames.count) class names for the \(classCount) classes of \(name)")
    }
    guard batchLimit > 0 else { throw ExplainError.invalid("a batch limit of \(batchLimit) for \(name)") }
    self.name = name
    self.preprocessing = preprocessing
    self.classCount = classCount
    self.classNames = classNames
    self.batchLimit = batchLimit
    self.forward = forward
    self.backward = backward
    lock = isThreadSafe ? nil : try OwnedLock()
  }

  /// Logits of a batch.
  ///
  /// - Throws: `.invalidArgument` if the batch is not `[N, 3, H, W]` of the preprocessing's size; `.callback` for scores
  ///   that are not finite or not `[N, classes]`; what the forward function throws.
  public func logits(_ batch: Tensor) throws -> Tensor {
    try .joined(run(batch, isDifferentiable: false).map(\.scores))
  }

  /// Logits of a batch, and the passes that gave them.
  ///
  /// - Throws: as `logits`; `.unsupported` for a layer, for another rule than the derivative, and without a backward
  ///   function.
  public func trace(_ batch: Tensor, layer: String?, rule: ReluRule) throws -> any Trace {
    guard isDifferentiable else {
      throw ExplainError.unsupported("the model \(name) gives no gradient: it has no backward function")
    }
    guard layer == nil, rule == .standard else {
      throw ExplainError.unsupported(
        "the model \(name) is given by functions, whose \(layer == nil ? "activations" : "layers") cannot be reached")
    }
    return try CallbackTrace(self, run(batch, isDifferentiable: true))
  }

  /// Runs the forward function over the batch, in parts that it takes.
  private func run(_ batch: Tensor, isDifferentiable: Bool) throws -> [(pass: Pass, scores: Tensor)] {
    let shape = batch.shape
    let expected = [3, preprocessing.height, preprocessing.width]
    guard shape.rank == 4, shape[0] > 0, Array(shape.dimensions.dropFirst()) == expected else {
      throw ExplainError.invalid(
        "a batch of shape \(shape) for \(name), which takes [N, 3, \(expected[1]), \(expected[2])]")
    }
    let step = min(batchLimit, shape[0])
    return try stride(from: 0, to: shape[0], by: step).map { begin in
      let pass = Pass(
        number: passes.wrappingAdd(1, ordering: .relaxed).newValue,
        batch: try batch.rows(begin..<min(begin + step, shape[0])), isDifferentiable: isDifferentiable)
      let scores = try alone { try forward(pass) }
      guard scores.shape.dimensions == [pass.batch.shape[0], classCount] else {
        throw ExplainError(
          .callback,
          "the forward function of \(name) gave \(scores.shape), expected [\(pass.batch.shape[0]), \(classCount)]")
      }
      guard scores.isFinite else {
        throw ExplainError(.callback, "the forward function of \(name) gave scores that are not finite")
      }
      return (pass, scores)
    }
  }

  /// The gradient with respect to a pass's batch.
  fileprivate func gradient(of pass: Pass, _ scoresGradient: Tensor) throws -> Tensor {
    guard let backward else { throw ExplainError.unsupported("the model \(name) has no backward function") }
    let gradient = try alone { try backward(pass, scoresGradient) }
    guard gradient.shape == pass.batch.shape else {
      throw ExplainError(
        .callback, "the backward function of \(name) gave \(gradient.shape), expected \(pass.batch.shape)")
    }
    guard gradient.isFinite else {
      throw ExplainError(.callback, "the backward function of \(name) gave a gradient that is not finite")
    }
    return gradient
  }

  /// Keeps other threads out while a function runs that must not be shared.
  private func alone<Result>(_ body: () throws -> Result) throws -> Result {
    guard let lock else { return try body() }
    guard lock.lock() else { throw ExplainError.invalid("the model \(name) is used from within its own function") }
    defer { lock.unlock() }
    return try body()
  }
}

/// The passes of one batch.
private final class CallbackTrace: Trace {
  let logits: Tensor
  var activation: Tensor? { nil }
  private let classifier: CallbackClassifier
  private let passes: [CallbackClassifier.Pass]

  init(_ classifier: CallbackClassifier, _ parts: [(pass: CallbackClassifier.Pass, scores: Tensor)]) throws {
    self.classifier = classifier
    passes = parts.map(\.pass)
    logits = try .joined(parts.map(\.scores))
  }

  func inputGradient(_ logitsGradient: Tensor) throws -> Tensor {
    guard logitsGradient.shape == logits.shape else {
      throw ExplainError.invalid("a gradient of shape \(logitsGradient.shape) for logits of \(logits.shape)")
    }
    var (begin, parts) = (0, [Tensor]())
    for pass in passes {
      let end = begin + pass.batch.shape[0]
      parts.append(try classifier.gradient(of: pass, logitsGradient.rows(begin..<end)))
      begin = end
    }
    return try .joined(parts)
  }

  func activationGradient(_ logitsGradient: Tensor) throws -> Tensor {
    throw ExplainError.invalid("the trace was made without a layer")
  }
}

extension Tensor {
  fileprivate func rows(_ range: Range<Int>) throws -> Tensor {
    range == 0..<shape[0] ? self : try Variable(constant: self).sliced(along: 0, range).value
  }

  fileprivate static func joined(_ parts: [Tensor]) throws -> Tensor {
    parts.count == 1 ? parts[0] : try Variable.concatenated(parts.map { Variable(constant: $0) }, along: 0).value
  }

  fileprivate var isFinite: Bool {
    withPointer { UnsafeBufferPointer(start: $0, count: count).allSatisfy(\.isFinite) }
  }
}
