import ExplainCore

/// The tensors of a checkpoint.
struct CheckpointInspection: Inspectable {
  private let path: String
  private let checkpoint: Checkpoint

  /// - Throws: as `Checkpoint(path:)`.
  init(path: String) throws {
    self.path = path
    checkpoint = try Checkpoint(path: path)
  }

  private var count: Int { checkpoint.entries.reduce(0) { $0 &+ $1.shape.count } }
  private var bytes: Int { checkpoint.entries.reduce(0) { $0 &+ $1.shape.count &* $1.type.size } }

  var text: String {
    let tensors = checkpoint.entries.map { entry in
      [entry.name.onOneLine, entry.type.name, entry.shape.dimensions.map(String.init).joined(separator: "x")]
    }
    let metadata = checkpoint.metadata.sorted { $0.key < $1.key }.map { name, value in
      "  \(name.onOneLine): \(value.onOneLine)\n"
    }
    return "\(path.onOneLine): \(checkpoint.format.rawValue), \(checkpoint.entries.count) tensors, "
      + "\(Text.grouped(count)) elements, \(Text.bytes(bytes))\n"
      + (metadata.isEmpty ? "" : "metadata\n\(metadata.joined())")
      + (tensors.isEmpty ? "" : "tensors\n\(Text.table(tensors, indentation: 2))")
  }

  var json: JSON {
    .object([
      .init("file", .string(path)),
      .init("format", .string(checkpoint.format.rawValue)),
      .init("elements", .integer(count)),
      .init("bytes", .integer(bytes)),
      .init("metadata", .object(checkpoint.metadata.sorted { $0.key < $1.key }.map { .init($0, .string($1)) })),
      .init(
        "tensors",
        .array(
          checkpoint.entries.map { entry in
            .object([
              .init("name", .string(entry.name)), .init("type", .string(entry.type.name)),
              .init("shape", .array(entry.shape.dimensions.map { JSON($0) })),
            ])
          })),
    ])
  }
}
