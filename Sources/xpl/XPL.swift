import ArgumentParser
import ExplainCore

/// The command line of ExplainCore.
@main
struct XPL: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "xpl",
    abstract: "Shows which pixels of a picture an image classifier bases its answer on.",
    discussion: """
      Examples:
        xpl explain scene.png                  by the embedded model, scenes
        xpl fetch vgg19
        xpl explain dog.jpg --model vgg19 --preset hybrid -o out
        xpl explain dog.jpg --model net.onnx --target "tabby"
        xpl classify *.jpg --model vgg19 --top 3
        xpl fool dog.jpg --model vgg19 --target tabby
        xpl visualize --target gear
        xpl inspect vgg19-dcbb9e9d.pth

      Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
      """,
    version: Library.version,
    subcommands: [
      Explain.self, Classify.self, Fool.self, Visualize.self, Detect.self, ListMethods.self, Inspect.self, Fetch.self,
      Info.self,
    ])

  static func main() {
    Output.ignoreBrokenPipes()
    let status: Status
    do {
      var command = try parseAsRoot()
      try command.run()
      status = .done
    } catch {
      status = report(error)
    }
    status.exit()
  }

  /// Says what went wrong in one line, or prints the help that was asked for.
  private static func report(_ error: any Error) -> Status {
    switch error {
    case let status as Status:
      return status
    case let error as ExplainError:
      Output.complain(error.message)
      return error.kind == .invalidArgument ? .usage : .failed
    case let error where exitCode(for: error) == .success:
      do { try Output.write(fullMessage(for: error) + "\n") } catch { return .failed }
      return .done
    default:
      let text = message(for: error)
      let clause = text.hasSuffix(".") ? text.dropLast() : text[...]
      Output.complain(clause.prefix(1).lowercased() + clause.dropFirst() + "; see \(helpCommand)")
      return .usage
    }
  }

  /// The help of the command that was called.
  private static var helpCommand: String {
    let names = configuration.subcommands.compactMap { $0.configuration.commandName ?? $0._commandName }
    guard let called = CommandLine.arguments.dropFirst().first, names.contains(called) else { return "xpl --help" }
    return "xpl \(called) --help"
  }
}
