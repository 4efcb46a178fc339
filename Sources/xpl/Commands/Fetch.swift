import ArgumentParser
import ExplainCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Published weights, brought into torch's cache.
struct Fetch: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Download weights to where torch keeps them.",
    discussion: """
      Downloads torchvision's weights from \(WeightFiles.downloadAddress)
      into $TORCH_HOME/hub/checkpoints (~/.cache/torch/hub/checkpoints), where PyTorch
      finds them too. A download that was broken off is gone on with; a file gets its
      name once its SHA-256 is right. Proxies are taken from the environment.

      Example:
        xpl fetch vgg19
      """)

  @Argument(help: "\(WeightFiles.models.joined(separator: ", ")).")
  var models: [String]

  @Option(
    help: ArgumentHelp("A mirror: what file names are appended to; plain http is then accepted.", valueName: "url"))
  var from: String?

  @Flag(name: .shortAndLong, help: "Say nothing but errors.")
  var quiet = false

  func validate() throws {
    for model in models where WeightFiles.fileName(of: model) == nil {
      throw ValidationError(
        "no weights are known for \(model)\(NearestNames.clause(for: model, among: WeightFiles.models))")
    }
    if let from, !from.hasPrefix("https://"), !from.hasPrefix("http://") {
      throw ValidationError("--from is \(from): an http or https address is needed")
    }
  }

  func run() throws {
    Interrupt.install()
    for model in models { try fetch(model) }
  }

  private func fetch(_ model: String) throws {
    guard let name = WeightFiles.fileName(of: model), let hash = WeightFiles.hashPrefix(of: model) else { return }
    guard let folder = WeightFiles.folders.first else {
      throw ExplainError(.io, "no folder to download into: neither TORCH_HOME nor HOME is set")
    }
    let path = "\(folder)/\(name)"
    if access(path, F_OK) == 0 {
      if try SHA256.hexadecimal(ofFileAt: path).hasPrefix(hash) { return try tell(path, "is there already") }
      Output.note("warning: \(path) is damaged, and is downloaded again\n")
    }
    try WholeFile.makeDirectory(folder)
    let base = from.map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? WeightFiles.downloadAddress
    let bar = ProgressBar(label: name, isQuiet: quiet)
    defer { bar.finish() }
    try Download(address: base + name, isSecure: from == nil, path: path, hashPrefix: hash).run { done, total in
      bar.update(done: done, of: total ?? 0) { seconds in
        guard let total else { return Text.bytes(done) }
        let left = ProgressBar.left(done: done, of: total, seconds: seconds)
        return "\(Text.bytes(done)) of \(Text.bytes(total))  \(left)"
      }
    }
    bar.finish()
    try tell(path, "downloaded")
  }

  private func tell(_ path: String, _ what: String) throws {
    if !quiet { try Output.write("\(path): \(what)\n") }
  }
}
