/// Text drawn with a pen: each character is a few lines and curves on a small grid.
///
/// In a glyph's text, a stroke is a run of points, each of them a column (0 to 5) and a row (0 to 9; 2 is the
/// baseline, 6 the top of `x`, 8 the top of `X`). A stroke behind `~` is a curve that its inner points pull upon;
/// where it ends at its beginning it is closed.
enum Lettering {
  /// Where text is put relative to its point.
  enum Anchor { case left, center, right }

  /// Rows between the baseline and the top of a capital letter.
  private static let capitalRows: Float = 6
  private static let spacing: Float = 1.8

  /// How wide text is, in pixels.
  ///
  /// - Parameter size: height of a capital letter, in pixels.
  static func width(of text: String, size: Float) -> Float {
    let columns = text.reduce(Float(0)) { $0 + (glyphs[$1] ?? unknown).width + spacing }
    return max(0, columns - spacing) * size / capitalRows
  }

  /// The lines of text whose baseline begins, ends or has its middle at `point`.
  static func lines(_ text: String, at point: Point, size: Float, _ anchor: Anchor) -> [[Point]] {
    let scale = size / capitalRows
    var x = point.x
    switch anchor {
    case .left: break
    case .center: x -= width(of: text, size: size) / 2
    case .right: x -= width(of: text, size: size)
    }
    var lines: [[Point]] = []
    for character in text {
      let glyph = glyphs[character] ?? unknown
      for stroke in glyph.strokes {
        lines.append(stroke.map { Point(x + $0.x * scale, point.y - ($0.y - 2) * scale) })
      }
      x += (glyph.width + spacing) * scale
    }
    return lines
  }

  /// As much of a text's beginning as fits.
  static func shortened(_ text: String, toWidth limit: Float, size: Float) -> String {
    guard width(of: text, size: size) > limit else { return text }
    var kept = text.prefix(200)
    while !kept.isEmpty, width(of: kept + "...", size: size) > limit { kept.removeLast() }
    return kept + "..."
  }

  private struct Glyph {
    let strokes: [[Point]]
    let width: Float

    init(_ text: String) {
      strokes = text.split(separator: " ").map { stroke in
        let digits = stroke.compactMap(\.wholeNumberValue).map(Float.init)
        let points = stride(from: 0, to: digits.count - 1, by: 2).map { Point(digits[$0], digits[$0 + 1]) }
        return stroke.hasPrefix("~") ? Lettering.curve(points) : points
      }
      width = strokes.joined().map(\.x).max() ?? 2
    }
  }

  /// A quadratic B-spline: it begins at the first point, ends at the last one, and touches the middle of each side
  /// between inner points.
  private static func curve(_ points: [Point]) -> [Point] {
    guard points.count > 2, let first = points.first, let last = points.last else { return points }
    let isClosed = first == last
    let pulls = isClosed ? Array(points.dropLast()) : Array(points[1..<points.count - 1])
    var result = [isClosed ? (pulls[pulls.count - 1] + first) / 2 : first]
    for (index, pull) in pulls.enumerated() {
      let begin = result[result.count - 1]
      let next = index + 1 < pulls.count ? pulls[index + 1] : isClosed ? pulls[0] : nil
      let end = next.map { (pull + $0) / 2 } ?? last
      for step in 1...6 {
        let t = Float(step) / 6
        result.append(begin * ((1 - t) * (1 - t)) + pull * (2 * t * (1 - t)) + end * (t * t))
      }
    }
    return result
  }

  private static let unknown = Glyph("0242480802")

  private static let glyphs: [Character: Glyph] = [
    " ": "", "!": "0804 02", "\"": "0807 1817", "#": "1218 3238 0444 0646", "%": "~0626280806 ~2242442422 0248",
    "&": "4217 ~17183837 ~37050232 3244", "'": "0807", "(": "~18060411", ")": "~08161401", "*": "0446 0644 2327",
    "+": "0545 2327", ",": "1201", "-": "0535", ".": "02", "/": "0138", ":": "02 05", ";": "0201 05", "<": "380532",
    "=": "0444 0646", ">": "083502", "?": "~0708484525 2524 22", "[": "18080111", "\\": "0831", "]": "08181101",
    "^": "062846", "_": "0141", "|": "0109", "\u{D7}": "0347 0743", "\u{B1}": "0545 2327 0242",
    "0": "~0242480802", "1": "072822 0242", "2": "~0608484502 0242", "3": "~0708484515 ~1545420203", "4": "32380444",
    "5": "480805 ~0546420203", "6": "~0242460602 ~380804", "7": "084812", "8": "~0545480805 ~0242450502",
    "9": "~0444480804 ~464212", "A": "022842 1535", "B": "0208 ~08484505 ~05454202", "C": "~474808024243",
    "D": "0208 ~08484202", "E": "48080242 0535", "F": "480802 0535", "G": "~474808024245 4525", "H": "0208 4248 0545",
    "I": "0208", "J": "3834 ~34320203", "K": "0208 4804 1542", "L": "080242", "M": "0208254842", "N": "02084248",
    "O": "~0252580802", "P": "0208 ~08484404", "Q": "~0252580802 3452", "R": "0208 ~08484404 2442",
    "S": "~4748080545420203", "T": "0848 2822", "U": "0804 ~04024244 4448", "V": "082248", "W": "0812263248",
    "X": "0248 0842", "Y": "082548 2522", "Z": "08480242",
    "a": "~0232360602 3632", "b": "0802 ~0232360602", "c": "~353606023233", "d": "~0232360602 3832",
    "e": "0434 ~343606023233", "f": "~281816 1612 0626", "g": "~0232360602 3632 ~32300001", "h": "0802 ~04063634 3432",
    "i": "0206 08", "j": "1612 ~121000 18", "k": "0802 3604 1532", "l": "0802",
    "m": "0206 ~04062624 2422 ~24264644 4442",
    "n": "0206 ~04063634 3432", "o": "~0232360602", "p": "0006 ~0232360602", "q": "3036 ~0232360602",
    "r": "0206 ~040626", "s": "~3536060434320203", "t": "1814 ~141222 0626", "u": "0604 ~04023234 3632", "v": "062246",
    "w": "0612253246", "x": "0236 0632", "y": "0622 4610", "z": "06360232",
  ].mapValues(Glyph.init)
}

extension Canvas {
  /// Writes a line of text; characters without a shape are boxes.
  ///
  /// - Parameters:
  ///   - point: where the baseline begins, ends or has its middle.
  ///   - size: height of a capital letter, in pixels.
  mutating func write(
    _ text: String, at point: Point, size: Float = 8, _ anchor: Lettering.Anchor = .left, color: Color = .ink
  ) {
    stroke(Lettering.lines(text, at: point, size: size, anchor), pen: max(1.1, size * 0.13), color)
  }
}
