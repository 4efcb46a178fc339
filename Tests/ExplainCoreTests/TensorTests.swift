import Testing

@testable import ExplainCore

@Suite struct TensorTests {
  @Test func shapesRefuseWhatCannotBeIndexed() throws {
    #expect(try Shape([2, 3, 4]).count == 24)
    #expect(try Shape([2, 3, 4]).strides == [12, 4, 1])
    #expect(Shape.scalar.count == 1)
    #expect(throws: ExplainError.self) { try Shape([-1]) }
    #expect(throws: ExplainError.self) { try Shape([Int.max, 2]) }
    #expect(throws: ExplainError.self) { try Shape([1 << 20, 1 << 20]) }
    #expect(throws: ExplainError.self) { try Shape([Int](repeating: 1, count: 9)) }
    // A product of zero must not hide a later overflow of the strides.
    #expect(throws: ExplainError.self) { try Shape([0, Int.max, Int.max]) }
  }

  @Test func copiesDoNotShareWrites() throws {
    let first = try Tensor([1, 2, 3], [3])
    var second = first
    try second.withMutablePointer { $0[0] = 9 }
    #expect(first.values == [1, 2, 3])
    #expect(second.values == [9, 2, 3])
  }

  @Test func valuesMustFillTheShape() {
    #expect(throws: ExplainError.self) { try Tensor([1, 2, 3], [2, 2]) }
    #expect(throws: ExplainError.self) { try Tensor([1, 2, 3], [3]).reshaped([2, 2]) }
  }
}
