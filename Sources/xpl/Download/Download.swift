import ExplainCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that is fetched into its place: begun under another name, gone on with where it was broken off, and given
/// its final name once its hash is right.
struct Download {
  let address: String
  /// Whether only encrypted connections are used.
  let isSecure: Bool
  /// Where the file belongs.
  let path: String
  /// What its SHA-256 begins with, in hexadecimal digits.
  let hashPrefix: String

  private var partPath: String { path + ".part" }

  /// - Parameter progress: called often, with the bytes that are there and, once it is known, the whole file's number.
  /// - Throws: `.io` with the address or path and the reason; `Status.interrupted`.
  func run(progress: @escaping (_ done: Int, _ total: Int?) -> Void) throws {
    let descriptor = try lockedPart()
    defer { close(descriptor) }
    let library = try CurlLibrary()
    var size = Int(lseek(descriptor, 0, SEEK_END))
    while true {
      let transfer = try Transfer(library, to: descriptor, present: size, progress: progress)
      let outcome = transfer.run(address, protocols: isSecure ? "https" : "http,https")
      let hasGrown = transfer.size > size
      size = transfer.size
      switch outcome {
      case .finished:
        return try finish(descriptor)
      case .nothingLeft:
        // What was there is the whole file, or something else that is as long or longer.
        if try SHA256.hexadecimal(ofFileAt: partPath).hasPrefix(hashPrefix) { return try finish(descriptor) }
        guard ftruncate(descriptor, 0) == 0 else { throw unwritable(String(cString: strerror(errno))) }
        size = 0
      case .interrupted:
        Output.complain("interrupted; \(Text.bytes(size)) are kept, and the next fetch goes on from there")
        throw Status.interrupted
      case .refused(let status):
        removeIfEmpty(size)
        throw ExplainError(.io, "cannot download \(address): the server answers \(status)")
      case .unwritable(let reason):
        throw unwritable(reason)
      case .broken(let reason):
        // A connection that brought something is worth another.
        guard hasGrown else {
          removeIfEmpty(size)
          throw ExplainError(
            .io,
            "cannot download \(address): \(reason)"
              + (size > 0 ? "; \(Text.bytes(size)) are kept, and the next fetch goes on from there" : ""))
        }
        sleep(1)
      }
    }
  }

  /// Opens the unfinished file and makes sure that no other process writes it.
  private func lockedPart() throws -> Int32 {
    while true {
      let descriptor = open(partPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw unwritable(String(cString: strerror(errno))) }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        close(descriptor)
        throw ExplainError(.io, "cannot write \(partPath): another download writes it")
      }
      // Another process may have finished between the two calls, and this would be its file.
      var (ours, named) = (stat(), stat())
      if fstat(descriptor, &ours) == 0, stat(partPath, &named) == 0, ours.st_ino == named.st_ino { return descriptor }
      close(descriptor)
    }
  }

  private func finish(_ descriptor: Int32) throws {
    let hash = try SHA256.hexadecimal(ofFileAt: partPath)
    guard hash.hasPrefix(hashPrefix) else {
      unlink(partPath)
      throw ExplainError(
        .badFile,
        "\(address) is not the file that was expected: its SHA-256 begins \(hash.prefix(8)), not \(hashPrefix)")
    }
    guard fsync(descriptor) == 0, rename(partPath, path) == 0 else {
      throw unwritable(String(cString: strerror(errno)))
    }
  }

  private func removeIfEmpty(_ size: Int) {
    if size == 0 { unlink(partPath) }
  }

  private func unwritable(_ reason: String) -> ExplainError { ExplainError(.io, "cannot write \(path): \(reason)") }
}
