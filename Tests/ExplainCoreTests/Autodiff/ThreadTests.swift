import Testing

@testable import ExplainCore

@Suite(.serialized) struct ThreadTests {
  /// Everything that shares its work among threads, large enough to have several tasks.
  @Test func sameBitsForAnyNumberOfThreads() throws {
    defer { Parallel.threads = 0 }
    var random = Random(seed: 3)
    let picture = try random.normal(Shape([2, 3, 96, 101]))
    let kernel = try random.normal(Shape([3, 3, 3, 3]))
    let cells = try random.uniform(Shape([1, 1, 12, 12]))
    var results: [[UInt32]] = []
    for threads in [1, 2, 5] {
      Parallel.threads = threads
      let (x, w, m) = (Variable(learned: picture), Variable(learned: kernel), Variable(learned: cells))
      let mask = try m.resized(height: 96, width: 101, .bilinear).gaussianBlurred(sigma: 2)
      let changed = try (x * mask).convolved(with: w, padding: 1).rolled(rows: 3, columns: 5).transposed()
      let flat = try changed.reshaped([2, 3 * 96 * 101])
      let loss = try flat.logSoftmax().square().mean() + changed.sum([0, 1]).max() + flat.logSumExp().sum()
      let gradients = try loss.gradients(withRespectTo: [x, w, m])
      results.append((gradients.flatMap(\.values) + changed.value.values + [loss.value.item]).map(\.bitPattern))
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }
}
