#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where an axis has its marks, and what stands beside them.
struct Ticks {
  /// The range that the axis covers.
  let range: ClosedRange<Double>
  /// Values with a mark, ascending, within the range.
  let values: [Double]
  let labels: [String]
  let isLogarithmic: Bool

  /// Marks at round numbers: 1, 2 or 5 times a power of ten apart.
  ///
  /// - Parameters:
  ///   - range: what must be covered; an empty range is widened.
  ///   - count: about how many marks there may be.
  ///   - isWidened: whether the axis may begin and end at a mark beyond the range.
  init(linear range: ClosedRange<Double>, count: Int = 5, isWidened: Bool = false) {
    var (low, high) = (range.lowerBound, range.upperBound)
    if !(high - low > 1e-9 * max(abs(low), abs(high))) {
      let margin = low == 0 ? 1 : abs(low) * 0.1
      (low, high) = (low - margin, high + margin)
    }
    let raw = (high - low) / Double(max(count, 1))
    let power = pow(10, log10(raw).rounded(.down))
    let step = power * (raw / power <= 1.0001 ? 1 : raw / power <= 2.0001 ? 2 : raw / power <= 5.0001 ? 5 : 10)
    let first = isWidened ? (low / step + 1e-9).rounded(.down) : (low / step - 1e-9).rounded(.up)
    let last = isWidened ? (high / step - 1e-9).rounded(.up) : (high / step + 1e-9).rounded(.down)
    guard step > 0, step.isFinite, last - first < 100, last >= first else {
      (self.range, values, labels, isLogarithmic) = (low...high, [], [], false)
      return
    }
    values = stride(from: first, through: last, by: 1).map { $0 * step }
    let largest = max(abs(low), abs(high))
    labels = values.map { Ticks.label($0, step: step, largest: largest) }
    self.range = isWidened ? min(low, first * step)...max(high, last * step) : low...high
    isLogarithmic = false
  }

  /// Marks at powers of ten, over a range of positive numbers.
  init(logarithmic range: ClosedRange<Double>) {
    let first = log10(max(range.lowerBound, 1e-300)).rounded(.down)
    let last = max(log10(max(range.upperBound, 1e-300)).rounded(.up), first + 1)
    let step = ((last - first) / 6).rounded(.up)
    let exponents = Array(stride(from: first, through: last, by: step))
    values = exponents.map { pow(10, $0) }
    labels = exponents.map { abs($0) <= 3 ? Ticks.decimal(pow(10, $0), digits: Int(max(0, -$0))) : "1e\(Int($0))" }
    self.range = pow(10, first)...pow(10, last)
    isLogarithmic = true
  }

  /// Where a value lies along the axis: 0 at its beginning, 1 at its end.
  func position(_ value: Double) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    if isLogarithmic { return log10(max(value, low) / low) / log10(high / low) }
    return (value - low) / (high - low)
  }

  /// A number with as many digits as tell it from its neighbors.
  private static func label(_ value: Double, step: Double, largest: Double) -> String {
    if value == 0 { return "0" }
    if largest >= 0.001, largest < 1e5 {
      return decimal(value, digits: max(0, Int(-log10(step * 1.001).rounded(.down))))
    }
    let exponent = log10(abs(value) * 1.000_000_1).rounded(.down)
    let digits = max(0, Int(exponent - log10(step * 1.001).rounded(.down)))
    return decimal(value / pow(10, exponent), digits: min(digits, 3)) + "e\(Int(exponent))"
  }

  /// A number with that many digits behind the point.
  static func decimal(_ value: Double, digits: Int) -> String {
    let digits = min(max(digits, 0), 9)
    let scaled = (abs(value) * pow(10, Double(digits))).rounded()
    guard scaled < 1e15 else { return value.description }
    let text = String(Int(scaled))
    let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return sign + padded.dropLast(digits) + (digits > 0 ? "." : "") + padded.suffix(digits)
  }
}
