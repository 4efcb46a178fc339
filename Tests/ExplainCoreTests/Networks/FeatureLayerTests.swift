import Testing

@testable import ExplainCore

/// Which layer counts as the last convolution's features.
@Suite struct FeatureLayerTests {
  private func convolution(_ outputs: Int, _ inputs: Int, kernel: Int = 1) throws -> Operation {
    .convolution(
      Operation.Convolution(
        weight: try Tensor(repeating: 0.1, shape: Shape([outputs, inputs, kernel, kernel])), bias: nil))
  }

  private func network(_ graph: Graph) throws -> Network {
    var preprocessing = Preprocessing.torch
    (preprocessing.width, preprocessing.height) = (6, 6)
    return try Network(name: "made", graph: graph, preprocessing: preprocessing)
  }

  @Test func vggEndsInAReLU() throws {
    for isNormalized in [false, true] {
      let vgg = VGG(
        stages: [[4], [4, 4]], isNormalized: isNormalized, head: .fullyConnected(hidden: 3), classCount: 2)
      let network = try seededVGG(vgg, seed: 1)
      #expect(network.defaultLayer == (isNormalized ? "features.9" : "features.6"))
    }
    #expect(try ModelRequest("scenes").load().defaultLayer != nil)
  }

  /// Channels for Winograd's method, and windows for its pooling: the last ReLU is fused away, and is what is asked for.
  @Test func aFusedReLUIsStillTheLastFeatures() throws {
    for isNormalized in [false, true] {
      let vgg = VGG(
        stages: [[32], [32, 32]], isNormalized: isNormalized, head: .fullyConnected(hidden: 3), classCount: 2)
      #expect(try seededVGG(vgg, seed: 1).defaultLayer == (isNormalized ? "features.9" : "features.6"))
    }
  }

  @Test func residualSumsAndConcatenationsAreFollowed() throws {
    var graph = Graph()
    graph.add("a", try convolution(4, 3), [0])
    graph.add("b", try convolution(4, 4), [1])
    graph.add("sum", .binary(.add), [2, 1])
    graph.add("relu", .activation(.relu), [3])
    graph.add("pool", .globalAveragePool, [4])
    #expect(try network(graph).defaultLayer == "relu")

    graph = Graph()
    graph.add("a", try convolution(4, 3), [0])
    graph.add("b", try convolution(4, 3), [0])
    graph.add("join", .concatenate(axis: 1), [1, 2])
    graph.add("pool", .globalAveragePool, [3])
    #expect(try network(graph).defaultLayer == "join")
  }

  @Test func convolutionsOfOnePositionDoNotCount() throws {
    var graph = Graph()
    graph.add("features", try convolution(4, 3), [0])
    graph.add("relu", .activation(.relu), [1])
    graph.add("connected", try convolution(2, 4, kernel: 6), [2])
    #expect(try network(graph).defaultLayer == "relu")
    graph = Graph()
    graph.add("connected", try convolution(2, 3, kernel: 6), [0])
    let network = try network(graph)
    #expect(network.defaultLayer == nil)
    let picture = try Picture(width: 1, height: 1, pixels: [9, 9, 9])
    #expect(
      GradientGolden.message { _ = try network.explain(picture, by: GradCAM()) }.contains("give the option layer"))
  }
}
