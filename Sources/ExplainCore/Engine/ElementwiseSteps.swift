/// `x * scale[c] + shift[c]` for each channel.
struct ScaleAndShiftStep: Step {
  let outputShape: [Int]
  private let scale, shift: Tensor
  private let planeCount: Int

  /// - Throws: `.invalidArgument`, naming `what`, if there is not one factor a channel.
  init(what: String, scale: Tensor, shift: Tensor, input: [Int]) throws {
    guard input.count >= 2, scale.count == input[1], shift.count == input[1] else {
      throw ExplainError.invalid("\(what): \(scale.count) factors for an input of \(input)")
    }
    outputShape = input
    (self.scale, self.shift) = (scale, shift)
    planeCount = input.dropFirst(2).reduce(1, *)
  }

  func forward(_ inputs: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    nonisolated(unsafe) let (input, output) = (inputs[0], output)
    let (factors, shifts) = (scale.values, shift.values)
    Parallel.forEach(outputShape[0] * outputShape[1]) { plane in
      let (factor, shift) = (factors[plane % outputShape[1]], shifts[plane % outputShape[1]])
      for i in plane * planeCount..<(plane + 1) * planeCount { output[i] = input[i] * factor + shift }
    }
  }

  func backward(_ pass: BackwardPass, _ scratch: Scratch) {
    guard let destination = pass.inputGradients[0] else { return }
    nonisolated(unsafe) let target = destination
    let factors = scale.values
    Parallel.forEach(outputShape[0] * outputShape[1]) { plane in
      let factor = factors[plane % outputShape[1]]
      for i in plane * planeCount..<(plane + 1) * planeCount { target[i] = pass.outputGradient[i] * factor }
    }
  }
}

/// Arithmetic of two values, or of a value and a constant, with NumPy's broadcasting.
struct BinaryStep: Step {
  let outputShape: [Int]
  private let operation: Operation.BinaryOperator
  private let constant: Tensor?
  private let constantIsLeft: Bool
  /// For each output element, the element of the left and of the right side; empty where shapes are equal.
  private let left, right: [Int32]
  private let counts: (left: Int, right: Int)

  /// - Parameter constant: the constant side, if one is; then `inputs` has the other side's shape alone.
  /// - Throws: `.invalidArgument`, naming `what`, if the shapes do not fit each other.
  init(
    what: String, _ operation: Operation.BinaryOperator, inputs: [[Int]], constant: Tensor? = nil,
    constantIsLeft: Bool = false
  ) throws {
    var sides = inputs
    if let constant { sides.insert(constant.shape.dimensions, at: constantIsLeft ? 0 : 1) }
    let rank = sides.map(\.count).max() ?? 0
    let extended = sides.map { [Int](repeating: 1, count: rank - $0.count) + $0 }
    var shape: [Int] = []
    for (a, b) in zip(extended[0], extended[1]) {
      guard a == b || a == 1 || b == 1 else {
        throw ExplainError.invalid("\(what): \(sides[0]) does not fit \(sides[1])")
      }
      shape.append(a == 1 ? b : a)
    }
    outputShape = try Shape(shape).dimensions
    if let batch = inputs.first?.first, outputShape.first != batch || rank != inputs[0].count {
      throw ExplainError.unsupported("\(what): \(sides[0]) with \(sides[1]) changes the batch")
    }
    let indices = { (side: [Int]) -> [Int32] in
      side == shape ? [] : try GatherMap(extents: shape, strides: zeroingBroadcast(side)).indices(what: what)
    }
    left = try indices(extended[0])
    right = try indices(extended[1])
    counts = (extended[0].reduce(1, *), extended[1].reduce(1, *))
    self.operation = operation
    self.constant = constant
    self.constantIsLeft = constantIsLeft
  }

  private var count: Int { outputShape.reduce(1, *) }

  private func withSides(
    _ inputs: [UnsafePointer<Float>], _ body: (UnsafePointer<Float>, UnsafePointer<Float>) -> Void
  ) {
    guard let constant else { return body(inputs[0], inputs[1]) }
    constant.withPointer { constantIsLeft ? body($0, inputs[0]) : body(inputs[0], $0) }
  }

  func forward(_ inputs: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    nonisolated(unsafe) let output = output
    withSides(inputs) { a, b in
      nonisolated(unsafe) let (a, b) = (a, b)
      forEachRange(count) { range in
        switch operation {
        case .add: for i in range { output[i] = a[index(left, i)] + b[index(right, i)] }
        case .subtract: for i in range { output[i] = a[index(left, i)] - b[index(right, i)] }
        case .multiply: for i in range { output[i] = a[index(left, i)] * b[index(right, i)] }
        case .divide: for i in range { output[i] = a[index(left, i)] / b[index(right, i)] }
        }
      }
    }
  }

  @inline(__always)
  private func index(_ map: [Int32], _ i: Int) -> Int { map.isEmpty ? i : Int(map[i]) }

  func backward(_ pass: BackwardPass, _ scratch: Scratch) {
    var targets = pass.inputGradients
    if constant != nil { targets.insert(nil, at: constantIsLeft ? 0 : 1) }
    let gradient = pass.outputGradient
    withSides(pass.inputs) { a, b in
      if let target = targets[0] {
        target.update(repeating: 0, count: counts.left)
        switch operation {
        case .add, .subtract: for i in 0..<count { target[index(left, i)] += gradient[i] }
        case .multiply: for i in 0..<count { target[index(left, i)] += gradient[i] * b[index(right, i)] }
        case .divide: for i in 0..<count { target[index(left, i)] += gradient[i] / b[index(right, i)] }
        }
      }
      if let target = targets[1] {
        target.update(repeating: 0, count: counts.right)
        switch operation {
        case .add: for i in 0..<count { target[index(right, i)] += gradient[i] }
        case .subtract: for i in 0..<count { target[index(right, i)] -= gradient[i] }
        case .multiply: for i in 0..<count { target[index(right, i)] += gradient[i] * a[index(left, i)] }
        case .divide:
          for i in 0..<count {
            let divisor = b[index(right, i)]
            target[index(right, i)] -= gradient[i] * a[index(left, i)] / (divisor * divisor)
          }
        }
      }
    }
  }
}

/// Joins values along an axis.
struct ConcatenationStep: Step {
  let outputShape: [Int]
  private let outer: Int
  /// Consecutive floats that each input contributes to one index of the axes before.
  private let blocks: [Int]

  /// - Throws: `.invalidArgument` or `.unsupported`, naming `what`.
  init(what: String, axis: Int, inputs: [[Int]]) throws {
    let axis = try resolveAxis(axis, rank: inputs[0].count, what: what)
    guard axis > 0 else { throw ExplainError.unsupported("\(what): joins along the batch") }
    var shape = inputs[0]
    shape[axis] = 0
    for input in inputs {
      var rest = input
      guard input.count == shape.count else { throw ExplainError.invalid("\(what): joins \(inputs)") }
      rest[axis] = shape[axis]
      guard rest == shape else { throw ExplainError.invalid("\(what): joins \(inputs[0]) and \(input)") }
      shape[axis] += input[axis]
    }
    outputShape = try Shape(shape).dimensions
    outer = shape[..<axis].reduce(1, *)
    blocks = inputs.map { $0[axis...].reduce(1, *) }
  }

  func forward(_ inputs: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    let row = blocks.reduce(0, +)
    for index in 0..<outer {
      var target = output + index * row
      for (input, count) in zip(inputs, blocks) {
        target.update(from: input + index * count, count: count)
        target += count
      }
    }
  }

  func backward(_ pass: BackwardPass, _ scratch: Scratch) {
    let row = blocks.reduce(0, +)
    for index in 0..<outer {
      var source = UnsafePointer(pass.outputGradient) + index * row
      for (target, count) in zip(pass.inputGradients, blocks) {
        if let target { (target + index * count).update(from: source, count: count) }
        source += count
      }
    }
  }
}

/// The same elements under another shape: no work at all.
struct ViewStep: Step {
  let outputShape: [Int]
  var isView: Bool { true }
  func forward(_ inputs: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ scratch: Scratch) {}
  func backward(_ pass: BackwardPass, _ scratch: Scratch) {}
}

/// The same elements under another shape in memory of their own, for a view whose gradient is asked for: what else reads
/// the input has no part in it.
struct CopyStep: Step {
  let outputShape: [Int]
  func forward(_ inputs: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    output.update(from: inputs[0], count: Plan.count(outputShape))
  }
  func backward(_ pass: BackwardPass, _ scratch: Scratch) {
    pass.inputGradients[0]?.update(from: pass.outputGradient, count: Plan.count(outputShape))
  }
}
