import ExplainCore

/// An explanation as people read it.
enum ExplanationText {
  static func text(_ explanation: Explanation, path: String, files: [String]) throws -> String {
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
      rows.append([measure.name, measure.value.stringValue ?? measure.value.serialized()])
    }
    if let center = try explanation.centerOfMass() {
      rows.append(["center", "\(Text.fixed(center.x, 0)), \(Text.fixed(center.y, 0))"])
    }
    return "\(Text.printable(path)): \(Text.printable(name)), by \(explanation.method) with \(explanation.model)\n"
      + Text.table(rows, indentation: 2)
      + comparison(explanation.topBefore, explanation.topAfter)
      + "  files   \(files.map(Text.printable).joined(separator: "\n          "))\n"
  }

  /// The most probable classes before and after, side by side.
  private static func comparison(_ before: [ScoredClass], _ after: [ScoredClass]) -> String {
    let rows = before.enumerated().map { rank, earlier -> [String] in
      let left = [rank == 0 ? "before" : "", Text.probability(earlier.probability), Text.printable(earlier.name)]
      guard after.indices.contains(rank) else { return left }
      return left
        + [rank == 0 ? "  after" : "", Text.probability(after[rank].probability), Text.printable(after[rank].name)]
    }
    return Text.table(rows, indentation: 2, right: [1, 4])
  }
}
