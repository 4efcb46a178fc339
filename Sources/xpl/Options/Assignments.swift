import ExplainCore

/// What the parser of the command line did not know: pictures, and options that belong to a method.
struct Assignments {
  private(set) var pictures: [String] = []
  private var options: [(name: String, value: String)] = []

  /// Tells `--name value`, `--name=value`, and flags as `--name` from pictures.
  ///
  /// - Parameter known: the command's own options, for suggestions.
  /// - Throws: `.invalidArgument` for an option that the method does not have (the nearest names are in the message),
  ///   or one without its value.
  init(_ arguments: [String], of method: any ExplanationMethod.Type, known: [String]) throws {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        pictures += rest
        return
      }
      guard argument.hasPrefix("-"), argument != "-" else {
        pictures.append(argument)
        continue
      }
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let name = String(parts[0].drop { $0 == "-" })
      guard argument.hasPrefix("--"), let isFlag = method.isFlag(name) else {
        let names = method.optionNames + known + MethodRunOptions.names
        throw ExplainError(
          .invalidArgument,
          "unknown option \(parts[0])\(NearestNames.clause(for: parts[0], among: names.map { "--\($0)" }))")
      }
      if parts.count == 2 {
        options.append((name, parts[1]))
      } else if isFlag {
        let isValue = rest.first == "true" || rest.first == "false"
        options.append((name, isValue ? rest.removeFirst() : "true"))
      } else if let value = rest.popFirst() {
        options.append((name, value))
      } else {
        throw ExplainError(.invalidArgument, "missing value for --\(name)")
      }
    }
  }

  /// The pictures, of which there must be some.
  ///
  /// - Throws: `.invalidArgument`.
  func pictures(of command: String) throws -> [String] {
    guard !pictures.isEmpty else {
      throw ExplainError(.invalidArgument, "no picture given; see xpl \(command) --help")
    }
    return pictures
  }

  /// The method with the options that were given, checked before anything is loaded.
  ///
  /// - Parameter defaults: what the command itself sets, where the user does not say otherwise.
  /// - Throws: `.invalidArgument` that names the option.
  func configured(
    _ method: any ExplanationMethod.Type, preset: String? = nil, over defaults: [(name: String, value: String)] = []
  ) throws -> any ExplanationMethod {
    var result = try method.init(preset: preset)
    for (name, value) in defaults + options { try result.set(name, to: value) }
    try result.validate()
    return result
  }
}

extension ExplanationMethod {
  /// The names of the method's own options.
  static var optionNames: [String] { table.map(\.name) }

  /// Whether the option may stand without a value; nil if there is none of that name.
  fileprivate static func isFlag(_ name: String) -> Bool? {
    table.first { $0.name == name }.map { $0.values == "true|false" }
  }
}
