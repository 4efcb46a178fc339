import Testing

@testable import ExplainCore

@Suite(.serialized) struct ClassVisualizationTests {
  /// Each class of the embedded model is painted so that the model knows it.
  @Test func everyClassIsRecognized() throws {
    let (network, picture) = try Scene.starAndGear()
    for target in 0..<network.classCount {
      let explanation = try network.explain(picture, by: ClassVisualization(), targets: [target])
      #expect(explanation.topAfter[0].index == target)
      #expect(explanation.measure("recognized") == .bool(true))
      print("painted \(explanation.targetName): \(explanation.scoreAfter ?? 0)", explanation.warnings)
      let tries = try #require(explanation.measure("restarts")?.integerValue)
      #expect(explanation.warnings.count == min(tries, 1))
      let painted = try #require(explanation.perturbed)
      #expect(maximumDifference(try network.preprocessing.clamped(painted), painted) == 0)
    }
  }

  @Test func thePicturePlaysNoPart() throws {
    let network = try GradientGolden.network()
    let one = try GradientGolden.subject(network).picture
    let other = try Picture(width: 40, height: 32, pixels: [UInt8](repeating: 7, count: 40 * 32 * 3))
    var options = ClassVisualization()
    options.iterations = 3
    let painted = try [one, other].map { try network.explain($0, by: options, targets: [1]).perturbed?.values }
    #expect(painted[0] == painted[1])
    #expect(GradientGolden.message { _ = try network.explain(one, by: options) }.contains("give a target"))
  }
}
