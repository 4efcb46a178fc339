/// Operators that move elements: joining, reshaping, permuting, padding, cutting; and the mean over axes.
extension ONNXTranslator {
  /// Concat along any axis but the batch.
  mutating func concatenate(_ node: ONNX.Node) throws {
    let inputs = try node.inputs.indices.map { try activation(node, $0) }
    guard !inputs.isEmpty else { throw fail(node, .badFile, "joins nothing") }
    let rank = inputs[0].rank
    let axis = try axis(node, try integer(node, "axis", default: 1), rank: rank)
    guard axis > 0 else { throw mixesBatch(node) }
    var extents = inputs[0].extents
    for input in inputs.dropFirst() {
      guard input.rank == rank else { throw fail(node, .badFile, "joins values of \(rank) and \(input.rank) axes") }
      for other in 1..<rank where other != axis {
        if let a = extents[other].number, let b = input.extents[other].number, a != b {
          throw fail(node, .badFile, "joins values of extents \(a) and \(b) along another axis")
        }
        if extents[other].number == nil { extents[other] = input.extents[other] }
      }
    }
    let parts = inputs.compactMap { $0.extents[axis].number }
    // Each is below 2^34, and there are fewer than 2^29 inputs in any file that fits into memory.
    extents[axis] = parts.count == inputs.count ? .known(parts.reduce(0, +)) : newSymbol()
    try emit(node, .concatenate(axis: axis), inputs, extents)
  }

  /// Flatten from the first axis after the batch on.
  mutating func flatten(_ node: ONNX.Node) throws {
    let input = try activation(node)
    var axis = try integer(node, "axis", default: 1)
    if axis < 0 { axis += input.rank }
    guard axis == 1 else { throw mixesBatch(node) }
    let count = knownCount(input.extents[1...])
    try emit(node, .flatten(axis: 1), [input], [.batch, count.map(Extent.known) ?? newSymbol()])
  }

  /// Reshape to a constant or computed shape, in which the batch becomes "as it is".
  mutating func reshape(_ node: ONNX.Node) throws {
    let input = try activation(node)
    guard var target = try optionalExtents(node, 1), target.count >= 1 else {
      throw fail(node, .badFile, "its target shape is missing")
    }
    guard target.count <= Shape.maximumRank else { throw fail(node, .unsupported, "a target of \(target.count) axes") }
    let copiesZeros = try !flag(node, "allowzero")
    guard copiesZeros || !target.contains(.known(0)) else {
      throw fail(node, .unsupported, "a target without elements")
    }
    let fixed = declaredBatch ?? 1
    guard [.known(0), .known(-1), .known(fixed), .batch].contains(target[0]) else {
      throw fail(node, .unsupported, "its target shape puts \(Self.text(target[0])) in the place of the batch")
    }
    target[0] = .known(0)
    let (numbers, extents) = try resolve(node, target, input)
    if let before = knownCount(input.extents[1...]), let after = knownCount(extents[1...]), before != after {
      throw fail(node, .unsupported, "its target shape does not hold the \(before) elements of each picture")
    }
    try emit(node, .reshape(numbers), [input], extents)
  }

  /// The target of a Reshape as numbers, and the shape that results.
  private mutating func resolve(
    _ node: ONNX.Node, _ target: [Extent], _ input: Activation
  ) throws -> (numbers: [Int], extents: [Extent]) {
    var (numbers, extents) = ([0], [Extent.batch])
    for (axis, element) in target.enumerated().dropFirst() {
      switch element {
      case .known(0):
        guard axis < input.rank else { throw fail(node, .badFile, "its target shape copies an axis that is not there") }
        numbers.append(0)
        extents.append(input.extents[axis])
      case .known(let number):
        guard number >= -1 else { throw fail(node, .badFile, "its target shape has an extent of \(number)") }
        numbers.append(number)
        extents.append(number == -1 ? newSymbol() : element)
      case .symbol:
        // An open extent can be copied from its own place, or be the one that is computed.
        let stays = axis < input.rank && input.extents[axis] == element
        numbers.append(stays ? 0 : -1)
        extents.append(element)
      }
    }
    let computed = numbers.indices.filter { numbers[$0] == -1 }
    guard computed.count <= 1 else { throw openExtent(node) }
    if let axis = computed.first, let count = knownCount(input.extents[1...]) {
      var others = extents[1...]
      others.remove(at: axis)
      if let product = knownCount(others) {
        guard product > 0, count % product == 0 else {
          throw fail(node, .badFile, "its target shape does not divide the \(count) elements of each picture")
        }
        extents[axis] = .known(count / product)
      }
    }
    return (numbers, extents)
  }

  /// Transpose with the batch in front.
  mutating func transpose(_ node: ONNX.Node) throws {
    let input = try activation(node)
    let order = try integers(node, "perm") ?? Array((0..<input.rank).reversed())
    guard order.sorted() == Array(0..<input.rank) else { throw fail(node, .badFile, "its perm is not a permutation") }
    guard order[0] == 0 else { throw mixesBatch(node) }
    let isDone = input.number == 0 && isChannelsLast
    try emit(node, isDone ? .identity : .transpose(order), [input], order.map { input.extents[$0] })
  }

  /// Squeeze: axes are an attribute before opset 13 and an input since; without them, all of extent 1.
  mutating func squeeze(_ node: ONNX.Node) throws {
    let input = try activation(node)
    var axes: [Int]
    if let given = try integers(node, "axes", orInput: 1, from: 13) {
      axes = try self.axes(node, given, rank: input.rank)
    } else {
      guard !input.extents.dropFirst().contains(where: { $0.number == nil }) else { throw openExtent(node) }
      axes = (1..<input.rank).filter { input.extents[$0] == .known(1) }
    }
    guard !axes.contains(0) else { throw mixesBatch(node) }
    for axis in axes {
      if let extent = input.extents[axis].number, extent != 1 {
        throw fail(node, .badFile, "drops an axis of extent \(extent)")
      }
    }
    try emit(
      node, .squeeze(axes: axes), [input], input.extents.indices.filter { !axes.contains($0) }.map { input.extents[$0] }
    )
  }

  /// Unsqueeze: axes are an attribute before opset 13 and an input since.
  mutating func unsqueeze(_ node: ONNX.Node) throws {
    let input = try activation(node)
    let given = try integers(node, "axes", orInput: 1, from: 13) ?? []
    guard input.rank + given.count <= Shape.maximumRank else { throw fail(node, .unsupported, "adds too many axes") }
    let axes = try self.axes(node, given, rank: input.rank + given.count)
    guard !axes.contains(0) else { throw mixesBatch(node) }
    var extents = input.extents
    for axis in axes { extents.insert(.known(1), at: axis) }
    try emit(node, .unsqueeze(axes: axes), [input], extents)
  }

  /// Pad: pads are an attribute before opset 11 and an input since.
  mutating func pad(_ node: ONNX.Node) throws {
    let input = try activation(node)
    let rank = input.rank
    guard let pads = try integers(node, "pads", orInput: 1, from: 11) else {
      throw fail(node, .badFile, "its pads are missing")
    }
    let axes = opset < 18 ? nil : try optionalIntegers(node, 3)?.map { try axis(node, $0, rank: rank) }
    let padded = axes ?? Array(0..<rank)
    guard pads.count == 2 * padded.count, Set(padded).count == padded.count else {
      throw fail(node, .badFile, "\(pads.count) pads for \(padded.count) axes")
    }
    guard pads.allSatisfy((0...ONNXTranslator.maximumExtent).contains) else {
      throw fail(node, .unsupported, "pads that are negative or above \(ONNXTranslator.maximumExtent)")
    }
    var (begin, end) = ([Int](repeating: 0, count: rank), [Int](repeating: 0, count: rank))
    for (position, axis) in padded.enumerated() {
      begin[axis] = pads[position]
      end[axis] = pads[padded.count + position]
    }
    guard begin[0] == 0, end[0] == 0 else { throw mixesBatch(node) }
    let mode = try paddingMode(node)
    for axis in 1..<rank where mode == .reflect {
      guard let extent = input.extents[axis].number, max(begin[axis], end[axis]) >= extent else { continue }
      throw fail(node, .badFile, "mirrors more than the \(extent) positions of an axis")
    }
    let extents = (0..<rank).map { axis -> Extent in
      let added = begin[axis] + end[axis]
      return added == 0 ? input.extents[axis] : input.extents[axis].number.map { .known($0 + added) } ?? newSymbol()
    }
    try emit(node, .pad(begin: begin, end: end, mode: mode), [input], extents)
  }

  private mutating func paddingMode(_ node: ONNX.Node) throws -> Operation.PaddingMode {
    let mode = try string(node, "mode", default: "constant")
    switch mode {
    case "reflect": return .reflect
    case "edge": return .edge
    case "constant":
      if opset < 11 { return .constant(try float(node, "value", default: 0)) }
      guard let value = try optionalFloats(node, 2) else { return .constant(0) }
      guard value.count == 1 else { throw fail(node, .badFile, "a value of shape \(value.shape), not one number") }
      return .constant(value.item)
    default: throw fail(node, .unsupported, "the mode \(quoted(mode)): constant, reflect and edge are supported")
    }
  }

  /// Slice: bounds are attributes before opset 10 and inputs since.
  mutating func slice(_ node: ONNX.Node) throws {
    let input = try activation(node)
    var extents = input.extents
    var slices: [Operation.AxisSlice] = []
    for slice in try bounds(of: node, rank: input.rank) {
      // INT64_MAX is how exporters write "to the end".
      let isWhole = slice.start == 0 && slice.step == 1 && slice.end >= Int(Int32.max)
      guard slice.axis > 0 || isWhole else { throw mixesBatch(node) }
      if isWhole { continue }
      if let extent = extents[slice.axis].number {
        let count = slice.range(of: extent).count
        guard count > 0 else { throw fail(node, .unsupported, "leaves nothing of axis \(slice.axis)") }
        extents[slice.axis] = .known(count)
      } else {
        extents[slice.axis] = newSymbol()
      }
      slices.append(slice)
    }
    try emit(node, slices.isEmpty ? .identity : .slice(slices), [input], extents)
  }

  /// ReduceMean: axes are an attribute before opset 18 and an input since.
  mutating func mean(_ node: ONNX.Node) throws {
    let input = try activation(node)
    let keepsAxes = try flag(node, "keepdims", default: true)
    let given = try integers(node, "axes", orInput: 1, from: 18) ?? []
    if given.isEmpty, try flag(node, "noop_with_empty_axes") { return try identity(node) }
    let axes = try self.axes(node, given.isEmpty ? Array(0..<input.rank) : given, rank: input.rank)
    guard !axes.contains(0) else { throw mixesBatch(node) }
    let extents = input.extents.indices.compactMap { axis in
      !axes.contains(axis) ? input.extents[axis] : keepsAxes ? .known(1) : nil
    }
    try emit(node, .mean(axes: axes, keepsAxes: keepsAxes), [input], extents)
  }

  /// The product of extents, or nil if one is open or the product is out of range.
  func knownCount(_ extents: ArraySlice<Extent>) -> Int? {
    let numbers = extents.compactMap(\.number)
    return numbers.count == extents.count ? try? Shape(numbers).count : nil
  }

  private static func text(_ extent: Extent) -> String { extent.number.map { "\($0)" } ?? "an open extent" }
}
