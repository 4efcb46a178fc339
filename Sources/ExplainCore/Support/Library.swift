/// Facts about the library as a whole.
public enum Library {
  /// Major, minor and patch number [semantic versioning].
  public static let version = "0.1.0"

  /// How the library runs on this machine.
  public struct Info: Sendable {
    /// The processor's architecture that the library was built for, such as `x86_64`.
    public let architecture: String
    /// Threads that are used.
    public let threads: Int
    /// Processors that there are.
    public let processors: Int
    /// The instruction set of the engine's kernels: `baseline`, `avx2` or `avx512`; see `EXPLAINCORE_CPU`.
    public let kernels: String
    /// The version of the library that multiplies matrices, such as `OpenBLAS 0.3.21`.
    public let blas: String
    /// The kernels that it chose for this processor, such as `SkylakeX`.
    public let blasCore: String

    /// The facts for logs and bug reports: `version architecture threads processors kernels blas{core version}
    /// methods[] models[]`.
    public var json: JSON {
      var methods: [JSON] = []
      for method in Methods.all { methods.append(.string(method.about.name)) }
      return .object([
        .init("version", .string(Library.version)),
        .init("architecture", .string(architecture)),
        .init("threads", .integer(threads)),
        .init("processors", .integer(processors)),
        .init("kernels", .string(kernels)),
        .init("blas", .object([.init("core", .string(blasCore)), .init("version", .string(blas))])),
        .init("methods", .array(methods)),
        .init("models", .array(ModelRequest.builtIn.map { .string($0) })),
      ])
    }
  }

  /// How the library runs on this machine at present.
  public static var info: Info {
    let blas = BLAS.description
    return Info(
      architecture: architecture, threads: Parallel.threads, processors: Parallel.processorCount,
      kernels: Kernels.current.name, blas: blas.version, blasCore: blas.core)
  }

  /// Limits the instruction set of the engine's kernels, for tests and comparisons: `baseline`, `avx2` or `avx512`;
  /// nil takes the processor's best again.
  ///
  /// Networks that have already computed something may stay at what they began with.
  ///
  /// - Throws: `.invalidArgument` for other names.
  public static func limitKernels(to level: String?) throws {
    guard let level else { return Kernels.setLimit(nil) }
    guard let known = Kernels.Level(rawValue: level) else {
      let names = Kernels.Level.allCases.map(\.rawValue).joined(separator: ", ")
      throw ExplainError(.invalidArgument, "no processor level \"\(level)\"; there are \(names)")
    }
    Kernels.setLimit(known)
  }

  /// Gives memory back that is kept for tensors to come.
  public static func giveBackMemory() { BufferPool.shared.trim() }

  private static var architecture: String {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "arm64"
    #else
      "unknown"
    #endif
  }
}
