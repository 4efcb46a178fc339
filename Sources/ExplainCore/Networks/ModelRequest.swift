/// Which model to load, and how pictures are to be prepared for it.
public struct ModelRequest: Sendable {
  /// `scenes`, a VGG's name such as `vgg19`, or the path of an ONNX file.
  public var model = "scenes"
  /// The weights of a VGG: a checkpoint's path; where torch keeps them if nil.
  public var weights: String?
  /// The path of a file with a line for each class; ImageNet's names for 1000 classes if nil.
  public var labels: String?
  /// The convention that the network was trained with; the model's own if nil.
  public var preprocessing: Convention?
  /// Red, green and blue, or blue, green and red: subtracted after scaling.
  public var mean: [Float]?
  /// Each channel is divided by it.
  public var deviation: [Float]?
  /// What a byte is multiplied by.
  public var scale: Float?
  /// Whether channel 0 is blue.
  public var isBGR: Bool?
  /// Input columns and rows.
  public var size: (width: Int, height: Int)?
  /// How a picture of another shape is fitted.
  public var resize: Preprocessing.Resize?
  /// Whether shrinking averages over all pixels.
  public var antialias: Bool?
  /// How the weights are kept.
  public var weightOptions = WeightOptions()

  /// Named conventions, after the frameworks whose networks expect them.
  public enum Convention: String, Sendable, CaseIterable {
    case torch, caffe
    case tensorflow = "tf"
    case none

    /// The preprocessing that the name stands for.
    public var preprocessing: Preprocessing {
      switch self {
      case .torch: return .torch
      case .caffe: return .caffe
      case .tensorflow: return .tensorflow
      case .none: return .none
      }
    }
  }

  /// A request for a model with its own preprocessing.
  public init(_ model: String = "scenes") { self.model = model }

  /// Names that need no file: the embedded model, and architectures whose weights are fetched.
  public static var builtIn: [String] { ["scenes"] + VGG.published.keys.sorted() }

  /// What was asked for, over what the model has by itself.
  ///
  /// - Throws: `.invalidArgument` that names a field out of its range.
  public func preprocessing(over own: Preprocessing) throws -> Preprocessing {
    var result = preprocessing?.preprocessing ?? own
    (result.width, result.height) = size ?? (own.width, own.height)
    result.mean = mean ?? result.mean
    result.deviation = deviation ?? result.deviation
    result.scale = scale ?? result.scale
    result.isBGR = isBGR ?? result.isBGR
    result.resize = resize ?? result.resize
    result.antialias = antialias ?? result.antialias
    try result.validate()
    return result
  }

  /// Loads the model.
  ///
  /// - Throws: `.io`, `.badFile` or `.unsupported` that names the file and what is wrong with it; `.invalidArgument`
  ///   for a model that does not exist, for weights of one that has its own, and for preprocessing out of range.
  public func load() throws -> Network {
    try reported {
      if let vgg = VGG.published[model] { return try load(vgg) }
      try refuseWeights()
      return try model == "scenes" ? Scenes.network(self) : loadONNX()
    }
  }

  private func reported(_ load: () throws -> Network) rethrows -> Network {
    let began = ContinuousClock().now
    let network = try load()
    // What was loaded but is not kept as it was: no later tensor is likely to be of just the same size.
    if weightOptions.precision != .float32 { BufferPool.shared.trim() }
    Log.write(.info, "loaded \(network.name), \(network.classCount) classes, in \(Log.time(since: began))")
    return network
  }

  private func load(_ vgg: VGG) throws -> Network {
    let checkpoint = try Checkpoint(path: WeightFiles.find(model, path: weights))
    var fitted = vgg
    // A network that was trained on other classes says so by its last layer.
    let last: String
    switch vgg.head {
    case .fullyConnected: last = "classifier.6.weight"
    case .globalAverage: last = "classifier.0.weight"
    }
    if let classes = checkpoint.entry(last)?.shape.dimensions.first, classes > 0 { fitted.classCount = classes }
    let state = try StateDictionary(checkpoint, fitting: model, expected: fitted.tensors)
    return try Network(
      name: model, graph: try fitted.graph { try state.tensor($0) }, preprocessing: try preprocessing(over: .torch),
      classNames: try classNames(count: fitted.classCount), weightOptions: weightOptions)
  }

  /// Makes a network of an ONNX file in memory, which is copied; `model` is its name.
  ///
  /// - Throws: as `load`.
  public func load(onnx bytes: UnsafeRawBufferPointer) throws -> Network {
    try reported {
      try refuseWeights()
      return try network(ONNXModel(copying: bytes, name: model))
    }
  }

  /// A file that nobody reads would be taken for the one that is explained.
  private func refuseWeights() throws {
    guard weights != nil else { return }
    throw ExplainError.invalid("weights are set: they are a VGG's, and the model \(model) has its own")
  }

  private func loadONNX() throws -> Network {
    guard model.contains("/") || model.contains(".") else {
      throw ExplainError.invalid(
        "no model \(model)\(NearestNames.clause(for: model, among: ModelRequest.builtIn)); or give an ONNX file's path")
    }
    return try network(ONNXModel(path: model))
  }

  private func network(_ onnx: ONNXModel) throws -> Network {
    var own = Preprocessing.torch
    if onnx.inputExtents.count == 3 {
      own.height = onnx.inputExtents[1] ?? own.height
      own.width = onnx.inputExtents[2] ?? own.width
    }
    if let size, onnx.inputExtents.count == 3,
      size.height != onnx.inputExtents[1] ?? size.height || size.width != onnx.inputExtents[2] ?? size.width
    {
      throw ExplainError.invalid(
        "\(model) takes pictures of \(own.width)x\(own.height) only, not \(size.width)x\(size.height)")
    }
    let preprocessing = try preprocessing(over: own)
    let name = model.split(separator: "/").last.map(String.init) ?? model
    return try Network(
      name: name, graph: onnx.graph, preprocessing: preprocessing, weightOptions: weightOptions
    ) { try classNames(count: $0) }
  }

  /// The names that were asked for, ImageNet's for 1000 classes, or none.
  ///
  /// - Throws: `.io` or `.badFile` that names the file, where it has not one name a class.
  public func classNames(count: Int) throws -> [String] {
    if let labels {
      let names = try ClassNames.read(labels)
      guard names.count == count else {
        throw ExplainError.badFile("\(labels) has \(names.count) names; \(model) has \(count) classes")
      }
      return names
    }
    return count == ClassNames.imageNet.count ? ClassNames.imageNet : []
  }
}
