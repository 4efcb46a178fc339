import ExplainCore

/// An explanation as people read it.
enum ExplanationText {
  /// - Parameter path: the picture's; nil where there was none.
  static func text(_ explanation: Explanation, path: String?, files: [String]) throws -> String {
    let classes = explanation.target.indices.map(String.init).joined(separator: "+")
    let name = explanation.targetName == classes ? "class \(classes)" : "\(explanation.targetName) (\(classes))"
    let end = explanation.isInterrupted ? ", interrupted" : ""
    let after = explanation.scoreAfter.map { " -> \(Text.probability($0))" } ?? ""
    let steps = explanation.iterations > 0 ? "\(explanation.iterations) iterations, " : ""
    var rows = [
      ["score", Text.probability(explanation.scoreBefore) + after],
      ["run", "\(steps)\(Text.duration(explanation.seconds))\(end)"],
    ]
    for measure in explanation.measures {
      let name = String(measure.name.map { $0 == "_" ? " " : $0 })
      for (index, line) in measure.value.lines.enumerated() { rows.append([index == 0 ? name : "", line]) }
    }
    if let center = try explanation.centerOfMass() {
      rows.append(["center", "\(Text.fixed(center.x, 0)), \(Text.fixed(center.y, 0))"])
    }
    let picture = path.map { "\($0.onOneLine): " } ?? ""
    return "\(picture)\(name.onOneLine), by \(explanation.method) with \(explanation.model)\n"
      + Text.table(rows, indentation: 2)
      + comparison(explanation.topBefore, explanation.topAfter)
      + "  files   \(files.map(\.onOneLine).joined(separator: "\n          "))\n"
  }

  /// The most probable classes before and after, side by side.
  private static func comparison(_ before: [ScoredClass], _ after: [ScoredClass]) -> String {
    let rows = before.enumerated().map { rank, earlier -> [String] in
      let left = [rank == 0 ? "before" : "", Text.probability(earlier.probability), earlier.name.onOneLine]
      guard after.indices.contains(rank) else { return left }
      return left
        + [rank == 0 ? "  after" : "", Text.probability(after[rank].probability), after[rank].name.onOneLine]
    }
    return Text.table(rows, indentation: 2, right: [1, 4])
  }
}

extension JSON {
  /// A method's own number, list or class, as people read it: a line for each, if it is a list of several numbers each.
  fileprivate var lines: [String] {
    if case .array(let values) = self, case .object? = values.first {
      return values.map { $0.readable.onOneLine }
    }
    return [readable.onOneLine]
  }

  private var readable: String {
    switch self {
    case .string(let text): text
    case .bool(let isSo): isSo ? "yes" : "no"
    case .number(let number): Text.number(number)
    case .array(let values): values.map(\.readable).joined(separator: "; ")
    case .object(let members):
      // A class is known by its name, and its number says nothing more.
      if let name = self["name"]?.stringValue, let probability = self["probability"] {
        "\(name), \(probability.readable)"
      } else {
        members.map { "\($0.name) \($0.value.readable)" }.joined(separator: ", ")
      }
    default: serialized()
    }
  }
}
