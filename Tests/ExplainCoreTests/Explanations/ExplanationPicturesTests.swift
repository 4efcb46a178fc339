import Testing

@testable import ExplainCore

/// How evidence becomes shades and colors.
@Suite struct ExplanationPicturesTests {
  /// Evidence in 2000 pixels that rises from 0 to 0.1999, but for `outliers` of 1.
  private func explanation(outliers: Int, level: Float = 1e-4, isLearned: Bool = false) throws -> Explanation {
    var preprocessing = Preprocessing.none
    (preprocessing.width, preprocessing.height) = (50, 40)
    let classifier = try Network(
      name: "small", graph: GradientGolden.network().graph, preprocessing: preprocessing)
    let pixels = [UInt8](repeating: 100, count: 3 * 2000)
    let picture = try Picture(width: 50, height: 40, pixels: pixels)
    let values = (0..<2000).map { $0 >= 2000 - outliers ? 1 : Float($0) * level }
    let importance = try Tensor(values, [40, 50])
    var findings = Findings(importance: importance)
    if isLearned { findings.mask = try importance.map { 1 - $0 } }
    let input = try preprocessing.tensor(of: picture)
    let subject = Subject(
      classifier: classifier, picture: picture, fitted: picture, input: input, probabilities: [1, 0, 0, 0, 0],
      target: Target(indices: [0], isGiven: true), seed: 0, reference: nil)
    return try Explanation(
      method: "some", subject: subject, findings: findings, after: nil, options: .object([]), seconds: 0)
  }

  private func shades(_ explanation: Explanation) throws -> [UInt8] {
    let picture = try explanation.rendered(.mask)
    return (0..<picture.width * picture.height).map { picture.pixels[3 * $0] }
  }

  /// The 20 pixels above the 99th percentile do not leave the rest in the dark, and the numbers stay what they were.
  @Test func outliersAreCutOff() throws {
    let explanation = try explanation(outliers: 19)
    let shades = try shades(explanation)
    #expect(shades[1980] == 255 && shades[1999] == 255)
    #expect(shades[990] == 128 && shades[0] == 0)
    #expect(explanation.importance.values[1980] == 0.198)
    #expect(try explanation.pictureImportance().values == explanation.importance.values)
  }

  @Test func masksAreShownAsTheyWereLearned() throws {
    let shades = try shades(explanation(outliers: 19, isLearned: true))
    #expect(shades[1999] == 255 && shades[1980] == 50)  // 255 * 0.198
  }

  /// A map that is zero nearly everywhere, or everywhere.
  @Test func fewPixelsStayAsTheyAre() throws {
    #expect(try shades(explanation(outliers: 5, level: 0)).count { $0 == 255 } == 5)
    #expect(try shades(explanation(outliers: 0, level: 0)).allSatisfy { $0 == 0 })
  }
}
