/// The bounds of a Slice.
extension ONNXTranslator {
  /// The parts that a Slice takes, one axis after the other; bounds are attributes before opset 10 and inputs since.
  mutating func bounds(of node: ONNX.Node, rank: Int) throws -> [Operation.AxisSlice] {
    guard let starts = try integers(node, "starts", orInput: 1, from: 10),
      let ends = try integers(node, "ends", orInput: 2, from: 10)
    else { throw fail(node, .badFile, "its bounds are missing") }
    let given = try integers(node, "axes", orInput: 3, from: 10)
    let steps = opset < 10 ? nil : try optionalIntegers(node, 4)
    let axes = try (given ?? Array(starts.indices)).map { try axis(node, $0, rank: rank) }
    guard starts.count == axes.count, ends.count == axes.count, steps.map({ $0.count == axes.count }) ?? true,
      Set(axes).count == axes.count, steps.map({ !$0.contains(0) }) ?? true
    else { throw fail(node, .badFile, "its bounds, axes and steps do not go together") }
    // Beyond these numbers a bound or a step means the same, and arithmetic on it cannot overflow.
    let clamp = { (number: Int) in min(max(number, -(1 << 40)), 1 << 40) }
    return axes.indices.map { i in
      Operation.AxisSlice(
        axis: axes[i], start: clamp(starts[i]), end: clamp(ends[i]), step: clamp(steps?[i] ?? 1))
    }
  }
}

extension Operation.AxisSlice {
  /// The first index and the number of indices that are taken of an axis.
  func range(of extent: Int) -> (first: Int, count: Int) {
    let fromFront = { (bound: Int) in bound < 0 ? bound + extent : bound }
    if step > 0 {
      let first = min(max(fromFront(start), 0), extent)
      let last = min(max(fromFront(end), 0), extent)
      return (first, last > first ? (last - first - 1) / step + 1 : 0)
    }
    let first = min(max(fromFront(start), -1), extent - 1)
    let last = min(max(fromFront(end), -1), extent - 1)
    return (first, first > last ? (first - last - 1) / -step + 1 : 0)
  }
}
