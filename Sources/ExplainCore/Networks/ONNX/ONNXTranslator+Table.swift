/// The table of operators.
extension ONNXTranslator {
  /// Translates a node that the output needs.
  ///
  /// - Throws: `.unsupported` for an operator, or a use of it, that is not supported; `.badFile` for a node that
  ///   contradicts its operator's definition; `.outOfMemory`.
  mutating func translate(_ node: ONNX.Node) throws {
    guard node.domain.isEmpty else { throw unknownOperator(node) }
    guard let first = node.outputs.first, !first.isEmpty else {
      throw fail(node, .unsupported, "only an extra output is used, which is not supported")
    }
    switch node.operatorType {
    case "Constant": return try constant(node)
    case "Shape": return try shape(node)
    default: break
    }
    if try readsConstantsOnly(node) { return try fold(node) }
    switch node.operatorType {
    case "Conv": try convolution(node)
    case "MaxPool", "AveragePool": try pool(node)
    case "GlobalAveragePool": try globalAveragePool(node)
    case "BatchNormalization": try batchNormalization(node)
    case "LRN": try localResponseNormalization(node)
    case "Gemm": try gemm(node)
    case "MatMul": try matMul(node)
    case "Relu": try activate(node, .relu)
    case "LeakyRelu": try activate(node, .leakyRelu(slope: try float(node, "alpha", default: 0.01)))
    case "Sigmoid": try activate(node, .sigmoid)
    case "HardSigmoid":
      let (alpha, beta) = (try float(node, "alpha", default: 0.2), try float(node, "beta", default: 0.5))
      try activate(node, .hardSigmoid(alpha: alpha, beta: beta))
    case "HardSwish": try activate(node, .hardSwish)
    case "Clip": try clip(node)
    case "Softmax": try softmax(node)
    case "LogSoftmax": try logSoftmax(node)
    case "Add": try binary(node, .add)
    case "Sub": try binary(node, .subtract)
    case "Mul": try binary(node, .multiply)
    case "Div": try binary(node, .divide)
    case "Sum": try sum(node)
    case "Identity": try identity(node)
    case "Dropout": try dropout(node)
    case "Cast": try cast(node)
    case "Concat": try concatenate(node)
    case "Flatten": try flatten(node)
    case "Reshape": try reshape(node)
    case "Transpose": try transpose(node)
    case "Squeeze": try squeeze(node)
    case "Unsqueeze": try unsqueeze(node)
    case "Pad": try pad(node)
    case "Slice": try slice(node)
    case "ReduceMean": try mean(node)
    default: throw unknownOperator(node)
    }
  }

  private mutating func readsConstantsOnly(_ node: ONNX.Node) throws -> Bool {
    guard node.inputs.contains(where: { !$0.isEmpty }) else { return false }
    for index in node.inputs.indices {
      if case .activation = try operand(node, index) { return false }
    }
    return true
  }
}
