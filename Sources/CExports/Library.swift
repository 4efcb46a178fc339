// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation
// The names are the header's, which documents them.

import CExplainCore
import ExplainCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

nonisolated(unsafe) private let version: UnsafePointer<CChar>? = strdup(Library.version).map { UnsafePointer($0) }

@c @implementation
public func xpl_version() -> UnsafePointer<CChar>? { version }

@c @implementation
public func xpl_status_name(_ status: xpl_status) -> UnsafePointer<CChar>? {
  switch status {
  case XPL_OK: literal("XPL_OK")
  case XPL_INVALID_ARGUMENT: literal("XPL_INVALID_ARGUMENT")
  case XPL_IO: literal("XPL_IO")
  case XPL_BAD_FILE: literal("XPL_BAD_FILE")
  case XPL_UNSUPPORTED: literal("XPL_UNSUPPORTED")
  case XPL_OUT_OF_MEMORY: literal("XPL_OUT_OF_MEMORY")
  case XPL_CANCELLED: literal("XPL_CANCELLED")
  case XPL_CALLBACK: literal("XPL_CALLBACK")
  case XPL_INTERNAL: literal("XPL_INTERNAL")
  default: literal("unknown status")
  }
}

@c @implementation
public func xpl_last_error() -> UnsafePointer<CChar>? { LastError.message }

@c @implementation
public func xpl_free(_ memory: UnsafeMutableRawPointer?) { free(memory) }

@c @implementation
public func xpl_set_threads(_ threads: Int32) -> xpl_status {
  exported {
    guard (0...Int32(Parallel.maximumThreads)).contains(threads) else {
      throw invalid("\(threads) threads: it must be 0 to \(Parallel.maximumThreads)")
    }
    Parallel.threads = Int(threads)
  }
}

@c @implementation
public func xpl_threads(_ outThreads: UnsafeMutablePointer<Int32>?) -> xpl_status {
  outThreads?.pointee = 0
  return exported {
    try required(outThreads, "out_threads").pointee = int32(Parallel.threads, "the number of threads")
  }
}

@c @implementation
public func xpl_set_batch_memory(_ bytes: Int) -> xpl_status {
  // A size_t beyond 63 bits arrives as a negative number.
  exported { BatchMemory.bytes = bytes < 0 ? .max : bytes }
}

@c @implementation
public func xpl_batch_memory(_ outBytes: UnsafeMutablePointer<Int>?) -> xpl_status {
  outBytes?.pointee = 0
  return exported { try required(outBytes, "out_bytes").pointee = BatchMemory.bytes }
}

@c @implementation
public func xpl_set_cpu_level(_ level: UnsafePointer<CChar>?) -> xpl_status {
  exported { try Library.limitKernels(to: level.map { try text($0, "level") }) }
}

@c @implementation
public func xpl_set_log(_ callback: xpl_log_callback?, _ user: UnsafeMutableRawPointer?) -> xpl_status {
  exported {
    guard let callback else { return Log.setHandler(nil) }
    let user = UInt(bitPattern: user)
    Log.setHandler { level, message in
      callback(xpl_log_level(UInt32(bitPattern: level.rawValue)), message, UnsafeMutableRawPointer(bitPattern: user))
    }
  }
}

@c @implementation
public func xpl_info(_ outJSON: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> xpl_status {
  outJSON?.pointee = nil
  return exported { try required(outJSON, "out_json").pointee = copied(Library.info.json.serialized()) }
}
