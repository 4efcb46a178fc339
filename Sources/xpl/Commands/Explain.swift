import ArgumentParser
import ExplainCore

/// Explanations of pictures.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show which pixels the answer of a model rests on.",
    usage: "xpl explain <picture> ... [<options>] [<options of the method>]",
    discussion: """
      Writes mask.png (white is evidence), heatmap.png, cam.png (the heatmap over
      the picture) and perturbated.png (the picture without the evidence) into
      <picture>-explanation/, or into the folder that -o names.

      Examples:
        xpl explain dog.jpg --model vgg19
        xpl explain dog.jpg --model vgg19 --preset hybrid -o out
        xpl explain cat.jpg --model vgg19 --target tabby --target 282
        xpl explain dog.jpg --perturbation gaussian --sigma 20 --l1 0.02
        xpl explain *.jpg --json reports.json --quiet
        xpl explain dog.jpg --json - | jq .score_after

      Ctrl-C ends a run early: what was learned so far is written. A second one
      quits at once.

      xpl methods lists the methods and, with a name, the options of one.

      \(MethodHelp.options(of: Methods.all[0]))
      """)

  @Argument(
    parsing: .allUnrecognized, help: "PNG, JPEG, GIF or WebP files; options of the method may stand among them.")
  var arguments: [String] = []

  @Option(help: "How to explain: \(MethodHelp.names.joined(separator: ", ")).")
  var method = MethodHelp.names[0]

  @Option(help: "The method's settings taken together; its first preset if not given.")
  var preset: String?

  @Option(
    help: ArgumentHelp(
      "The class to explain, by number or by name; the most probable one if not given. Several, repeated or with "
        + "commas between them, count as one.", valueName: "index|name"))
  var target: [String] = []

  @Option(help: "The seed of every random choice.")
  var seed: UInt64 = 0

  @Option(help: "A second picture, for methods that take one: what --perturbation picture puts in, a baseline.")
  var reference: String?

  @OptionGroup(title: "Model") var model: ModelOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder for the pictures.", valueName: "folder"))
  var output: String?

  @OptionGroup(title: "Output") var report: ReportOptions
  @OptionGroup(title: "Run") var running: RunOptions

  func run() throws {
    let method = try Methods.named(method)
    let assignments = try Assignments(arguments, of: method, known: Explain.optionNames)
    let pictures = assignments.pictures
    guard !pictures.isEmpty else { throw ExplainError(.invalidArgument, "no picture given; see xpl explain --help") }
    let options = try configured(method, assignments)
    let places = ResultPlace.of(pictures: pictures, folder: output)
    running.apply()
    try report.prepare()
    Interrupt.install()

    let network = try model.request.load()
    let reference = try reference.map { try Picture(contentsOf: $0) }
    let targets = try targets(of: network)
    var reports: [JSON] = []
    var isInterrupted = false
    var isWhole = true
    for (path, place) in zip(pictures, places) where !isInterrupted {
      guard !Interrupt.isRequested else {
        isInterrupted = true
        break
      }
      isWhole =
        try forEachPicture([path]) { path in
          let picture = try Picture(contentsOf: path)
          try place.prepare()
          let explanation = try explain(picture, path, by: network, options, targets, reference)
          isInterrupted = explanation.isInterrupted
          let files = try explanation.write(to: place.folder, prefix: place.prefix)
          reports.append(try explanation.json(pictureName: path, files: files))
          try tell(explanation, path, files)
        } && isWhole
    }
    try report.write(reports, isList: pictures.count > 1)
    if isInterrupted || Interrupt.isRequested {
      Output.complain("interrupted")
      throw Status.interrupted
    }
    if !isWhole { throw Status.failed }
  }

  /// The method's options as they were given, checked before anything is loaded.
  private func configured(
    _ method: any ExplanationMethod.Type, _ assignments: Assignments
  ) throws -> any ExplanationMethod {
    var options = try method.init(preset: preset)
    for (name, value) in assignments.options { try options.set(name, to: value) }
    try options.validate()
    return options
  }

  /// Names of classes may have commas in them: a text that names a class as a whole is not taken apart.
  private func targets(of network: Network) throws -> [Int] {
    let indices = try target.flatMap { text -> [Int] in
      if let index = try? network.classIndex(text) { return [index] }
      return try text.split(separator: ",").map { try network.classIndex(String($0.trimmingSpaces)) }
    }
    if let twice = indices.first(where: { index in indices.count { $0 == index } > 1 }) {
      throw ExplainError(.invalidArgument, "target \(network.className(twice)) is named twice")
    }
    guard target.isEmpty || !indices.isEmpty else { throw ExplainError(.invalidArgument, "--target is empty") }
    return indices
  }

  private func explain(
    _ picture: Picture, _ path: String, by network: Network, _ options: any ExplanationMethod, _ targets: [Int],
    _ reference: Picture?
  ) throws -> Explanation {
    let bar = ProgressBar(label: path.fileName, isQuiet: running.quiet)
    defer { bar.finish() }
    return try network.explain(picture, by: options, targets: targets, seed: seed, reference: reference) { progress in
      bar.update(done: progress.step, of: progress.steps) { seconds in
        var parts = ["\(progress.step)/\(progress.steps)"]
        if progress.loss.isFinite { parts.append("loss \(Text.number(Double(progress.loss)))") }
        if progress.score.isFinite { parts.append("score \(Text.number(Double(progress.score)))") }
        if seconds > 0 { parts.append("\(Text.fixed(Double(progress.step) / seconds, 1)) it/s") }
        parts.append(ProgressBar.left(done: progress.step, of: progress.steps, seconds: seconds))
        return parts.joined(separator: "  ")
      }
      return Interrupt.isRequested ? .cancel : .proceed
    }
  }

  private func tell(
    _ explanation: Explanation, _ path: String, _ files: [(name: String, path: String)]
  ) throws {
    guard !running.quiet else { return }
    for warning in explanation.warnings { Output.note("warning: \(Text.printable("\(path): \(warning)"))\n") }
    guard report.isReadable else { return }
    try Output.write(try ExplanationText.text(explanation, path: path, files: files.map(\.path)))
  }

  /// The options that stand beside the method's own, for suggestions.
  private static let optionNames = [
    "method", "preset", "target", "seed", "reference", "output", "json", "quiet", "threads", "model", "weights",
    "labels", "preprocess", "mean", "std", "scale", "bgr", "size", "resize", "no-antialias", "help", "version",
  ]
}

extension String {
  /// The last part of a path.
  var fileName: String { split(separator: "/").last.map(String.init) ?? self }
}

extension Substring {
  fileprivate var trimmingSpaces: Substring {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return text
  }
}
