/// An ONNX classifier, translated into a graph.
///
/// Reads IR versions from 3 on and opsets 7 to 21 of image classifiers: one input `[N, C, H, W]`, whose first output
/// is `[N, classes]` or `[N, classes, 1, 1]`. A softmax at the end is left out, so that the graph makes logits. The
/// batch is free, even where the file fixes it. A file that takes `[N, H, W, C]` and transposes it first becomes a
/// graph that takes `[N, C, H, W]`. Weights that lie aligned in the file are used where they are; float16
/// models are computed in float32.
public struct ONNXModel: Sendable {
  /// The network.
  public let graph: Graph
  /// The name of the input.
  public let inputName: String
  /// Channels, rows and columns of the input; nil where the file leaves them open.
  public let inputExtents: [Int?]
  /// The number of classes, or nil if it depends on what the file leaves open.
  public let classCount: Int?
  /// Names of the layers in the order of execution: those of the nodes, or of their outputs.
  public let layerNames: [String]
  /// What a user should know, a line each; usually nothing.
  public let warnings: [String]
  /// What the file contains.
  public let summary: ONNXSummary

  /// Reads the file at `path`, and files of external data beside it, and keeps them mapped.
  ///
  /// - Throws: `.io` if a file cannot be read; `.badFile` if it is damaged or not ONNX; `.unsupported` if the model
  ///   needs an operator, or a use of it, that this library does not have; `.outOfMemory`.
  public init(path: String) throws { try self.init(try ONNXFile(path: path)) }

  /// Reads a file that is in memory; `name` stands for it in messages.
  ///
  /// - Throws: as `init(path:)`; `.unsupported` for external data.
  public init(bytes: [UInt8], name: String) throws {
    try self.init(bytes.withUnsafeBytes { try ONNXFile(copying: $0, name: name) })
  }

  /// Copies a file that is in memory; `name` stands for it in messages.
  ///
  /// - Throws: as `init(bytes:name:)`.
  public init(copying bytes: UnsafeRawBufferPointer, name: String) throws {
    try self.init(try ONNXFile(copying: bytes, name: name))
  }

  init(_ file: ONNXFile) throws {
    var translator = try ONNXTranslator(file)
    (graph, classCount) = try translator.translate()
    inputName = file.networkInputs.first?.name ?? ""
    inputExtents = translator.inputExtents
    layerNames = graph.nodes.map(\.name)
    warnings = translator.warnings
    summary = ONNXSummary(file)
  }
}
