/// How far a method is.
public struct Progress: Sendable, Equatable {
  /// Finished steps: iterations, or batches of a method that only runs forward.
  public let step: Int
  /// All steps.
  public let steps: Int
  /// The loss of the last step; NaN for methods without one.
  public let loss: Float
  /// The score of the target in the last step, a probability unless another score was chosen; NaN if unknown.
  public let score: Float

  /// A report.
  public init(step: Int, steps: Int, loss: Float = .nan, score: Float = .nan) {
    self.step = step
    self.steps = steps
    self.loss = loss
    self.score = score
  }
}

/// What a progress handler wants.
public enum ProgressDecision: Sendable {
  /// Go on.
  case proceed
  /// Stop here and hand out what was learned so far.
  case cancel
}

/// Called after each step on the thread that runs the method.
public typealias ProgressHandler = (Progress) -> ProgressDecision
