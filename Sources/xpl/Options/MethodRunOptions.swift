import ArgumentParser

/// What every command takes that runs a method.
struct MethodRunOptions: ParsableArguments {
  @Option(help: "The seed of every random choice.")
  var seed: UInt64 = 0

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder for the pictures.", valueName: "folder"))
  var output: String?

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Output") var report: ReportOptions
  @OptionGroup(title: "Run") var running: RunOptions

  /// The names of these options, for suggestions.
  static let names = [
    "seed", "output", "json", "quiet", "threads", "model", "weights", "labels", "preprocess", "mean", "std", "scale",
    "bgr", "size", "resize", "no-antialias", "weight-precision", "memory", "help", "version",
  ]
}
