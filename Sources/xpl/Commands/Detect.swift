import ArgumentParser
import ExplainCore

/// Attacks that are found by their masks, and undone.
struct Detect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Attack pictures, find the attack by a mask, and undo it.",
    usage: "xpl detect <picture> ... [<options>] [<options of the method>]",
    discussion: """
      The picture is attacked, and a mask is learned for what it is taken for: once
      before the attack, once after it. Perturbing the attacked picture where its
      mask is low brings the first class back, if the attack sits there.

      Writes detection.png (the clean, the attacked and the recovered picture; the
      evidence in the clean and in the attacked one; the attack times 10), and
      mask.png, heatmap.png, cam.png and perturbated.png of the attacked picture,
      into <picture>-detection/, or into the folder that -o names.

      Examples:
        xpl detect scene.png
        xpl detect dog.jpg --model vgg19 --target tabby -o out
        xpl detect scene.png --attack pgd --epsilon 4 --mask hybrid
        xpl detect *.jpg --json - | jq '.[].measures.recovered'

      \(MethodHelp.options(of: AdversarialDetection.self, chosenBy: nil))
      """)

  @Argument(
    parsing: .allUnrecognized, help: "PNG, JPEG, GIF or WebP files; options of the method may stand among them.")
  var arguments: [String] = []

  @Option(
    help: ArgumentHelp(
      "What --attack fool makes of the picture, by number or by name; the second most probable class if not given.",
      valueName: "index|name"))
  var target: [String] = []

  @OptionGroup var options: MethodRunOptions

  func run() throws {
    let assignments = try Assignments(arguments, of: AdversarialDetection.self, known: ["target"])
    let run = MethodRun(try assignments.configured(AdversarialDetection.self), targets: target, options)
    try run.explain(try assignments.pictures(of: "detect"), folderSuffix: "detection")
  }
}
