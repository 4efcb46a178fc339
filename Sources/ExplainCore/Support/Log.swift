import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Messages for whoever wants to take note of them; the library itself prints nothing.
public enum Log {
  /// How much a message matters.
  public enum Level: Int32, Sendable, CaseIterable {
    /// What a call that succeeded did, and how long it took.
    case info = 0
    /// What one should know before trusting a result that was handed out.
    case warning = 1
    /// Why a call failed.
    case error = 2
  }

  /// Takes note of a message, one line, on the thread that works.
  ///
  /// It may call the library, whose messages are then not reported.
  public typealias Handler = @Sendable (Level, String) -> Void

  private static let handler = Mutex<Handler?>(nil)

  /// Sets who takes note of messages, in the whole process; nil for nobody.
  public static func setHandler(_ new: Handler?) { handler.withLock { $0 = new } }

  /// Reports a message, which is made only if someone takes note of it.
  public static func write(_ level: Level, _ message: @autoclosure () -> String) {
    guard let handler = handler.withLock({ $0 }), let reporting, pthread_getspecific(reporting) == nil else { return }
    // Any address but NULL says that this thread is in the handler.
    pthread_setspecific(reporting, UnsafeRawPointer(bitPattern: 1))
    defer { pthread_setspecific(reporting, nil) }
    handler(level, message().onOneLine)
  }

  /// The time that has passed, such as `12 ms`.
  static func time(since instant: ContinuousClock.Instant) -> String {
    let (seconds, attoseconds) = instant.duration(to: .now).components
    return "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000) ms"
  }

  /// Nil where the process has used up its keys: nothing is reported then.
  private static let reporting: pthread_key_t? = {
    var key = pthread_key_t()
    return pthread_key_create(&key, nil) == 0 ? key : nil
  }()
}
