extension Pickle {
  /// Names under which training scripts keep the weights, the likeliest first.
  private static let usualNames = ["state_dict", "model_state_dict", "model", "net", "network", "weights"]

  /// The tensors of the state dictionary, in its order.
  ///
  /// That is the dictionary of tensors under the likeliest name, or else the one with the most tensors, wherever it
  /// is nested: checkpoints also hold epochs, options and the state of optimizers.
  ///
  /// - Throws: `.badFile` if no dictionary holds tensors, or a name appears twice.
  func stateDictionary() throws -> [(name: String, tensor: Tensor)] {
    var best: (rank: Int, tensors: [(name: String, tensor: Tensor)])?
    for (name, index) in reachableDictionaries() {
      let tensors = self.tensors(in: index)
      let rank = Pickle.usualNames.firstIndex(of: name) ?? Pickle.usualNames.count
      guard !tensors.isEmpty else { continue }
      if let best, (best.rank, -best.tensors.count) <= (rank, -tensors.count) { continue }
      best = (rank, tensors)
    }
    guard let best else { throw ExplainError.badFile("no dictionary of tensors in it") }
    return best.tensors
  }

  private func tensors(in dictionary: Int) -> [(name: String, tensor: Tensor)] {
    dictionaries[dictionary].compactMap { pair in
      guard case .string(let name) = pair.key, case .tensor(let index) = pair.value else { return nil }
      return (name, tensors[index])
    }
  }

  /// All dictionaries, the outermost first, each with the name it was found under.
  private func reachableDictionaries() -> [(name: String, index: Int)] {
    var found: [(name: String, index: Int)] = []
    var seenDictionaries = [Bool](repeating: false, count: dictionaries.count)
    var seenLists = [Bool](repeating: false, count: lists.count)
    var seenTuples = [Bool](repeating: false, count: tuples.count)
    var queue: [(name: String, value: Value)] = [("", root)]
    var next = 0
    while next < queue.count {
      let (name, value) = queue[next]
      next += 1
      switch value {
      case .dictionary(let index) where !seenDictionaries[index]:
        seenDictionaries[index] = true
        found.append((name, index))
        for pair in dictionaries[index] where pair.value.isContainer {
          if case .string(let key) = pair.key {
            queue.append((key, pair.value))
          } else {
            queue.append(("", pair.value))
          }
        }
      case .list(let index) where !seenLists[index]:
        seenLists[index] = true
        queue += lists[index].filter(\.isContainer).map { ("", $0) }
      case .tuple(let index) where !seenTuples[index]:
        seenTuples[index] = true
        queue += tuples[index].filter(\.isContainer).map { ("", $0) }
      default: break
      }
    }
    return found
  }
}

extension Pickle.Value {
  fileprivate var isContainer: Bool {
    switch self {
    case .tuple, .list, .dictionary: true
    default: false
    }
  }
}
