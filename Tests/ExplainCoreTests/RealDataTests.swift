import Foundation
import Testing

@testable import ExplainCore

/// A real pretrained network on real photographs, which are too large for the repository.
///
/// The data is looked for in `../shared/data` beside the repository; where it is missing these tests say that they
/// are skipped.
@Suite(.serialized, .enabled(if: RealData.exists, "skipped: there is no ../shared/data beside the repository"))
struct RealDataTests {
  private func squeezeNet() throws -> Network {
    var request = ModelRequest(RealData.path("models/SqueezeNet_fp16.onnx"))
    request.preprocessing = .caffe
    return try request.load()
  }

  @Test func squeezeNetNamesEveryPhotograph() throws {
    let network = try squeezeNet()
    for (photo, expected) in try RealData.topFive() {
      let top = try network.classify(try Picture(contentsOf: RealData.path("photos/\(photo)")))
      #expect(top[0].index == expected[0].index, "\(photo)")
      let probabilities = try network.probabilities(
        network.preprocessing.tensor(of: try Picture(contentsOf: RealData.path("photos/\(photo)"))))[0]
      // Decoders and resizers differ by one step of 255 here and there.
      for entry in expected { #expect(abs(probabilities[entry.index] - entry.probability) < 0.02, "\(photo)") }
    }
  }

  /// The reference's own run on the same photograph: its beginning, and where it ends.
  @Test func fluteMaskFollowsTheReference() throws {
    let network = try squeezeNet()
    var options = MaskOptions()
    options.noise = 0
    let explanation = try network.explain(try Picture(contentsOf: RealData.path("photos/flute.jpg")), by: options)
    #expect(explanation.target.indices == [558])
    #expect(abs(explanation.scoreBefore - 0.97) < 0.02)
    #expect(try #require(explanation.scoreAfter) < 0.05)
    let mask = try #require(explanation.mask)
    let mean = mask.values.reduce(0, +) / Float(mask.count)
    #expect((0.5...0.9).contains(mean))
    for entry in try RealData.fluteHistory() where entry[0] <= 5 {
      // The photograph is decoded and resized by other libraries. Adam's first step is the gradient's sign: where it is
      // all but 0 rounding decides, so that after five steps OpenBLAS' kernels for two processors differ by 1e-3.
      let tolerance = entry[0] <= 2 ? 1e-4 : 3e-3
      #expect(abs(Double(explanation.history[0].values[Int(entry[0])]) - entry[1]) < tolerance)
    }
  }
}

private enum RealData {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/data")

  static var exists: Bool { FileManager.default.fileExists(atPath: path("real.json")) }

  static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private static func description() throws -> JSON {
    try JSON.parse(String(contentsOfFile: path("real.json"), encoding: .utf8))
  }

  static func topFive() throws -> [(photo: String, top: [(index: Int, probability: Float)])] {
    try #require(try description()["photos"]?.members).map { photo in
      let top = try #require(photo.value["squeezenet_top5"]?.arrayValue)
      return (
        photo.name,
        try top.map { (try #require($0["class"]?.integerValue), Float(try #require($0["p"]?.doubleValue))) }
      )
    }
  }

  static func fluteHistory() throws -> [[Double]] {
    let rows = try #require(try description()["reference_mask"]?["history_iteration_loss_p_l1_tv"]?.arrayValue)
    return rows.map { ($0.arrayValue ?? []).compactMap(\.doubleValue) }
  }
}
