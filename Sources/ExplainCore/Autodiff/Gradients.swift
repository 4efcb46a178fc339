extension Variable {
  /// The gradients of this variable with respect to each of `targets`, in their order and of their shapes.
  ///
  /// Only paths that lead to a target are walked. A target that takes no part has a zero gradient.
  ///
  /// - Parameters:
  ///   - targets: learned variables, or results that depend on some.
  ///   - outputGradient: what the sum over this variable's elements is weighted with; may be left out where there
  ///     is one element.
  /// - Throws: `.invalidArgument` if a target is a constant, if the output gradient has another shape, or if there
  ///   is none and this variable has several elements; `.outOfMemory`; what a custom operation throws.
  public func gradients(withRespectTo targets: [Variable], outputGradient: Tensor? = nil) throws -> [Tensor] {
    guard outputGradient != nil || value.count == 1 else {
      throw ExplainError.invalid("a gradient of shape \(shape): one element is needed, or an output gradient")
    }
    guard targets.allSatisfy(\.isDifferentiable) else {
      throw ExplainError.invalid("a gradient with respect to a constant")
    }
    let seed = try outputGradient ?? Tensor(repeating: 1, shape: shape)
    guard seed.shape == shape else {
      throw ExplainError.invalid("an output gradient of shape \(seed.shape) for a value of shape \(shape)")
    }

    let order = nodes(newerThan: targets.map(\.serial).min() ?? .max)
    let wanted = Set(targets.map(ObjectIdentifier.init))
    var leadsToTarget = wanted
    for node in order where node.parents.contains(where: { leadsToTarget.contains(ObjectIdentifier($0)) }) {
      leadsToTarget.insert(ObjectIdentifier(node))
    }

    var gradients = [ObjectIdentifier(self): seed]
    for node in order.reversed() {
      let id = ObjectIdentifier(node)
      guard leadsToTarget.contains(id), let gradient = gradients[id] else { continue }
      if !wanted.contains(id) { gradients[id] = nil }
      for (parent, pullback) in zip(node.parents, node.pullbacks) {
        let parentID = ObjectIdentifier(parent)
        guard leadsToTarget.contains(parentID) else { continue }
        let part = try pullback(gradient)
        guard part.shape == parent.shape else {
          throw ExplainError(.internal, "a pullback of shape \(part.shape) for an input of shape \(parent.shape)")
        }
        if var sum = gradients.removeValue(forKey: parentID) {
          try sum.add(part)
          gradients[parentID] = sum
        } else {
          gradients[parentID] = part
        }
      }
    }
    return try targets.map { try gradients[ObjectIdentifier($0)] ?? Tensor(repeating: 0, shape: $0.shape) }
  }

  /// The gradient of this variable with respect to `target`, of its shape; see `gradients(withRespectTo:)`.
  public func gradient(withRespectTo target: Variable, outputGradient: Tensor? = nil) throws -> Tensor {
    try gradients(withRespectTo: [target], outputGradient: outputGradient)[0]
  }

  /// This variable and what it was computed from, oldest first, as far back as `oldest`.
  private func nodes(newerThan oldest: Int) -> [Variable] {
    var found: [Variable] = []
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(self)]
    var pending = [self]
    while let node = pending.popLast() {
      found.append(node)
      for parent in node.parents where parent.serial >= oldest && seen.insert(ObjectIdentifier(parent)).inserted {
        pending.append(parent)
      }
    }
    return found.sorted { $0.serial < $1.serial }
  }
}
