import Testing

@testable import ExplainCore

@Suite struct ReductionTests {
  /// Long enough for every block and tile, and for sums in single precision to go astray.
  @Test(arguments: [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]])
  func sumsAreExact(_ axes: [Int]) throws {
    var random = Random(seed: 5)
    let x = try random.uniform(Shape([3, 40, 1031]), in: 0...1)
    let actual = try Variable(constant: x).sum(axes).value
    var expected = [Int: Double]()
    let (values, strides) = (x.values, x.shape.strides)
    for (position, value) in values.enumerated() {
      var slot = 0
      for axis in 0..<3 where !axes.contains(axis) {
        slot = slot * x.shape[axis] + position / strides[axis] % x.shape[axis]
      }
      expected[slot, default: 0] += Double(value)
    }
    #expect(actual.count == expected.count)
    // A rounding to single precision for each run of neighboring axes, of which there are at most two.
    for (slot, value) in actual.values.enumerated() {
      #expect(abs(Double(value) - (expected[slot] ?? .nan)) <= 0x1p-23 * Double(value))
    }
  }

  @Test(arguments: [1, 15, 16, 17, 100]) func extremaOfRuns(_ count: Int) throws {
    var random = Random(seed: UInt64(count))
    let x = try random.normal(Shape([count]))
    #expect(try Variable(constant: x).max().value.item == x.values.max())
    #expect(try Variable(constant: x).min().value.item == x.values.min())
    for place in [0, count / 2, count - 1] {
      var broken = x
      try broken.withMutablePointer { $0[place] = .nan }
      #expect(try Variable(constant: broken).max().value.item.isNaN)
      #expect(try Variable(constant: broken).min().value.item.isNaN)
      let columns = try broken.reshaped([count, 1]).permuted([0, 1]).combined(Tensor([1, 1], [1, 2])) { $0 * $1 }
      #expect(try Variable(constant: columns).max([0]).value.values.allSatisfy(\.isNaN))
    }
  }

  @Test func sortingPutsNaNLastAndKeepsTies() throws {
    let x = Variable(learned: try Tensor([.nan, 0, -1, -.infinity, -0.0, .infinity], [6]))
    let sorted = try x.sorted()
    #expect(sorted.value.values.prefix(5) == [-.infinity, -1, 0, 0, .infinity])
    #expect(sorted.value.values[5].isNaN)
    // The first of the two zeros comes first.
    let gradient = try sorted.gradient(withRespectTo: x, outputGradient: Tensor([0, 1, 2, 3, 4, 5], [6]))
    #expect(gradient.values == [5, 2, 1, 0, 3, 4])
    #expect(try x.sorted(descending: true).value.values[0].isNaN)
  }
}
