import ArgumentParser
import ExplainCore

/// What can be done to a picture, and with which options.
struct ListMethods: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "methods", abstract: "List the methods, or the options of one.",
    discussion: """
      GRADIENT: whether the model must be differentiable. SEED: whether the result
      depends on --seed. PASSES: through the network, with the default options.

      Examples:
        xpl methods
        xpl methods mask
      """)

  @Argument(help: "A method, to see its options.")
  var method: String?

  func run() throws {
    guard let method else { return try Output.write(MethodHelp.list) }
    let found = try Methods.named(method)
    let about = found.about
    try Output.write("\(about.name): \(about.summary)\nSource: \(about.source)\n\n\(MethodHelp.options(of: found))")
  }
}
