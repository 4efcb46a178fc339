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
public func xpl_model_load_onnx(
  _ bytes: UnsafeRawPointer?, _ size: Int, _ name: UnsafePointer<CChar>?, _ options: UnsafePointer<xpl_model_options>?,
  _ outModel: UnsafeMutablePointer<OpaquePointer?>?
) -> xpl_status {
  outModel?.pointee = nil
  return exported {
    let out = try required(outModel, "out_model")
    let file = try buffer(bytes, size, "bytes")
    var request = ModelRequest(try name.map { try text($0, "name") } ?? "onnx")
    if options != nil { try request.take(.read(options, "options", over: .unset)) }
    out.pointee = try ModelHandle(request.load(onnx: file)).given()
  }
}

@c @implementation
public func xpl_model_rename_classes(
  _ model: OpaquePointer?, _ names: UnsafePointer<UnsafePointer<CChar>?>?, _ count: Int,
  _ outModel: UnsafeMutablePointer<OpaquePointer?>?
) -> xpl_status {
  outModel?.pointee = nil
  return exported {
    let classifier = try ModelHandle.borrowed(model, "model").classifier
    let out = try required(outModel, "out_model")
    guard count == classifier.classCount else {
      throw invalid("count is \(UInt(bitPattern: count)): the model has \(classifier.classCount) classes")
    }
    out.pointee = try ModelHandle(classifier.renamingClasses(texts(names, count: count, "names"))).given()
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
public func xpl_model_preprocessing(
  _ model: OpaquePointer?, _ size: Int, _ outOptions: UnsafeMutablePointer<xpl_model_options>?
) -> xpl_status {
  exported {
    let preprocessing = try ModelHandle.borrowed(model, "model").classifier.preprocessing
    try xpl_model_options(preprocessing).write(to: outOptions, size: size, "out_options")
  }
}

@c @implementation
public func xpl_model_copy_input(
  _ model: OpaquePointer?, _ picture: OpaquePointer?, _ outValues: UnsafeMutablePointer<Float>?, _ count: Int
) -> xpl_status {
  exported {
    let preprocessing = try ModelHandle.borrowed(model, "model").classifier.preprocessing
    let picture = try PictureHandle.borrowed(picture, "picture").picture
    let out = try required(outValues, "out_values")
    let (width, height) = (preprocessing.width, preprocessing.height)
    guard count == 3 * width * height else {
      throw invalid("count is \(UInt(bitPattern: count)): the input has 3x\(height)x\(width) values")
    }
    try preprocessing.tensor(of: picture).withPointer { out.update(from: $0, count: count) }
  }
}

@c @implementation
public func xpl_model_is_differentiable(
  _ model: OpaquePointer?, _ outDifferentiable: UnsafeMutablePointer<Int32>?
) -> xpl_status {
  outDifferentiable?.pointee = 0
  return exported {
    let classifier = try ModelHandle.borrowed(model, "model").classifier
    try required(outDifferentiable, "out_differentiable").pointee = classifier.isDifferentiable ? 1 : 0
  }
}

@c @implementation
public func xpl_model_layer_count(_ model: OpaquePointer?, _ outCount: UnsafeMutablePointer<Int>?) -> xpl_status {
  outCount?.pointee = 0
  return exported {
    try required(outCount, "out_count").pointee = ModelHandle.borrowed(model, "model").layerNames.count
  }
}

@c @implementation
public func xpl_model_layer_name(
  _ model: OpaquePointer?, _ index: Int, _ outName: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> xpl_status {
  outName?.pointee = nil
  return exported {
    let names = try ModelHandle.borrowed(model, "model").layerNames
    try required(outName, "out_name").pointee = element(index, of: names, "the model", "layers")
  }
}

@c @implementation
public func xpl_model_default_layer(
  _ model: OpaquePointer?, _ outName: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> xpl_status {
  outName?.pointee = nil
  return exported { try required(outName, "out_name").pointee = ModelHandle.borrowed(model, "model").defaultLayer }
}

@c @implementation
public func xpl_model_tensor_count(_ model: OpaquePointer?, _ outCount: UnsafeMutablePointer<Int>?) -> xpl_status {
  outCount?.pointee = 0
  return exported {
    try required(outCount, "out_count").pointee = ModelHandle.borrowed(model, "model").tensors.count
  }
}

@c @implementation
public func xpl_model_tensor(
  _ model: OpaquePointer?, _ index: Int, _ size: Int, _ outTensor: UnsafeMutablePointer<xpl_tensor>?
) -> xpl_status {
  exported {
    let model = try ModelHandle.borrowed(model, "model")
    let tensor = try model.tensor(element(index, of: model.tensors.indices, "the model", "tensors"))
    try tensor.write(to: outTensor, size: size, "out_tensor")
  }
}

@c @implementation
public func xpl_model_free(_ model: OpaquePointer?) { ModelHandle.free(model) }

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

  /// Options that ask for this preprocessing.
  init(_ preprocessing: Preprocessing) throws {
    func triple(_ values: [Float]) throws -> (Float, Float, Float) {
      guard values.count == 3 else { throw ExplainError(.internal, "\(values.count) channels of preprocessing") }
      return (values[0], values[1], values[2])
    }
    self.init()
    mean = try triple(preprocessing.mean)
    deviation = try triple(preprocessing.deviation)
    scale = preprocessing.scale
    bgr = preprocessing.isBGR ? 1 : 0
    width = try int32(preprocessing.width, "the width")
    height = try int32(preprocessing.height, "the height")
    resize = preprocessing.resize.code
    antialias = preprocessing.antialias ? 1 : 0
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
    weightOptions.precision = try WeightOptions.Precision(options.weight_precision, "weight_precision")
    weightOptions.memory = try WeightOptions.Memory(options.memory, "memory")
    if options.resize != XPL_RESIZE_DEFAULT { resize = try Preprocessing.Resize(options.resize, "resize") }
  }

  /// Three numbers, or nil where all of them are NaN.
  private func given(_ values: (Float, Float, Float)) -> [Float]? {
    let list = [values.0, values.1, values.2]
    return list.allSatisfy(\.isNaN) ? nil : list
  }
}
