import Testing

@testable import ExplainCore

@Suite struct TapeTests {
  private func scalar(_ value: Float) throws -> Variable { Variable(learned: try Tensor(scalar: value)) }

  @Test func repeatedUsesAddUp() throws {
    let x = try scalar(3)
    let y = try x * x + x + 2 * x
    #expect(try y.gradient(withRespectTo: x).item == 9)
  }

  @Test func sharedGradientsAreNotOverwritten() throws {
    // The sum hands one and the same gradient to both sides, and one of them adds to it.
    let (a, b) = (try scalar(1), try scalar(2))
    let gradients = try (a + b + a).gradients(withRespectTo: [a, b])
    #expect(gradients.map(\.item) == [2, 1])
  }

  @Test func intermediateResultsAreTargetsToo() throws {
    let x = try scalar(3)
    let square = try x.square()
    let gradients = try (2 * square).gradients(withRespectTo: [square, x])
    #expect(gradients.map(\.item) == [2, 12])
  }

  @Test func theLossIsItsOwnTarget() throws {
    let x = try scalar(3)
    #expect(try x.gradient(withRespectTo: x).item == 1)
  }

  @Test func unusedTargetsHaveZeroGradient() throws {
    let (x, unused) = (try scalar(3), Variable(learned: try Tensor([1, 2], [2])))
    #expect(try (2 * x).gradient(withRespectTo: unused).values == [0, 0])
  }

  @Test func onlyPathsToTargetsAreWalked() throws {
    let (a, b, frozen) = (try scalar(1), try scalar(2), Variable(constant: try Tensor(scalar: 3)))
    let asked = Asked()
    let value = try Tensor(scalar: 0)
    let result = Variable.custom(inputs: [a, frozen, b], value: value) { gradient, input in
      asked.inputs.append(input)
      return gradient
    }
    _ = try result.gradient(withRespectTo: b)
    #expect(asked.inputs == [2])
    _ = try result.gradients(withRespectTo: [a, b])
    #expect(asked.inputs == [2, 0, 2])
    #expect(try !(frozen + frozen).isDifferentiable)
    #expect(try !a.detached().square().isDifferentiable)
  }

  private final class Asked { var inputs: [Int] = [] }

  /// Neither the walk nor freeing the chain may recurse: the stack holds some ten thousand frames.
  @Test func longChains() throws {
    let x = try scalar(1)
    var y = x
    for _ in 0..<100_000 { y = try y + 1 }
    #expect(y.value.item == 100_001)
    #expect(try y.gradient(withRespectTo: x).item == 1)
  }

  /// A ladder has 2^64 paths, which must not be walked one by one.
  @Test func manyPaths() throws {
    let x = try scalar(1)
    var y = x
    for _ in 0..<64 { y = try y + y }
    #expect(try y.gradient(withRespectTo: x).item == 0x1p64)
  }

  /// The way an explainer works: an equation, its gradient, a step, until the mask covers what the score rests on.
  @Test func aMaskIsLearned() throws {
    let picture = Variable(constant: try Tensor((0..<64).map { $0 % 8 < 4 ? 1 : 0 }, [1, 1, 8, 8]))
    var cells = try Tensor(repeating: 1, shape: Shape([1, 1, 4, 4]))
    let (l1, tv): (Float, Float) = (0.05, 0.02)
    var optimizer = Adam(learningRate: 0.1)
    var losses: [Float] = []
    for _ in 0..<60 {
      let mask = Variable(learned: cells)
      let kept = try picture * mask.resized(height: 8, width: 8, .nearest)
      let loss = try l1 * (1 - mask).absolute().mean() + tv * totalVariation(mask, beta: 3) + kept.mean()
      losses.append(loss.value.item)
      try optimizer.step(&cells, gradient: loss.gradient(withRespectTo: mask))
      cells = try cells.mapped { min(max($0, 0), 1) }
    }
    // The left half of the picture is all there is, and the score is its mean.
    #expect(losses[0] == 0.5)
    #expect(losses[59] < 0.06)
    #expect(cells.values.enumerated().allSatisfy { $0 % 4 < 2 ? $1 < 0.2 : $1 > 0.8 })
  }

  @Test func mistakesAreErrors() throws {
    let vector = Variable(learned: try Tensor([1, 2], [2]))
    let constant = Variable(constant: try Tensor([1, 2], [2]))
    #expect(throws: ExplainError.self) { try vector.square().gradient(withRespectTo: vector) }
    #expect(throws: ExplainError.self) { try vector.sum().gradient(withRespectTo: constant) }
    #expect(throws: ExplainError.self) {
      try vector.square().gradient(withRespectTo: vector, outputGradient: Tensor([1, 2, 3], [3]))
    }
    let wrong = Variable.custom(inputs: [vector], value: try Tensor(scalar: 0)) { gradient, _ in gradient }
    #expect(throws: ExplainError.self) { try wrong.gradient(withRespectTo: vector) }
  }
}
