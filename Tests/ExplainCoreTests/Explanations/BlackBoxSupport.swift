import Foundation

@testable import ExplainCore

/// The small network and the picture of tools/goldens/blackbox.py.
enum BlackBoxGolden {
  static func network() throws -> Network {
    var preprocessing = Preprocessing.torch
    (preprocessing.width, preprocessing.height) = (56, 40)
    let vgg = VGG(stages: [[8], [12], [16]], head: .globalAverage, classCount: 5)
    return try seededVGG(vgg, seed: 32, preprocessing: preprocessing)
  }

  static func input() throws -> Tensor {
    var (coarse, fine) = (Random(seed: 31, stream: 500), Random(seed: 31, stream: 501))
    let smooth = Variable(constant: try coarse.uniform(Shape([1, 3, 5, 7]), in: -2...2))
    let noise = Variable(constant: try fine.uniform(Shape([1, 3, 40, 56]), in: -0.5...0.5))
    return try (smooth.resized(height: 40, width: 56, .bilinear) + noise).value
  }

  static func subject(_ classifier: any Classifier, seed: UInt64 = 31) throws -> Subject {
    let input = try input()
    let picture = try classifier.preprocessing.picture(of: input)
    let probabilities = try classifier.probabilities(input)[0]
    return Subject(
      classifier: classifier, picture: picture, fitted: picture, input: input, probabilities: probabilities,
      target: try classifier.target([], probabilities: probabilities), seed: seed, reference: nil)
  }
}

/// A classifier that gives scores and nothing else, as one behind a callback does.
struct ScoresAlone: Classifier {
  let base: Network
  var name: String { "scores-alone" }
  var preprocessing: Preprocessing { base.preprocessing }
  var classCount: Int { base.classCount }
  var classNames: [String] { base.classNames }
  var isDifferentiable: Bool { false }
  var layerNames: [String] { [] }

  func logits(_ batch: Tensor) throws -> Tensor { try base.logits(batch) }

  func trace(_ batch: Tensor, layer: String?, rule: ReluRule) throws -> any Trace {
    throw ExplainError(.unsupported, "no gradient")
  }
}

/// A bundled scene of two objects with their exact pixels.
struct TwoObjects {
  static let pictures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("examples/pictures")
  let network: Network
  let picture: Picture

  init() throws {
    network = try ModelRequest("scenes").load()
    picture = try Picture(contentsOf: Self.pictures.appendingPathComponent("scene-star-gear.png").path)
  }

  /// The shares of the evidence for `target` that lie on the star and on the gear.
  func shares(_ explanation: Explanation) throws -> (star: Double, gear: Double) {
    let importance = try explanation.pictureImportance().values
    let total = importance.reduce(0) { $0 + Double($1) }
    func share(_ object: String) throws -> Double {
      let truth = try Picture(
        contentsOf: Self.pictures.appendingPathComponent("scene-star-gear.\(object).mask.png").path)
      return importance.indices.reduce(0) { truth.pixels[3 * $1] > 127 ? $0 + Double(importance[$1]) : $0 } / total
    }
    return (try share("star"), try share("gear"))
  }
}

/// The message of the error that `body` throws, empty if it throws none.
func errorMessage(_ body: () throws -> Void) -> String {
  do { try body() } catch { return "\(error)" }
  return ""
}
