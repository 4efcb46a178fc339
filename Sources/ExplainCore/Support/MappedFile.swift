#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A regular file mapped read-only into memory, so that weights are read by the page when they are first used.
///
/// A file that another process truncates while it is mapped raises SIGBUS at the next access, as it does for every
/// mapped file; checkpoints are replaced by renaming, never rewritten in place.
final class MappedFile: @unchecked Sendable {
  let path: String
  let bytes: UnsafeRawBufferPointer

  /// Maps the file at `path`.
  ///
  /// - Throws: `.io` if it is missing, a directory, or not readable; `.badFile` if it is empty.
  init(path: String) throws {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw ExplainError.io("cannot open \(path): \(MappedFile.reason())") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw ExplainError.io("cannot read \(path): \(MappedFile.reason())") }
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFDIR else { throw ExplainError.io("cannot read \(path): it is a directory") }
    guard kind == S_IFREG else { throw ExplainError.io("cannot read \(path): it is not a regular file") }
    guard let size = Int(exactly: status.st_size), size > 0 else { throw ExplainError.badFile("\(path) is empty") }
    guard let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED else {
      throw ExplainError.io("cannot map \(path) (\(size) bytes): \(MappedFile.reason())")
    }
    bytes = UnsafeRawBufferPointer(start: base, count: size)
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }

  /// What the operating system said last, as a clause.
  static func reason() -> String {
    let number = errno
    return strerror(number).map { String(cString: $0) } ?? "error \(number)"
  }

  /// Lets go of the whole pages among bytes that have been copied, so that they are not resident twice; they can
  /// still be read, from the file.
  static func release(_ bytes: UnsafeRawBufferPointer) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    guard page > 0, let base = bytes.baseAddress else { return }
    let start = (Int(bitPattern: base) + page - 1) / page * page
    let end = (Int(bitPattern: base) + bytes.count) / page * page
    guard start < end, let pointer = UnsafeMutableRawPointer(bitPattern: start) else { return }
    madvise(pointer, end - start, MADV_DONTNEED)
  }
}
