import ArgumentParser
import ExplainCore

/// Pictures that look the same and are taken for something else.
struct Fool: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Change pictures, hardly to be seen, until a model takes them for something else.",
    usage: "xpl fool <picture> ... [<options>] [<options of the attack>]",
    discussion: """
      Writes fooled.png (the changed picture as the network sees it: xpl classify
      fooled.png takes it for the target) and attack.png (the original, the fooled
      picture, the difference, the difference times 10) into <picture>-attack/, or
      into the folder that -o names.

      Examples:
        xpl fool dog.jpg --model vgg19 --target "tabby"
        xpl fool scene.png --target heart --confidence 0.9 -o out
        xpl fool scene.png --attack pgd --epsilon 4
        xpl fool *.jpg --target 1 --json reports.json --quiet

      \(MethodHelp.options(of: FoolingImage.self, chosenBy: "--attack"))
      \(MethodHelp.options(of: FGSM.self, chosenBy: "--attack"))
      \(MethodHelp.options(of: PGD.self, chosenBy: "--attack"))
      """)

  @Argument(
    parsing: .allUnrecognized, help: "PNG, JPEG, GIF or WebP files; options of the attack may stand among them.")
  var arguments: [String] = []

  @Option(
    help: ArgumentHelp(
      "How: fool (steps along the gradient until the target is on top), fgsm (one step along its sign), pgd (steps "
        + "along its sign within a box).", valueName: "fool|fgsm|pgd"))
  var attack = AdversarialDetection.Kind.fool

  @Option(
    help: ArgumentHelp(
      "What the picture shall be taken for, by number or by name. If not given: by fool the second most probable "
        + "class, by fgsm and pgd anything but what it is taken for.", valueName: "index|name"))
  var target: [String] = []

  @OptionGroup var options: MethodRunOptions

  func run() throws {
    let method = try Methods.named(attack.rawValue)
    let assignments = try Assignments(arguments, of: method, known: ["attack", "target"])
    // A target is what the picture shall be taken for, however the method goes about it by itself.
    let defaults = target.isEmpty || !method.optionNames.contains("targeted") ? [] : [("targeted", "true")]
    var run = MethodRun(try assignments.configured(method, over: defaults), targets: target, options)
    run.renderings = []
    try run.explain(try assignments.pictures(of: "fool"), folderSuffix: "attack")
  }
}

extension AdversarialDetection.Kind: ExpressibleByArgument {}
