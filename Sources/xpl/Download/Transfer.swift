import CCurl
import ExplainCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// One request for the rest of a file, whose bytes are appended to what is there.
final class Transfer {
  /// How a request ended.
  enum Outcome: Equatable {
    case finished
    case interrupted
    /// The server has nothing behind what is there already.
    case nothingLeft
    case refused(status: Int)
    /// The connection failed; trying again may help.
    case broken(reason: String)
    /// The bytes could not be written.
    case unwritable(reason: String)
  }

  /// No published weights come near this size: what grows beyond it is not what was asked for.
  static let maximumBytes = 8 << 30

  private let library: CurlLibrary
  private let curl: UnsafeMutableRawPointer
  private let descriptor: Int32
  private let progress: (_ done: Int, _ total: Int?) -> Void
  /// Bytes that were there when the request began.
  private let present: Int
  /// Bytes that are there now.
  private(set) var size: Int
  private var hasBegun = false
  private var failure: String?

  /// - Parameters:
  ///   - descriptor: the file, open for writing.
  ///   - progress: called often, with the bytes that are there and, once it is known, the whole file's number.
  init(
    _ library: CurlLibrary, to descriptor: Int32, present: Int,
    progress: @escaping (_ done: Int, _ total: Int?) -> Void
  ) throws {
    guard let curl = library.initialize() else { throw ExplainError(.outOfMemory, "no memory for a download") }
    (self.library, self.curl, self.descriptor, self.progress) = (library, curl, descriptor, progress)
    (self.present, size) = (present, present)
  }

  deinit { library.cleanup(curl) }

  /// Performs the request.
  ///
  /// - Parameter protocols: those that the address, and where it redirects to, may have: `https`.
  func run(_ address: String, protocols: String) -> Outcome {
    var message = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
    let code = message.withUnsafeMutableBufferPointer { buffer in
      configure(address, protocols: protocols)
      setPointer(CURLOPT_ERRORBUFFER, buffer.baseAddress.map { UnsafeMutableRawPointer($0) })
      defer { setPointer(CURLOPT_ERRORBUFFER, nil) }
      return library.perform(curl)
    }
    let status = xpl_curl_response_code(library.getInfo, curl)
    if let failure { return .unwritable(reason: failure) }
    if code == CURLE_ABORTED_BY_CALLBACK { return .interrupted }
    if status == 416, present > 0 { return .nothingLeft }
    if status >= 400 { return .refused(status: status) }
    guard code == CURLE_OK else {
      let detail = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let reason =
        detail.isEmpty ? library.describe(code).map { String(cString: $0) } ?? "error \(code.rawValue)" : detail
      return .broken(reason: reason)
    }
    return status == 200 || status == 206 ? .finished : .refused(status: status)
  }

  private func configure(_ address: String, protocols: String) {
    setText(CURLOPT_URL, address)
    setText(CURLOPT_USERAGENT, "xpl/\(Library.version)")
    setText(CURLOPT_PROTOCOLS_STR, protocols)
    setText(CURLOPT_REDIR_PROTOCOLS_STR, protocols)
    // Not CURLOPT_RESUME_FROM, which fails where a server sends the whole file instead.
    if present > 0 { setText(CURLOPT_RANGE, "\(present)-") }
    setNumber(CURLOPT_FOLLOWLOCATION, 1)
    setNumber(CURLOPT_MAXREDIRS, 5)
    setNumber(CURLOPT_NOSIGNAL, 1)
    setNumber(CURLOPT_CONNECTTIMEOUT, 30)
    // A connection over which nothing has come for a minute is broken.
    setNumber(CURLOPT_LOW_SPEED_LIMIT, 1)
    setNumber(CURLOPT_LOW_SPEED_TIME, 60)
    setNumber(CURLOPT_NOPROGRESS, 0)
    let user = Unmanaged.passUnretained(self).toOpaque()
    setPointer(CURLOPT_WRITEDATA, user)
    setPointer(CURLOPT_XFERINFODATA, user)
    _ = xpl_curl_set_write(library.setOption, curl) { bytes, size, count, user in
      guard let bytes, let user else { return 0 }
      let transfer = Unmanaged<Transfer>.fromOpaque(user).takeUnretainedValue()
      return transfer.receive(UnsafeRawBufferPointer(start: bytes, count: size * count)) ? size * count : 0
    }
    _ = xpl_curl_set_transfer(library.setOption, curl) { _, _, _, _, _ in Interrupt.isRequested ? 1 : 0 }
  }

  private func setText(_ option: CURLoption, _ value: String) {
    _ = xpl_curl_set_text(library.setOption, curl, option, value)
  }

  private func setNumber(_ option: CURLoption, _ value: Int) {
    _ = xpl_curl_set_number(library.setOption, curl, option, value)
  }

  private func setPointer(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) {
    _ = xpl_curl_set_pointer(library.setOption, curl, option, value)
  }

  /// Writes what has come; false ends the transfer.
  private func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let status = xpl_curl_response_code(library.getInfo, curl)
    // The text of an error page is of no use.
    guard status == 200 || status == 206 else { return true }
    if !hasBegun {
      hasBegun = true
      if status == 200, size > 0 { size = 0 }
      guard ftruncate(descriptor, size) == 0, lseek(descriptor, size, SEEK_SET) == size else { return fail() }
    }
    guard size + bytes.count <= Transfer.maximumBytes else {
      failure = "it is larger than \(Text.bytes(Transfer.maximumBytes))"
      return false
    }
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest)
      let count = write(descriptor, piece.baseAddress, piece.count)
      if count > 0 {
        rest = rest.dropFirst(count)
        size += count
      } else if errno != EINTR {
        return fail()
      }
    }
    let length = Int(xpl_curl_content_length(library.getInfo, curl))
    progress(size, length >= 0 ? (status == 206 ? present : 0) + length : nil)
    return true
  }

  private func fail() -> Bool {
    failure = String(cString: strerror(errno))
    return false
  }
}
