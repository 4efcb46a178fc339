/// Operators that move elements of constants.
extension ONNXTranslator {
  mutating func foldConcatenation(_ node: ONNX.Node) throws -> ONNXConstant {
    let parts = try node.inputs.indices.map { try input(node, $0) }
    let rank = parts[0].shape.rank
    let axis = try axis(node, try integer(node, "axis", default: 1), rank: rank)
    var dimensions = parts[0].shape.dimensions
    for part in parts.dropFirst() {
      var expected = part.shape.dimensions
      guard expected.count == rank else { throw fail(node, .badFile, "joins constants of different ranks") }
      dimensions[axis] += expected[axis]
      expected[axis] = dimensions[axis]
      guard expected == dimensions else { throw fail(node, .badFile, "joins constants of different shapes") }
    }
    let shape = try allowed(node, dimensions)
    let outer = dimensions[..<axis].reduce(1, *)
    if case .floats = parts[0] {
      let values = try parts.map { part -> [Float] in
        guard case .floats(let tensor) = part else { throw fail(node, .badFile, "mixes floats and integers") }
        return tensor.values
      }
      return .floats(try Tensor(Self.interleave(values, outer: outer), shape.dimensions))
    }
    let values = try parts.map { part -> [Extent] in
      guard case .integers(let elements, _) = part else { throw fail(node, .badFile, "mixes floats and integers") }
      return elements
    }
    return .integers(Self.interleave(values, outer: outer), shape)
  }

  private static func interleave<Element>(_ parts: [[Element]], outer: Int) -> [Element] {
    var result: [Element] = []
    for block in 0..<outer {
      for part in parts {
        let length = part.count / outer
        result += part[block * length..<(block + 1) * length]
      }
    }
    return result
  }

  /// Gather: elements of one axis by their numbers.
  mutating func foldGather(_ node: ONNX.Node) throws -> ONNXConstant {
    let data = try input(node, 0)
    guard case .integers(let indices, let indexShape) = try input(node, 1) else {
      throw fail(node, .badFile, "its indices are not integers")
    }
    let axis = try axis(node, try integer(node, "axis", default: 0), rank: data.shape.rank)
    let extent = data.shape[axis]
    let chosen = try indices.map { index in
      guard let number = index.number else { throw openExtent(node) }
      guard number >= -extent, number < extent else { throw fail(node, .badFile, "index \(number) of \(extent)") }
      return number < 0 ? number + extent : number
    }
    let (before, after) = (data.shape.dimensions[..<axis], data.shape.dimensions[(axis + 1)...])
    let shape = try allowed(node, before + indexShape.dimensions + after)
    let (outer, inner) = (before.reduce(1, *), after.reduce(1, *))
    let gather = Gathering(chosen: chosen, outer: outer, extent: extent, inner: inner)
    switch data {
    case .floats(let tensor): return .floats(try Tensor(gather(tensor.values), shape.dimensions))
    case .integers(let elements, _): return .integers(gather(elements), shape)
    }
  }

  mutating func foldReshape(_ node: ONNX.Node) throws -> ONNXConstant {
    let data = try input(node, 0)
    guard var target = try optionalIntegers(node, 1) else { throw fail(node, .badFile, "its target is missing") }
    let copiesZeros = try !flag(node, "allowzero")
    for axis in target.indices where target[axis] == 0 && copiesZeros {
      guard axis < data.shape.rank else { throw fail(node, .badFile, "its target copies an axis that is not there") }
      target[axis] = data.shape[axis]
    }
    if let computed = target.firstIndex(of: -1) {
      target[computed] = 1
      guard let others = try? Shape(target).count, others > 0, data.shape.count % others == 0 else {
        throw fail(node, .badFile, "its target does not hold \(data.shape.count) elements")
      }
      target[computed] = data.shape.count / others
    }
    guard let shape = try? Shape(target), shape.count == data.shape.count else {
      throw fail(node, .badFile, "its target does not hold \(data.shape.count) elements")
    }
    return try data.reshaped(target)
  }

  mutating func foldTranspose(_ node: ONNX.Node) throws -> ONNXConstant {
    let data = try input(node, 0)
    let rank = data.shape.rank
    let order = try integers(node, "perm") ?? Array((0..<rank).reversed())
    guard order.sorted() == Array(0..<rank) else { throw fail(node, .badFile, "its perm is not a permutation") }
    let shape = try allowed(node, order.map { data.shape[$0] })
    return try data.rearranged(shape, strides: order.map { data.shape.strides[$0] })
  }

  mutating func foldAxes(_ node: ONNX.Node) throws -> ONNXConstant {
    let data = try input(node, 0)
    let given = try integers(node, "axes", orInput: 1, from: 13)
    var dimensions = data.shape.dimensions
    if node.operatorType == "Unsqueeze" {
      let count = given?.count ?? 0
      guard dimensions.count + count <= Shape.maximumRank else { throw fail(node, .unsupported, "adds too many axes") }
      for axis in try axes(node, given ?? [], rank: dimensions.count + count) { dimensions.insert(1, at: axis) }
    } else {
      let all = dimensions.indices.filter { dimensions[$0] == 1 }
      for axis in try given.map({ try axes(node, $0, rank: dimensions.count) })?.reversed() ?? all.reversed() {
        guard dimensions.remove(at: axis) == 1 else { throw fail(node, .badFile, "drops an axis that is not 1") }
      }
    }
    return try data.reshaped(dimensions)
  }

  mutating func foldSlice(_ node: ONNX.Node) throws -> ONNXConstant {
    let data = try input(node, 0)
    var (dimensions, strides, offset) = (data.shape.dimensions, data.shape.strides, 0)
    for slice in try bounds(of: node, rank: dimensions.count) {
      let extent = dimensions[slice.axis]
      let range = slice.range(of: extent)
      if range.count > 0 { offset += range.first * strides[slice.axis] }
      dimensions[slice.axis] = range.count
      // A step beyond the axis is taken once at most; bounding it keeps the product in range.
      strides[slice.axis] *= min(max(slice.step, -extent), extent)
    }
    return try data.rearranged(try allowed(node, dimensions), strides: strides, offset: offset)
  }
}

/// Blocks of elements taken by number from the middle of three axes.
private struct Gathering {
  let chosen: [Int]
  let outer: Int
  let extent: Int
  let inner: Int

  func callAsFunction<Element>(_ elements: [Element]) -> [Element] {
    var result: [Element] = []
    for block in 0..<outer {
      for index in chosen {
        let start = (block * extent + index) * inner
        result += elements[start..<start + inner]
      }
    }
    return result
  }
}
