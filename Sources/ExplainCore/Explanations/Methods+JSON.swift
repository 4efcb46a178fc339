extension Methods {
  /// Every method with its presets and options, for other languages: `name summary source cost needs_gradient
  /// deterministic presets[] options[{name values help default}]`.
  public static func json() -> JSON { .array(all.map { describe($0) }) }

  private static func describe<Method: ExplanationMethod>(_ method: Method.Type) -> JSON {
    let about = method.about
    let defaults = try? method.init(preset: nil)
    return .object([
      .init("name", .string(about.name)),
      .init("summary", .string(about.summary)),
      .init("source", .string(about.source)),
      .init("cost", .string(about.cost)),
      .init("needs_gradient", .bool(about.needsGradient)),
      .init("deterministic", .bool(about.isDeterministic)),
      .init("presets", .array(method.presets.map { .string($0) })),
      .init(
        "options",
        .array(
          method.table.map { option in
            .object([
              .init("name", .string(option.name)),
              .init("values", .string(option.values)),
              .init("help", .string(option.help)),
              .init("default", defaults.map { option.get($0) } ?? .null),
            ])
          })),
    ])
  }
}
