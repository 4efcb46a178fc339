extension Classifier {
  /// Logits of a batch as one operation on the tape, whose derivative is the network's own.
  ///
  /// A constant batch runs without keeping what a derivative needs.
  ///
  /// - Parameters:
  ///   - batch: normalized pictures, `[N, 3, H, W]`.
  ///   - rule: how ReLUs pass gradients back.
  /// - Returns: `[N, classes]`.
  /// - Throws: as `trace`.
  public func logits(_ batch: Variable, rule: ReluRule = .standard) throws -> Variable {
    guard batch.isDifferentiable else { return Variable(constant: try logits(batch.value)) }
    let trace = try trace(batch.value, layer: nil, rule: rule)
    return Variable(trace.logits, from: (batch, { try trace.inputGradient($0) }))
  }
}
