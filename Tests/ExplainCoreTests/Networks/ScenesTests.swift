import Testing

@testable import ExplainCore

@Suite struct ScenesTests {
  /// What PyTorch computes from the same file and picture: the layers stand where the file says.
  @Test func probabilitiesAreThoseOfPyTorch() throws {
    let golden = try Golden("scenes")
    let network = try ModelRequest("scenes").load()
    let path = MaskExplanationTests.pictures.appendingPathComponent("scene-star-gear.png").path
    let probabilities = try network.probabilities(network.preprocessing.tensor(of: try Picture(contentsOf: path)))[0]
    // The picture has the network's size, so nothing but float32 rounding differs.
    #expect(maximumDifference(try Tensor(probabilities, [12]), try golden["probabilities"]) < 1e-4)
    #expect(network.classNames.count == 12)
  }

  @Test func bothObjectsOfABundledSceneAreSeen() throws {
    let network = try ModelRequest("scenes").load()
    for (file, classes) in [
      ("scene-star-gear", ["star", "gear"]), ("scene-heart-spiral", ["heart", "spiral"]),
      ("scene-arrow-ring", ["arrow", "ring"]),
      ("scene-checkered-square-striped-ball", ["checkered-square", "striped-ball"]), ("scene-flower", ["flower"]),
      ("scene-gear", ["gear"]), ("scene-crescent", ["crescent"]),
    ] {
      let path = MaskExplanationTests.pictures.appendingPathComponent("\(file).png").path
      let top = try network.classify(try Picture(contentsOf: path), top: classes.count)
      #expect(Set(top.map(\.name)) == Set(classes), "\(file)")
      for entry in top { #expect(entry.probability > 0.7 / Float(classes.count), "\(file)") }
    }
  }
}
