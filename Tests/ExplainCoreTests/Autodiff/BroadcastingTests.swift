import Testing

@testable import ExplainCore

@Suite struct BroadcastingTests {
  /// Random pairs of shapes that broadcast, against a reference that walks every index on its own.
  @Test(arguments: 0..<60) func agreesWithTheDefinition(_ seed: Int) throws {
    var random = Random(seed: UInt64(seed), stream: 1)
    let full = (0..<random.integer(in: 0...5)).map { _ in random.integer(in: 1...4) }
    func operand() throws -> Tensor {
      let kept = full.suffix(random.integer(in: 0...full.count))
      return try random.uniform(Shape(kept.map { random.integer(in: 0...2) == 0 ? 1 : $0 }))
    }
    let (a, b) = (try operand(), try operand())
    let difference = try Variable(constant: a) - Variable(constant: b)
    let shape = difference.shape
    #expect(shape.rank == max(a.shape.rank, b.shape.rank))
    for (position, value) in difference.value.values.enumerated() {
      #expect(value == element(a, position, of: shape) - element(b, position, of: shape))
    }

    // The gradient of the sum of a repeated operand is the number of its repetitions.
    let learned = Variable(learned: b)
    let gradient = try (Variable(constant: a) + learned).sum().gradient(withRespectTo: learned)
    #expect(gradient.shape == b.shape)
    #expect(gradient.values.allSatisfy { $0 == Float(shape.count / b.count) })
  }

  /// The element of a repeated tensor at a row-major position of the full shape.
  private func element(_ tensor: Tensor, _ position: Int, of shape: Shape) -> Float {
    var (rest, offset) = (position, 0)
    let (strides, missing) = (tensor.shape.strides, shape.rank - tensor.shape.rank)
    for axis in stride(from: shape.rank - 1, through: 0, by: -1) {
      let index = rest % shape[axis]
      rest /= shape[axis]
      if axis >= missing, tensor.shape[axis - missing] > 1 { offset += index * strides[axis - missing] }
    }
    return tensor.values[offset]
  }

  @Test func emptyExtents() throws {
    let empty = Variable(learned: try Tensor([], [2, 0]))
    let row = Variable(learned: try Tensor([1], [1, 1]))
    let sum = try empty + row
    #expect(sum.shape.dimensions == [2, 0])
    #expect(try sum.sum().gradient(withRespectTo: row).values == [0])
    #expect(try sum.sum().value.item == 0)
    #expect(try sum.mean().value.item.isNaN)
  }

  /// Neighboring axes are joined, so that a mask against a batch takes few and long rows.
  @Test func axesAreJoined() throws {
    let plan = try Broadcast(Shape([1, 1, 5, 7]), Shape([2, 3, 5, 7]))
    #expect(plan.extents == [6, 35])
    #expect(plan.leftStrides == [0, 1])
    #expect(plan.rightStrides == [35, 1])
    #expect(try Broadcast(Shape([2, 3, 5, 7]), Shape([3, 1, 1])).extents == [2, 3, 35])
  }
}
