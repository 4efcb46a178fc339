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
    try report.prepare()
    let info = Library.info
    let models = ModelRequest.builtIn.map { (name: $0, weights: Info.weights(of: $0)) }
    try report.write([json(info, models)], isList: false)
    guard report.isReadable else { return }
    let override = getenv("OPENBLAS_CORETYPE").map { " (as OPENBLAS_CORETYPE=\(String(cString: $0)) demands)" } ?? ""
    let rows = [
      ["xpl", Library.version],
      ["processor", info.architecture],
      ["threads", "\(info.threads) of \(info.processors)"],
      ["kernels", info.kernels],
      ["BLAS", "\(info.blas), kernels for \(info.blasCore)\(override)"],
      ["methods", MethodHelp.names.joined(separator: ", ")],
    ]
    try Output.write(
      Text.table(rows) + "models\n" + Text.table(models.map { [$0.name, $0.weights.text] }, indentation: 2))
  }

  /// The library's facts, and where each model's weights are.
  private func json(_ info: Library.Info, _ models: [(name: String, weights: Weights)]) -> JSON {
    let weights = models.map { model in
      JSON.object([
        .init("name", .string(model.name)), .init("is_ready", .bool(model.weights.isReady)),
        .init("weights", model.weights.path.map { .string($0) } ?? .null),
      ])
    }
    let facts = (info.json.members ?? []).filter { $0.name != "models" }
    return .object(facts + [.init("models", .array(weights))])
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
