import CCurl
import ExplainCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// libcurl, loaded when it is first needed: with its many libraries it would double the time that every command takes
/// to start, and only one needs it.
final class CurlLibrary {
  #if canImport(Darwin)
    private static let names = ["libcurl.4.dylib"]
  #else
    private static let names = ["libcurl.so.4", "libcurl-gnutls.so.4"]
  #endif

  let initialize: @convention(c) () -> UnsafeMutableRawPointer?
  let perform: @convention(c) (UnsafeMutableRawPointer) -> CURLcode
  let cleanup: @convention(c) (UnsafeMutableRawPointer) -> Void
  let describe: @convention(c) (CURLcode) -> UnsafePointer<CChar>?
  /// Variadic: the functions of `CCurl` call them.
  let setOption: UnsafeMutableRawPointer
  let getInfo: UnsafeMutableRawPointer

  /// - Throws: `.unsupported` if libcurl is not installed.
  init() throws {
    guard let library = CurlLibrary.names.lazy.compactMap({ dlopen($0, RTLD_NOW) }).first else {
      throw ExplainError(.unsupported, "downloads need libcurl, which is not installed (\(CurlLibrary.names[0]))")
    }
    func symbol(_ name: String) throws -> UnsafeMutableRawPointer {
      guard let address = dlsym(library, name) else { throw ExplainError(.unsupported, "this libcurl has no \(name)") }
      return address
    }
    initialize = unsafeBitCast(try symbol("curl_easy_init"), to: (@convention(c) () -> UnsafeMutableRawPointer?).self)
    perform = unsafeBitCast(
      try symbol("curl_easy_perform"), to: (@convention(c) (UnsafeMutableRawPointer) -> CURLcode).self)
    cleanup = unsafeBitCast(
      try symbol("curl_easy_cleanup"), to: (@convention(c) (UnsafeMutableRawPointer) -> Void).self)
    describe = unsafeBitCast(
      try symbol("curl_easy_strerror"), to: (@convention(c) (CURLcode) -> UnsafePointer<CChar>?).self)
    setOption = try symbol("curl_easy_setopt")
    getInfo = try symbol("curl_easy_getinfo")
  }
}
