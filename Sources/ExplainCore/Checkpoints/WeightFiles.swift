#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where torchvision's weights are kept: their file names, and the folders that PyTorch caches them in.
public enum WeightFiles {
  /// What a file's name is appended to for its download.
  public static let downloadAddress = "https://download.pytorch.org/models/"

  /// torchvision's ImageNet weights, by architecture; eight hexadecimal digits in a name begin the file's SHA-256.
  private static let hashes = [
    "vgg11": "8a719046", "vgg13": "19584684", "vgg16": "397923af", "vgg19": "dcbb9e9d",
    "vgg11_bn": "6002323d", "vgg13_bn": "abd245e5", "vgg16_bn": "6c64b313", "vgg19_bn": "c79401a0",
  ]

  /// The architectures whose weights have a known file name, sorted.
  public static var models: [String] { hashes.keys.sorted() }

  /// The file name of an architecture's weights, such as `vgg19-dcbb9e9d.pth`; nil for one that is not known.
  public static func fileName(of model: String) -> String? { hashes[model].map { "\(model)-\($0).pth" } }

  /// The first eight hexadecimal digits of the file's SHA-256; nil for an architecture that is not known.
  public static func hashPrefix(of model: String) -> String? { hashes[model] }

  /// PyTorch's cache folders, the one that PyTorch itself would use first: that is where downloads go.
  ///
  /// `$TORCH_HOME/hub/checkpoints`, `$XDG_CACHE_HOME/torch/hub/checkpoints`, `~/.cache/torch/hub/checkpoints`; without
  /// those whose variable is not set.
  public static var folders: [String] { folders { getenv($0).map { String(cString: $0) } } }

  /// The file with an architecture's weights.
  ///
  /// - Parameters:
  ///   - model: such as `vgg19`.
  ///   - path: where the user says the file is; nil to look in PyTorch's cache.
  /// - Throws: `.io` if there is no file; the message says where it was looked for and how to get it. `.invalidArgument`
  ///   for an architecture that is not known, unless there is a path.
  public static func find(_ model: String, path: String? = nil) throws -> String {
    try find(model, path: path, folders: folders)
  }

  static func folders(_ environment: (String) -> String?) -> [String] {
    func set(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
    let homes = [
      set("TORCH_HOME"), set("XDG_CACHE_HOME").map { $0 + "/torch" }, set("HOME").map { $0 + "/.cache/torch" },
    ]
    var folders: [String] = []
    for case let home? in homes where !folders.contains(home + "/hub/checkpoints") {
      folders.append(home + "/hub/checkpoints")
    }
    return folders
  }

  static func find(_ model: String, path: String?, folders: [String]) throws -> String {
    if let path {
      guard access(path, R_OK) == 0 else { throw ExplainError.io("cannot open \(path): \(MappedFile.reason())") }
      return path
    }
    guard let fileName = fileName(of: model) else {
      throw ExplainError.invalid(
        "no weights are known for \(model.printable): name a file, or one of \(models.joined(separator: ", "))")
    }
    for folder in folders where access("\(folder)/\(fileName)", R_OK) == 0 { return "\(folder)/\(fileName)" }
    let places = folders.isEmpty ? "no folder: neither TORCH_HOME nor HOME is set" : folders.joined(separator: ", ")
    throw ExplainError.io(
      "no weights for \(model): looked for \(fileName) in \(places); get it with: xpl fetch \(model)")
  }
}
