#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

import Synchronization

/// Writing files so that they appear whole or not at all.
public enum WholeFile {
  /// How many files have been begun.
  private static let saved = Atomic<Int>(0)

  /// Writes `bytes` to a temporary name in the same folder, then renames it to `path`.
  ///
  /// - Throws: `.io` with the path and the system's reason, or because a device, a pipe or a socket stands there, which
  ///   would be replaced; what stood at `path` is then as it was.
  public static func save(_ bytes: [UInt8], to path: String) throws {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG, status.st_mode & S_IFMT != S_IFDIR {
      throw ExplainError.io("cannot write \(path): not a regular file")
    }
    // Threads may save to one path at once, and nobody else's file or link is written to.
    let number = saved.wrappingAdd(1, ordering: .relaxed).newValue
    let temporary = "\(path).\(getpid())-\(number).part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw ExplainError.io("cannot write \(path): \(MappedFile.reason())") }
    var failure: String?
    bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        let written = write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
        if written > 0 {
          offset += written
        } else if errno != EINTR {
          failure = MappedFile.reason()
          return
        }
      }
    }
    if close(descriptor) != 0, failure == nil { failure = MappedFile.reason() }
    if failure == nil, rename(temporary, path) != 0 { failure = MappedFile.reason() }
    if let failure {
      unlink(temporary)
      throw ExplainError.io("cannot write \(path): \(failure)")
    }
  }

  /// Makes the folder at `path`, and those above it, unless they are there.
  ///
  /// - Throws: `.io` with the path and the system's reason.
  public static func makeDirectory(_ path: String) throws {
    var prefix = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      prefix += (prefix.isEmpty || prefix.hasSuffix("/") ? "" : "/") + part
      guard mkdir(prefix, 0o755) != 0, errno != EEXIST else { continue }
      throw ExplainError.io("cannot make the folder \(path): \(MappedFile.reason())")
    }
    var status = stat()
    guard path.isEmpty || (stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR) else {
      throw ExplainError.io("cannot write into \(path): it is not a folder")
    }
  }
}
