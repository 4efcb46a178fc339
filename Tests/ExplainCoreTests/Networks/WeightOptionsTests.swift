import Testing

@testable import ExplainCore

/// Networks that keep the weights of fully connected layers in 16 bits.
@Suite(.serialized) struct WeightOptionsTests {
  typealias Precision = WeightOptions.Precision

  private static let inputs = 3 * 8 * 8
  private static let preprocessing: Preprocessing = {
    var result = Preprocessing.torch
    (result.width, result.height) = (8, 8)
    return result
  }()

  /// Two fully connected layers whose extents fill neither vectors nor tasks; `change` is applied to the weights.
  private static func graph(_ change: (Tensor) throws -> Tensor = { $0 }) throws -> Graph {
    var graph = Graph()
    graph.add("flatten", .flatten(axis: 1), [0])
    let hidden = try change(seededInput([301, inputs], seed: 1))
    graph.add("hidden", .linear(weight: hidden, bias: try seededInput([301], seed: 2)), [1])
    graph.add("relu", .activation(.relu), [2])
    graph.add("scores", .linear(weight: try change(seededInput([7, 301], seed: 3)), bias: nil), [3])
    return graph
  }

  private static func network(_ precision: Precision, _ change: (Tensor) throws -> Tensor = { $0 }) throws -> Network {
    try Network(
      name: "narrow", graph: graph(change), preprocessing: preprocessing,
      weightOptions: WeightOptions(precision: precision))
  }

  private static func rounded(_ tensor: Tensor, _ precision: Precision) throws -> Tensor {
    try NarrowMatrix(tensor, precision, what: "test").tensor()
  }

  private static func bits(_ tensor: Tensor) -> [UInt32] { tensor.values.map(\.bitPattern) }

  /// Narrow weights are computed with in 32 bits, in the same order.
  @Test(arguments: [Precision.float16, .bfloat16], [1, 2, 8])
  func computesAsWithRoundedWeights(_ precision: Precision, _ batch: Int) throws {
    let narrow = try Self.network(precision)
    let wide = try Self.network(.float32) { try Self.rounded($0, precision) }
    let input = try seededInput([batch, 3, 8, 8], seed: 5)
    let direction = try seededInput([batch, 7], seed: 6)
    let (one, other) = (try narrow.trace(input), try wide.trace(input))
    #expect(Self.bits(one.logits) == Self.bits(other.logits))
    #expect(Self.bits(try one.inputGradient(direction)) == Self.bits(try other.inputGradient(direction)))
    let exact = try Self.network(.float32).logits(input)
    #expect(one.logits.values != exact.values && relativeL2(one.logits, exact) < (precision == .float16 ? 1e-3 : 8e-3))
  }

  /// With many pictures, panels of the weights are converted for matrix products, which take sums in another order.
  @Test(arguments: Precision.allCases) func largeBatchesAgreeWithSmallOnes(_ precision: Precision) throws {
    let network = try Self.network(precision)
    let input = try seededInput([19, 3, 8, 8], seed: 5)
    let direction = try seededInput([19, 7], seed: 6)
    let trace = try network.trace(input)
    let gradient = try trace.inputGradient(direction)
    for picture in 0..<19 {
      func part(_ tensor: Tensor, _ dimensions: [Int]) throws -> Tensor {
        let count = tensor.count / 19
        return try Tensor(Array(tensor.values[picture * count..<(picture + 1) * count]), dimensions)
      }
      let single = try network.trace(try part(input, [1, 3, 8, 8]))
      #expect(relativeL2(try part(trace.logits, [1, 7]), single.logits) < 2e-6)
      let alone = try single.inputGradient(try part(direction, [1, 7]))
      #expect(relativeL2(try part(gradient, [1, 3, 8, 8]), alone) < 2e-6)
    }
  }

  @Test(arguments: Precision.allCases) func sameBitsForAnyNumberOfThreads(_ precision: Precision) throws {
    defer { Parallel.threads = 0 }
    let network = try Self.network(precision)
    for batch in [1, 3, 11] {
      let input = try seededInput([batch, 3, 8, 8], seed: 5)
      let direction = try seededInput([batch, 7], seed: 6)
      var results: [[UInt32]] = []
      for threads in [1, 2, 5] {
        Parallel.threads = threads
        let trace = try network.trace(input)
        results.append(Self.bits(trace.logits) + Self.bits(try trace.inputGradient(direction)))
      }
      #expect(results[0] == results[1] && results[0] == results[2])
    }
  }

  @Test func namesTheLayerWhoseWeightsAreOutOfRange() throws {
    func large(_ tensor: Tensor) throws -> Tensor {
      var values = tensor.values
      if tensor.shape[0] == 7 { values[11] = -70_000 }
      return try Tensor(values, tensor.shape.dimensions)
    }
    let message = errorMessage { _ = try Self.network(.float16, large) }
    #expect(
      message == "layer scores: a weight of -70000.0 is beyond the range of float16; keep the weights as bfloat16 or "
        + "float32")
    #expect(errorMessage { _ = try Self.network(.bfloat16, large) } == "")
  }

  @Test func letsTheOriginalsGo() throws {
    weak var original: Storage?
    func load(_ precision: Precision) throws -> Network {
      try Self.network(precision) { weight in
        let copy = try weight.map { $0 }
        original = copy.storage
        return copy
      }
    }
    let wide = try load(.float32)
    #expect(original != nil)
    let narrow = try load(.float16)
    #expect(original == nil)
    #expect(wide.tensors.map(\.name) == narrow.tensors.map(\.name))
  }

  @Test(arguments: [Precision.float16, .bfloat16]) func tensorsAreConvertedWhenAskedFor(_ precision: Precision) throws {
    let tensors = try Self.network(precision).tensors
    #expect(tensors.map(\.name) == ["hidden.weight", "hidden.bias", "scores.weight"])
    #expect(tensors.map(\.shape.dimensions) == [[301, Self.inputs], [301], [7, 301]])
    #expect(tensors.map(\.isConverted) == [true, false, true])
    let expected = try Self.rounded(try seededInput([301, Self.inputs], seed: 1), precision)
    #expect(Self.bits(try tensors[0].tensor()) == Self.bits(expected))
    #expect(try tensors[1].tensor().values == seededInput([301], seed: 2).values)
  }
}
