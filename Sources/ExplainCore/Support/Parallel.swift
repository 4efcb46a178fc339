import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Shares independent tasks among threads.
///
/// What a task computes may depend on its number alone, never on the number of threads: that is what makes results
/// repeat bit for bit.
public enum Parallel {
  /// The most threads that may be asked for.
  public static let maximumThreads = 1024

  private static let setting = Atomic<Int>(0)
  static let processorCount = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

  /// The number of threads that the library uses: all processors unless set; 0 sets it back to all.
  public static var threads: Int {
    get {
      let chosen = setting.load(ordering: .relaxed)
      return chosen > 0 ? chosen : processorCount
    }
    set { setting.store(max(0, min(newValue, maximumThreads)), ordering: .relaxed) }
  }

  /// Runs `body` for each task number below `count` and returns when all are done.
  static func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
    forEach(count, workers: maximumThreads) { task, _ in body(task) }
  }

  /// Runs `body` for each task number below `count`, and tells it which of at most `workers` workers runs it, so
  /// that it can use that worker's scratch memory.
  static func forEach(_ count: Int, workers: Int, _ body: @Sendable (_ task: Int, _ worker: Int) -> Void) {
    let workers = min(threads, workers, count)
    guard workers > 1, hasPool else {
      for task in 0..<max(count, 0) { body(task, 0) }
      return
    }
    let next = Counter()
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      while true {
        let task = next.take()
        guard task < count else { return }
        body(task, worker)
      }
    }
  }

  /// Whether tasks may be given to dispatch: not in a child of a process that did so before it forked.
  ///
  /// The threads of dispatch's pool do not survive a fork, but dispatch goes on counting on them: nobody would take up
  /// what it is given, and the memory for that would be lost, pass by pass.
  private static var hasPool: Bool { watchesForks && !hasLostPool.load(ordering: .relaxed) }

  private static let hasLostPool = Atomic<Bool>(false)

  /// Evaluated when dispatch is used first, so that children of a process that has not used it may do so themselves.
  private static let watchesForks = pthread_atfork(nil, nil) { hasLostPool.store(true, ordering: .relaxed) } == 0

  private final class Counter: Sendable {
    private let value = Atomic<Int>(0)
    func take() -> Int { value.wrappingAdd(1, ordering: .relaxed).oldValue }
  }
}
