// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation
// The names are the header's, which documents them.

import CExplainCore
import ExplainCore

@c @implementation
public func xpl_explain_mask(
  _ model: OpaquePointer?, _ picture: OpaquePointer?, _ options: UnsafePointer<xpl_mask_options>?,
  _ progress: xpl_progress_callback?, _ user: UnsafeMutableRawPointer?,
  _ outExplanation: UnsafeMutablePointer<OpaquePointer?>?
) -> xpl_status {
  explained(outExplanation) {
    let classifier = try ModelHandle.borrowed(model, "model").classifier
    let picture = try PictureHandle.borrowed(picture, "picture").picture
    let progress = handler(progress, user)
    guard let options else { return try classifier.explain(picture, by: MaskOptions(), progress: progress) }
    let fields = try xpl_mask_options.read(options)
    return try classifier.explain(
      picture, by: fields.settings(), targets: fields.targetIndices(), seed: fields.seed,
      reference: fields.replacementPicture(), progress: progress)
  }
}

/// Runs a method and hands its explanation out, one that the caller stopped as well.
private func explained(
  _ outExplanation: UnsafeMutablePointer<OpaquePointer?>?, by method: () throws -> Explanation
) -> xpl_status {
  outExplanation?.pointee = nil
  return exported {
    let out = try required(outExplanation, "out_explanation")
    let explanation = try method()
    out.pointee = try ExplanationHandle(explanation).given()
    guard !explanation.isInterrupted else {
      throw ExplainError(.cancelled, "stopped by the progress callback after \(explanation.iterations) iterations")
    }
  }
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
