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

  @Option(help: "A second picture, for methods that take one: what --perturbation picture puts in, a baseline.")
  var reference: String?

  @OptionGroup var options: MethodRunOptions

  func run() throws {
    let method = try Methods.named(method)
    let assignments = try Assignments(arguments, of: method, known: ["method", "preset", "target", "reference"])
    var run = MethodRun(try assignments.configured(method, preset: preset), targets: target, options)
    run.reference = reference
    try run.explain(try assignments.pictures(of: "explain"), folderSuffix: "explanation")
  }
}
