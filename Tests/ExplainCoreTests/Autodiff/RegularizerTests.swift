import Testing

@testable import ExplainCore

@Suite struct RegularizerTests {
  /// A mask starts flat, where roots have infinite slopes.
  @Test(arguments: [Float(1), 1.5, 2, 3], [true, false]) func flatMasksHaveZeroGradient(_ beta: Float, _ coupled: Bool)
    throws
  {
    let mask = Variable(learned: try Tensor(repeating: 1, shape: Shape([1, 1, 4, 5])))
    let loss = try totalVariation(mask, beta: beta, coupled: coupled)
    #expect(loss.value.item == 0)
    #expect(try loss.gradient(withRespectTo: mask).values.allSatisfy { $0 == 0 })
  }

  @Test func aSingleCellHasNoVariation() throws {
    let mask = Variable(learned: try Tensor([0.5], [1, 1, 1, 1]))
    #expect(try totalVariation(mask, beta: 3).value.item == 0)
    #expect(try totalVariation(mask, beta: 3, coupled: true).value.item == 0)
    #expect(try smoothness(mask).value.item == 0)
    let row = Variable(learned: try Tensor([0, 1, 3], [1, 3]))
    #expect(try totalVariation(row, beta: 1, norm: .sum).value.item == 3)
  }

  @Test func probabilitiesThatVanishKeepTheirLogarithm() throws {
    let logits = Variable(learned: try Tensor([0, 1000, -1000], [1, 3]))
    let score = try logits.score(.logProbability, of: [2])
    #expect(score.value.values == [-2000])
    #expect(try score.gradient(withRespectTo: logits).values == [0, -1, 1])
    #expect(try logits.score(.probability, of: [1]).value.values == [1])
  }
}
