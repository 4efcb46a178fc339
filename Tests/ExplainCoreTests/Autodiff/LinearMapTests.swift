import Testing

@testable import ExplainCore

@Suite struct LinearMapTests {
  /// `<A x, y> = <x, Aᵀ y>` over rows and columns of all loop lengths: single vectors, tails, and blocks.
  @Test(arguments: [(1, 5), (3, 19), (17, 9), (33, 40)]) func theTransposeIsTheAdjoint(_ height: Int, _ width: Int)
    throws
  {
    var random = Random(seed: 9)
    let x = try random.normal(Shape([2, height, width]))
    for axis in [1, 2] {
      let extent = x.shape[axis]
      let map = try AxisMap(smoothing: extent, gaussianKernel(sigma: 1.5), .reflect)
      let forward = try x.mapped(along: axis, by: map)
      let y = try random.normal(forward.shape)
      let back = try y.mapped(along: axis, by: map.transposed())
      let left = zip(forward.values, y.values).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      let right = zip(x.values, back.values).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      // Sums of up to some thousand products near 1, each rounded at 1e-7.
      #expect(abs(left - right) < 1e-5 * Double(x.count).squareRoot())
    }
  }

  /// A border farther away than the picture is large goes on mirroring.
  @Test func bordersReachFar() {
    #expect(
      (-7...9).map { Border.reflect.source($0, extent: 3) }
        == [1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1].map { $0 })
    #expect((-2...2).map { Border.reflect.source($0, extent: 1) } == [0, 0, 0, 0, 0])
    #expect((-2...4).map { Border.replicate.source($0, extent: 3) } == [0, 0, 0, 1, 2, 2, 2])
    #expect((-1...3).map { Border.zero.source($0, extent: 3) } == [-1, 0, 1, 2, -1])
  }

  @Test func smoothingKeepsAConstantAndIsOddSized() throws {
    #expect(try gaussianKernel(sigma: 5).count == 41)
    let flat = Variable(constant: try Tensor(repeating: 3, shape: Shape([1, 1, 12, 20])))
    let smooth = try flat.gaussianBlurred(sigma: 10).value
    // 81 weights that sum to 1, each rounded.
    #expect(smooth.values.allSatisfy { abs($0 - 3) < 3e-6 })
    #expect(try flat.gaussianBlurred(sigma: 0).value.values == flat.value.values)
  }

  @Test func rollingMovesDownAndRight() throws {
    let x = Variable(constant: try Tensor([1, 2, 3, 4, 5, 6], [2, 3]))
    #expect(try x.rolled(rows: 1, columns: 1).value.values == [6, 4, 5, 3, 1, 2])
    #expect(try x.rolled(rows: -1, columns: 4).value.values == [6, 4, 5, 3, 1, 2])
    #expect(try x.rolled(rows: .min, columns: .max - 1).value.values == x.rolled(rows: 0, columns: 0).value.values)
  }

  /// The narrow inner extent that pictures do not have.
  @Test func innerExtentsBelowAVector() throws {
    var random = Random(seed: 2)
    let x = try random.normal(Shape([2, 6, 3]))
    let map = try AxisMap(from: 6, to: 4, .bilinear)
    let expected = try x.permuted([0, 2, 1]).mapped(along: 2, by: map).permuted([0, 2, 1])
    #expect(try x.mapped(along: 1, by: map).values == expected.values)
  }
}
