/// Places buffers of known lifetimes in one block, so that buffers that are never alive together share memory.
struct Arena {
  private var placed: [(offset: Int, count: Int, lifetime: ClosedRange<Int>)] = []
  /// Floats that the block needs.
  private(set) var count = 0

  /// The offset of a buffer of `count` floats that is alive during `lifetime`: the lowest that is free then.
  mutating func place(_ count: Int, during lifetime: ClosedRange<Int>) -> Int {
    // Whole cache lines, so that every buffer is aligned.
    let count = (count + 15) / 16 * 16
    let rivals = placed.filter { $0.lifetime.overlaps(lifetime) }.sorted { $0.offset < $1.offset }
    var offset = 0
    for rival in rivals {
      if offset + count <= rival.offset { break }
      offset = max(offset, rival.offset + rival.count)
    }
    placed.append((offset, count, lifetime))
    self.count = max(self.count, offset + count)
    return offset
  }
}
