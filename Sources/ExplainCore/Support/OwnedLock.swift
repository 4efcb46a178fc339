#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A lock that notices when the thread that holds it asks for it again, instead of waiting for itself forever.
final class OwnedLock: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  /// - Throws: `.outOfMemory` where the system has no lock to give.
  init() throws {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_ERRORCHECK))
    defer { pthread_mutexattr_destroy(&attributes) }
    guard pthread_mutex_init(mutex, &attributes) == 0 else {
      mutex.deallocate()
      throw ExplainError(.outOfMemory, "out of memory for a lock")
    }
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Waits for the lock; false if this thread holds it already.
  func lock() -> Bool { pthread_mutex_lock(mutex) == 0 }

  func unlock() { pthread_mutex_unlock(mutex) }
}
