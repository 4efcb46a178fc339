/// Nonlinearities, arithmetic, softmax, and operators that do nothing in evaluation.
extension ONNXTranslator {
  /// A nonlinearity of one input.
  mutating func activate(_ node: ONNX.Node, _ activation: Operation.Activation) throws {
    let input = try self.activation(node)
    try emit(node, .activation(activation), [input], input.extents)
  }

  /// Clip: bounds are attributes before opset 11 and inputs since; either may be missing.
  mutating func clip(_ node: ONNX.Node) throws {
    let minimum = opset < 11 ? try optionalFloat(node, "min") : try bound(node, 1)
    let maximum = opset < 11 ? try optionalFloat(node, "max") : try bound(node, 2)
    try activate(node, .clip(minimum: minimum ?? -.infinity, maximum: maximum ?? .infinity))
  }

  private mutating func bound(_ node: ONNX.Node, _ index: Int) throws -> Float? {
    guard let tensor = try optionalFloats(node, index) else { return nil }
    guard tensor.count == 1 else { throw fail(node, .badFile, "a bound of shape \(tensor.shape), not one number") }
    return tensor.item
  }

  /// Add, Sub, Mul, Div of two values, or of a value and a constant.
  mutating func binary(_ node: ONNX.Node, _ operation: Operation.BinaryOperator) throws {
    guard let left = try operand(node, 0), let right = try operand(node, 1) else {
      throw fail(node, .badFile, "has fewer than two inputs")
    }
    let step = try binary(node, operation, left, right)
    try emit(node, step.operation, step.inputs, step.extents)
  }

  /// Sum of any number of values and constants.
  mutating func sum(_ node: ONNX.Node) throws {
    // Beginning with a value lets the constants join one by one.
    let first =
      try node.inputs.indices.first { if case .activation = try operand(node, $0) { true } else { false } } ?? 0
    var total = try activation(node, first)
    let others = node.inputs.indices.filter { $0 != first }
    guard let last = others.last else { return try identity(node) }
    for index in others {
      guard let term = try operand(node, index) else { throw fail(node, .badFile, "input \(index) is missing") }
      let step = try binary(node, .add, .activation(total), term)
      if index == last {
        try emit(node, step.operation, step.inputs, step.extents)
      } else {
        total = try append("\(node.label)/\(index)", node, step.operation, step.inputs, step.extents)
      }
    }
  }

  private mutating func binary(
    _ node: ONNX.Node, _ operation: Operation.BinaryOperator, _ left: Operand, _ right: Operand
  ) throws -> (operation: Operation, inputs: [Activation], extents: [Extent]) {
    switch (left, right) {
    case (.activation(let left), .activation(let right)):
      return (.binary(operation), [left, right], try broadcast(node, left.extents, right.extents))
    case (.activation(let value), .constant(let constant)), (.constant(let constant), .activation(let value)):
      guard case .floats(var tensor) = constant else { throw fail(node, .badFile, "mixes floats and integers") }
      // Leading ones say nothing, and keep a scalar from looking like a batch.
      tensor = try tensor.reshaped(Array(tensor.shape.dimensions.drop { $0 == 1 }))
      guard tensor.shape.rank < value.rank else { throw mixesBatch(node) }
      let padded = [Int](repeating: 1, count: value.rank - tensor.shape.rank) + tensor.shape.dimensions
      let extents = try broadcast(node, value.extents, [.known(1)] + padded[1...].map(Extent.known))
      if case .constant = left {
        return (.binaryWithConstant(operation, tensor, constantIsLeft: true), [value], extents)
      }
      return (.binaryWithConstant(operation, tensor, constantIsLeft: false), [value], extents)
    case (.constant, .constant): throw unknownOperator(node, " on constants")
    }
  }

  /// The shape of an operation of two values, each with its batch in front.
  private mutating func broadcast(_ node: ONNX.Node, _ left: [Extent], _ right: [Extent]) throws -> [Extent] {
    guard left.count == right.count else { throw mixesBatch(node) }
    return try zip(left, right).map { left, right in
      switch (left, right) {
      case (.known(1), let other), (let other, .known(1)): return other
      case (.known(let a), .known(let b)):
        guard a == b else { throw fail(node, .badFile, "extents \(a) and \(b) do not go together") }
        return left
      case (.known, .symbol): return left
      case (.symbol, .known): return right
      case (.symbol, .symbol): return left == right ? left : newSymbol()
      }
    }
  }

  /// Softmax over one axis; before opset 13 over all axes from one on.
  mutating func softmax(_ node: ONNX.Node) throws {
    let input = try activation(node)
    let axis = try axis(node, try integer(node, "axis", default: opset < 13 ? 1 : -1), rank: input.rank)
    guard axis > 0 else { throw mixesBatch(node) }
    try emit(node, .softmax(axis: axis, overTrailingAxes: opset < 13), [input], input.extents)
  }

  /// LogSoftmax, which is supported where the network ends in it: logits minus a constant are logits.
  mutating func logSoftmax(_ node: ONNX.Node) throws {
    guard node.outputs[0] == file.graph.outputs.first?.name else { throw unknownOperator(node, " before the output") }
    try softmax(node)
  }

  /// Identity.
  mutating func identity(_ node: ONNX.Node) throws {
    let input = try activation(node)
    try emit(node, .identity, [input], input.extents)
  }

  /// Dropout as in evaluation.
  mutating func dropout(_ node: ONNX.Node) throws {
    if opset >= 12, let training = try optionalExtents(node, 2), training != [.known(0)] {
      throw fail(node, .unsupported, "is in training mode: export the model for evaluation")
    }
    try identity(node)
  }

  /// Cast of a value between floating-point types: everything is computed in float32.
  mutating func cast(_ node: ONNX.Node) throws {
    let target = try integer(node, "to", default: 0)
    guard let type = ONNX.DataType(rawValue: target), type.isFloat else {
      throw fail(node, .unsupported, "makes \(ONNX.DataType.name(target)) of a value: floats are supported")
    }
    try identity(node)
  }
}
