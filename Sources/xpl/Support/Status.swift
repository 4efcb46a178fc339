#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The exit status; thrown once everything that has to be said has been said.
enum Status: Int32, Error {
  case done = 0
  case failed = 1
  case usage = 2
  /// As shells report a process that SIGINT ended.
  case interrupted = 130

  func exit() -> Never {
    #if canImport(Glibc)
      Glibc.exit(rawValue)
    #elseif canImport(Musl)
      Musl.exit(rawValue)
    #else
      Darwin.exit(rawValue)
    #endif
  }
}
