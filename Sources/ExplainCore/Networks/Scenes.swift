import CEmbedded

/// The embedded demonstration model: a small VGG that tells twelve kinds of objects in rendered scenes apart.
///
/// `docs/scenes.md` is its model card.
enum Scenes {
  /// Keeps the library's read-only data apart from files that can be closed.
  private final class Embedded {}

  /// - Throws: `.badFile` if the embedded file is not what the library was built for; what the request demands.
  static func network(_ request: ModelRequest) throws -> Network {
    let bytes = UnsafeRawBufferPointer(start: xpl_embedded_scenes(), count: xpl_embedded_scenes_size())
    let checkpoint = try Checkpoint(bytes: bytes, owner: Embedded(), name: "the embedded model scenes")
    let names = (checkpoint.metadata["classes"] ?? "").split(separator: ",").map(String.init)
    var stages: [[Int]] = [[]]
    let layers = (checkpoint.metadata["config"] ?? "").split(separator: ",")
    for part in layers {
      if part == "M" {
        stages.append([])
      } else if let width = Int(part) {
        stages[stages.count - 1].append(width)
      }
    }
    var vgg = VGG(stages: stages.filter { !$0.isEmpty }, head: .globalAverage, classCount: names.count)
    vgg.endsInPool = layers.last == "M"
    let state = try StateDictionary(checkpoint, fitting: "scenes", expected: vgg.tensors)
    return try Network(
      name: "scenes", graph: try vgg.graph { try state.tensor($0) },
      preprocessing: try request.preprocessing(over: .torch),
      classNames: request.labels == nil ? names : try request.classNames(count: names.count),
      weightOptions: request.weightOptions)
  }
}
