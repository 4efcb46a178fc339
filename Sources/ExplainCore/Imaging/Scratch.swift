#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Lends uninitialized working memory for `count` numbers, aligned to a cache line.
///
/// An allocation that fails is an error, not a trap.
///
/// - Throws: `.outOfMemory`, or what `body` throws.
func withScratch<Element: BitwiseCopyable, Result>(
  _: Element.Type, count: Int, _ body: (UnsafeMutablePointer<Element>) throws -> Result
) throws -> Result {
  let bytes = max(count, 1) * MemoryLayout<Element>.stride
  var raw: UnsafeMutableRawPointer?
  guard posix_memalign(&raw, 64, bytes) == 0, let raw else {
    throw ExplainError(.outOfMemory, "out of memory: \(bytes >> 20) MiB could not be had for a picture")
  }
  defer { free(raw) }
  return try body(raw.bindMemory(to: Element.self, capacity: max(count, 1)))
}
