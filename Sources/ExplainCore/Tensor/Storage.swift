import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A block of floats: either owned by the buffer pool, or a view into memory that `owner` keeps alive.
final class Storage: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Float>
  let count: Int
  private let capacity: Int
  private let owner: AnyObject?

  /// An uninitialized block from the pool.
  init(count: Int) throws {
    let (pointer, capacity) = try BufferPool.shared.take(count)
    self.pointer = pointer
    self.count = count
    self.capacity = capacity
    self.owner = nil
  }

  /// A read-only view, such as weights in a mapped file: nothing may write through it.
  init(viewing pointer: UnsafePointer<Float>, count: Int, owner: AnyObject) {
    self.pointer = UnsafeMutablePointer(mutating: pointer)
    self.count = count
    self.capacity = 0
    self.owner = owner
  }

  var isView: Bool { owner != nil }

  /// Lets go of the memory of elements that will hardly be read again, where they are a file's: they still can be.
  func releasePages(_ elements: Range<Int>) {
    guard owner is MappedFile else { return }
    MappedFile.release(
      UnsafeRawBufferPointer(UnsafeBufferPointer(start: pointer + elements.lowerBound, count: elements.count)))
  }

  deinit {
    if owner == nil { BufferPool.shared.give(pointer, capacity: capacity) }
  }
}

/// Keeps freed blocks for the next tensor of the same size: an optimization loop asks for the same few sizes in
/// every iteration, and a page fault costs more than the arithmetic on the page.
final class BufferPool: Sendable {
  static let shared = BufferPool()

  /// Blocks are aligned to a cache line, which is also a vector of the widest instruction set.
  private static let alignment = 64
  /// Larger blocks are laid out for pages of this size.
  private static let hugePage = 2 << 20
  /// Freed blocks beyond this many bytes go back to the system.
  private static let cacheLimit = 192 << 20

  private struct State {
    // `UInt` and not a pointer: pointers are not Sendable.
    var free: [Int: [UInt]] = [:]
    var cachedBytes = 0
  }
  private let state = Mutex(State())

  /// A block for at least `count` floats, and its true size in bytes.
  func take(_ count: Int) throws -> (UnsafeMutablePointer<Float>, capacity: Int) {
    let capacity = BufferPool.roundUp(max(count, 1) * MemoryLayout<Float>.stride)
    let cached: UInt? = state.withLock { state in
      guard let address = state.free[capacity]?.popLast() else { return nil }
      state.cachedBytes -= capacity
      return address
    }
    if let cached, let pointer = UnsafeMutablePointer<Float>(bitPattern: cached) { return (pointer, capacity) }
    if let pointer = BufferPool.allocate(capacity) { return (pointer, capacity) }
    trim()
    if let pointer = BufferPool.allocate(capacity) { return (pointer, capacity) }
    throw ExplainError(.outOfMemory, "out of memory: \(capacity >> 20) MiB could not be had for a tensor")
  }

  func give(_ pointer: UnsafeMutablePointer<Float>, capacity: Int) {
    let kept = state.withLock { state in
      guard state.cachedBytes + capacity <= BufferPool.cacheLimit else { return false }
      state.free[capacity, default: []].append(UInt(bitPattern: pointer))
      state.cachedBytes += capacity
      return true
    }
    if !kept { free(pointer) }
  }

  /// Returns every cached block to the system.
  func trim() {
    let blocks = state.withLock { state in
      defer { state = State() }
      return state.free.values.flatMap { $0 }
    }
    for address in blocks { free(UnsafeMutableRawPointer(bitPattern: address)) }
  }

  /// Sizes are rounded so that nearly equal requests share blocks: 64 bytes below 4 KiB, then whole pages.
  private static func roundUp(_ bytes: Int) -> Int {
    let unit = bytes < 4096 ? alignment : 4096
    return (bytes + unit - 1) / unit * unit
  }

  private static func allocate(_ bytes: Int) -> UnsafeMutablePointer<Float>? {
    var raw: UnsafeMutableRawPointer?
    let isHuge = bytes >= 2 * hugePage
    guard posix_memalign(&raw, isHuge ? hugePage : alignment, bytes) == 0, let raw else { return nil }
    #if os(Linux)
      // Advice that may be ignored: fewer page faults, and fewer misses when weights are walked through.
      if isHuge { madvise(raw, bytes, MADV_HUGEPAGE) }
    #endif
    return raw.bindMemory(to: Float.self, capacity: bytes / MemoryLayout<Float>.stride)
  }
}
