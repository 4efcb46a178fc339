import ExplainCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Results go to standard output, everything else to standard error.
enum Output {
  /// Makes a reader that went away an error of `write`, not a signal.
  static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

  /// Writes a result.
  ///
  /// A reader that went away, such as `head`, has what it wanted: that is no failure.
  ///
  /// - Throws: `.io` with the system's reason.
  static func write(_ text: String) throws {
    let error = send(text, to: STDOUT_FILENO)
    guard error == 0 || error == EPIPE else {
      throw ExplainError(.io, "cannot write to standard output: \(String(cString: strerror(error)))")
    }
  }

  /// Says on standard error, in one line, what went wrong.
  static func complain(_ message: String) {
    let line = String(message.map { $0.isNewline ? " " : $0 })
    _ = send("xpl: \(line)\n", to: STDERR_FILENO)
  }

  /// Writes to standard error.
  static func note(_ text: String) { _ = send(text, to: STDERR_FILENO) }

  /// Writes a report to a file, or to standard output if `path` is `-`.
  ///
  /// - Throws: `.io` with the path and the system's reason.
  static func write(_ json: JSON, to path: String) throws {
    let text = json.serialized(pretty: true) + "\n"
    if path == "-" { try write(text) } else { try WholeFile.save(Array(text.utf8), to: path) }
  }

  /// Returns the system's error number, or 0.
  private static func send(_ text: String, to descriptor: Int32) -> Int32 {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let piece = UnsafeRawBufferPointer(rebasing: rest)
        let count = systemWrite(descriptor, piece.baseAddress, piece.count)
        if count >= 0 {
          rest = rest.dropFirst(count)
        } else if errno != EINTR {
          return errno
        }
      }
      return 0
    }
  }
}

/// `write(2)`, which `Output.write` hides.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
