import Foundation
import Testing

@testable import ExplainCore

/// Every operator and variant, against onnxruntime (tools/goldens/onnx_models.py).
@Suite struct ONNXValuesTests {
  static let cases = (try? Golden("onnx/models"))?.keys.filter { $0.hasSuffix("/output") }.map { String($0.dropLast(7)) } ?? []

  @Test func thereAreCases() { #expect(ONNXValuesTests.cases.count > 100) }

  @Test(arguments: cases) func translates(_ name: String) throws {
    let golden = try Golden("onnx/models")
    let model = try ONNXModel(bytes: try golden.bytes("\(name)/model").values, name: "\(name).onnx")
    let output = try golden["\(name)/output"]
    #expect(model.warnings.isEmpty)
    #expect(Set(model.layerNames).count == model.layerNames.count)
    let classes = output.count / output.shape[0]
    #expect(model.classCount == (name == "conv-open-size" ? nil : classes))
    #expect(model.inputExtents.count == 3 && model.inputExtents[0] != nil)
  }
}
