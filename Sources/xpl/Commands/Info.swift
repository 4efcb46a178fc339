import ArgumentParser
import ExplainCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What this program is and how it runs here.
struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the version, processor kernels, threads, and the models that need no file.")

  @OptionGroup(title: "Output") var report: ReportOptions

  func run() throws {
    let info = Library.info
    let models = ModelRequest.builtIn.map { (name: $0, weights: Info.weights(of: $0)) }
    if let path = report.json {
      try Output.write(json(info, models), to: path)
      guard report.isReadable else { return }
    }
    let override = getenv("OPENBLAS_CORETYPE").map { " (as OPENBLAS_CORETYPE=\(String(cString: $0)) demands)" } ?? ""
    let rows = [
      ["xpl", Library.version],
      ["processor", info.architecture],
      ["threads", "\(info.threads) of \(info.processors)"],
      ["BLAS", "\(info.blas), kernels for \(info.blasCore)\(override)"],
      ["methods", ExplanationMethods.all.map { $0.name }.joined(separator: ", ")],
    ]
    try Output.write(
      Text.table(rows) + "models\n" + Text.table(models.map { [$0.name, $0.weights.text] }, indentation: 2))
  }

  private func json(_ info: Library.Info, _ models: [(name: String, weights: Weights)]) -> JSON {
    .object([
      .init("version", .string(Library.version)),
      .init("processor", .string(info.architecture)),
      .init("threads", .integer(info.threads)),
      .init("processors", .integer(info.processors)),
      .init("blas", .object([.init("version", .string(info.blas)), .init("kernels", .string(info.blasCore))])),
      .init("methods", .array(ExplanationMethods.all.map { .string($0.name) })),
      .init(
        "models",
        .array(
          models.map {
            .object([
              .init("name", .string($0.name)), .init("is_ready", .bool($0.weights.isReady)),
              .init("weights", $0.weights.path.map { .string($0) } ?? .null),
            ])
          })),
    ])
  }

  /// Where a model's weights are.
  private enum Weights {
    case embedded
    case file(String)
    case missing(String)

    var isReady: Bool {
      if case .missing = self { false } else { true }
    }

    var path: String? {
      if case .file(let path) = self { path } else { nil }
    }

    var text: String {
      switch self {
      case .embedded: "embedded"
      case .file(let path): path
      case .missing(let model): "not here; get it with: xpl fetch \(model)"
      }
    }
  }

  private static func weights(of model: String) -> Weights {
    guard WeightFiles.fileName(of: model) != nil else { return .embedded }
    guard let path = try? WeightFiles.find(model) else { return .missing(model) }
    return .file(path)
  }
}
