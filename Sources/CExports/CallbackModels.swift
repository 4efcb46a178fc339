// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation
// The names are the header's, which documents them.

import CExplainCore
import ExplainCore

@c @implementation
public func xpl_model_callbacks_init(
  _ callbacks: UnsafeMutablePointer<xpl_model_callbacks>?, _ size: Int
) -> xpl_status {
  exported { try xpl_model_callbacks().write(to: callbacks, size: size, "callbacks") }
}

@c @implementation
public func xpl_model_from_callbacks(
  _ callbacks: UnsafePointer<xpl_model_callbacks>?, _ options: UnsafePointer<xpl_model_options>?,
  _ outModel: UnsafeMutablePointer<OpaquePointer?>?
) -> xpl_status {
  outModel?.pointee = nil
  return exported {
    let out = try required(outModel, "out_model")
    let callbacks = try xpl_model_callbacks.read(callbacks, "callbacks", over: xpl_model_callbacks())
    var request = ModelRequest(try callbacks.name.map { try text($0, "name") } ?? "callbacks")
    if options != nil { try request.take(.read(options, "options", over: .unset)) }
    guard request.weights == nil else { throw invalid("weights are set: a model of callbacks has its own") }
    guard request.weightOptions == WeightOptions() else {
      throw invalid("weight_precision or memory is set: a model of callbacks keeps its weights itself")
    }
    let user = HostUser(callbacks.user)
    out.pointee = try ModelHandle(callbacks.classifier(request, user)).given()
    // Where no model came about, what is behind the pointer remains the caller's.
    user.release = callbacks.release
  }
}

/// The caller's data behind callbacks, of which leave is taken with the last that holds it.
private final class HostUser: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer?
  /// Set once, before any other thread knows the model.
  var release: xpl_release_callback?

  init(_ pointer: UnsafeMutableRawPointer?) { self.pointer = pointer }

  deinit { release?(pointer) }
}

extension xpl_model_callbacks {
  /// A classifier that calls these functions.
  fileprivate func classifier(_ request: ModelRequest, _ user: HostUser) throws -> CallbackClassifier {
    let (name, classCount) = (request.model, Int(class_count))
    guard batch_limit >= 0 else { throw invalid("batch_limit is \(batch_limit): it must be 0 or more") }
    let scores = try required(forward, "forward")
    let forward: CallbackClassifier.Forward = { pass in
      try Tensor(Shape([pass.batch.shape[0], classCount])) { out in
        try xpl_batch.lend(pass) { try check(scores($0, out.baseAddress, user.pointer), "forward", name) }
      }
    }
    var backward: CallbackClassifier.Backward?
    if let gradient = self.backward {
      backward = { pass, weights in
        try Tensor(pass.batch.shape) { out in
          try xpl_batch.lend(pass) { batch in
            try weights.withPointer { try check(gradient(batch, $0, out.baseAddress, user.pointer), "backward", name) }
          }
        }
      }
    }
    return try CallbackClassifier(
      name: name, preprocessing: request.preprocessing(over: .torch), classCount: classCount,
      classNames: names(request), batchLimit: batch_limit == 0 ? .max : Int(batch_limit),
      isThreadSafe: flag(thread_safe, "thread_safe"), forward: forward, backward: backward)
  }

  private func names(_ request: ModelRequest) throws -> [String] {
    guard (1...CallbackClassifier.classLimit).contains(Int(class_count)) else {
      throw invalid("class_count is \(class_count): it must be 1 to \(CallbackClassifier.classLimit)")
    }
    guard let class_names else { return try request.classNames(count: Int(class_count)) }
    guard request.labels == nil else { throw invalid("class_names and labels are set: one of them must be NULL") }
    return try texts(class_names, count: Int(class_count), "class_names")
  }
}

extension xpl_batch {
  /// Shows a pass to a callback.
  fileprivate static func lend(_ pass: CallbackClassifier.Pass, to body: (UnsafePointer<xpl_batch>) throws -> Void)
    throws
  {
    let shape = pass.batch.shape
    try pass.batch.withPointer { values in
      let batch = xpl_batch(
        struct_size: UInt32(MemoryLayout<xpl_batch>.size), count: try int32(shape[0], "the batch"),
        channels: try int32(shape[1], "the channels"), height: try int32(shape[2], "the height"),
        width: try int32(shape[3], "the width"), differentiable: pass.isDifferentiable ? 1 : 0, pass: pass.number,
        values: values)
      try withUnsafePointer(to: batch, body)
    }
  }
}

/// What a callback of a model returned.
private func check(_ status: Int32, _ callback: String, _ model: String) throws {
  switch xpl_status(UInt32(bitPattern: status)) {
  case XPL_OK: return
  case XPL_CANCELLED: throw ExplainError(.cancelled, "stopped by the \(callback) callback of the model \(model)")
  default: throw ExplainError(.callback, "the \(callback) callback of the model \(model) returned \(status)")
  }
}
