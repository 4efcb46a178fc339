/// Checks of options against their ranges, with the message that all methods give.
enum OptionLimit {
  /// - Throws: `.invalidArgument` for a number outside of its range; NaN is outside of any.
  static func check(_ name: String, _ value: Float, _ range: ClosedRange<Float>) throws {
    guard range.contains(value) else {
      throw ExplainError.invalid(
        "\(name) is \(value): it must be \(formatted(range.lowerBound)) to \(formatted(range.upperBound))")
    }
  }

  /// - Throws: `.invalidArgument` for a number outside of its range.
  static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
    guard range.contains(value) else {
      throw ExplainError.invalid("\(name) is \(value): it must be \(range.lowerBound) to \(range.upperBound)")
    }
  }

  /// - Throws: `.invalidArgument` unless these are red, green and blue, 0 to 255.
  static func check(color name: String, _ value: [Float]) throws {
    guard value.count == 3 else {
      throw ExplainError.invalid("\(name) has \(value.count) numbers: red, green and blue are needed")
    }
    for channel in value { try check(name, channel, 0...255) }
  }

  /// Refuses presets, for a method with one setting only.
  ///
  /// - Throws: `.invalidArgument` for any preset.
  static func refuse(preset: String?, of method: MethodDescription) throws {
    if let preset { throw ExplainError.invalid("method \(method.name) has no presets, and so no \(preset)") }
  }

  /// Without a fraction where it is a whole number.
  private static func formatted(_ value: Float) -> String {
    value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : value.description
  }
}
