/// How two shapes combine element by element, by NumPy's rule: aligned at the last axis, an extent of 1 repeats.
///
/// Neighboring axes that both operands walk alike are joined, so that the innermost loop is long: `[1, 1, H, W]`
/// against `[N, 3, H, W]` becomes 3N rows of H·W elements.
struct Broadcast {
  /// The shape of the result.
  let shape: Shape
  /// Joined extents, outermost first, at least one, and each operand's step along them: 0 where it repeats.
  private(set) var extents: [Int] = []
  private(set) var leftStrides: [Int] = []
  private(set) var rightStrides: [Int] = []

  init(_ left: Shape, _ right: Shape) throws {
    let rank = max(left.rank, right.rank)
    var dimensions = [Int](repeating: 1, count: rank)
    var (leftStride, rightStride) = (1, 1)
    var groups: [(extent: Int, left: Int, right: Int)] = []
    for back in 1..<(rank + 1) {
      let a = back <= left.rank ? left[left.rank - back] : 1
      let b = back <= right.rank ? right[right.rank - back] : 1
      guard a == b || a == 1 || b == 1 else {
        throw ExplainError.invalid("shapes \(left) and \(right) do not broadcast")
      }
      let extent = a == 1 ? b : a
      dimensions[rank - back] = extent
      let steps = (a == 1 ? 0 : leftStride, b == 1 ? 0 : rightStride)
      leftStride *= a
      rightStride *= b
      if extent == 1 { continue }
      if let last = groups.last, steps.0 == last.left * last.extent, steps.1 == last.right * last.extent {
        groups[groups.count - 1].extent *= extent
      } else {
        groups.append((extent, steps.0, steps.1))
      }
    }
    shape = try Shape(dimensions)
    if groups.isEmpty { groups = [(1, 1, 1)] }
    for group in groups.reversed() {
      extents.append(group.extent)
      leftStrides.append(group.left)
      rightStrides.append(group.right)
    }
  }

  /// The elements of the innermost joined axis.
  var rowLength: Int { extents[extents.count - 1] }

  /// Where a row of the result begins in each operand.
  @inline(__always)
  func offsets(row: Int) -> (left: Int, right: Int) {
    var (rest, left, right) = (row, 0, 0)
    for axis in stride(from: extents.count - 2, through: 0, by: -1) {
      let index = rest % extents[axis]
      rest /= extents[axis]
      left += index * leftStrides[axis]
      right += index * rightStrides[axis]
    }
    return (left, right)
  }
}

extension Tensor {
  /// `combine` of the elements of two tensors, broadcast to a common shape.
  @inline(__always)
  func combined(_ other: Tensor, _ combine: (Float, Float) -> Float) throws -> Tensor {
    if shape == other.shape { return try zipped(other, combine) }
    let plan = try Broadcast(shape, other.shape)
    return try Tensor(plan.shape) { output in
      guard plan.shape.count > 0 else { return }
      withPointer { left in
        other.withPointer { right in
          let length = plan.rowLength
          let leftRepeats = plan.leftStrides[plan.leftStrides.count - 1] == 0
          let rightRepeats = plan.rightStrides[plan.rightStrides.count - 1] == 0
          for row in 0..<plan.shape.count / length {
            let offsets = plan.offsets(row: row)
            let (a, b) = (left + offsets.left, right + offsets.right)
            let target = output.baseAddress! + row * length
            if leftRepeats {
              let value = a[0]
              for i in 0..<length { target[i] = combine(value, b[i]) }
            } else if rightRepeats {
              let value = b[0]
              for i in 0..<length { target[i] = combine(a[i], value) }
            } else {
              for i in 0..<length { target[i] = combine(a[i], b[i]) }
            }
          }
        }
      }
    }
  }

  /// The elements repeated along axes of extent 1 and new outer axes.
  func broadcast(to target: Shape) throws -> Tensor {
    if shape == target { return self }
    guard try Broadcast(shape, target).shape == target else {
      throw ExplainError.invalid("shape \(shape) cannot be broadcast to \(target)")
    }
    // The second operand only lends its shape: its elements are never looked at after inlining.
    return try combined(Tensor.placeholder(target)) { value, _ in value }
  }

  /// A tensor whose elements may be anything.
  private static func placeholder(_ shape: Shape) throws -> Tensor { try Tensor(repeating: 0, shape: shape) }

  /// The adjoint of `broadcast(to:)`: sums over the axes that `target` was repeated along.
  func summed(to target: Shape) throws -> Tensor {
    if shape == target { return self }
    let missing = shape.rank - target.rank
    let axes = (0..<shape.rank).filter { $0 < missing || (target[$0 - missing] == 1 && shape[$0] != 1) }
    return try summed(over: axes).reshaped(target.dimensions)
  }
}

extension Variable {
  /// The elements repeated along axes of extent 1 and new outer axes.
  ///
  /// - Throws: `.invalidArgument` if the shape cannot be broadcast to `dimensions`; `.outOfMemory`.
  public func broadcast(to dimensions: [Int]) throws -> Variable {
    let source = shape
    return Variable(try value.broadcast(to: Shape(dimensions)), from: (self, { try $0.summed(to: source) }))
  }
}
