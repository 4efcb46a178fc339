import Testing

@testable import ExplainCore

@Suite struct ClassifierOperationTests {
  /// Logits are the sums of each channel, weighted with 1, 2 and 3.
  private struct ChannelSums: Classifier {
    let name = "channel sums"
    let preprocessing = Preprocessing()
    let classCount = 3
    let classNames: [String] = []
    let isDifferentiable = true
    let layerNames: [String] = []

    func logits(_ batch: Tensor) throws -> Tensor {
      try batch.summed(over: [2, 3]).reshaped([batch.shape[0], 3]).combined(Tensor([1, 2, 3], [3])) { $0 * $1 }
    }

    func trace(_ batch: Tensor, layer: String?, rule: ReluRule) throws -> any Trace {
      guard rule == .standard else { throw ExplainError.unsupported("a network without ReLUs") }
      return Pass(logits: try logits(batch), shape: batch.shape)
    }

    final class Pass: Trace {
      let logits: Tensor
      let activation: Tensor? = nil
      private let shape: Shape

      init(logits: Tensor, shape: Shape) { (self.logits, self.shape) = (logits, shape) }

      func inputGradient(_ logitsGradient: Tensor) throws -> Tensor {
        try logitsGradient.combined(Tensor([1, 2, 3], [3])) { $0 * $1 }.reshaped([shape[0], 3, 1, 1]).broadcast(
          to: shape)
      }

      func activationGradient(_ logitsGradient: Tensor) throws -> Tensor { throw ExplainError.invalid("no layer") }
    }
  }

  @Test func aNetworkIsOneOperation() throws {
    let network = ChannelSums()
    let mask = Variable(learned: try Tensor([0.5, 1, 0, 1], [1, 1, 2, 2]))
    let picture = Variable(constant: try Tensor((0..<12).map(Float.init), [1, 3, 2, 2]))
    let score = try network.logits(picture * mask).score(.logit, of: [1])
    // Twice the masked sum of the second channel: 2 (4 / 2 + 5 + 7).
    #expect(score.value.values == [28])
    #expect(try score.gradient(withRespectTo: mask).values == [8, 10, 12, 14])
  }

  @Test func constantsKeepNothing() throws {
    let batch = Variable(constant: try Tensor(repeating: 1, shape: Shape([2, 3, 2, 2])))
    #expect(try !ChannelSums().logits(batch).isDifferentiable)
    // The rule belongs to the trace, which a constant does not make.
    #expect(throws: ExplainError.self) { try ChannelSums().logits(Variable(learned: batch.value), rule: .guided) }
  }
}
