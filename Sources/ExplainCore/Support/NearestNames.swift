/// Suggestions for a name that does not exist.
public enum NearestNames {
  /// The names closest to `wanted`, best first.
  ///
  /// Names that begin with it or contain it come first, then those that the fewest edits turn into it.
  public static func nearest(to wanted: String, among names: [String], count: Int = 3) -> [String] {
    let wanted = Array(wanted.lowercased().unicodeScalars.prefix(64))
    let ranked = names.enumerated().map { index, name -> (score: Int, index: Int) in
      let candidate = Array(name.lowercased().unicodeScalars.prefix(64))
      let distance = edits(wanted, candidate)
      return (contains(candidate, wanted) ? min(distance, 1) : 2 * distance, index)
    }
    return ranked.sorted { ($0.score, $0.index) < ($1.score, $1.index) }.prefix(count).map { names[$0.index] }
  }

  /// A clause for an error message: `; the nearest are a, b, c`, or nothing where there are no names.
  public static func clause(for wanted: String, among names: [String]) -> String {
    let found = nearest(to: wanted, among: names)
    return found.isEmpty ? "" : "; the nearest are \(found.joined(separator: ", "))"
  }

  private static func contains(_ text: [Unicode.Scalar], _ part: [Unicode.Scalar]) -> Bool {
    guard !part.isEmpty, part.count <= text.count else { return false }
    return (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
  }

  /// Levenshtein's distance.
  private static func edits(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, right) in b.enumerated() {
        let substitution = diagonal + (left == right ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substitution, row[j] + 1, diagonal + 1)
      }
    }
    return row[b.count]
  }
}
