/// Numbers an axis from the front and checks it.
func resolveAxis(_ axis: Int, rank: Int, what: String) throws -> Int {
  guard axis >= -rank, axis < rank else {
    throw ExplainError.invalid("\(what): axis \(axis) of a value with \(rank) axes")
  }
  return axis < 0 ? axis + rank : axis
}

/// Row-major strides of `extents`, with 0 for axes of extent 1, along which a value is repeated.
func zeroingBroadcast(_ extents: [Int]) -> [Int] {
  var strides = [Int](repeating: 0, count: extents.count)
  var step = 1
  for axis in extents.indices.reversed() {
    strides[axis] = extents[axis] == 1 ? 0 : step
    step *= extents[axis]
  }
  return strides
}

/// Row-major strides of `extents`.
func rowMajorStrides(_ extents: [Int]) -> [Int] {
  var strides = [Int](repeating: 1, count: extents.count)
  for axis in extents.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * extents[axis + 1] }
  return strides
}

/// The positions, in another array, of the elements of a strided view in row-major order.
struct GatherMap {
  var extents: [Int]
  var strides: [Int]
  var offset = 0

  /// All positions.
  ///
  /// - Throws: `.unsupported`, naming `what`, if there are more than 2^31 of them.
  func indices(what: String) throws -> [Int32] {
    let count = extents.reduce(1, *)
    guard count <= Int(Int32.max) else { throw ExplainError.unsupported("\(what): \(count) elements a picture") }
    var result: [Int32] = []
    result.reserveCapacity(count)
    guard count > 0 else { return result }
    var counters = [Int](repeating: 0, count: extents.count)
    var position = offset
    for _ in 0..<count {
      result.append(Int32(truncatingIfNeeded: position))
      for axis in extents.indices.reversed() {
        counters[axis] += 1
        position += strides[axis]
        guard counters[axis] == extents[axis] else { break }
        position -= strides[axis] * extents[axis]
        counters[axis] = 0
      }
    }
    return result
  }
}

/// Transposition, slices and padding: each output element is one input element, or a constant.
struct GatherStep: Step {
  let outputShape: [Int]
  private let batch: Int
  private let inputCount: Int
  /// For each output element of one picture, the input element, or -1 for `fill`.
  private let sources: [Int32]
  private let fill: Float

  /// - Throws: `.invalidArgument` or `.unsupported`, naming `what`.
  init(transposing order: [Int], what: String, input: [Int]) throws {
    guard order.sorted() == Array(input.indices) else {
      throw ExplainError.invalid("\(what): \(order) is no order of \(input.count) axes")
    }
    guard order.first == 0 else { throw ExplainError.unsupported("\(what): moves the batch from the first axis") }
    let strides = rowMajorStrides(input)
    outputShape = order.map { input[$0] }
    sources = try GatherMap(extents: Array(outputShape.dropFirst()), strides: order.dropFirst().map { strides[$0] })
      .indices(what: what)
    (batch, inputCount, fill) = (input[0], input.dropFirst().reduce(1, *), 0)
  }

  /// - Throws: `.invalidArgument` or `.unsupported`, naming `what`.
  init(slicing slices: [Operation.AxisSlice], what: String, input: [Int]) throws {
    var map = GatherMap(extents: input, strides: rowMajorStrides(input))
    for slice in slices {
      let axis = try resolveAxis(slice.axis, rank: input.count, what: what)
      let extent = map.extents[axis]
      guard slice.step != 0, slice.step != Int.min else {
        throw ExplainError.invalid("\(what): a slice of step \(slice.step)")
      }
      let clamp = { (bound: Int, low: Int, high: Int) in
        min(max(bound < 0 ? max(bound, -extent - 1) + extent : min(bound, extent), low), high)
      }
      let forward = slice.step > 0
      let start = forward ? clamp(slice.start, 0, extent) : clamp(slice.start, -1, extent - 1)
      let end = forward ? clamp(slice.end, 0, extent) : clamp(slice.end, -1, extent - 1)
      let span = forward ? end - start : start - end
      let step = abs(slice.step)
      map.extents[axis] = span <= 0 ? 0 : (span - 1) / step + 1
      guard axis > 0 || (map.extents[0] == extent && forward && step == 1) else {
        throw ExplainError.unsupported("\(what): a slice of the batch")
      }
      map.offset += start * map.strides[axis]
      map.strides[axis] *= map.extents[axis] > 1 ? slice.step : 1
    }
    outputShape = map.extents
    guard !outputShape.contains(0) else { throw ExplainError.invalid("\(what): the slice of \(input) is empty") }
    map.extents.removeFirst()
    map.strides.removeFirst()
    sources = try map.indices(what: what)
    (batch, inputCount, fill) = (input[0], input.dropFirst().reduce(1, *), 0)
  }

  /// - Throws: `.invalidArgument` or `.unsupported`, naming `what`.
  init(padding begin: [Int], _ end: [Int], mode: Operation.PaddingMode, what: String, input: [Int]) throws {
    let limit = 1 << 20
    guard begin.count == input.count, end.count == input.count, (begin + end).allSatisfy({ (0...limit).contains($0) })
    else { throw ExplainError.invalid("\(what): padding \(begin), \(end) of a value with \(input.count) axes") }
    guard begin[0] == 0, end[0] == 0 else { throw ExplainError.unsupported("\(what): padding of the batch") }
    let shape = try Shape(input.indices.map { input[$0] + begin[$0] + end[$0] }).dimensions
    // For each axis, where an output index comes from; -1 stands for the constant.
    var origins: [[Int]] = []
    for axis in input.indices.dropFirst() {
      if mode == .reflect, max(begin[axis], end[axis]) >= max(input[axis], 1) {
        throw ExplainError.invalid("\(what): reflects \(max(begin[axis], end[axis])) beyond an axis of \(input[axis])")
      }
      origins.append(
        (0..<shape[axis]).map { index in
          let origin = index - begin[axis]
          if origin >= 0, origin < input[axis] { return origin }
          switch mode {
          case .constant: return -1
          case .edge: return min(max(origin, 0), input[axis] - 1)
          case .reflect: return origin < 0 ? -origin : 2 * (input[axis] - 1) - origin
          }
        })
    }
    let strides = rowMajorStrides(Array(input.dropFirst()))
    let outputStrides = rowMajorStrides(Array(shape.dropFirst()))
    let count = shape.dropFirst().reduce(1, *)
    guard count <= Int(Int32.max) else { throw ExplainError.unsupported("\(what): \(count) elements a picture") }
    sources = (0..<count).map { element in
      var position = 0
      for axis in origins.indices {
        let origin = origins[axis][element / outputStrides[axis] % shape[axis + 1]]
        if origin < 0 { return -1 }
        position += origin * strides[axis]
      }
      return Int32(truncatingIfNeeded: position)
    }
    outputShape = shape
    (batch, inputCount) = (input[0], input.dropFirst().reduce(1, *))
    if case .constant(let value) = mode { fill = value } else { fill = 0 }
  }

  func forward(_ inputs: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    nonisolated(unsafe) let (input, output) = (inputs[0], output)
    Parallel.forEach(batch) { picture in
      let (source, target) = (input + picture * inputCount, output + picture * sources.count)
      for (i, index) in sources.enumerated() { target[i] = index < 0 ? fill : source[Int(index)] }
    }
  }

  func backward(_ pass: BackwardPass, _ scratch: Scratch) {
    guard let destination = pass.inputGradients[0] else { return }
    nonisolated(unsafe) let inputGradient = destination
    Parallel.forEach(batch) { picture in
      let target = inputGradient + picture * inputCount
      let source = pass.outputGradient + picture * sources.count
      target.update(repeating: 0, count: inputCount)
      for (i, index) in sources.enumerated() where index >= 0 { target[Int(index)] += source[i] }
    }
  }
}
