/// The tensors that an architecture needs, found complete and of the right shapes in a checkpoint.
public struct StateDictionary: Sendable {
  /// Where the tensors come from.
  public let checkpoint: Checkpoint

  /// Compares names and shapes; no tensor is read yet.
  ///
  /// Batch normalization's `num_batches_tracked` may be there or not.
  ///
  /// - Parameters:
  ///   - checkpoint: the weights.
  ///   - architecture: a name for messages, such as `vgg19`.
  ///   - expected: every tensor's name and extents.
  /// - Throws: `.badFile` with one line that names what is missing, what is surplus and whose shape differs.
  public init(
    _ checkpoint: Checkpoint, fitting architecture: String, expected: [(name: String, dimensions: [Int])]
  ) throws {
    self.checkpoint = checkpoint
    let names = Set(expected.map(\.name))
    let missing = expected.map(\.name).filter { checkpoint.entry($0) == nil }
    let surplus = checkpoint.entries.map(\.name).filter {
      !names.contains($0) && !$0.hasSuffix("num_batches_tracked")
    }
    let misshapen = expected.compactMap { name, dimensions -> String? in
      guard let shape = checkpoint.entry(name)?.shape, shape.dimensions != dimensions else { return nil }
      return "\(name) is \(shape), expected \(dimensions)"
    }
    let complaints = [
      StateDictionary.list(missing, prefix: "missing "), StateDictionary.list(surplus, prefix: "surplus "),
      StateDictionary.list(misshapen, prefix: ""),
    ].compactMap { $0 }
    guard complaints.isEmpty else {
      throw ExplainError.badFile(
        "\(checkpoint.name) does not fit \(architecture): \(complaints.joined(separator: "; "))")
    }
  }

  /// One of the expected tensors, as `Checkpoint.tensor`.
  ///
  /// - Throws: `.invalidArgument` for a name that was not expected and is not there; `.outOfMemory`.
  public func tensor(_ name: String) throws -> Tensor { try checkpoint.tensor(name) }

  /// The first of some names, and how many more there are; nil for none.
  private static func list(_ names: [String], prefix: String) -> String? {
    guard let first = names.first else { return nil }
    // A misshapen tensor's line is longer than a name may be; its parts are not: the name was expected.
    let shown = prefix.isEmpty ? first : first.printable
    return prefix + shown + (names.count > 1 ? " and \(names.count - 1) more" : "")
  }
}
