import CExplainCore
import ExplainCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Runs the body of an exported function: an error becomes the thread's last error and a status.
func exported(_ body: () throws -> Void) -> xpl_status {
  do {
    try body()
    return XPL_OK
  } catch let error as ExplainError {
    LastError.set(error.message)
    Log.write(error.kind == .cancelled ? .info : .error, error.message)
    return xpl_status(UInt32(bitPattern: error.kind.rawValue))
  } catch {
    LastError.set("\(error)")
    Log.write(.error, "\(error)")
    return XPL_INTERNAL
  }
}

func invalid(_ message: String) -> ExplainError { ExplainError(.invalidArgument, message) }

/// A parameter that must not be NULL.
func required<Pointer>(_ pointer: Pointer?, _ name: StaticString) throws -> Pointer {
  guard let pointer else { throw invalid("\(name) is NULL") }
  return pointer
}

/// Text that the caller gave.
func text(_ pointer: UnsafePointer<CChar>?, _ name: StaticString) throws -> String {
  guard let result = String(validatingCString: try required(pointer, name)) else {
    throw invalid("\(name) is not UTF-8")
  }
  return result
}

/// Bytes that the caller gave; a size_t beyond 63 bits arrives as a negative number.
func buffer(_ bytes: UnsafeRawPointer?, _ size: Int, _ name: StaticString) throws -> UnsafeRawBufferPointer {
  let start = try required(bytes, name)
  guard size >= 0 else { throw invalid("size is \(UInt(bitPattern: size)): memory has no such size") }
  return UnsafeRawBufferPointer(start: start, count: size)
}

/// A list of texts that the caller gave.
func texts(
  _ list: UnsafePointer<UnsafePointer<CChar>?>?, count: Int, _ name: StaticString
) throws -> [String] {
  let list = try required(list, name)
  return try (0..<count).map { try text(list[$0], name) }
}

/// A copy of `text` for the caller, who frees it.
func copied(_ text: String) throws -> UnsafeMutablePointer<CChar> {
  guard let copy = strdup(text) else {
    throw ExplainError(.outOfMemory, "out of memory for a text of \(text.utf8.count) bytes")
  }
  return copy
}

/// A whole number of the library as the header's 32 bits.
func int32(_ value: Int, _ name: String) throws -> Int32 {
  guard let result = Int32(exactly: value) else { throw invalid("\(name) is \(value): the limit is \(Int32.max)") }
  return result
}

/// The element of a handle's list that the caller asked for; a size_t beyond 63 bits arrives as a negative number.
///
/// - Parameter list: what the handle's elements are called: "layers".
func element<Elements: RandomAccessCollection<Element>, Element>(
  _ index: Int, of elements: Elements, _ owner: StaticString, _ list: StaticString
) throws -> Element where Elements.Index == Int {
  guard elements.indices.contains(index) else {
    throw invalid("index is \(UInt(bitPattern: index)): \(owner) has \(elements.count) \(list)")
  }
  return elements[index]
}

/// 0 or 1.
func flag(_ value: Int32, _ name: StaticString) throws -> Bool {
  guard value == 0 || value == 1 else { throw invalid("\(name) is \(value): it must be 0 or 1") }
  return value == 1
}

/// A literal as a C string, which lives as long as the library.
func literal(_ text: StaticString) -> UnsafePointer<CChar> {
  UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}

/// Each thread's message of its last failure.
enum LastError {
  /// Nil where the process has used up its keys: messages are lost then, the statuses remain.
  private static let key: pthread_key_t? = {
    var key = pthread_key_t()
    return pthread_key_create(&key) { free($0) } == 0 ? key : nil
  }()

  static func set(_ message: String) {
    guard let key, let copy = strdup(message) else { return }
    let previous = pthread_getspecific(key)
    guard pthread_setspecific(key, copy) == 0 else { return free(copy) }
    free(previous)
  }

  static var message: UnsafePointer<CChar> {
    guard let key, let message = pthread_getspecific(key) else { return literal("") }
    return UnsafePointer(message.assumingMemoryBound(to: CChar.self))
  }
}
