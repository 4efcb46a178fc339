import Testing

@testable import ExplainCore

@Suite struct OperationTests {
  private static let names = operationCases.keys.sorted()

  /// No case of the golden file goes untested, and none is tested that it does not have.
  @Test func everyGoldenHasItsOperation() throws {
    let keys = try Golden("autodiff").keys.filter { $0.hasSuffix(".value") }
    #expect(keys.map { String($0.dropLast(".value".count)) }.sorted() == OperationTests.names)
  }

  @Test(arguments: OperationTests.names) func agreesWithPyTorch(_ name: String) throws {
    let (golden, inputs, weights) = try load(name)
    let operation = try #require(operationCases[name])
    let result = try operation(inputs)
    let expected = try golden["\(name).value"]
    // A few roundings of single precision on values near 1, in sums of at most some hundred terms.
    #expect(maximumDifference(result.value, expected) <= 3e-6 * scale(expected))
    let gradients = try result.gradients(withRespectTo: inputs, outputGradient: weights)
    for (index, gradient) in gradients.enumerated() {
      let expected = try golden["\(name).gradient\(index)"]
      #expect(maximumDifference(gradient, expected) <= 3e-6 * scale(expected), "gradient \(index)")
    }
  }

  /// The step balances the error of a central difference, h² f''' / 6 (1/x at 0.4 has the largest: 2e-3 beside a
  /// gradient of 9), and that of rounding, 2^-24 |f| / h, about 1e-5 an element.
  @Test(arguments: OperationTests.names.filter { !$0.hasPrefix("tie_") })
  func agreesWithFiniteDifferences(_ name: String) throws {
    let (_, inputs, weights) = try load(name)
    let operation = try #require(operationCases[name])
    let gradients = try operation(inputs).gradients(withRespectTo: inputs, outputGradient: weights)
    let step: Float = 0x1p-7
    for (index, gradient) in gradients.enumerated() {
      func projection(_ element: Int, _ change: Float) throws -> Double {
        var moved = inputs[index].value
        try moved.withMutablePointer { $0[element] += change }
        var constants = inputs.map { $0.detached() }
        constants[index] = Variable(constant: moved)
        return zip(try operation(constants).value.values, weights.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      }
      let differences = try (0..<gradient.count).map { element in
        Float((try projection(element, step) - projection(element, -step)) / Double(2 * step))
      }
      let expected = try Tensor(differences, gradient.shape.dimensions)
      #expect(maximumDifference(gradient, expected) <= 1e-3 * scale(expected), "input \(index)")
    }
  }

  private func load(_ name: String) throws -> (golden: Golden, inputs: [Variable], weights: Tensor) {
    let golden = try Golden("autodiff")
    let inputs = golden.keys.filter { $0.hasPrefix("\(name).input") }
    return (golden, try inputs.map { Variable(learned: try golden[$0]) }, try golden["\(name).weights"])
  }

  private func scale(_ tensor: Tensor) -> Float { tensor.values.reduce(1) { max($0, abs($1)) } }
}
