import Testing

@testable import ExplainCore

@Suite(.serialized) struct AdversarialDetectionTests {
  @Test func theAttackIsUndone() throws {
    let (network, picture) = try Scene.starAndGear()
    let explanation = try network.explain(picture, by: AdversarialDetection())
    #expect(explanation.measure("attacked") == .bool(true))
    #expect(explanation.measure("class_attacked")?["index"] != explanation.measure("class_before")?["index"])
    #expect(explanation.measure("class_recovered")?["index"]?.integerValue == explanation.topAfter[0].index)
    let isRecovered = explanation.topAfter[0].index == explanation.topBefore[0].index
    #expect(explanation.measure("recovered") == .bool(isRecovered))
    #expect((explanation.measure("mask_distance")?.doubleValue ?? 0) > 0.01)
    #expect(explanation.iterations == 300 && explanation.mask != nil)
    #expect(explanation.figures.map(\.name) == ["detection"])
  }

  /// Steps of both masks are counted on.
  @Test func progressRunsOn() throws {
    let network = try GradientGolden.network()
    var options = AdversarialDetection()
    (options.iterations, options.attack) = (3, .pgd)
    var steps: [Progress] = []
    _ = try network.explain(GradientGolden.subject(network).picture, by: options) { progress in
      steps.append(progress)
      return .proceed
    }
    #expect(steps.map(\.step) == [1, 2, 3, 4, 5, 6])
    #expect(steps.allSatisfy { $0.steps == 6 })
  }
}
