import ArgumentParser
import ExplainCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What is in a file of weights or a model.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the tensors of a checkpoint, or the nodes and inputs of an ONNX file.",
    discussion: """
      Reads what torch.save writes (both of its formats), safetensors and ONNX. Nothing
      in a file is executed, and an ONNX file need not be one that can be explained.

      Examples:
        xpl inspect vgg19-dcbb9e9d.pth
        xpl inspect net.onnx
        xpl inspect net.onnx --json - | jq '.nodes[].operator'
      """)

  @Argument(help: "A .pth, .safetensors or .onnx file.")
  var file: String

  @OptionGroup(title: "Output") var report: ReportOptions

  func run() throws {
    try report.prepare()
    let inspection = try Inspection(path: file)
    try report.write([inspection.json], isList: false)
    if report.isReadable { try Output.write(inspection.text) }
  }
}

/// A file taken apart: as text and as a report.
protocol Inspectable {
  var text: String { get }
  var json: JSON { get }
}

/// Chooses how to read a file.
struct Inspection: Inspectable {
  let text: String
  let json: JSON

  /// - Throws: `.io`, `.badFile` or `.unsupported` with the path and what is wrong.
  init(path: String) throws {
    // An ONNX file begins with the IR version's tag.
    let isONNX = path.hasSuffix(".onnx") || Inspection.firstByte(of: path) == 0x08
    let inspected: any Inspectable = isONNX ? try ONNXInspection(path: path) : try CheckpointInspection(path: path)
    (text, json) = (inspected.text, inspected.json)
  }

  private static func firstByte(of path: String) -> UInt8? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var byte: UInt8 = 0
    return read(descriptor, &byte, 1) == 1 ? byte : nil
  }
}
