// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation
// The names are the header's, which documents them.

import CExplainCore
import ExplainCore

@c @implementation
public func xpl_model_options_init(_ options: UnsafeMutablePointer<xpl_model_options>?, _ size: Int) -> xpl_status {
  exported { try xpl_model_options.unset.write(to: options, size: size, "options") }
}

@c @implementation
public func xpl_model_load(
  _ model: UnsafePointer<CChar>?, _ options: UnsafePointer<xpl_model_options>?,
  _ outModel: UnsafeMutablePointer<OpaquePointer?>?
) -> xpl_status {
  outModel?.pointee = nil
  return exported {
    let out = try required(outModel, "out_model")
    var request = ModelRequest(try text(model, "model"))
    if options != nil { try request.take(.read(options, "options", over: .unset)) }
    out.pointee = try ModelHandle(request.load()).given()
  }
}

@c @implementation
public func xpl_model_name(
  _ model: OpaquePointer?, _ outName: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> xpl_status {
  outName?.pointee = nil
  return exported { try required(outName, "out_name").pointee = ModelHandle.borrowed(model, "model").name }
}

@c @implementation
public func xpl_model_class_count(_ model: OpaquePointer?, _ outCount: UnsafeMutablePointer<Int32>?) -> xpl_status {
  outCount?.pointee = 0
  return exported {
    let classifier = try ModelHandle.borrowed(model, "model").classifier
    try required(outCount, "out_count").pointee = int32(classifier.classCount, "the class count")
  }
}

@c @implementation
public func xpl_model_class_name(
  _ model: OpaquePointer?, _ index: Int32, _ outName: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> xpl_status {
  outName?.pointee = nil
  return exported {
    let names = try ModelHandle.borrowed(model, "model").classNames
    let out = try required(outName, "out_name")
    guard names.indices.contains(Int(index)) else {
      throw invalid("class \(index): the model has classes 0 to \(names.count - 1)")
    }
    out.pointee = names[Int(index)]
  }
}

@c @implementation
public func xpl_model_class_index(
  _ model: OpaquePointer?, _ text: UnsafePointer<CChar>?, _ outIndex: UnsafeMutablePointer<Int32>?
) -> xpl_status {
  outIndex?.pointee = 0
  return exported {
    let classifier = try ModelHandle.borrowed(model, "model").classifier
    let name = try CExports.text(text, "text")
    try required(outIndex, "out_index").pointee = int32(classifier.classIndex(name), "the class")
  }
}

@c @implementation
public func xpl_model_input_size(
  _ model: OpaquePointer?, _ outWidth: UnsafeMutablePointer<Int32>?, _ outHeight: UnsafeMutablePointer<Int32>?
) -> xpl_status {
  outWidth?.pointee = 0
  outHeight?.pointee = 0
  return exported {
    let preprocessing = try ModelHandle.borrowed(model, "model").classifier.preprocessing
    outWidth?.pointee = try int32(preprocessing.width, "the width")
    outHeight?.pointee = try int32(preprocessing.height, "the height")
  }
}

@c @implementation
public func xpl_model_free(_ model: OpaquePointer?) { ModelHandle.free(model) }

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
    for (i, entry) in top.enumerated() {
      out[i] = xpl_scored_class(
        index: try int32(entry.index, "the class"), probability: entry.probability,
        name: model.classNames[entry.index])
    }
    outCount?.pointee = top.count
  }
}

extension xpl_model_options {
  /// Every field leaves the choice to the model.
  static var unset: xpl_model_options {
    var options = xpl_model_options()
    options.mean = (.nan, .nan, .nan)
    options.deviation = (.nan, .nan, .nan)
    options.scale = .nan
    (options.bgr, options.antialias) = (-1, -1)
    return options
  }
}

extension ModelRequest {
  /// What the caller's struct asks for.
  mutating func take(_ options: xpl_model_options) throws {
    if options.preprocess != XPL_PREPROCESS_DEFAULT { preprocessing = try Convention(options.preprocess, "preprocess") }
    weights = try options.weights.map { try text($0, "weights") }
    labels = try options.labels.map { try text($0, "labels") }
    mean = given(options.mean)
    deviation = given(options.deviation)
    scale = options.scale.isNaN ? nil : options.scale
    if options.bgr != -1 { isBGR = try flag(options.bgr, "bgr") }
    if options.antialias != -1 { antialias = try flag(options.antialias, "antialias") }
    if options.width != 0 || options.height != 0 { size = (Int(options.width), Int(options.height)) }
    if options.resize != XPL_RESIZE_DEFAULT { resize = try Preprocessing.Resize(options.resize, "resize") }
  }

  /// Three numbers, or nil where all of them are NaN.
  private func given(_ values: (Float, Float, Float)) -> [Float]? {
    let list = [values.0, values.1, values.2]
    return list.allSatisfy(\.isNaN) ? nil : list
  }
}
