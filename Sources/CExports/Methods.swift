// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation
// The names are the header's, which documents them.

import CExplainCore
import ExplainCore
import Synchronization

/// `xpl_method`.
final class MethodHandle: Handle {
  let request: Mutex<Request>

  init(_ request: Request) { self.request = Mutex(request) }
}

@c @implementation
public func xpl_methods(_ outJSON: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> xpl_status {
  outJSON?.pointee = nil
  return exported { try required(outJSON, "out_json").pointee = copied(Methods.json().serialized()) }
}

@c @implementation
public func xpl_method_create(
  _ name: UnsafePointer<CChar>?, _ preset: UnsafePointer<CChar>?, _ outMethod: UnsafeMutablePointer<OpaquePointer?>?
) -> xpl_status {
  outMethod?.pointee = nil
  return exported {
    let out = try required(outMethod, "out_method")
    let type = try Methods.named(text(name, "name"))
    let method = try type.init(preset: preset.map { try text($0, "preset") })
    out.pointee = MethodHandle(Request(method: method)).given()
  }
}

@c @implementation
public func xpl_method_set(
  _ method: OpaquePointer?, _ option: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?
) -> xpl_status {
  exported {
    let handle = try MethodHandle.borrowed(method, "method")
    let (option, value) = (try text(option, "option"), try text(value, "value"))
    try handle.request.withLock { try $0.method.set(option, to: value) }
  }
}

@c @implementation
public func xpl_method_get(
  _ method: OpaquePointer?, _ option: UnsafePointer<CChar>?,
  _ outValue: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> xpl_status {
  outValue?.pointee = nil
  return exported {
    let handle = try MethodHandle.borrowed(method, "method")
    let option = try text(option, "option")
    let out = try required(outValue, "out_value")
    out.pointee = try copied(handle.request.withLock { try $0.method.text(of: option) })
  }
}

@c @implementation
public func xpl_method_set_targets(
  _ method: OpaquePointer?, _ targets: UnsafePointer<Int32>?, _ count: Int
) -> xpl_status {
  exported {
    let handle = try MethodHandle.borrowed(method, "method")
    let targets = try classes(targets, count: count)
    handle.request.withLock { $0.targets = targets }
  }
}

@c @implementation
public func xpl_method_set_seed(_ method: OpaquePointer?, _ seed: UInt64) -> xpl_status {
  exported { try MethodHandle.borrowed(method, "method").request.withLock { $0.seed = seed } }
}

@c @implementation
public func xpl_method_set_reference(_ method: OpaquePointer?, _ reference: OpaquePointer?) -> xpl_status {
  exported {
    let handle = try MethodHandle.borrowed(method, "method")
    let picture = try reference.map { try PictureHandle.borrowed($0, "reference").picture }
    handle.request.withLock { $0.reference = picture }
  }
}

@c @implementation
public func xpl_method_free(_ method: OpaquePointer?) { MethodHandle.free(method) }
