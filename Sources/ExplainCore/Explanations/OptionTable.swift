/// Options that can be set, listed and reported by name: the command line and other languages see a method's options
/// through this.
public protocol NamedOptions: Sendable {
  /// Every option.
  static var table: [OptionDescription<Self>] { get }
}

/// One option of a method.
public struct OptionDescription<Options>: Sendable {
  /// Its name in words joined by hyphens, such as `learning-rate`.
  public let name: String
  /// What may be given: `NUMBER`, `a|b|c`.
  public let values: String
  /// One line.
  public let help: String
  /// The value as reports have it.
  public let get: @Sendable (Options) -> JSON
  /// Sets the value from text; `.invalidArgument` names the option and what may be given.
  public let set: @Sendable (inout Options, String) throws -> Void
}

extension NamedOptions {
  /// Sets an option by its name.
  ///
  /// - Parameter value: as text, a decimal point in numbers, commas in lists.
  /// - Throws: `.invalidArgument` for an unknown name (the nearest are in the message) or a value that is none.
  public mutating func set(_ name: String, to value: String) throws {
    try Self.option(name).set(&self, value)
  }

  /// The value of an option as text that `set` takes; empty where the option has none.
  ///
  /// - Throws: `.invalidArgument` for an unknown name; the nearest are in the message.
  public func text(of name: String) throws -> String { try Self.option(name).text(of: self) }

  private static func option(_ name: String) throws -> OptionDescription<Self> {
    guard let option = table.first(where: { $0.name == name }) else {
      throw ExplainError.invalid("no option \(name)\(NearestNames.clause(for: name, among: table.map(\.name)))")
    }
    return option
  }

  /// All options as reports have them: names in words joined by underscores.
  public func json() -> JSON {
    .object(
      Self.table.map { option in
        JSON.Member(String(option.name.map { $0 == "-" ? "_" : $0 }), option.get(self))
      })
  }
}

extension OptionDescription {
  /// The value as text that `set` takes: commas in lists; empty where there is none.
  public func text(of options: Options) -> String { Self.text(get(options)) }

  private static func text(_ value: JSON) -> String {
    switch value {
    case .null, .object: ""
    case .string(let text): text
    case .array(let elements): elements.map(text).joined(separator: ",")
    case .bool, .integer, .number: value.serialized()
    }
  }

  /// A number.
  static func number(
    _ name: String, _ help: String, _ path: WritableKeyPath<Options, Float> & Sendable
  ) -> OptionDescription {
    OptionDescription(
      name: name, values: "NUMBER", help: help, get: { JSON($0[keyPath: path]) },
      set: { $0[keyPath: path] = try parse($1, name, "a number is") { Float($0) } })
  }

  /// A list of numbers.
  static func numbers(
    _ name: String, _ help: String, _ path: WritableKeyPath<Options, [Float]> & Sendable
  ) -> OptionDescription {
    OptionDescription(
      name: name, values: "NUMBER,...", help: help, get: { JSON($0[keyPath: path]) },
      set: { options, text in
        options[keyPath: path] = try elements(text).map { try parse($0, name, "numbers are") { Float($0) } }
      })
  }

  /// A whole number.
  static func integer(
    _ name: String, _ help: String, _ path: WritableKeyPath<Options, Int> & Sendable
  ) -> OptionDescription {
    OptionDescription(
      name: name, values: "INTEGER", help: help, get: { .integer($0[keyPath: path]) },
      set: { $0[keyPath: path] = try parse($1, name, "a whole number is") { Int($0) } })
  }

  /// Yes or no.
  static func flag(
    _ name: String, _ help: String, _ path: WritableKeyPath<Options, Bool> & Sendable
  ) -> OptionDescription {
    OptionDescription(
      name: name, values: "true|false", help: help, get: { .bool($0[keyPath: path]) },
      set: { $0[keyPath: path] = try parse($1, name, "true or false is") { Bool($0) } })
  }

  /// One of a few names.
  static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, _ help: String, _ path: WritableKeyPath<Options, Choice> & Sendable
  ) -> OptionDescription {
    let names = Choice.allCases.map(\.rawValue).joined(separator: "|")
    return OptionDescription(
      name: name, values: names, help: help, get: { .string($0[keyPath: path].rawValue) },
      set: { $0[keyPath: path] = try parse($1, name, "one of \(names) is") { Choice(rawValue: $0) } })
  }

  /// Some of a few names.
  static func choices<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
    _ name: String, _ help: String, _ path: WritableKeyPath<Options, [Choice]> & Sendable
  ) -> OptionDescription {
    let names = Choice.allCases.map(\.rawValue).joined(separator: "|")
    return OptionDescription(
      name: name, values: "\(names),...", help: help,
      get: { .array($0[keyPath: path].map { .string($0.rawValue) }) },
      set: { options, text in
        options[keyPath: path] = try elements(text).map {
          try parse($0, name, "one of \(names) is") { Choice(rawValue: $0) }
        }
      })
  }

  private static func elements(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }

  private static func parse<Value>(
    _ text: String, _ name: String, _ wanted: String, _ convert: (String) -> Value?
  ) throws -> Value {
    guard let value = convert(text) else { throw ExplainError.invalid("\(name) is \(text): \(wanted) needed") }
    return value
  }
}
