import Testing

@testable import ExplainCore

/// A convolution with its pooling in one step, against the same two as steps of their own.
@Suite struct PooledConvolutionTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var batch = 1
    let channels: Int
    let height, width: Int
    var hasRelu = true
    /// Of the second convolution.
    var padding = 1
  }

  static let cases = [
    Case(testDescription: "whole tiles", channels: 32, height: 28, width: 28),
    Case(testDescription: "rows longer than a block", channels: 31, height: 6, width: 130),
    Case(testDescription: "rows shorter than a vector", batch: 3, channels: 31, height: 4, width: 6),
    Case(testDescription: "one tile", channels: 32, height: 4, width: 4),
    Case(testDescription: "rows that end inside a tile", batch: 2, channels: 37, height: 30, width: 42),
    Case(testDescription: "no activation", channels: 30, height: 12, width: 14, hasRelu: false),
    Case(testDescription: "no padding", channels: 30, height: 14, width: 40, padding: 0),
    Case(testDescription: "many channels, few tiles", channels: 320, height: 14, width: 14),
  ]

  private func graph(_ example: Case) throws -> (Graph, pixels: Int) {
    var graph = Graph()
    func convolution(_ inputs: Int, _ padding: Int, seed: UInt64) throws -> ExplainCore.Operation {
      var convolution = ExplainCore.Operation.Convolution(
        weight: try seededInput([example.channels, inputs, 3, 3], seed: seed),
        bias: try seededInput([example.channels], seed: seed + 1))
      convolution.padding = .explicit(top: padding, left: padding, bottom: padding, right: padding)
      return .convolution(convolution)
    }
    var pooling = ExplainCore.Operation.Pooling(.maximum, kernel: [2, 2])
    pooling.strides = [2, 2]
    var value = graph.add("first", try convolution(3, 1, seed: 1), [0])
    value = graph.add("second", try convolution(example.channels, example.padding, seed: 3), [value])
    if example.hasRelu { value = graph.add("relu", .activation(.relu), [value]) }
    let pixels = value
    graph.add("pool", .pool(pooling), [value])
    return (graph, pixels)
  }

  private func count(_ graph: Graph, _ shape: [Int], kept: Set<Int> = []) throws -> Int {
    let factory = StepFactory(weights: PreparedWeights())
    var builder = PlanBuilder(graph: graph, kept: kept, gradientTarget: 0, factory: factory)
    try builder.build(inputShape: shape)
    return builder.steps.filter { $0.step is PooledConvolutionStep }.count
  }

  @Test(arguments: cases, Kernels.Level.allCases)
  func givesTheSameBitsAsTwoSteps(_ example: Case, _ level: Kernels.Level) throws {
    let (graph, pixels) = try graph(example)
    let shape = [example.batch, 3, example.height, example.width]
    // A value that is asked for is not fused away.
    #expect(try count(graph, shape) == 1)
    #expect(try count(graph, shape, kept: [pixels]) == 0)
    let input = try seededInput(shape, seed: 5)
    try Kernels.$forced.withValue(level) {
      let weights = PreparedWeights()
      let one = try Plan(graph, inputShape: shape, gradientTarget: 0, weights: weights)
      let two = try Plan(graph, inputShape: shape, kept: [pixels], gradientTarget: 0, weights: weights)
      let forwardOnly = try Plan(graph, inputShape: shape, gradientTarget: nil, weights: weights)
      for plan in [one, two, forwardOnly] { plan.run(input) }
      let expected = try two.output().values
      #expect(try one.output().values == expected)
      #expect(try forwardOnly.output().values == expected)
      let direction = try seededInput(two.outputShape, seed: 6)
      for rule in [ReluRule.standard, .guided, .deconvolution] {
        let gradient = try two.gradient(direction, rule: rule).values
        #expect(try one.gradient(direction, rule: rule).values == gradient)
        #expect(gradient.contains { $0 != 0 })
      }
    }
  }

  /// Of an odd row or column nothing goes into a window, which the fused step does not know.
  @Test func oddSizesStayTwoSteps() throws {
    let (graph, _) = try graph(Case(testDescription: "", channels: 32, height: 13, width: 12))
    #expect(try count(graph, [1, 3, 13, 12]) == 0)
  }
}
