import Testing

@testable import ExplainCore

/// Each operation's way back against central differences of its way forward.
@Suite struct StepGradientTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let operation: ExplainCore.Operation
    var input = [2, 4, 7, 6]
    /// Whether a second input of this shape is read.
    var second: [Int]?
  }

  static let cases: [Case] = {
    do { return try makeCases() } catch { return [] }
  }()

  private static func tensor(_ dimensions: [Int], _ stream: UInt64) throws -> Tensor {
    try seededInput(dimensions, seed: 77, stream: stream)
  }

  private static func convolution(
    _ weight: [Int], bias: Bool = true, strides: [Int] = [1, 1], dilations: [Int] = [1, 1],
    padding: ExplainCore.Operation.WindowPadding = .explicit(top: 0, left: 0, bottom: 0, right: 0), groups: Int = 1
  ) throws -> ExplainCore.Operation {
    var result = ExplainCore.Operation.Convolution(
      weight: try tensor(weight, 1), bias: bias ? try tensor([weight[0]], 2) : nil)
    (result.strides, result.dilations, result.padding, result.groups) = (strides, dilations, padding, groups)
    return .convolution(result)
  }

  private static func pooling(
    _ kind: ExplainCore.Operation.Pooling.Kind, _ kernel: [Int], strides: [Int], ceil: Bool = false,
    counts: Bool = false,
    padding: ExplainCore.Operation.WindowPadding = .explicit(top: 0, left: 0, bottom: 0, right: 0),
    dilations: [Int] = [1, 1]
  ) -> ExplainCore.Operation {
    var result = ExplainCore.Operation.Pooling(kind, kernel: kernel)
    (result.strides, result.ceilMode, result.countsPadding) = (strides, ceil, counts)
    (result.padding, result.dilations) = (padding, dilations)
    return .pool(result)
  }

  private static func makeCases() throws -> [Case] {
    let uneven = ExplainCore.Operation.WindowPadding.explicit(top: 1, left: 2, bottom: 0, right: 1)
    var cases = [
      Case(testDescription: "conv 3x3", operation: try convolution([5, 4, 3, 3])),
      Case(testDescription: "conv padded unevenly", operation: try convolution([5, 4, 3, 3], padding: uneven)),
      Case(
        testDescription: "conv strided, grouped, dilated",
        operation: try convolution([6, 2, 3, 2], strides: [2, 3], dilations: [2, 1], padding: uneven, groups: 2)),
      Case(
        testDescription: "conv same",
        operation: try convolution([3, 4, 4, 4], strides: [2, 2], padding: .same(oddAtEnd: true))),
      Case(testDescription: "conv 1x1", operation: try convolution([3, 4, 1, 1], bias: false)),
      Case(testDescription: "conv 1x1 strided", operation: try convolution([3, 4, 1, 1], strides: [2, 2])),
      Case(
        testDescription: "conv turned",
        operation: try convolution([3, 20, 3, 3], padding: .explicit(top: 1, left: 1, bottom: 1, right: 1)),
        input: [2, 20, 5, 6]),
      Case(
        testDescription: "conv by Winograd",
        operation: try convolution([32, 32, 3, 3], padding: .explicit(top: 1, left: 1, bottom: 1, right: 1)),
        input: [2, 32, 12, 13]),
      Case(
        testDescription: "conv by Winograd, no padding, channels that fill no block",
        operation: try convolution([61, 30, 3, 3]), input: [1, 30, 14, 15]),
      Case(
        testDescription: "conv turned, dilated, grouped",
        operation: try convolution(
          [4, 16, 3, 3], dilations: [2, 1], padding: .explicit(top: 2, left: 0, bottom: 1, right: 1), groups: 2),
        input: [1, 32, 7, 6]),
      Case(
        testDescription: "conv wide enough for several tasks",
        operation: try convolution([2, 2, 3, 3], padding: .explicit(top: 1, left: 1, bottom: 1, right: 1)),
        input: [1, 2, 70, 80]),
      Case(
        testDescription: "depthwise",
        operation: try convolution(
          [4, 1, 3, 3], strides: [2, 1], padding: .explicit(top: 1, left: 1, bottom: 1, right: 1), groups: 4)),
      Case(
        testDescription: "depthwise with multiplier, dilated",
        operation: try convolution([8, 1, 3, 2], dilations: [1, 2], padding: uneven, groups: 4)),
      Case(
        testDescription: "linear", operation: .linear(weight: try tensor([5, 9], 1), bias: try tensor([5], 2)),
        input: [1, 9]),
      Case(
        testDescription: "linear, batch", operation: .linear(weight: try tensor([5, 9], 1), bias: nil), input: [3, 9]),
      Case(testDescription: "max pool", operation: pooling(.maximum, [2, 2], strides: [2, 2])),
      Case(
        testDescription: "max pool, odd", operation: pooling(.maximum, [2, 2], strides: [2, 2]), input: [2, 3, 7, 9]),
      Case(
        testDescription: "max pool, overlapping, ceil",
        operation: pooling(.maximum, [3, 3], strides: [2, 2], ceil: true, padding: uneven)),
      Case(
        testDescription: "max pool, dilated",
        operation: pooling(.maximum, [2, 2], strides: [1, 1], dilations: [2, 2])),
      Case(
        testDescription: "average pool",
        operation: pooling(.average, [3, 2], strides: [2, 1], counts: true, padding: uneven)),
      Case(
        testDescription: "average pool, ceil",
        operation: pooling(.average, [3, 3], strides: [2, 2], ceil: true, padding: uneven)),
      Case(testDescription: "global average", operation: .globalAveragePool),
      Case(testDescription: "adaptive average", operation: .adaptiveAveragePool(height: 3, width: 4)),
      Case(
        testDescription: "scale and shift",
        operation: .scaleAndShift(scale: try tensor([4], 1), shift: try tensor([4], 2))),
      Case(testDescription: "softmax", operation: .softmax(axis: 1, overTrailingAxes: false)),
      Case(testDescription: "softmax, trailing", operation: .softmax(axis: 1, overTrailingAxes: true)),
      Case(
        testDescription: "local response",
        operation: .localResponseNormalization(size: 3, alpha: 0.7, beta: 0.75, bias: 1.5)),
      Case(testDescription: "mean", operation: .mean(axes: [-1, 1], keepsAxes: true)),
      Case(testDescription: "transpose", operation: .transpose([0, 2, 3, 1])),
      Case(
        testDescription: "slice",
        operation: .slice([
          .init(axis: 1, start: 1, end: .max, step: 2), .init(axis: -1, start: -1, end: .min + 1, step: -2),
        ])),
      Case(
        testDescription: "pad reflected",
        operation: .pad(begin: [0, 0, 2, 1], end: [0, 0, 1, 3], mode: .reflect)),
      Case(testDescription: "pad edge", operation: .pad(begin: [0, 1, 2, 0], end: [0, 0, 1, 3], mode: .edge)),
      Case(
        testDescription: "pad constant", operation: .pad(begin: [0, 1, 0, 0], end: [0, 0, 1, 3], mode: .constant(0.5))),
      Case(testDescription: "concatenation", operation: .concatenate(axis: 1), second: [2, 3, 7, 6]),
    ]
    for (name, activation) in [
      ("relu", ExplainCore.Operation.Activation.relu), ("leaky relu", .leakyRelu(slope: 0.1)),
      ("clip", .clip(minimum: -0.25, maximum: 0.5)), ("sigmoid", .sigmoid),
      ("hard sigmoid", .hardSigmoid(alpha: 0.8, beta: 0.5)), ("hard swish", .hardSwish),
    ] {
      cases.append(Case(testDescription: name, operation: .activation(activation)))
    }
    for (name, binary) in [
      ("add", ExplainCore.Operation.BinaryOperator.add), ("subtract", .subtract), ("multiply", .multiply),
      ("divide", .divide),
    ] {
      cases.append(Case(testDescription: name, operation: .binary(binary), second: [2, 4, 1, 6]))
      // Away from zero, where a quotient has no derivative to measure.
      let constant = try tensor([4, 1, 1], 5).map { $0 + ($0 < 0 ? -1 : 1) }
      cases.append(
        Case(
          testDescription: "\(name) constant", operation: .binaryWithConstant(binary, constant, constantIsLeft: false)))
    }
    return cases
  }

  @Test(arguments: cases) func agreesWithCentralDifferences(_ example: Case) throws {
    // A second input is made from the first by a fixed linear layer, so that both depend on what is perturbed.
    var graph = Graph()
    if let second = example.second {
      let channels = second[1]
      let weight = try seededInput([channels, example.input[1], 1, 1], seed: 9)
      var other = graph.add("projection", .convolution(.init(weight: weight, bias: nil)), [0])
      if second[2] == 1 { other = graph.add("rows", .mean(axes: [2], keepsAxes: true), [other]) }
      // Away from zero, so that quotients are smooth.
      other = graph.add("away", .binaryWithConstant(.add, try Tensor([4], [1]), constantIsLeft: false), [other])
      graph.add("subject", example.operation, [0, other])
    } else {
      graph.add("subject", example.operation, [0])
    }
    let plan = try Plan(graph, inputShape: example.input, gradientTarget: 0, weights: PreparedWeights())
    var input = try seededInput(example.input, seed: 3)
    plan.run(input)
    let direction = try seededInput(plan.outputShape, seed: 4)
    let gradient = try plan.gradient(direction, rule: .standard).values
    func projection(_ x: Tensor) throws -> Double {
      plan.run(x)
      return zip(try plan.output().values, direction.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    // A step of 1/256 is exact in float32. Its rounding error is near 1e-7 * |f| * 256 = 1e-4 for sums of some
    // hundred terms, its truncation error h² = 1.5e-5 times a third derivative; a kink of a ReLU or a maximum within
    // the step shows in one element, so the few largest deviations may be theirs.
    let step: Float = 1 / 256
    var deviations: [Double] = []
    var scale = 0.0
    // A prime step through the elements, so that every row, column and channel is met.
    for probe in 0..<min(input.count, 97) {
      let index = probe * 7919 % input.count
      let original = try input.withMutablePointer { values -> Float in
        defer { values[index] += step }
        return values[index]
      }
      let above = try projection(input)
      try input.withMutablePointer { $0[index] = original - step }
      let below = try projection(input)
      try input.withMutablePointer { $0[index] = original }
      let difference = (above - below) / Double((original + step) - (original - step))
      deviations.append(abs(difference - Double(gradient[index])))
      scale = max(scale, abs(difference))
    }
    deviations.sort()
    #expect(scale > 0)
    let allowed = deviations.count * 95 / 100
    #expect(deviations[allowed - 1] < 2e-3 * max(1, scale), "largest \(deviations.suffix(3)), scale \(scale)")
  }

  @Test func casesWereMade() { #expect(Self.cases.count == 48) }
}
