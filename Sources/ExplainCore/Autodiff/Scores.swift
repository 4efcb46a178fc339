/// Which number of a class an explainer looks at.
public enum Score: String, Sendable, Equatable, CaseIterable {
  /// The softmax probability.
  case probability
  /// Its natural logarithm.
  case logProbability = "log-probability"
  /// The network's output as it is.
  case logit
}

extension Variable {
  /// The score of some classes taken together, for each row of logits `[N, classes]`.
  ///
  /// Several classes count as one: their probabilities, or their logits, are summed.
  ///
  /// - Returns: `[N]`.
  /// - Throws: `.invalidArgument` for another rank, and for classes that are none, not there or named twice;
  ///   `.outOfMemory`.
  public func score(_ score: Score, of classes: [Int]) throws -> Variable {
    guard shape.rank == 2, !classes.isEmpty, Set(classes).count == classes.count,
      classes.allSatisfy({ $0 >= 0 && $0 < shape[1] })
    else { throw ExplainError.invalid("classes \(classes.prefix(8)) of logits of shape \(shape)") }
    switch score {
    case .probability: return try softmax().selected(along: 1, classes).sum([1])
    case .logProbability: return try logSoftmax().selected(along: 1, classes).logSumExp()
    case .logit: return try selected(along: 1, classes).sum([1])
    }
  }

  /// One element of each row of `[N, classes]`.
  ///
  /// - Returns: `[N]`.
  /// - Throws: `.invalidArgument` for another rank, another number of rows, or a class that is not there;
  ///   `.outOfMemory`.
  public func gathered(_ classes: [Int]) throws -> Variable {
    let shape = shape
    guard shape.rank == 2, classes.count == shape[0], classes.allSatisfy({ $0 >= 0 && $0 < shape[1] }) else {
      throw ExplainError.invalid("\(classes.count) classes, one a row, of logits of shape \(shape)")
    }
    let chosen = try Tensor(Shape([shape[0]])) { output in
      value.withPointer { input in for (row, c) in classes.enumerated() { output[row] = input[row * shape[1] + c] } }
    }
    return Variable(
      chosen,
      from: (
        self,
        { gradient in
          try Tensor(shape) { output in
            output.update(repeating: 0)
            gradient.withPointer { for (row, c) in classes.enumerated() { output[row * shape[1] + c] = $0[row] } }
          }
        }
      ))
  }

  /// The mean cross entropy of logits `[N, classes]` and the class of each row.
  ///
  /// - Throws: as `gathered`.
  public func crossEntropy(_ classes: [Int]) throws -> Variable { try -logSoftmax().gathered(classes).mean() }
}
