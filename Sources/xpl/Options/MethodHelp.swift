import ExplainCore

/// What help and lists show of methods.
enum MethodHelp {
  /// Lines that a terminal of 80 columns does not break.
  private static let width = 78

  /// The names of all methods, the default first.
  static var names: [String] {
    var names: [String] = []
    for method in Methods.all { names.append(method.about.name) }
    return names
  }

  /// A line for each method.
  static var list: String {
    var rows = [["METHOD", "GRADIENT", "SEED", "PASSES", "WHAT IT DOES"]]
    for method in Methods.all {
      let about = method.about
      rows.append([
        about.name, about.needsGradient ? "yes" : "no", about.isDeterministic ? "no" : "yes", about.cost, about.summary,
      ])
    }
    return Text.table(rows, indentation: 0)
  }

  /// A method's options; defaults of presets that differ follow the first one's.
  ///
  /// - Parameter option: what chooses the method on the command line; nil where there is nothing to choose.
  static func options(of method: any ExplanationMethod.Type, chosenBy option: String? = "--method") -> String {
    describe(method, option)
  }

  private static func describe<Method: ExplanationMethod>(_ method: Method.Type, _ option: String?) -> String {
    guard !method.table.isEmpty else { return "It has no options of its own.\n" }
    let presets = method.presets
    var defaults: [(name: String, options: Method)] = []
    for preset in presets {
      if let options = try? Method(preset: preset) { defaults.append((preset, options)) }
    }
    if presets.isEmpty, let options = try? Method(preset: nil) { defaults.append(("", options)) }
    let rows = method.table.filter { $0.name != "preset" }.map { option -> String in
      let values = defaults.map { preset -> (name: String, text: String) in
        let text = option.text(of: preset.options)
        return (preset.name, text.isEmpty ? "none" : text)
      }
      let others = values.dropFirst().filter { $0.text != values[0].text }.map { "\($0.name) \($0.text)" }
      let shown = (values.prefix(1).map(\.text) + others).joined(separator: "; ")
      let heading = "  --\(option.name) \(option.values)"
      return (heading.count <= width ? heading : "  --\(option.name)\n        \(option.values)") + "\n"
        + Text.wrapped("\(option.help) (\(shown))", indentation: 8, width: width)
    }
    let named = presets.isEmpty ? "" : ", by preset (\(presets.joined(separator: ", ")))"
    let owner = option.map { "Options of \($0) \(method.about.name)" } ?? "Options of the method"
    let title = "\(owner), with their defaults in parentheses\(named):"
    return Text.wrapped(title, width: width) + rows.joined()
  }
}
