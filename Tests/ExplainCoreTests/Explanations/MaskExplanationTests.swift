import Foundation
import Testing

@testable import ExplainCore

/// Learning a mask from a picture to its files, with the embedded model.
@Suite(.serialized) struct MaskExplanationTests {
  static let pictures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("examples/pictures")

  private func scene() throws -> (Network, Picture) {
    let path = Self.pictures.appendingPathComponent("scene-star-gear.png").path
    return (try ModelRequest("scenes").load(), try Picture(contentsOf: path))
  }

  @Test func theTargetDecidesWhatLightsUp() throws {
    let (network, picture) = try scene()
    var shares: [[Double]] = []
    for name in ["star", "gear"] {
      var options = MaskOptions()
      options.iterations = 300
      let explanation = try network.explain(picture, by: options, targets: [try network.classIndex(name)])
      #expect(explanation.targetName == name)
      #expect(explanation.target.isGiven)
      #expect(try #require(explanation.scoreAfter) < 0.05)
      let importance = try explanation.pictureImportance().values
      let total = importance.reduce(0) { $0 + Double($1) }
      shares.append(
        try ["star", "gear"].map { object in
          let path = Self.pictures.appendingPathComponent("scene-star-gear.\(object).mask.png").path
          let truth = try Picture(contentsOf: path)
          let inside = importance.indices.filter { truth.pixels[3 * $0] > 127 }
          return inside.reduce(0) { $0 + Double(importance[$1]) } / total
        })
    }
    print("share of importance in the star and the gear, for star \(shares[0]), for gear \(shares[1])")
    #expect(shares[0][0] > 4 * shares[0][1])
    #expect(shares[1][1] > 4 * shares[1][0])
  }

  /// Noise, jitter, shifts and drawn perturbations, the same bits for 1, 2 and 3 threads.
  @Test func seedsRepeatForAnyNumberOfThreads() throws {
    defer { Parallel.threads = 0 }
    let (network, picture) = try scene()
    for preset in MaskOptions.Preset.allCases {
      var options = MaskOptions(preset: preset)
      (options.iterations, options.samples, options.maskNoise) = (6, 2, 0.01)
      var masks: [[Float]] = []
      for threads in [1, 2, 3] {
        Parallel.threads = threads
        masks.append(try #require(try network.explain(picture, by: options, seed: 42).mask).values)
      }
      #expect(masks[0] == masks[1] && masks[0] == masks[2])
      #expect(try network.explain(picture, by: options, seed: 43).mask?.values != masks[0])
    }
  }

  @Test func cancellingKeepsWhatWasLearned() throws {
    let (network, picture) = try scene()
    for preset in MaskOptions.Preset.allCases {
      var steps: [Int] = []
      let explanation = try network.explain(picture, by: MaskOptions(preset: preset)) { progress in
        steps.append(progress.step)
        return progress.step == 7 ? .cancel : .proceed
      }
      #expect(steps == Array(1...7))
      #expect(explanation.isInterrupted)
      #expect(explanation.iterations == 7)
      #expect(explanation.history.allSatisfy { $0.values.count == 7 })
    }
  }

  @Test func filesHaveThePicturesSize() throws {
    let (network, picture) = try scene()
    let wide = try picture.resized(width: 301, height: 97)
    var options = MaskOptions()
    options.iterations = 2
    let explanation = try network.explain(wide, by: options)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try explanation.write(to: folder.path)
    #expect(
      files.map(\.path).map { URL(fileURLWithPath: $0).lastPathComponent }.sorted()
        == ["cam.png", "heatmap.png", "mask.png", "perturbated.png"])
    for file in files {
      let written = try Picture(contentsOf: file.path)
      #expect((written.width, written.height) == (301, 97))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 4)
    #expect(throws: ExplainError.self) { try explanation.write(to: files[0].path) }
    #expect(throws: ExplainError.self) { try explanation.write(to: "/proc/nowhere") }
  }

  @Test func reportsHaveEveryField() throws {
    let (network, picture) = try scene()
    var options = MaskOptions(preset: .hybrid)
    options.iterations = 3
    let report = try network.explain(picture, by: options, seed: 9).json(pictureName: "a \"quoted\" name.png")
    let parsed = try JSON.parse(report.serialized())
    #expect(parsed["picture"]?.stringValue == "a \"quoted\" name.png")
    #expect(parsed["seed"]?.integerValue == 9)
    #expect(parsed["iterations"]?.integerValue == 9)
    #expect(parsed["mask"]?["values"]?.arrayValue?.count == 28 * 28)
    #expect(parsed["history"]?["loss"]?.arrayValue?.count == 9)
    #expect(parsed["top_before"]?.arrayValue?.count == 5)
    #expect(parsed["options"]?["learning_rate"]?.doubleValue == 0.2)
    #expect(parsed["options"]?["preset"]?.stringValue == "hybrid")
    let fields = [
      "version", "method", "model", "picture", "target", "score_before", "score_after", "top_before", "top_after",
      "warnings", "options", "seed", "iterations", "seconds", "history", "mask", "center_of_mass", "files",
    ]
    for field in fields { #expect(parsed[field] != nil, "\(field)") }
  }

  @Test func masksThatSayNothingAreReported() throws {
    let (network, picture) = try scene()
    var options = MaskOptions()
    (options.l1, options.noise, options.iterations) = ([1000], 0, 30)
    #expect(try network.explain(picture, by: options).warnings.contains { $0.contains("all ones") })
    (options.start, options.l1, options.tv) = (.zeros, [0], 0)
    // So small a step leaves the mask where it began.
    (options.iterations, options.learningRate) = (1, 1e-8)
    #expect(try network.explain(picture, by: options).warnings.contains { $0.contains("all zeros") })
  }

  @Test func everyPerturbationAndStartRuns() throws {
    let (network, picture) = try scene()
    for perturbation in MaskOptions.Perturbation.allCases {
      for start in MaskOptions.Start.allCases {
        var options = MaskOptions()
        (options.perturbations, options.start, options.iterations) = ([perturbation], start, 1)
        let other = try Picture(width: 3, height: 2, pixels: [UInt8](repeating: 90, count: 18))
        let explanation = try network.explain(picture, by: options, reference: other)
        #expect(try #require(explanation.mask).values.allSatisfy { (0...1).contains($0) })
      }
    }
  }

  @Test func aReplacementMustBeGiven() throws {
    let (network, picture) = try scene()
    var options = MaskOptions()
    options.perturbations = [.picture]
    #expect(throws: ExplainError.self) { try network.explain(picture, by: options) }
  }

  @Test func disc() throws {
    let (network, picture) = try scene()
    var options = MaskOptions(preset: .paper)
    options.iterations = 1
    let star = try network.classIndex("star")
    let input = try network.preprocessing.tensor(of: picture)
    let before = try network.probabilities(input)[0]
    let subject = Subject(
      classifier: network, picture: picture, fitted: picture, input: input, probabilities: before,
      target: Target(indices: [star], isGiven: true), seed: 0, reference: nil)
    let learner = MaskLearner(
      classifier: network, options: options, seed: 0, targets: [star], input: input,
      perturbations: try Perturbations(options, of: subject), scoreBefore: before[star])
    let disc = try learner.start()
    let after = try network.probabilities(learner.perturbedInput(disc))[0][star]
    let removed = try network.probabilities(learner.perturbations.first(seed: 0))[0][star]
    #expect(after <= learner.scoreBefore - 0.99 * (learner.scoreBefore - removed) + 1e-6)
    #expect(disc.values.contains { $0 > 0.5 } && disc.values.contains { $0 < 0.5 })
  }
}
