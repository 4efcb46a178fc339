// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation
// The names are the header's, which documents them.

import CExplainCore
import ExplainCore

@c @implementation
public func xpl_classify(
  _ model: OpaquePointer?, _ picture: OpaquePointer?, _ capacity: Int,
  _ outClasses: UnsafeMutablePointer<xpl_scored_class>?, _ outCount: UnsafeMutablePointer<Int>?
) -> xpl_status {
  outCount?.pointee = 0
  return exported {
    let model = try ModelHandle.borrowed(model, "model")
    let picture = try PictureHandle.borrowed(picture, "picture").picture
    let out = try required(outClasses, "out_classes")
    guard capacity != 0 else { throw invalid("capacity is 0: it must be 1 or more") }
    // A size_t beyond 63 bits arrives as a negative number.
    let count = min(UInt(bitPattern: capacity), UInt(model.classifier.classCount))
    let top = try model.classifier.classify(picture, top: Int(count))
    for (i, entry) in top.enumerated() { out[i] = try xpl_scored_class(entry, of: model) }
    outCount?.pointee = top.count
  }
}

@c @implementation
public func xpl_classify_batch(
  _ model: OpaquePointer?, _ pictures: UnsafePointer<OpaquePointer?>?, _ count: Int, _ capacity: Int,
  _ outClasses: UnsafeMutablePointer<xpl_scored_class>?
) -> xpl_status {
  exported {
    let model = try ModelHandle.borrowed(model, "model")
    let pictures = try required(pictures, "pictures")
    let out = try required(outClasses, "out_classes")
    guard (1...1_000_000).contains(count) else {
      throw invalid("count is \(UInt(bitPattern: count)): it must be 1 to 1000000")
    }
    guard (1...model.classifier.classCount).contains(capacity) else {
      throw invalid("capacity is \(UInt(bitPattern: capacity)): it must be 1 to \(model.classifier.classCount)")
    }
    let list = try (0..<count).map { try PictureHandle.borrowed(pictures[$0], "a picture").picture }
    for (row, top) in try model.classifier.classify(list, top: capacity).enumerated() {
      for (i, entry) in top.enumerated() { out[row * capacity + i] = try xpl_scored_class(entry, of: model) }
    }
  }
}

extension xpl_scored_class {
  fileprivate init(_ entry: ScoredClass, of model: ModelHandle) throws {
    self.init(
      index: try int32(entry.index, "the class"), probability: entry.probability, name: model.classNames[entry.index])
  }
}
