import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ctrl-C, and a request to terminate: the first asks the work to stop, the second ends the process at once.
enum Interrupt {
  private static let count = Atomic<Int>(0)

  /// Whether the user wants to stop.
  static var isRequested: Bool { count.load(ordering: .relaxed) > 0 }

  /// Catches the signals from here on.
  static func install() {
    // The counter is made here: a signal handler may not run initializers.
    guard count.load(ordering: .relaxed) == 0 else { return }
    var action = sigaction()
    let handler: @convention(c) (Int32) -> Void = { _ in
      if Interrupt.count.wrappingAdd(1, ordering: .relaxed).oldValue > 0 { _exit(Status.interrupted.rawValue) }
    }
    #if canImport(Darwin)
      action.__sigaction_u.__sa_handler = handler
    #else
      action.__sigaction_handler.sa_handler = handler
    #endif
    action.sa_flags = SA_RESTART
    sigaction(SIGINT, &action, nil)
    sigaction(SIGTERM, &action, nil)
  }
}
