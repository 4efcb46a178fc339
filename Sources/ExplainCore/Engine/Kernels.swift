import CKernelShim
import KernelsBaseline
import Synchronization

#if arch(x86_64)
  import KernelsAVX2
  import KernelsAVX512
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The engine's inner loops for one instruction set.
struct Kernels: @unchecked Sendable {
  /// Instruction sets that there are kernels for, from the commonest to the fastest.
  ///
  /// `baseline` is what every processor of the architecture has: SSE2 on x86-64, NEON on arm64.
  enum Level: String, CaseIterable {
    case baseline, avx2, avx512
  }

  let table: kernel_table

  /// Kernels for `level`, or for the best level that this processor can run where that is less.
  init(_ level: Level) {
    #if arch(x86_64)
      switch (level, Int(kernel_best_level())) {
      case (.avx512, kernel_level_avx512): table = KernelsAVX512.kernelTable()
      case (.avx512, kernel_level_avx2), (.avx2, kernel_level_avx2...): table = KernelsAVX2.kernelTable()
      default: table = KernelsBaseline.kernelTable()
      }
    #else
      table = KernelsBaseline.kernelTable()
    #endif
  }

  /// The instruction set's name.
  var name: String { String(cString: table.name) }

  /// A level to use instead of the process's while a task runs: what plans are compiled for inside.
  @TaskLocal static var forced: Level?

  /// What new plans are compiled for.
  static var current: Kernels {
    if let forced { return Kernels(forced) }
    return available[limit.load(ordering: .relaxed)]
  }

  /// The best level that new plans may use; networks that are in use stay at what they began with.
  static func setLimit(_ level: Level?) {
    limit.store(index(of: level ?? .avx512), ordering: .relaxed)
  }

  /// For each level, its kernels or the best ones below that the processor can run.
  private static let available = Level.allCases.map { Kernels($0) }

  /// Begins with what the environment variable `EXPLAINCORE_CPU` names.
  private static let limit: Atomic<Int> = {
    let name = getenv("EXPLAINCORE_CPU").map { String(cString: $0) } ?? ""
    return Atomic(index(of: Level(rawValue: name) ?? .avx512))
  }()

  private static func index(of level: Level) -> Int { Level.allCases.firstIndex(of: level) ?? 0 }
}
