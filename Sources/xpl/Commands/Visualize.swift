import ArgumentParser
import ExplainCore

/// The picture of a class, as a model has it.
struct Visualize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Paint what a model takes for the very image of a class.",
    usage: "xpl visualize --target <index|name> [<options>] [<options of the method>]",
    discussion: """
      Writes painted.png (what was painted, of the size of the network's input) and
      class.png (the same beside itself with its contrast stretched) into
      <class>-visualization/, or into the folder that -o names. No picture is needed:
      painting begins with noise.

      Examples:
        xpl visualize --target gear
        xpl visualize --target flamingo --model vgg19 --iterations 200 -o out
        xpl visualize --target 13 --model net.onnx --preprocess tf --seed 5

      \(MethodHelp.options(of: ClassVisualization.self, chosenBy: nil))
      """)

  @Argument(parsing: .allUnrecognized, help: ArgumentHelp("Options of the method.", visibility: .hidden))
  var arguments: [String] = []

  @Option(
    help: ArgumentHelp(
      "The class to paint, by number or by name. Several, repeated or with commas between them, are painted into one "
        + "picture.", valueName: "index|name"))
  var target: [String] = []

  @OptionGroup var options: MethodRunOptions

  func run() throws {
    let assignments = try Assignments(arguments, of: ClassVisualization.self, known: ["target"])
    if let path = assignments.pictures.first {
      throw ExplainError(.invalidArgument, "\(path): a class is painted without a picture; see xpl visualize --help")
    }
    guard !target.isEmpty else {
      throw ExplainError(.invalidArgument, "no class given; say which one by --target; see xpl visualize --help")
    }
    var run = MethodRun(try assignments.configured(ClassVisualization.self), targets: target, options)
    run.renderings = []
    try run.visualize(folderSuffix: "visualization")
  }
}
