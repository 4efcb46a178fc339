import Foundation
import Testing

@testable import ExplainCore

/// Every operator and variant, against onnxruntime (tools/goldens/onnx_models.py).
@Suite struct ONNXValuesTests {
  static let cases =
    (try? Golden("onnx/models"))?.keys.filter { $0.hasSuffix("/output") }.map { String($0.dropLast(7)) } ?? []

  @Test func thereAreCases() { #expect(ONNXValuesTests.cases.count > 100) }

  @Test(arguments: cases) func translates(_ name: String) throws {
    let golden = try Golden("onnx/models")
    let model = try ONNXModel(bytes: try golden.bytes("\(name)/model").values, name: "\(name).onnx")
    let output = try golden["\(name)/output"]
    #expect(model.warnings.isEmpty)
    #expect(Set(model.layerNames).count == model.layerNames.count)
    let classes = output.count / output.shape[0]
    #expect(model.classCount == (name == "conv-open-size" ? nil : classes))
    let numbers = try #require(golden.metadata(name)).split(separator: " ").map(String.init)
    let seed = try #require(UInt64(numbers[0]))
    let range = try #require(Float(numbers[1]))...(try #require(Float(numbers[2])))
    let shape = numbers[3...].compactMap { Int($0) }
    #expect(model.inputExtents == (name == "conv-open-size" ? [3, nil, nil] : shape[1...].map { $0 }))

    var random = Random(seed: seed)
    let batch = try random.uniform(Shape(shape), in: range)
    let plan = try Plan(model.graph, inputShape: shape, gradientTarget: nil, weights: PreparedWeights())
    plan.run(batch)
    let logits = try plan.output().reshaped(output.shape.dimensions)
    // Both sum in float32, in different orders.
    let error = relativeL2(logits, output)
    #expect(error < 1e-5, "\(name): \(error)")
  }
}
