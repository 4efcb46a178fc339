#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Library {
  /// Facts about the library and the machine, for logs and bug reports: `version`, `threads`, `processors`,
  /// `kernels` (the instruction set that the engine uses), `blas{core version}`, `models[]`.
  public static func info() -> JSON {
    let blas = BLAS.description
    return .object([
      .init("version", .string(version)),
      .init("threads", JSON(Parallel.threads)),
      .init("processors", JSON(max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))),
      .init("kernels", .string(Kernels.current.name)),
      .init("blas", .object([.init("core", .string(blas.core)), .init("version", .string(blas.version))])),
      .init("models", .array(ModelRequest.builtIn.map { .string($0) })),
    ])
  }
}
