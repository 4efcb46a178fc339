import ArgumentParser
import ExplainCore

/// The most probable classes of pictures.
struct Classify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell what a model sees in pictures.",
    discussion: """
      Examples:
        xpl classify dog.jpg
        xpl classify --model vgg19 --top 3 *.jpg
        xpl classify --model net.onnx --preprocess tf --labels names.txt dog.jpg --json -
      """)

  @Argument(help: "PNG, JPEG, GIF or WebP files.")
  var pictures: [String]

  @Option(help: "How many classes to show.")
  var top = 5

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Output") var report: ReportOptions
  @OptionGroup(title: "Run") var running: RunOptions

  func validate() throws {
    guard top >= 1 else { throw ValidationError("--top is \(top): it must be at least 1") }
  }

  func run() throws {
    running.apply()
    try report.prepare()
    let network = try model.request.load()
    var reports: [JSON] = []
    let isWhole = try forEachPicture(pictures) { path in
      let classes = try network.classify(Picture(contentsOf: path), top: top)
      reports.append(
        .object([
          .init("version", .string(Library.version)),
          .init("model", .string(network.name)),
          .init("picture", .string(path)),
          .init("top", .array(classes.map(\.json))),
        ]))
      guard report.isReadable, !running.quiet else { return }
      if pictures.count > 1 { try Output.write("\(path.onOneLine)\n") }
      try Output.write(ClassTable.text(classes, indentation: pictures.count > 1 ? 2 : 0))
    }
    try report.write(reports, isList: pictures.count > 1)
    if !isWhole { throw Status.failed }
  }
}

/// Handles each picture; one that fails is reported and does not keep the others from being done.
///
/// - Returns: whether all went well.
/// - Throws: `.invalidArgument`, which is about an option and would come with every picture; `Status`.
func forEachPicture(_ paths: [String], _ body: (String) throws -> Void) throws -> Bool {
  var isWhole = true
  for path in paths {
    do {
      try body(path)
    } catch let error as ExplainError where error.kind != .invalidArgument {
      // Not every message names the picture.
      Output.complain(error.message.contains(path) ? error.message : "\(path): \(error.message)")
      isWhole = false
    }
  }
  return isWhole
}

/// Classes as aligned rows.
enum ClassTable {
  static func text(_ classes: [ScoredClass], indentation: Int = 0) -> String {
    Text.table(
      classes.map { [Text.probability($0.probability), String($0.index), $0.name.onOneLine] },
      indentation: indentation, right: [0, 1])
  }
}
