import ExplainCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where a picture's results are written.
struct ResultPlace {
  /// The folder.
  let folder: String
  /// What stands before each name in it; usually empty.
  let prefix: String

  /// A place for each picture, all different.
  ///
  /// - Parameter folder: takes all results, several pictures' with their names in front; if nil, each picture has a
  ///   folder of its own in the current one: `dog-explanation` for `photos/dog.jpg` and the suffix `explanation`.
  static func of(pictures: [String], folder: String?, suffix: String) -> [ResultPlace] {
    var used: Set<String> = []
    return pictures.map { picture in
      let stem = picture.fileName.stem
      var name = stem
      var number = 2
      while !used.insert(name).inserted {
        name = "\(stem)-\(number)"
        number += 1
      }
      guard let folder else { return ResultPlace(folder: "\(name)-\(suffix)", prefix: "") }
      return ResultPlace(folder: folder, prefix: pictures.count > 1 ? name : "")
    }
  }

  /// Makes the folder and finds out whether it can be written to, which is better known before the work than after it.
  ///
  /// - Throws: `.io` with the path and the reason.
  func prepare() throws {
    try WholeFile.makeDirectory(folder)
    guard access(folder, W_OK) == 0 else {
      throw ExplainError(.io, "cannot write into \(folder): \(String(cString: strerror(errno)))")
    }
    for rendering in Explanation.Rendering.allCases {
      let path = "\(folder)/\(prefix.isEmpty ? "" : "\(prefix)-")\(rendering.fileName)"
      var status = stat()
      if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
        throw ExplainError(.io, "cannot write \(path): a folder of that name is there")
      }
    }
  }
}

extension String {
  /// A file's name without its extension.
  fileprivate var stem: String {
    guard let dot = lastIndex(of: "."), dot != startIndex else { return self }
    return String(self[..<dot])
  }
}
