import ExplainCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where each picture's results are written.
struct ResultPlaces {
  /// A folder, and what stands before each name in it.
  struct Place: Equatable {
    var folder: String
    var prefix = ""
  }

  /// One for each picture, all different.
  let all: [Place]

  /// - Parameter folder: takes all results, several pictures' with their names in front; if nil, each picture has a
  ///   folder of its own in the current one: `dog-explanation` for `photos/dog.jpg`.
  init(pictures: [String], folder: String?) {
    var used: Set<String> = []
    all = pictures.map { picture in
      let stem = picture.fileName.stem
      var name = stem
      var number = 2
      while !used.insert(name).inserted {
        name = "\(stem)-\(number)"
        number += 1
      }
      guard let folder else { return Place(folder: "\(name)-explanation") }
      return Place(folder: folder, prefix: pictures.count > 1 ? name : "")
    }
  }

  /// Makes the folders and finds out whether they can be written to, which is better known before the work than
  /// after it.
  ///
  /// - Throws: `.io` with the path and the reason.
  func prepare() throws {
    var prepared: Set<String> = []
    for place in all where prepared.insert(place.folder).inserted {
      try WholeFile.makeDirectory(place.folder)
      guard access(place.folder, W_OK) == 0 else {
        throw ExplainError(.io, "cannot write into \(place.folder): \(String(cString: strerror(errno)))")
      }
    }
    for place in all {
      for rendering in Explanation.Rendering.allCases {
        let name = (place.prefix.isEmpty ? "" : "\(place.prefix)-") + rendering.fileName
        var status = stat()
        if stat("\(place.folder)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
          throw ExplainError(.io, "cannot write \(place.folder)/\(name): a folder of that name is there")
        }
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
