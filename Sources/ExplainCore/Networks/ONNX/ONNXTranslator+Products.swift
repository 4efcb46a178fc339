/// Matrix products with constant weights.
extension ONNXTranslator {
  /// Gemm: `alpha * A · B + beta * C`, where B and C are constants.
  mutating func gemm(_ node: ONNX.Node) throws {
    let input = try activation(node)
    guard input.rank == 2 else { throw fail(node, .badFile, "an input of \(input.rank) axes, not 2") }
    guard try !flag(node, "transA") else { throw mixesBatch(node) }
    let alpha = try float(node, "alpha", default: 1)
    let beta = try float(node, "beta", default: 1)
    var weight = try outputMajor(node, try floats(node, 1), isOutputMajor: try flag(node, "transB"))
    if alpha != 1 { weight = try weight.map { alpha * $0 } }
    let outputs = weight.shape[0]
    try check(node, input, weight)
    var bias = try optionalFloats(node, 2)
    if let given = bias {
      guard [[], [1], [outputs], [1, 1], [1, outputs]].contains(given.shape.dimensions) else {
        throw fail(node, .unsupported, "an addend of shape \(given.shape) for \(outputs) outputs")
      }
      let scaled = beta == 1 ? given : try given.map { beta * $0 }
      bias =
        scaled.count == outputs
        ? try scaled.reshaped([outputs]) : try Tensor(repeating: scaled.item, shape: try Shape([outputs]))
    }
    try emit(node, .linear(weight: weight, bias: bias), [input], [.batch, .known(outputs)])
  }

  /// MatMul of a value and a constant matrix.
  mutating func matMul(_ node: ONNX.Node) throws {
    let input = try activation(node)
    let factor = try floats(node, 1)
    guard input.rank == 2, factor.shape.rank == 2 else {
      throw fail(node, .unsupported, "factors of \(input.rank) and \(factor.shape.rank) axes: matrices are supported")
    }
    let weight = try outputMajor(node, factor, isOutputMajor: false)
    try check(node, input, weight)
    try emit(node, .linear(weight: weight, bias: nil), [input], [.batch, .known(weight.shape[0])])
  }

  /// A matrix with one row for each output.
  private func outputMajor(_ node: ONNX.Node, _ matrix: Tensor, isOutputMajor: Bool) throws -> Tensor {
    guard matrix.shape.rank == 2, matrix.count > 0 else {
      throw fail(node, .badFile, "a weight of shape \(matrix.shape)")
    }
    if isOutputMajor { return matrix }
    let (rows, columns) = (matrix.shape[0], matrix.shape[1])
    return try Tensor(try Shape([columns, rows])) { output in
      matrix.withPointer { input in
        // Blocks keep both sides in the cache: this matrix may have a hundred million elements.
        for row in stride(from: 0, to: rows, by: 32) {
          for column in 0..<columns {
            for r in row..<min(row + 32, rows) { output[column * rows + r] = input[r * columns + column] }
          }
        }
      }
    }
  }

  private func check(_ node: ONNX.Node, _ input: Activation, _ weight: Tensor) throws {
    guard let given = input.extents[1].number, given != weight.shape[1] else { return }
    throw fail(node, .badFile, "a weight for \(weight.shape[1]) inputs where there are \(given)")
  }
}
