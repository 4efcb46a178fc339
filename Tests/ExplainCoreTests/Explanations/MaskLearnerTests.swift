import Testing

@testable import ExplainCore

/// The first 20 iterations against PyTorch, on identical tensors; tools/goldens/masks.py has the settings.
@Suite struct MaskLearnerTests {
  private static func network() throws -> Network {
    var preprocessing = Preprocessing.torch
    (preprocessing.width, preprocessing.height) = (48, 48)
    let vgg = VGG(stages: [[8], [12], [16]], head: .globalAverage, classCount: 5)
    return try seededVGG(vgg, seed: 21, preprocessing: preprocessing)
  }

  /// The network with its last layer's weights times 4, as the golden script has it.
  static func sharpened() throws -> Network {
    let network = try network()
    var graph = Graph()
    for node in network.graph.nodes {
      guard case .linear(let weight, let bias) = node.operation else {
        graph.add(node.name, node.operation, node.inputs)
        continue
      }
      graph.add(node.name, .linear(weight: try weight.map { $0 * 4 }, bias: bias), node.inputs)
    }
    return try Network(name: "sharpened", graph: graph, preprocessing: network.preprocessing)
  }

  private static func options(_ name: String) -> MaskOptions {
    var options = MaskOptions()
    switch name {
    case "paper":
      options = MaskOptions(preset: .paper)
      (options.start, options.jitter) = (.half, 0)
    case "preservation":
      (options.game, options.l1, options.beta) = (.preservation, [0.2], 2)
    case "hybrid":
      options = MaskOptions(preset: .hybrid)
      (options.shift, options.isMirrored, options.l1) = (0, false, [0.6])
    default:
      break
    }
    (options.maskWidth, options.maskHeight, options.noise, options.iterations) = (12, 12, 0, 20)
    return options
  }

  @Test(arguments: ["blackbox", "paper", "preservation", "hybrid"])
  func historyFollowsPyTorch(_ name: String) throws {
    let golden = try Golden("masks/history")
    let network = try Self.sharpened()
    let input = try golden["input"]
    let options = Self.options(name)
    let before = try network.probabilities(input)[0]
    let target = try network.target([], probabilities: before).indices
    let learner = MaskLearner(
      classifier: network, options: options, seed: 0, targets: target, input: input,
      perturbations: Perturbations(fixed: [try golden["blurred"]]), scoreBefore: before[target[0]])
    let outcome = try learner.learn(nil)
    // Float32 rounding grows over the iterations of a chaotic optimization: 1e-3 is what the first 20 allow.
    let loss = try Tensor(outcome.history[0].values, [20])
    let score = try Tensor(outcome.history[1].values, [20])
    #expect(maximumDifference(loss, try golden["\(name)/loss"]) < 1e-3)
    #expect(maximumDifference(score, try golden["\(name)/score"]) < 1e-3)
    #expect(relativeL2(outcome.mask, try golden["\(name)/mask"]) < 1e-2)
    print("\(name): largest difference of the loss", maximumDifference(loss, try golden["\(name)/loss"]))
  }
}
