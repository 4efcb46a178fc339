import Testing

@testable import ExplainCore

@Suite(.serialized) struct RandomTests {
  /// The generator's published test vector: counter and key zero.
  @Test func publishedVector() {
    var random = Random(seed: 0)
    let words = (0..<4).map { _ in random.next() }
    #expect(words == [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8])
  }

  @Test func sameBitsForAnyNumberOfThreads() throws {
    defer { Parallel.threads = 0 }
    var results: [[Float]] = []
    for threads in [1, 2, 5] {
      Parallel.threads = threads
      var random = Random(seed: 7, stream: 3)
      results.append(try random.normal(Shape([100_003])).values)
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  @Test func normalHasItsMoments() throws {
    var random = Random(seed: 1)
    let values = try random.normal(Shape([400_000]), deviation: 0.2).values.map(Double.init)
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    // Four standard errors: 4 * 0.2 / sqrt(n), and 4 * 0.04 * sqrt(2 / n).
    #expect(abs(mean) < 0.0013)
    #expect(abs(variance - 0.04) < 0.00036)
  }
}
