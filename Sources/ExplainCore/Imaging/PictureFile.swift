#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of a picture file and its name, with reads that stay inside.
struct PictureFile {
  /// The largest file that is read.
  static let maximumBytes = 256 << 20

  let name: String
  let bytes: UnsafeRawBufferPointer

  /// All bytes of a regular file.
  ///
  /// Pictures are read, not mapped: they are small, and a file that shrinks while it is read is then an error and
  /// not a signal.
  static func read(_ path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw ExplainError.io("cannot open \(path): \(MappedFile.reason())") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw ExplainError.io("cannot read \(path): \(MappedFile.reason())") }
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFDIR else { throw ExplainError.io("cannot read \(path): it is a directory") }
    guard kind == S_IFREG else { throw ExplainError.io("cannot read \(path): it is not a regular file") }
    guard let size = Int(exactly: status.st_size), size <= maximumBytes else {
      throw ExplainError.badFile("\(path) is larger than \(maximumBytes >> 20) MiB, the limit for a picture")
    }
    guard size > 0 else { throw ExplainError.badFile("\(path) is empty") }
    var failure: String?
    let result = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        #if canImport(Darwin)
          let got = Darwin.read(descriptor, buffer.baseAddress! + count, size - count)
        #elseif canImport(Musl)
          let got = Musl.read(descriptor, buffer.baseAddress! + count, size - count)
        #else
          let got = Glibc.read(descriptor, buffer.baseAddress! + count, size - count)
        #endif
        if got > 0 {
          count += got
        } else if got == 0 {
          failure = "it became shorter while it was read"
          return
        } else if errno != EINTR {
          failure = MappedFile.reason()
          return
        }
      }
    }
    if let failure { throw ExplainError.io("cannot read \(path): \(failure)") }
    return result
  }

  func starts(with signature: [UInt8], at offset: Int = 0) -> Bool {
    bytes.count - offset >= signature.count && bytes[offset...].starts(with: signature)
  }

  /// The whole number of 2 or 4 bytes at `offset`; nil beyond the end.
  static func integer(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, bytes size: Int, bigEndian: Bool
  ) -> Int? {
    guard offset >= 0, offset <= bytes.count - size else { return nil }
    return (0..<size).reduce(0) { $0 << 8 | Int(bytes[offset + (bigEndian ? $1 : size - 1 - $1)]) }
  }

  func truncated(_ format: String, _ reason: String = "premature end") -> ExplainError {
    .badFile("\(name) is a truncated \(format): \(reason)")
  }

  func damaged(_ format: String, _ reason: String) -> ExplainError {
    .badFile("\(name) is a damaged \(format): \(reason)")
  }
}
