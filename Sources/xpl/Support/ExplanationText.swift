import ExplainCore

/// An explanation as people read it.
enum ExplanationText {
  static func text(_ explanation: Explanation, path: String, files: [String]) throws -> String {
    let classes = explanation.target.indices.map(String.init).joined(separator: "+")
    let name = explanation.targetName == classes ? "class \(classes)" : "\(explanation.targetName) (\(classes))"
    let end = explanation.isInterrupted ? ", interrupted" : ""
    var rows = [
      ["score", "\(Text.probability(explanation.scoreBefore)) -> \(Text.probability(explanation.scoreAfter))"],
      ["run", "\(explanation.iterations) iterations, \(Text.duration(explanation.seconds))\(end)"],
    ]
    if let center = try explanation.centerOfMass() {
      rows.append(["center", "\(Text.fixed(center.x, 0)), \(Text.fixed(center.y, 0))"])
    }
    let width = explanation.topBefore.map { Text.printable($0.name).count }.max() ?? 0
    return "\(Text.printable(path)): \(Text.printable(name)), by \(explanation.method) with \(explanation.model)\n"
      + Text.table(rows, indentation: 2)
      + comparison(explanation.topBefore, explanation.topAfter, nameWidth: width)
      + "  files   \(files.map(Text.printable).joined(separator: "\n          "))\n"
  }

  /// The most probable classes before and after, side by side.
  private static func comparison(_ before: [ScoredClass], _ after: [ScoredClass], nameWidth: Int) -> String {
    let rows = zip(before, after).enumerated().map { rank, pair in
      [
        rank == 0 ? "before" : "", Text.probability(pair.0.probability), Text.printable(pair.0.name),
        rank == 0 ? "  after" : "", Text.probability(pair.1.probability), Text.printable(pair.1.name),
      ]
    }
    return Text.table(rows, indentation: 2, right: [1, 4])
  }
}
