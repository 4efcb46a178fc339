extension Picture {
  /// Each byte becomes the median of its channel in the square around it, the border pixels repeated outwards:
  /// `cv2.medianBlur`.
  ///
  /// Histograms of columns slide down and their sum slides right, so that the time does not depend on the size
  /// (Perreault and Hébert, Median Filtering in Constant Time, 2007).
  ///
  /// - Parameter size: The square's side, odd, 3...255.
  /// - Throws: `.invalidArgument`; `.outOfMemory`.
  public func medianBlur(size: Int) throws -> Picture {
    guard size % 2 == 1, (3...255).contains(size) else {
      throw ExplainError.invalid("a median blur of size \(size): an odd number of 3 to 255 is needed")
    }
    // Strips share the work among threads; there are few, as each needs histograms for all columns.
    let strip = max(64, 2 * size, (height + 7) / 8)
    let strips = (height + strip - 1) / strip
    let histogramCount = width + 1
    return try withScratch(Histogram.self, count: 3 * strips * histogramCount) { histograms in
      nonisolated(unsafe) let histograms = histograms
      return Picture(checkedWidth: width, height: height) { output in
        nonisolated(unsafe) let output = output
        pixels.withUnsafeBufferPointer { input in
          nonisolated(unsafe) let input = input
          Parallel.forEach(3 * strips) { task in
            guard let source = input.baseAddress, let target = output.baseAddress else { return }
            let (channel, first) = (task % 3, task / 3 * strip)
            slide(
              source + channel, target + channel, first..<min(first + strip, height), radius: size / 2,
              histograms + task * histogramCount)
          }
        }
      }
    }
  }

  /// The medians of one channel in `rows`; `histograms` has room for one a column, and one more.
  private func slide(
    _ input: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<UInt8>, _ rows: Range<Int>, radius: Int,
    _ histograms: UnsafeMutablePointer<Histogram>
  ) {
    let columns = histograms
    let window = histograms + width
    histograms.initialize(repeating: Histogram(), count: width + 1)
    func row(_ y: Int) -> UnsafePointer<UInt8> { input + 3 * width * min(max(y, 0), height - 1) }
    for y in rows.lowerBound - radius..<rows.lowerBound + radius {
      let source = row(y)
      for x in 0..<width { columns[x].add(source[3 * x]) }
    }
    let half = (2 * radius + 1) * (2 * radius + 1) / 2
    for y in rows {
      let entering = row(y + radius)
      for x in 0..<width { columns[x].add(entering[3 * x]) }
      // The window before column 0: radius columns and the one that leaves first, all copies of column 0.
      window.pointee = Histogram()
      for x in -radius - 1..<radius { window.pointee.add(columns[min(max(x, 0), width - 1)]) }
      for x in 0..<width {
        window.pointee.replace(columns[max(x - radius - 1, 0)], by: columns[min(x + radius, width - 1)])
        output[3 * (y * width + x)] = window.pointee.value(above: half)
      }
      let leaving = row(y - radius)
      for x in 0..<width { columns[x].remove(leaving[3 * x]) }
    }
  }
}

/// How often each byte occurs, and each group of 16; counts up to 255 * 255 fit into 16 bits.
private struct Histogram: BitwiseCopyable {
  private typealias Group = SIMD16<UInt16>
  private var groups = Group()
  private var bins = (
    Group(), Group(), Group(), Group(), Group(), Group(), Group(), Group(), Group(), Group(), Group(), Group(), Group(),
    Group(), Group(), Group()
  )

  @inline(__always) mutating func add(_ byte: UInt8) { count(byte, 1) }
  @inline(__always) mutating func remove(_ byte: UInt8) { count(byte, .max) }

  /// Adds `change`, modulo 2^16.
  @inline(__always) private mutating func count(_ byte: UInt8, _ change: UInt16) {
    withCounts { groups, bins in
      groups[Int(byte >> 4)] &+= change
      bins[Int(byte)] &+= change
    }
  }

  @inline(__always) private mutating func withCounts<Result>(
    _ body: (UnsafeMutablePointer<UInt16>, UnsafeMutablePointer<UInt16>) -> Result
  ) -> Result {
    withUnsafeMutableBytes(of: &self) { bytes in
      let counts = bytes.baseAddress!.assumingMemoryBound(to: UInt16.self)
      return body(counts, counts + 16)
    }
  }

  @inline(__always) mutating func add(_ other: Histogram) { replace(Histogram(), by: other) }

  /// Takes `old` away and adds `new`.
  @inline(__always) mutating func replace(_ old: Histogram, by new: Histogram) {
    groups = groups &- old.groups &+ new.groups
    bins.0 = bins.0 &- old.bins.0 &+ new.bins.0
    bins.1 = bins.1 &- old.bins.1 &+ new.bins.1
    bins.2 = bins.2 &- old.bins.2 &+ new.bins.2
    bins.3 = bins.3 &- old.bins.3 &+ new.bins.3
    bins.4 = bins.4 &- old.bins.4 &+ new.bins.4
    bins.5 = bins.5 &- old.bins.5 &+ new.bins.5
    bins.6 = bins.6 &- old.bins.6 &+ new.bins.6
    bins.7 = bins.7 &- old.bins.7 &+ new.bins.7
    bins.8 = bins.8 &- old.bins.8 &+ new.bins.8
    bins.9 = bins.9 &- old.bins.9 &+ new.bins.9
    bins.10 = bins.10 &- old.bins.10 &+ new.bins.10
    bins.11 = bins.11 &- old.bins.11 &+ new.bins.11
    bins.12 = bins.12 &- old.bins.12 &+ new.bins.12
    bins.13 = bins.13 &- old.bins.13 &+ new.bins.13
    bins.14 = bins.14 &- old.bins.14 &+ new.bins.14
    bins.15 = bins.15 &- old.bins.15 &+ new.bins.15
  }

  /// The smallest byte that, with all smaller ones, occurs more than `rank` times.
  @inline(__always) mutating func value(above rank: Int) -> UInt8 {
    withCounts { groups, bins in
      var left = rank
      var group = 0
      while group < 15, left >= Int(groups[group]) {
        left -= Int(groups[group])
        group += 1
      }
      var bin = 16 * group
      while bin < 16 * group + 15, left >= Int(bins[bin]) {
        left -= Int(bins[bin])
        bin += 1
      }
      return UInt8(bin)
    }
  }
}
