import ExplainCore

/// A method of explanation as the command line sees it: options with names, and a run.
protocol ExplanationMethod: NamedOptions {
  /// As `--method` takes it.
  static var name: String { get }
  /// One line.
  static var summary: String { get }
  /// As `--preset` takes them, the default first; empty for a method without.
  static var presets: [String] { get }

  /// - Parameter preset: one of `presets`, or nil for the default.
  init(presetNamed preset: String?) throws
  /// Classes that count as one; the most probable class if there are none.
  var targets: [Int] { get set }
  /// The seed of every random choice.
  var seed: UInt64 { get set }
  /// A picture that stands where the explained one is removed.
  var replacement: Picture? { get set }
  /// Checks every option.
  func validate() throws
  /// Runs the method.
  func explain(_ picture: Picture, by classifier: any Classifier, _ progress: @escaping ProgressHandler) throws
    -> Explanation
}

/// The methods that `--method` chooses from, the default first.
enum ExplanationMethods {
  static let all: [any ExplanationMethod.Type] = [MaskOptions.self]

  /// - Throws: `.invalidArgument` with the nearest names.
  static func named(_ name: String) throws -> any ExplanationMethod.Type {
    guard let method = all.first(where: { $0.name == name }) else {
      throw ExplainError(
        .invalidArgument, "no method \(name)\(NearestNames.clause(for: name, among: all.map { $0.name }))")
    }
    return method
  }

  /// Every method's options with their defaults, for the help.
  static var help: String { all.map { $0.help }.joined(separator: "\n") }
}

/// Lines that a terminal of 80 columns does not break.
private let helpWidth = 78

extension ExplanationMethod {
  /// The options; defaults of presets that differ follow the first one's.
  fileprivate static var help: String {
    let defaults = presets.compactMap { preset in (try? Self(presetNamed: preset)).map { (preset, $0) } }
    let rows = table.map { option in
      let values = defaults.map { ($0.0, option.get($0.1).optionText) }
      let others = values.dropFirst().filter { $0.1 != values[0].1 }.map { "\($0.0) \($0.1)" }
      let shown = (values.prefix(1).map(\.1) + others).joined(separator: "; ")
      let heading = "  --\(option.name) \(option.values)"
      return (heading.count <= helpWidth ? heading : "  --\(option.name)\n        \(option.values)") + "\n"
        + Text.wrapped("\(option.help) (\(shown))", indentation: 8, width: helpWidth)
    }
    let named = presets.isEmpty ? "" : ", in parentheses the defaults by preset (\(presets.joined(separator: ", ")))"
    return Text.wrapped("Options of --method \(name), which \(summary)\(named):", width: helpWidth) + rows.joined()
  }
}

extension MaskOptions: ExplanationMethod {
  static let name = "mask"
  static let summary = "learns which pixels to keep and which to perturb"
  static let presets = Preset.allCases.map(\.rawValue)

  init(presetNamed preset: String?) throws {
    guard let preset else {
      self.init()
      return
    }
    guard let known = Preset(rawValue: preset) else {
      throw ExplainError(
        .invalidArgument, "no preset \(preset)\(NearestNames.clause(for: preset, among: MaskOptions.presets))")
    }
    self.init(preset: known)
  }

  func explain(
    _ picture: Picture, by classifier: any Classifier, _ progress: @escaping ProgressHandler
  ) throws -> Explanation {
    try classifier.explainByMask(picture, self, progress: progress)
  }
}

extension JSON {
  /// The value as an option takes it.
  fileprivate var optionText: String {
    switch self {
    case .array(let values): values.map(\.optionText).joined(separator: ",")
    case .string(let text): text
    default: serialized()
    }
  }
}
