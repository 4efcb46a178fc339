/// Convolutions, pooling and normalization.
extension ONNXTranslator {
  /// Conv: one picture, two spatial axes, constant weights.
  mutating func convolution(_ node: ONNX.Node) throws {
    let input = try image(node)
    let weight = try floats(node, 1)
    let bias = try optionalFloats(node, 2)
    guard weight.shape.rank == 4 else {
      throw fail(node, .unsupported, "a weight of shape \(weight.shape): two-dimensional convolutions are supported")
    }
    let groups = try integer(node, "group", default: 1)
    guard weight.count > 0, groups >= 1, weight.shape[0] % groups == 0 else {
      throw fail(node, .badFile, "a weight of shape \(weight.shape) in \(groups) groups")
    }
    guard bias.map({ $0.shape.dimensions == [weight.shape[0]] }) ?? true else {
      throw fail(node, .badFile, "a bias that does not fit the weight's shape \(weight.shape)")
    }
    // Both factors are bounded: the first by its memory, the second by dividing the weight's extent.
    let channels = weight.shape[1] * groups
    guard input.extents[1].number.map({ $0 == channels }) ?? true else {
      throw fail(
        node, .badFile, "a weight for \(channels) channels where the input has \(input.extents[1].number ?? 0)")
    }
    if input.number == 0, inputExtents[0] == nil { inputExtents[0] = channels }
    let window = try window(node, kernel: [weight.shape[2], weight.shape[3]])
    var convolution = Operation.Convolution(weight: weight, bias: bias)
    convolution.strides = window.strides
    convolution.dilations = window.dilations
    convolution.padding = window.padding
    convolution.groups = groups
    let extents = try window.extents(self, node, input)
    try emit(
      node, .convolution(convolution), [input],
      [.batch, .known(weight.shape[0])] + extents.map { $0.map(Extent.known) ?? newSymbol() })
  }

  /// MaxPool and AveragePool over two spatial axes.
  mutating func pool(_ node: ONNX.Node) throws {
    let input = try image(node)
    guard let kernel = try integers(node, "kernel_shape") else {
      throw fail(node, .badFile, "the attribute kernel_shape is missing")
    }
    let window = try window(node, kernel: kernel)
    var pooling = Operation.Pooling(node.operatorType == "MaxPool" ? .maximum : .average, kernel: window.kernel)
    pooling.strides = window.strides
    pooling.dilations = window.dilations
    pooling.padding = window.padding
    pooling.ceilMode = window.ceilMode
    pooling.countsPadding = try flag(node, "count_include_pad")
    let extents = try window.extents(self, node, input)
    try emit(
      node, .pool(pooling), [input],
      [.batch, input.extents[1]] + extents.map { $0.map(Extent.known) ?? newSymbol() })
  }

  /// GlobalAveragePool.
  mutating func globalAveragePool(_ node: ONNX.Node) throws {
    let input = try image(node)
    try emit(node, .globalAveragePool, [input], [.batch, input.extents[1], .known(1), .known(1)])
  }

  /// BatchNormalization as in evaluation: with the file's mean and variance it is a scale and a shift.
  mutating func batchNormalization(_ node: ONNX.Node) throws {
    let input = try activation(node)
    // Before opset 14, asking for the statistics meant training.
    let trains = opset < 14 ? node.outputs.dropFirst().contains { !$0.isEmpty } : try flag(node, "training_mode")
    guard !trains else { throw fail(node, .unsupported, "is in training mode: export the model for evaluation") }
    guard try flag(node, "spatial", default: true) else {
      throw fail(node, .unsupported, "normalizes each position by itself, which is not supported")
    }
    let gamma = try floats(node, 1).values
    let beta = try floats(node, 2).values
    let mean = try floats(node, 3).values
    let variance = try floats(node, 4).values
    let epsilon = Double(try float(node, "epsilon", default: 1e-5))
    guard input.rank >= 2, input.extents[1].number.map({ $0 == gamma.count }) ?? true, !gamma.isEmpty,
      [beta, mean, variance].allSatisfy({ $0.count == gamma.count })
    else { throw fail(node, .badFile, "its statistics do not fit the input's channels") }
    let scale = gamma.indices.map { Double(gamma[$0]) / (Double(variance[$0]) + epsilon).squareRoot() }
    let shift = gamma.indices.map { Double(beta[$0]) - Double(mean[$0]) * scale[$0] }
    let operation = Operation.scaleAndShift(
      scale: try Tensor(scale.map(Float.init), [gamma.count]), shift: try Tensor(shift.map(Float.init), [gamma.count]))
    try emit(node, operation, [input], [.batch, .known(gamma.count)] + input.extents[2...])
  }

  /// LRN over an odd number of channels, as in onnxruntime: even windows lie differently in ONNX and in PyTorch.
  mutating func localResponseNormalization(_ node: ONNX.Node) throws {
    let input = try image(node)
    let size = try integer(node, "size", default: 0)
    guard size % 2 == 1, (1...ONNXTranslator.maximumExtent).contains(size) else {
      throw fail(node, .unsupported, "a window of \(size) channels: odd sizes are supported")
    }
    let operation = Operation.localResponseNormalization(
      size: size, alpha: try float(node, "alpha", default: 1e-4), beta: try float(node, "beta", default: 0.75),
      bias: try float(node, "bias", default: 1))
    try emit(node, operation, [input], input.extents)
  }

  private mutating func image(_ node: ONNX.Node) throws -> Activation {
    let input = try activation(node)
    guard input.rank == 4 else {
      throw fail(node, .unsupported, "an input of \(input.rank) axes: two-dimensional pictures are supported")
    }
    return input
  }

  private func window(_ node: ONNX.Node, kernel: [Int]) throws -> ONNXWindow {
    if let given = try integers(node, "kernel_shape"), given != kernel {
      throw fail(node, .badFile, "a kernel_shape of \(given.prefix(8)) for a weight of \(kernel)")
    }
    guard kernel.count == 2 else {
      throw fail(node, .unsupported, "a window of \(kernel.count) axes: two-dimensional pictures are supported")
    }
    let window = ONNXWindow(
      kernel: kernel, strides: try integers(node, "strides") ?? [1, 1],
      dilations: try integers(node, "dilations") ?? [1, 1], padding: try padding(node),
      ceilMode: try flag(node, "ceil_mode"))
    let limits = 1...ONNXTranslator.maximumExtent
    guard window.strides.count == 2, window.dilations.count == 2,
      (window.kernel + window.strides + window.dilations).allSatisfy(limits.contains)
    else { throw fail(node, .badFile, "its kernel, strides or dilations are out of range") }
    return window
  }

  private func padding(_ node: ONNX.Node) throws -> Operation.WindowPadding {
    let mode = try string(node, "auto_pad", default: "NOTSET")
    switch mode {
    case "SAME_UPPER": return .same(oddAtEnd: true)
    case "SAME_LOWER": return .same(oddAtEnd: false)
    case "VALID": return .explicit(top: 0, left: 0, bottom: 0, right: 0)
    case "NOTSET", "": break
    default: throw fail(node, .badFile, "the auto_pad \(quoted(mode))")
    }
    let pads = try integers(node, "pads") ?? [0, 0, 0, 0]
    guard pads.count == 4, pads.allSatisfy((0...ONNXTranslator.maximumExtent).contains) else {
      throw fail(node, .unsupported, "pads of \(pads.prefix(8)): four from 0 on are supported")
    }
    return .explicit(top: pads[0], left: pads[1], bottom: pads[2], right: pads[3])
  }
}

/// Geometry that convolution and pooling share.
private struct ONNXWindow {
  let kernel: [Int]
  let strides: [Int]
  let dilations: [Int]
  let padding: Operation.WindowPadding
  let ceilMode: Bool

  /// Rows and columns of the result, nil where they are open.
  func extents(
    _ translator: ONNXTranslator, _ node: ONNX.Node, _ input: ONNXTranslator.Activation
  ) throws -> [Int?] {
    let (height, width) = (input.extents[2].number, input.extents[3].number)
    do {
      // An open side stands in as a large one, which any window fits.
      let geometry = try WindowGeometry(
        what: "window", height: height ?? ONNXTranslator.maximumExtent, width: width ?? ONNXTranslator.maximumExtent,
        kernel: kernel, strides: strides, dilations: dilations, padding: padding, ceilMode: ceilMode)
      return [height.map { _ in geometry.outputHeight }, width.map { _ in geometry.outputWidth }]
    } catch let error as ExplainError {
      throw translator.fail(node, .badFile, error.message)
    }
  }
}
