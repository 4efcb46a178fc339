// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation
// The names are the header's, which documents them.

import CExplainCore
import ExplainCore

/// A method, and what it is asked beside its options.
struct Request: Sendable {
  var method: any ExplanationMethod
  var targets: [Int] = []
  var seed: UInt64 = 0
  var reference: Picture?
}

@c @implementation
public func xpl_explain_mask(
  _ model: OpaquePointer?, _ picture: OpaquePointer?, _ options: UnsafePointer<xpl_mask_options>?,
  _ progress: xpl_progress_callback?, _ user: UnsafeMutableRawPointer?,
  _ outExplanation: UnsafeMutablePointer<OpaquePointer?>?
) -> xpl_status {
  explain(model, picture, progress, user, outExplanation) {
    try options.map { try xpl_mask_options.read($0).request() } ?? Request(method: MaskOptions())
  }
}

@c @implementation
public func xpl_explain(
  _ model: OpaquePointer?, _ picture: OpaquePointer?, _ method: OpaquePointer?,
  _ progress: xpl_progress_callback?, _ user: UnsafeMutableRawPointer?,
  _ outExplanation: UnsafeMutablePointer<OpaquePointer?>?
) -> xpl_status {
  explain(model, picture, progress, user, outExplanation) {
    try MethodHandle.borrowed(method, "method").request.withLock { $0 }
  }
}

/// Runs a method and hands its explanation out, one that the caller stopped as well.
private func explain(
  _ model: OpaquePointer?, _ picture: OpaquePointer?, _ progress: xpl_progress_callback?,
  _ user: UnsafeMutableRawPointer?, _ outExplanation: UnsafeMutablePointer<OpaquePointer?>?,
  by request: () throws -> Request
) -> xpl_status {
  outExplanation?.pointee = nil
  return exported {
    let classifier = try ModelHandle.borrowed(model, "model").classifier
    let picture = try PictureHandle.borrowed(picture, "picture").picture
    let request = try request()
    let out = try required(outExplanation, "out_explanation")
    let explanation = try classifier.explain(
      picture, by: request.method, targets: request.targets, seed: request.seed, reference: request.reference,
      progress: handler(progress, user))
    out.pointee = try ExplanationHandle(explanation).given()
    guard !explanation.isInterrupted else {
      throw ExplainError(.cancelled, "stopped by the progress callback after \(explanation.iterations) iterations")
    }
  }
}

/// Targets that the caller gave.
func classes(_ targets: UnsafePointer<Int32>?, count: Int) throws -> [Int] {
  // A size_t beyond 63 bits arrives as a negative number.
  guard (0...1000).contains(count) else { throw invalid("\(UInt(bitPattern: count)) targets: the limit is 1000") }
  guard count > 0 else { return [] }
  return UnsafeBufferPointer(start: try required(targets, "targets"), count: count).map { Int($0) }
}

private func handler(_ callback: xpl_progress_callback?, _ user: UnsafeMutableRawPointer?) -> ProgressHandler? {
  guard let callback else { return nil }
  return { progress in
    var report = xpl_progress(
      struct_size: UInt32(MemoryLayout<xpl_progress>.size), step: Int32(clamping: progress.step),
      steps: Int32(clamping: progress.steps), loss: progress.loss, score: progress.score)
    return callback(&report, user) == 0 ? .proceed : .cancel
  }
}
