/// Operators of constants, computed while the file is read.
///
/// Exporters spell out how a shape comes about: the Shape of a value, an element gathered from it, joined with -1,
/// and handed to Reshape. The batch passes through as a symbol, so that a network works for every batch.
extension ONNXTranslator {
  /// The limit on elements of all computed constants of a file together, so that a small file cannot ask for
  /// unbounded memory.
  private static let maximumFoldedCount = 1 << 28

  /// Constant: a tensor, a number, or a list of numbers.
  mutating func constant(_ node: ONNX.Node) throws {
    if let tensor = try tensor(node, "value") {
      define(node, try file.tensors.constant(tensor))
    } else if let value = try optionalFloat(node, "value_float") {
      define(node, .floats(try Tensor(scalar: value)))
    } else if let values = try floats(node, named: "value_floats") {
      define(node, .floats(try Tensor(values, [values.count])))
    } else if let value = try optionalInteger(node, "value_int") {
      define(node, .integers([.known(value)], .scalar))
    } else if let values = try integers(node, "value_ints") {
      define(node, .integers(values.map(Extent.known), try Shape([values.count])))
    } else {
      throw fail(node, .unsupported, "has no value of numbers")
    }
  }

  /// Shape of a value or a constant, or a part of it.
  mutating func shape(_ node: ONNX.Node) throws {
    let extents: [Extent]
    switch try operand(node, 0) {
    case .activation(let value): extents = value.extents
    case .constant(let constant): extents = constant.shape.dimensions.map(Extent.known)
    case nil: throw fail(node, .badFile, "input 0 is missing")
    }
    let clamp = { (axis: Int) in min(max(axis < 0 ? axis + extents.count : axis, 0), extents.count) }
    let start = clamp(try integer(node, "start", default: 0))
    let end = max(start, clamp(try integer(node, "end", default: extents.count)))
    define(node, .integers(Array(extents[start..<end]), try Shape([end - start])))
  }

  /// Computes a node whose inputs are all constants.
  mutating func fold(_ node: ONNX.Node) throws { try fold(node, as: node.operatorType) }

  /// Computes a node as if it had another operator.
  mutating func fold(_ node: ONNX.Node, as operatorType: String) throws {
    switch operatorType {
    case "Identity", "Dropout": define(node, try input(node, 0))
    case "Cast": define(node, try foldCast(node))
    case "Add": try foldBinary(node, { $0 + $1 }, { $0.addingReportingOverflow($1) }, identity: 0)
    case "Sub": try foldBinary(node, { $0 - $1 }, { $0.subtractingReportingOverflow($1) }, identity: 0)
    case "Mul": try foldBinary(node, { $0 * $1 }, { $0.multipliedReportingOverflow(by: $1) }, identity: 1)
    case "Div": try foldBinary(node, { $0 / $1 }, { $0.dividedReportingOverflow(by: $1) }, identity: 1)
    case "Concat": define(node, try foldConcatenation(node))
    case "Gather": define(node, try foldGather(node))
    case "Reshape": define(node, try foldReshape(node))
    case "Transpose": define(node, try foldTranspose(node))
    case "Squeeze", "Unsqueeze": define(node, try foldAxes(node))
    case "Slice": define(node, try foldSlice(node))
    case "ConstantOfShape": define(node, try foldConstantOfShape(node))
    default: throw unknownOperator(node, " on constants")
    }
  }

  mutating func input(_ node: ONNX.Node, _ index: Int) throws -> ONNXConstant {
    guard let constant = try optionalConstant(node, index) else {
      throw fail(node, .badFile, "input \(index) is missing")
    }
    return constant
  }

  /// A shape that a computed constant may have.
  mutating func allowed(_ node: ONNX.Node, _ dimensions: [Int]) throws -> Shape {
    guard let shape = try? Shape(dimensions), shape.count <= ONNXTranslator.maximumFoldedCount - foldedCount else {
      throw fail(node, .unsupported, "computes a constant of more elements than are supported")
    }
    foldedCount += shape.count
    return shape
  }

  private mutating func foldCast(_ node: ONNX.Node) throws -> ONNXConstant {
    let target = try integer(node, "to", default: 0)
    guard let type = ONNX.DataType(rawValue: target), type.isFloat || type.isInteger else {
      throw fail(node, .unsupported, "makes \(ONNX.DataType.name(target)) of a constant")
    }
    let constant = try input(node, 0)
    switch constant {
    case .floats(let tensor):
      guard type.isInteger else { return constant }
      let shape = try allowed(node, tensor.shape.dimensions)
      return .integers(
        try tensor.values.map { value in
          guard let number = Int(exactly: value.rounded(.towardZero)) else {
            throw fail(node, .badFile, "makes an integer of \(value)")
          }
          return .known(type == .bool ? (value == 0 ? 0 : 1) : number)
        }, shape)
    case .integers(let elements, let shape):
      guard type.isFloat else { return constant }
      let numbers = elements.compactMap(\.number)
      guard numbers.count == elements.count else { throw openExtent(node) }
      return .floats(try Tensor(numbers.map { Float($0) }, shape.dimensions))
    }
  }

  /// Arithmetic of two constants; a symbol survives where the other side changes nothing.
  private mutating func foldBinary(
    _ node: ONNX.Node, _ floats: (Float, Float) -> Float,
    _ integers: (Int, Int) -> (partialValue: Int, overflow: Bool), identity: Int
  ) throws {
    let (left, right) = (try input(node, 0), try input(node, 1))
    let rank = max(left.shape.rank, right.shape.rank)
    let extent = { (shape: Shape, axis: Int) in axis < rank - shape.rank ? 1 : shape[axis - rank + shape.rank] }
    let dimensions = try (0..<rank).map { axis in
      let (a, b) = (extent(left.shape, axis), extent(right.shape, axis))
      guard a == b || a == 1 || b == 1 else { throw fail(node, .badFile, "extents \(a) and \(b) do not go together") }
      return a == 1 ? b : a
    }
    let shape = try allowed(node, dimensions)
    switch (try left.broadcast(to: shape), try right.broadcast(to: shape)) {
    case (.floats(let a), .floats(let b)):
      let result = try Tensor(shape) { output in
        a.withPointer { a in b.withPointer { b in for i in 0..<shape.count { output[i] = floats(a[i], b[i]) } } }
      }
      define(node, .floats(result))
    case (.integers(let a, _), .integers(let b, _)):
      let commutes = node.operatorType != "Sub" && node.operatorType != "Div"
      let result = try zip(a, b).map { a, b -> Extent in
        guard let x = a.number, let y = b.number else {
          if b == .known(identity) { return a }
          return commutes && a == .known(identity) ? b : newSymbol()
        }
        let (number, overflow) = integers(x, y)
        guard !overflow else { throw fail(node, .badFile, "overflows, or divides by zero") }
        return .known(number)
      }
      define(node, .integers(result, shape))
    default: throw fail(node, .badFile, "mixes floats and integers")
    }
  }

  private mutating func foldConstantOfShape(_ node: ONNX.Node) throws -> ONNXConstant {
    guard let dimensions = try optionalIntegers(node, 0) else { throw fail(node, .badFile, "input 0 is missing") }
    let shape = try allowed(node, dimensions)
    guard let value = try tensor(node, "value") else { return .floats(try Tensor(repeating: 0, shape: shape)) }
    switch try file.tensors.constant(value) {
    case .floats(let tensor) where tensor.count == 1: return .floats(try Tensor(repeating: tensor.item, shape: shape))
    case .integers(let elements, _) where elements.count == 1:
      return .integers([Extent](repeating: elements[0], count: shape.count), shape)
    default: throw fail(node, .badFile, "its value is not one number")
    }
  }
}
