import COpenBLAS
import Synchronization

/// Matrix products by OpenBLAS, on the calling thread alone.
///
/// OpenBLAS splits a product by its number of threads, and its sums then depend on that number. Here tasks are fixed
/// by the shapes, each task's products run on one thread, and the threads are ours: results repeat for any number.
enum BLAS {
  private struct Setting {
    var users = 0
    var hostThreads: Int32 = 1
  }
  private static let setting = Mutex(Setting())

  /// Runs `body` with OpenBLAS set to one thread, and gives the process its own setting back afterwards.
  ///
  /// The setting is global to the process: the first of several concurrent users saves it, the last restores it.
  static func withSingleThread<Result>(_ body: () throws -> Result) rethrows -> Result {
    setting.withLock { setting in
      if setting.users == 0 {
        setting.hostThreads = openblas_get_num_threads()
        if setting.hostThreads != 1 { openblas_set_num_threads(1) }
      }
      setting.users += 1
    }
    defer {
      setting.withLock { setting in
        setting.users -= 1
        if setting.users == 0, setting.hostThreads != 1 { openblas_set_num_threads(setting.hostThreads) }
      }
    }
    return try body()
  }

  /// The kernels that OpenBLAS chose for this processor, such as `SkylakeX`, and its version.
  static var description: (core: String, version: String) {
    let core = openblas_get_corename().map { String(cString: $0) } ?? "unknown"
    let config = openblas_get_config().map { String(cString: $0) } ?? ""
    return (core, config.split(separator: " ").prefix(2).joined(separator: " "))
  }

  /// `c = alpha · a · b + beta · c`, row-major; `a` is `[m, k]`, or `[k, m]` where `transposeA`; `b` is `[k, n]`, or
  /// `[n, k]` where `transposeB`; `c` is `[m, n]` with rows `strideC` apart.
  static func multiply(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>,
    m: Int, n: Int, k: Int, strideA: Int, strideB: Int, strideC: Int,
    transposeA: Bool = false, transposeB: Bool = false, beta: Float = 0
  ) {
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      Int32(m), Int32(n), Int32(k), 1, a, Int32(strideA), b, Int32(strideB), beta, c, Int32(strideC))
  }

  /// `y = a · x`, with `a` of `[rows, columns]`.
  static func multiply(
    _ a: UnsafePointer<Float>, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, rows: Int, columns: Int
  ) {
    cblas_sgemv(CblasRowMajor, CblasNoTrans, Int32(rows), Int32(columns), 1, a, Int32(columns), x, 1, 0, y, 1)
  }

  /// `y += factor · x`.
  static func add(_ x: UnsafePointer<Float>, times factor: Float, to y: UnsafeMutablePointer<Float>, count: Int) {
    cblas_saxpy(Int32(count), factor, x, 1, y, 1)
  }
}
