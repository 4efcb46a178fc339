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
  /// A link at `path` is followed, and a file that is replaced hands on who may read and write it.
  ///
  /// - Throws: `.io` with the path and the system's reason, or because a device, a pipe, a socket or a link to nothing
  ///   stands there, which would be replaced; what stood at `path` is then as it was.
  public static func save(_ bytes: [UInt8], to path: String) throws {
    let (target, mode) = try replaced(by: path)
    // Threads may save to one path at once, and nobody else's file or link is written to.
    let number = saved.wrappingAdd(1, ordering: .relaxed).newValue
    let temporary = "\(target).\(getpid())-\(number).part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw refusal(path) }
    var failure: String?
    if let mode, fchmod(descriptor, mode) != 0 { failure = MappedFile.reason() }
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
    if failure == nil, rename(temporary, target) != 0 { failure = MappedFile.reason() }
    if let failure {
      unlink(temporary)
      throw ExplainError.io("cannot write \(path): \(failure)")
    }
  }

  /// That the system does not let `path` be written, and its reason.
  private static func refusal(_ path: String) -> ExplainError {
    .io("cannot write \(path): \(MappedFile.reason())")
  }

  /// The file that is written when `path` is, and, if it is there already, who may read and write it.
  private static func replaced(by path: String) throws -> (path: String, mode: mode_t?) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return (path, nil) }
    let isLink = status.st_mode & S_IFMT == S_IFLNK
    guard stat(path, &status) == 0 else { throw refusal(path) }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG || kind == S_IFDIR else { throw ExplainError.io("cannot write \(path): not a regular file") }
    guard access(path, W_OK) == 0 else { throw refusal(path) }
    guard isLink else { return (path, status.st_mode & 0o777) }
    guard let resolved = realpath(path, nil) else { throw refusal(path) }
    defer { free(resolved) }
    return (String(cString: resolved), status.st_mode & 0o777)
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
