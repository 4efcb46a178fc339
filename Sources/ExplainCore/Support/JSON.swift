/// A JSON value (RFC 8259); objects keep the order of their members.
public enum JSON: Sendable, Equatable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number written without fraction and exponent that fits 64 bits.
  case integer(Int)
  /// Any other number; written as `null` where it is not finite.
  case number(Double)
  /// A string.
  case string(String)
  /// A list.
  case array([JSON])
  /// Names and values in their order.
  case object([Member])

  /// A name and its value.
  public struct Member: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The value.
    public let value: JSON

    /// Pairs a name and a value.
    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// A number with the fewest digits that give `value` back: 0.1, not 0.10000000149011612.
  public init(_ value: Float) { self = .number(Double(value.description) ?? .nan) }

  /// A whole number.
  public init(_ value: Int) { self = .integer(value) }

  /// A whole number; as a string where it is beyond 63 bits.
  public init(_ value: UInt64) { self = Int(exactly: value).map { .integer($0) } ?? .string(String(value)) }

  /// Floats, each with the fewest digits that give it back.
  public init(_ values: [Float]) { self = .array(values.map { JSON($0) }) }

  /// The value of the first member of that name; nil where there is none or this is no object.
  public subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The string, or nil.
  public var stringValue: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  /// The number, or nil.
  public var doubleValue: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The number if it is a whole one that fits, or nil.
  public var integerValue: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }

  /// The list, or nil.
  public var arrayValue: [JSON]? {
    guard case .array(let values) = self else { return nil }
    return values
  }

  /// The members, or nil.
  public var members: [Member]? {
    guard case .object(let members) = self else { return nil }
    return members
  }
}

extension JSON {
  /// The value as JSON text in UTF-8, without a line break at its end.
  ///
  /// - Parameter pretty: a member or element a line, indented by two spaces; lists of numbers stay on one line.
  public func serialized(pretty: Bool = false) -> String {
    var text = ""
    write(to: &text, indentation: pretty ? "\n" : nil)
    return text
  }

  /// - Parameter indentation: a line break and the spaces of this level; nil to write everything on one line.
  private func write(to text: inout String, indentation: String?) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += value.description
    case .number(let value): text += JSON.literal(value)
    case .string(let value): JSON.write(value, to: &text)
    case .array(let values):
      let isFlat = values.allSatisfy { $0.doubleValue != nil }
      let inner = isFlat ? nil : indentation.map { $0 + "  " }
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        if let inner { text += inner } else if index > 0, indentation != nil { text += " " }
        value.write(to: &text, indentation: inner)
      }
      if let indentation, inner != nil { text += indentation }
      text += "]"
    case .object(let members):
      let inner = members.isEmpty ? nil : indentation.map { $0 + "  " }
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += "," }
        if let inner { text += inner }
        JSON.write(member.name, to: &text)
        text += indentation == nil ? ":" : ": "
        member.value.write(to: &text, indentation: inner)
      }
      if let indentation, inner != nil { text += indentation }
      text += "}"
    }
  }

  private static func literal(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private static func write(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        text += "\\u00" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
