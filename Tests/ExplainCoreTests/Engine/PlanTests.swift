import Testing

@testable import ExplainCore

/// What a plan keeps and prepares for the gradients that it is made for.
@Suite struct PlanTests {
  /// Two convolutions, the layer that is asked for, and a head that reads it twice, once beside the input.
  private static func convolution(_ outputs: Int, _ channels: Int, seed: UInt64) throws -> ExplainCore.Operation {
    var convolution = ExplainCore.Operation.Convolution(
      weight: try seededInput([outputs, channels, 3, 3], seed: seed), bias: try seededInput([outputs], seed: seed + 50))
    convolution.padding = .explicit(top: 1, left: 1, bottom: 1, right: 1)
    return .convolution(convolution)
  }

  /// Adds the head to a graph, whose values are the layer and its values `side` beside it.
  private static func addHead(to graph: inout Graph, layer: Int, side: Int) throws {
    let wide = graph.add("wide", try convolution(8, 8, seed: 4), [layer])
    let sum = graph.add("sum", .binary(.add), [wide, layer])
    let joined = graph.add("joined", .concatenate(axis: 1), [sum, side])
    let pooled = graph.add("pooled", .globalAveragePool, [joined])
    graph.add("flat", .flatten(axis: 1), [pooled])
  }

  /// A view of the input that comes after another reader of it: its gradient is one of two that are added.
  @Test func aLateViewOfTheInputChangesNothing() throws {
    let input = try seededInput([1, 3, 32, 32], seed: 7)
    let gradients = try [false, true].map { isLate in
      var graph = Graph()
      var view = 0
      if !isLate { view = graph.add("view", .identity, [0]) }
      let first = graph.add("first", try Self.convolution(32, 3, seed: 1), [0])
      if isLate { view = graph.add("view", .identity, [0]) }
      let second = graph.add("second", try Self.convolution(32, 3, seed: 2), [view])
      graph.add("sum", .binary(.add), [first, second])
      let plan = try Plan(graph, inputShape: [1, 3, 32, 32], gradientTarget: 0, weights: PreparedWeights())
      plan.run(input)
      return try plan.gradient(try seededInput(plan.outputShape, seed: 8), rule: .standard)
    }
    // The two contributions are added in the same order.
    #expect(gradients[0].values == gradients[1].values)
  }

  /// Sizes whose products no integer holds are refused before anything is counted with them.
  @Test func hugePaddingIsRefused() throws {
    var graph = Graph()
    let weight = try Tensor(repeating: 0.1, shape: Shape([512, 512, 3, 3]))
    let narrow = try Tensor(repeating: 0.1, shape: Shape([512, 3, 1, 1]))
    graph.add("narrow", .convolution(.init(weight: narrow, bias: nil)), [0])
    var convolution = ExplainCore.Operation.Convolution(weight: weight, bias: nil)
    convolution.padding = .explicit(top: 1 << 20, left: 1 << 20, bottom: 1 << 20, right: 1 << 20)
    graph.add("wide", .convolution(convolution), [1])
    #expect(throws: ExplainError.self) {
      _ = try Plan(graph, inputShape: [1, 3, 224, 224], gradientTarget: 0, weights: PreparedWeights())
    }
  }

  /// Taps that never meet the image cost nothing, however many there are: these are the maxima of all above and left.
  @Test func windowsMayBeFarLargerThanTheImage() throws {
    var pooling = ExplainCore.Operation.Pooling(.maximum, kernel: [1 << 20, 1 << 20])
    pooling.padding = .explicit(top: (1 << 20) - 1, left: (1 << 20) - 1, bottom: 0, right: 0)
    var graph = Graph()
    graph.add("pool", .pool(pooling), [0])
    let plan = try Plan(graph, inputShape: [1, 1, 5, 7], gradientTarget: 0, weights: PreparedWeights())
    let input = try seededInput([1, 1, 5, 7], seed: 9)
    plan.run(input)
    var maxima = input.values
    var gradient = [Float](repeating: 0, count: maxima.count)
    for y in 0..<5 {
      for x in 0..<7 {
        let above = y > 0 ? maxima[(y - 1) * 7 + x] : -.infinity
        let beside = x > 0 ? maxima[y * 7 + x - 1] : -.infinity
        maxima[y * 7 + x] = max(maxima[y * 7 + x], above, beside)
        if let index = input.values.firstIndex(of: maxima[y * 7 + x]) { gradient[index] += 1 }
      }
    }
    #expect(try plan.output().values == maxima)
    let ones = try Tensor(repeating: 1, shape: Shape([1, 1, 5, 7]))
    #expect(try plan.gradient(ones, rule: .standard).values == gradient)
  }

  /// The gradient of a view has no part in what else reads the value below it.
  @Test func theGradientOfAViewIsItsOwn() throws {
    let input = try seededInput([1, 3, 12, 20], seed: 7)
    let direction = try seededInput([1, 8, 12, 20], seed: 8)
    for isRead in [false, true] {
      var graph = Graph()
      let below = graph.add("below", try Self.convolution(8, 3, seed: 1), [0])
      let view = graph.add("view", .identity, [below])
      let first = graph.add("first", try Self.convolution(8, 8, seed: 2), [below])
      // A view of the view is read in its place.
      let second = graph.add("second", try Self.convolution(8, 8, seed: 3), [graph.add("again", .identity, [view])])
      graph.add("sum", .binary(.add), [first, isRead ? second : first])
      let plan = try Plan(
        graph, inputShape: input.shape.dimensions, kept: [view], gradientTarget: view, weights: PreparedWeights())
      plan.run(input)

      var head = Graph()
      head.add("second", try Self.convolution(8, 8, seed: 3), [0])
      let alone = try Plan(head, inputShape: plan.shape(of: view), gradientTarget: 0, weights: PreparedWeights())
      alone.run(try plan.value(view))
      let expected = try alone.gradient(direction, rule: .standard).values
      let gradient = try plan.gradient(direction, rule: .standard).values
      #expect(gradient == (isRead ? expected : expected.map { _ in 0 }))
    }
  }

  @Test func operationsTakeTheInputsThatTheyKnow() throws {
    var graph = Graph()
    let first = graph.add("first", .activation(.relu), [0])
    graph.add("both", .activation(.sigmoid), [first, 0])
    let error = #expect(throws: ExplainError.self) {
      _ = try Plan(graph, inputShape: [1, 3, 8, 8], gradientTarget: 0, weights: PreparedWeights())
    }
    #expect(error?.message.contains("layer both: 2 inputs") == true)
  }

  @Test func gradientsOfALayerAreThoseOfTheNetworkBehindIt() throws {
    let input = try seededInput([2, 3, 12, 20], seed: 7)
    var graph = Graph()
    let first = graph.add("first", try Self.convolution(8, 3, seed: 1), [0])
    let rectified = graph.add("rectified", .activation(.relu), [first])
    let side = graph.add("side", try Self.convolution(8, 8, seed: 2), [rectified])
    let second = graph.add("second", try Self.convolution(8, 8, seed: 3), [rectified])
    let layer = graph.add("layer", .activation(.relu), [second])
    try Self.addHead(to: &graph, layer: layer, side: side)

    var builder = PlanBuilder(
      graph: graph, kept: [layer], gradientTarget: layer, factory: StepFactory(weights: PreparedWeights()))
    try builder.build(inputShape: input.shape.dimensions)
    let walkedBack = Set(builder.steps.filter(\.isDifferentiable).map(\.output))
    #expect(walkedBack.isDisjoint(with: [rectified, side, layer]))
    #expect(walkedBack.count == 4)

    let plan = try Plan(
      graph, inputShape: input.shape.dimensions, kept: [layer, side], gradientTarget: layer, weights: PreparedWeights())
    plan.run(input)
    // The head alone: its input is what the layer gave, and what lies beside it a constant that changes no gradient.
    var head = Graph()
    let beside = head.add(
      "beside", .binaryWithConstant(.multiply, try Tensor([0], [1]), constantIsLeft: false), [0])
    try Self.addHead(to: &head, layer: 0, side: beside)
    let alone = try Plan(
      head, inputShape: plan.shape(of: layer), gradientTarget: 0, weights: PreparedWeights())
    alone.run(try plan.value(layer))
    let direction = try seededInput(plan.outputShape, seed: 8)
    for rule in [ReluRule.standard, .guided] {
      let gradient = try plan.gradient(direction, rule: rule).values
      #expect(gradient == (try alone.gradient(direction, rule: rule).values))
      #expect(gradient.contains { $0 != 0 })
    }

    // The value that was asked for by name, and the output, are those of a plan without gradients.
    let forward = try Plan(
      graph, inputShape: input.shape.dimensions, kept: [layer, side], gradientTarget: nil, weights: PreparedWeights())
    forward.run(input)
    for value in [layer, side] { #expect(try forward.value(value).values == plan.value(value).values) }
    #expect(try forward.output().values == plan.output().values)
  }
}
