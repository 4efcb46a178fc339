#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A class with its probability.
public struct ScoredClass: Sendable, Equatable {
  /// The class's number.
  public let index: Int
  /// Its name, or its number as text where names are not known.
  public let name: String
  /// Softmax probability.
  public let probability: Float
}

/// What is explained: one class, or several taken together.
public struct Target: Sendable, Equatable {
  /// The classes' numbers.
  public let indices: [Int]
  /// Whether the caller chose them; otherwise it is the most probable class.
  public let isGiven: Bool
}

extension Classifier {
  /// The name of a class, or its number as text.
  public func className(_ index: Int) -> String {
    classNames.indices.contains(index) ? classNames[index] : String(index)
  }

  /// The class that `text` names: a number, or a name that may be shortened as long as it stays unique.
  ///
  /// - Throws: `.invalidArgument` that names the range of numbers, or the nearest names.
  public func classIndex(_ text: String) throws -> Int {
    if let index = Int(text) {
      guard (0..<classCount).contains(index) else {
        throw ExplainError.invalid("target \(index): \(name) has classes 0 to \(classCount - 1)")
      }
      return index
    }
    let wanted = text.lowercased()
    let names = classNames.map { $0.lowercased() }
    if let exact = names.firstIndex(of: wanted) { return exact }
    let beginning = names.indices.filter { names[$0].hasPrefix(wanted) }
    if beginning.count == 1 { return beginning[0] }
    guard beginning.isEmpty || wanted.isEmpty else {
      let shown = beginning.prefix(5).map { classNames[$0] } + (beginning.count > 5 ? ["..."] : [])
      throw ExplainError.invalid(
        "target \(text) is the beginning of \(beginning.count) classes of \(name): \(shown.joined(separator: ", "))")
    }
    guard !classNames.isEmpty else {
      throw ExplainError.invalid("target \(text): \(name) has no class names; give a number below \(classCount)")
    }
    throw ExplainError.invalid(
      "\(name) has no class named \(text)\(NearestNames.clause(for: text, among: classNames))")
  }

  /// Softmax probabilities of each picture of a batch.
  ///
  /// - Throws: as `logits`; `.unsupported` if the network gives numbers that are not finite.
  public func probabilities(_ batch: Tensor) throws -> [[Float]] {
    let values = try logits(batch).values
    return try stride(from: 0, to: values.count, by: classCount).map { begin in
      let row = values[begin..<begin + classCount]
      let largest = row.max() ?? 0
      guard row.allSatisfy(\.isFinite) else {
        throw ExplainError.unsupported("\(name) gives scores that are not finite for this input")
      }
      let powers = row.map { expf($0 - largest) }
      let sum = powers.reduce(0, +)
      return powers.map { $0 / sum }
    }
  }

  /// The most probable classes, best first.
  public func top(_ count: Int, of probabilities: [Float]) -> [ScoredClass] {
    let order = probabilities.indices.sorted { (probabilities[$0], $1) > (probabilities[$1], $0) }
    return order.prefix(max(0, count)).map {
      ScoredClass(index: $0, name: className($0), probability: probabilities[$0])
    }
  }

  /// The most probable classes of a picture, best first.
  ///
  /// - Throws: as `logits`.
  public func classify(_ picture: Picture, top count: Int = 5) throws -> [ScoredClass] {
    top(count, of: try probabilities(preprocessing.tensor(of: picture))[0])
  }

  /// The most probable classes of each of several pictures, best first; as many go through the network together as
  /// `BatchMemory` allows.
  ///
  /// - Throws: as `logits`.
  public func classify(_ pictures: [Picture], top count: Int = 5) throws -> [[ScoredClass]] {
    let batchSize = try batchSize(atMost: min(Subject.mostScored, pictures.count))
    return try stride(from: 0, to: pictures.count, by: batchSize).flatMap { begin in
      let part = pictures[begin..<min(begin + batchSize, pictures.count)]
      let inputs = try part.map { Variable(constant: try preprocessing.tensor(of: $0)) }
      return try probabilities(Variable.concatenated(inputs, along: 0).value).map { top(count, of: $0) }
    }
  }

  /// The classes to explain: those that were given, or the most probable one.
  func target(_ given: [Int], probabilities: [Float]) throws -> Target {
    for index in given where !(0..<classCount).contains(index) {
      throw ExplainError.invalid("target \(index): \(name) has classes 0 to \(classCount - 1)")
    }
    guard Set(given).count == given.count else { throw ExplainError.invalid("a target is named twice: \(given)") }
    return Target(indices: given.isEmpty ? top(1, of: probabilities).map(\.index) : given, isGiven: !given.isEmpty)
  }
}
