import Foundation
import Synchronization

@testable import ExplainCore

/// The small network and the picture of tools/goldens/gradients.py.
enum GradientGolden {
  static func network() throws -> Network {
    var preprocessing = Preprocessing.torch
    (preprocessing.width, preprocessing.height) = (40, 32)
    let vgg = VGG(stages: [[8], [12], [16]], head: .globalAverage, classCount: 5)
    let network = try seededVGG(vgg, seed: 41, preprocessing: preprocessing)
    // The script multiplies the last layer's weights by 4.
    var graph = Graph()
    for node in network.graph.nodes {
      guard case .linear(let weight, let bias) = node.operation else {
        graph.add(node.name, node.operation, node.inputs)
        continue
      }
      graph.add(node.name, .linear(weight: try weight.map { $0 * 4 }, bias: bias), node.inputs)
    }
    return try Network(name: "small", graph: graph, preprocessing: preprocessing)
  }

  static func subject(_ classifier: (any Classifier)? = nil, seed: UInt64 = 41) throws -> Subject {
    let classifier = try classifier ?? network()
    let input = try Golden("gradients")["input"]
    let picture = try classifier.preprocessing.picture(of: input)
    let probabilities = try classifier.probabilities(input)[0]
    return Subject(
      classifier: classifier, picture: picture, fitted: picture, input: input, probabilities: probabilities,
      target: try classifier.target([], probabilities: probabilities), seed: seed, reference: nil)
  }

  /// The methods of tools/goldens/gradients.py, by name.
  static let names = [
    "saliency", "input-x-gradient", "guided-backprop", "deconvnet", "smoothgrad", "integrated-gradients", "grad-cam",
    "guided-grad-cam", "grad-cam++", "layer-cam", "eigen-cam", "score-cam",
  ]

  static func message(_ body: () throws -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return ""
  }
}

/// A classifier of the golden network that hands out less than it could.
struct Withholding: Classifier {
  let base: Network
  let isDifferentiable: Bool
  var name: String { "withholding" }
  var preprocessing: Preprocessing { base.preprocessing }
  var classCount: Int { base.classCount }
  var classNames: [String] { base.classNames }
  var layerNames: [String] { [] }

  func logits(_ batch: Tensor) throws -> Tensor { try base.logits(batch) }

  func trace(_ batch: Tensor, layer: String?, rule: ReluRule) throws -> any Trace {
    guard isDifferentiable, rule == .standard else { throw ExplainError(.unsupported, "not from here") }
    return try base.trace(batch, layer: layer, rule: rule)
  }
}

/// A classifier that counts its passes and tells nothing of its insides.
final class Counting: Classifier {
  let base: Network
  private let count = Atomic(0)

  init(base: Network) { self.base = base }

  var passes: Int { count.load(ordering: .relaxed) }
  var name: String { "counting" }
  var preprocessing: Preprocessing { base.preprocessing }
  var classCount: Int { base.classCount }
  var classNames: [String] { base.classNames }
  var isDifferentiable: Bool { true }
  var layerNames: [String] { [] }

  func logits(_ batch: Tensor) throws -> Tensor {
    count.add(1, ordering: .relaxed)
    return try base.logits(batch)
  }

  func trace(_ batch: Tensor, layer: String?, rule: ReluRule) throws -> any Trace {
    count.add(1, ordering: .relaxed)
    return try base.trace(batch, layer: layer, rule: rule)
  }
}
