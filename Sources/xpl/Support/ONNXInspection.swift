import ExplainCore

/// The graph of an ONNX file, and whether it can be explained.
struct ONNXInspection: Inspectable {
  private let path: String
  private let summary: ONNXSummary
  /// Why the model cannot be run; nil if it can.
  private let obstacle: String?
  private let warnings: [String]

  /// - Throws: as `ONNXSummary(path:)`.
  init(path: String) throws {
    self.path = path
    summary = try ONNXSummary(path: path)
    do {
      warnings = try ONNXModel(path: path).warnings
      obstacle = nil
    } catch let error as ExplainError {
      warnings = []
      obstacle = error.message
    }
  }

  private var producer: String {
    [summary.producer, summary.producerVersion].filter { !$0.isEmpty }.joined(separator: " ")
  }

  var text: String {
    let opsets = summary.opsets.map { "\($0.domain.isEmpty ? "" : $0.domain.onOneLine + " ")\($0.version)" }
    let nodes = summary.nodes.map { node in
      [
        node.operatorType.onOneLine, node.name.onOneLine,
        node.inputs.joined(separator: ", ").onOneLine + " -> "
          + node.outputs.joined(separator: ", ").onOneLine,
      ]
    }
    return "\(path.onOneLine): ONNX, IR version \(summary.irVersion), opset \(opsets.joined(separator: ", "))"
      + (producer.isEmpty ? "" : ", by \(producer.onOneLine)")
      + ", \(summary.nodes.count) nodes\n"
      + (obstacle.map { "cannot be explained: \($0.onOneLine)\n" } ?? "can be explained\n")
      + warnings.map { "warning: \($0.onOneLine)\n" }.joined()
      + ONNXInspection.section("inputs", summary.inputs) + ONNXInspection.section("outputs", summary.outputs)
      + (nodes.isEmpty ? "" : "nodes\n\(Text.table(nodes, indentation: 2))")
      + ONNXInspection.section("initializers", summary.initializers)
  }

  private static func section(_ title: String, _ values: [ONNXSummary.Value]) -> String {
    let rows = values.map { value in
      [
        value.name.onOneLine, value.elementType,
        value.shape.map { $0.joined(separator: "x").onOneLine } ?? "any shape",
      ]
    }
    return rows.isEmpty ? "" : "\(title)\n\(Text.table(rows, indentation: 2))"
  }

  var json: JSON {
    .object([
      .init("file", .string(path)),
      .init("format", .string("ONNX")),
      .init("ir_version", .integer(summary.irVersion)),
      .init(
        "opsets",
        .array(
          summary.opsets.map {
            .object([.init("domain", .string($0.domain)), .init("version", .integer($0.version))])
          })),
      .init("producer", .string(producer)),
      .init("graph", .string(summary.graphName)),
      .init("is_supported", .bool(obstacle == nil)),
      .init("obstacle", obstacle.map { .string($0) } ?? .null),
      .init("warnings", .array(warnings.map { .string($0) })),
      .init("inputs", .array(summary.inputs.map(ONNXInspection.json))),
      .init("outputs", .array(summary.outputs.map(ONNXInspection.json))),
      .init(
        "nodes",
        .array(
          summary.nodes.map { node in
            .object([
              .init("name", .string(node.name)), .init("operator", .string(node.operatorType)),
              .init("inputs", .array(node.inputs.map { .string($0) })),
              .init("outputs", .array(node.outputs.map { .string($0) })),
            ])
          })),
      .init("initializers", .array(summary.initializers.map(ONNXInspection.json))),
    ])
  }

  private static func json(_ value: ONNXSummary.Value) -> JSON {
    .object([
      .init("name", .string(value.name)), .init("type", .string(value.elementType)),
      .init(
        "shape", value.shape.map { .array($0.map { text in Int(text).map { JSON($0) } ?? .string(text) }) } ?? .null),
    ])
  }
}
