/// Numbers and columns as people read them.
enum Text {
  /// With a fixed number of decimals.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
    let unit = (0..<decimals).reduce(1) { product, _ in product * 10 }
    let scaled = Int((abs(value) * Double(unit)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(scaled)" }
    let fraction = String(scaled % unit)
    return "\(sign)\(scaled / unit)." + String(repeating: "0", count: decimals - fraction.count) + fraction
  }

  /// Four decimals, or an exponent where they would show no digit: `0.9123`, `3.1e-07`.
  static func probability(_ value: Float) -> String { number(Double(value)) }

  /// Four decimals, or an exponent where they would show no digit.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "-" }
    guard value != 0, abs(value) < 5e-5 else { return fixed(value, 4) }
    var (mantissa, exponent) = (value, 0)
    while abs(mantissa) < 0.995, exponent > -400 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    return "\(fixed(mantissa, 1))e-\(exponent > -10 ? "0" : "")\(-exponent)"
  }

  /// Seconds as `4.2 s`, `3:07` or `1:02:09`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "-" }
    if seconds < 59.95 { return "\(fixed(seconds, 1)) s" }
    return clock(seconds)
  }

  /// Seconds as `0:07` or `1:02:09`.
  static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "-" }
    let whole = Int(seconds.rounded())
    let pair = { (value: Int) in value < 10 ? "0\(value)" : "\(value)" }
    let rest = "\(pair(whole % 60))"
    return whole < 3600 ? "\(whole / 60):\(rest)" : "\(whole / 3600):\(pair(whole / 60 % 60)):\(rest)"
  }

  /// Bytes as `574.7 MB`.
  static func bytes(_ count: Int) -> String {
    switch count {
    case ..<1000: "\(count) bytes"
    case ..<1_000_000: "\(fixed(Double(count) / 1e3, 1)) kB"
    case ..<1_000_000_000: "\(fixed(Double(count) / 1e6, 1)) MB"
    default: "\(fixed(Double(count) / 1e9, 2)) GB"
    }
  }

  /// A whole number with its thousands apart: `143,667,240`.
  static func grouped(_ value: Int) -> String {
    var result = ""
    let digits = String(value.magnitude)
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return value < 0 ? "-" + result : result
  }

  /// Rows whose cells stand in columns, two spaces apart.
  ///
  /// - Parameter right: columns whose cells end, instead of begin, below each other.
  static func table(_ rows: [[String]], indentation: Int = 0, right: Set<Int> = []) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = String(repeating: " ", count: indentation)
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        let isLast = column == row.count - 1
        line += right.contains(column) ? padding + cell : isLast ? cell : cell + padding
        if !isLast { line += "  " }
      }
      return line + "\n"
    }.joined()
  }

  /// Words on lines of at most `width` characters.
  static func wrapped(_ text: String, indentation: Int = 0, width: Int) -> String {
    let margin = String(repeating: " ", count: indentation)
    var result = ""
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, indentation + line.count + 1 + word.count > width {
        result += "\(margin)\(line)\n"
        line = ""
      }
      line += line.isEmpty ? String(word) : " \(word)"
    }
    return "\(result)\(margin)\(line)\n"
  }
}
