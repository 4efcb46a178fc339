import Foundation
import Testing

@testable import ExplainCore

/// The CNN perturbator; tools/goldens/perturbator.py has the settings of the golden file.
@Suite(.serialized) struct PerturbatorTests {
  private static func network() throws -> Network { try MaskLearnerTests.sharpened() }

  private static func input() throws -> Tensor { try Golden("masks/history")["input"] }

  @Test(arguments: [("three", 3, UInt64(1)), ("five", 4, 8)])
  func historyFollowsPyTorch(_ name: String, _ kernel: Int, _ seed: UInt64) throws {
    let (golden, network, input) = (try Golden("perturbator"), try Self.network(), try Self.input())
    var options = Perturbator()
    (options.kernel, options.iterations) = (kernel, 20)
    let target = try network.target([], probabilities: network.probabilities(input)[0]).indices
    let run = try options.learn(network, input, target, seed: seed, nil)
    let loss = try Tensor(run.history[0].values, [20])
    print("\(name): largest difference of the loss", maximumDifference(loss, try golden["\(name)/loss"]))
    // Rounding grows over the epochs: 1e-3 is what 20 of them allow.
    #expect(maximumDifference(loss, try golden["\(name)/loss"]) < 1e-3)
    #expect(maximumDifference(try Tensor(run.history[1].values, [20]), try golden["\(name)/score"]) < 1e-3)
    let perturbed = try #require(run.perturbed)
    #expect(relativeL2(perturbed, try golden["\(name)/perturbed"]) < 1e-2)
    // The sixth power multiplies a relative difference by six.
    let expected = try golden["\(name)/differences"]
    let ours = try Perturbator.differences(input, golden["\(name)/perturbed"])
    #expect(relativeL2(ours, expected) < 1e-5)
    #expect(relativeL2(try Perturbator.differences(input, perturbed), expected) < 6e-2)
  }

  /// PyTorch says that seed 12 gives a constant picture.
  @Test func aDeadGeneratorIsBegunAgain() throws {
    let (network, input) = (try Self.network(), try Self.input())
    var options = Perturbator()
    options.iterations = 3
    let run = try options.learn(network, input, [0], seed: 12, nil)
    #expect(run.restarts == 1)
    #expect(run.warnings.count == 1 && run.warnings[0].contains("seed 13"))
    let next = try options.learn(network, input, [0], seed: 13, nil)
    #expect(next.restarts == 0 && next.warnings.isEmpty)
    #expect(run.history == next.history)
    #expect(run.history.allSatisfy { $0.values.count == 3 && $0.values.allSatisfy { $0.isFinite } })
  }

  /// Every channel is one number, so that there is hardly a range to give to the generator's output.
  @Test func aPictureOfOneColor() throws {
    let network = try Self.network()
    let picture = try Picture(width: 48, height: 48, pixels: [UInt8](repeating: 120, count: 48 * 48 * 3))
    var options = Perturbator()
    (options.iterations, options.kernel) = (2, 1)
    for blocks in [1, 16] {
      options.blocks = blocks
      let explanation = try network.explain(picture, by: options)
      #expect(explanation.importance.values.allSatisfy { (0...1).contains($0) })
      #expect(explanation.map.values.allSatisfy { $0.isFinite })
    }
  }

  /// The picture's class vanishes, and the picture stays within its range.
  @Test func theClassVanishes() throws {
    let (network, picture) = try Scene.starAndGear()
    var options = Perturbator()
    options.iterations = 200
    let explanation = try network.explain(picture, by: options)
    print("perturbator: score", explanation.scoreBefore, "to", explanation.scoreAfter ?? .nan)
    #expect(try #require(explanation.scoreAfter) < 0.2 * explanation.scoreBefore)
    #expect(explanation.topAfter.count == 5)
    #expect(explanation.figures.map(\.name) == ["changes", "loss"])
    let values = try #require(explanation.perturbed).values
    let input = try network.preprocessing.tensor(of: picture).values
    let ends = try [(#require(values.max()), #require(input.max())), (#require(values.min()), #require(input.min()))]
    for (ours, pictures) in ends { #expect(abs(ours - pictures) < 1e-4) }
    // Nothing within a tenth of the edges, but what the dilation brought there.
    let (side, map) = (224, explanation.map.values)
    for i in 0..<side { #expect(map[i] == 0 && map[i * side] == 0) }
  }
}

/// The embedded model and a picture with two objects.
enum Scene {
  static func starAndGear() throws -> (Network, Picture) {
    let path = MaskExplanationTests.pictures.appendingPathComponent("scene-star-gear.png").path
    return (try ModelRequest("scenes").load(), try Picture(contentsOf: path))
  }
}
