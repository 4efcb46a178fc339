extension Shape {
  /// Checked and sorted axis numbers; negative ones count from the last axis, as in PyTorch.
  func normalized(axes: [Int]) throws -> [Int] {
    let sorted = try axes.map { try normalized(axis: $0) }.sorted()
    guard Set(sorted).count == sorted.count else { throw ExplainError.invalid("axes \(axes): an axis is named twice") }
    return sorted
  }

  /// A checked axis number; a negative one counts from the last axis.
  func normalized(axis: Int) throws -> Int {
    guard axis >= -rank, axis < rank else { throw ExplainError.invalid("axis \(axis) of shape \(self)") }
    return axis < 0 ? axis + rank : axis
  }

  /// The shape with the extents of `axes` set to 1, or without them.
  func reduced(axes: [Int], keepingAxes: Bool) throws -> Shape {
    try Shape(
      keepingAxes
        ? dimensions.indices.map { axes.contains($0) ? 1 : dimensions[$0] }
        : dimensions.indices.filter { !axes.contains($0) }.map { dimensions[$0] })
  }
}

extension Tensor {
  /// The sum over `axes` (in range, ascending), which keep an extent of 1.
  ///
  /// Sums run in double precision and in an order that does not depend on the number of threads.
  func summed(over axes: [Int]) throws -> Tensor { try reduced(axes) { try $0.summed(outer: $1, $2, inner: $3) } }

  /// The largest or smallest elements over `axes` (in range, ascending), which keep an extent of 1; NaN wins.
  func extremum(over axes: [Int], largest: Bool) throws -> Tensor {
    guard axes.allSatisfy({ shape[$0] > 0 }) else {
      throw ExplainError.invalid("the \(largest ? "maximum" : "minimum") of an empty axis of shape \(shape)")
    }
    return try reduced(axes) { try $0.extremum(outer: $1, $2, inner: $3, largest: largest) }
  }

  /// Reduces one run of neighboring axes after the other, the last run first.
  private func reduced(_ axes: [Int], _ step: (Tensor, Int, Int, Int) throws -> Tensor) throws -> Tensor {
    var result = self
    var dimensions = shape.dimensions
    var end = axes.count
    while end > 0 {
      var begin = end - 1
      while begin > 0, axes[begin - 1] == axes[begin] - 1 { begin -= 1 }
      let (first, last) = (axes[begin], axes[end - 1])
      let extent = dimensions[first...last].reduce(1, *)
      let outer = dimensions[..<first].reduce(1, *)
      let inner = dimensions[(last + 1)...].reduce(1, *)
      if extent != 1 { result = try step(result, outer, extent, inner) }
      for axis in first...last { dimensions[axis] = 1 }
      end = begin
    }
    return try result.reshaped(dimensions)
  }

  /// `[outer, extent, inner]` to `[outer, inner]`.
  private func summed(outer: Int, _ extent: Int, inner: Int) throws -> Tensor {
    try Tensor(Shape([outer, inner])) { output in
      withPointer { input in
        nonisolated(unsafe) let (input, output) = (input, output)
        if inner == 1 {
          if extent > ElementLoop.elementsPerTask {
            for row in 0..<outer { output[row] = Float(blockedSum(input + row * extent, extent)) }
          } else {
            ElementLoop.forEachRow(outer, length: extent) { rows in
              for row in rows { output[row] = Float(contiguousSum(input + row * extent, extent)) }
            }
          }
        } else {
          let tiles = (inner + columnTile - 1) / columnTile
          ElementLoop.forEachRow(outer * tiles, length: extent * Swift.min(inner, columnTile)) { range in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: columnTile) { sums in
              let sums = sums.baseAddress!
              for index in range {
                let (row, begin) = (index / tiles, index % tiles * columnTile)
                let width = Swift.min(columnTile, inner - begin)
                for column in 0..<width { sums[column] = 0 }
                for step in 0..<extent {
                  let source = input + (row * extent + step) * inner + begin
                  for column in 0..<width { sums[column] += Double(source[column]) }
                }
                let target = output.baseAddress! + row * inner + begin
                for column in 0..<width { target[column] = Float(sums[column]) }
              }
            }
          }
        }
      }
    }
  }

  private func extremum(outer: Int, _ extent: Int, inner: Int, largest: Bool) throws -> Tensor {
    try Tensor(Shape([outer, inner])) { output in
      withPointer { input in
        nonisolated(unsafe) let (input, output) = (input, output)
        ElementLoop.forEachRow(outer, length: extent * inner) { rows in
          for row in rows {
            let target = output.baseAddress! + row * inner
            if inner == 1 {
              target[0] = contiguousExtremum(input + row * extent, extent, largest: largest)
              continue
            }
            target.update(from: input + row * extent * inner, count: inner)
            for step in 1..<Swift.max(extent, 1) {
              let source = input + (row * extent + step) * inner
              for column in 0..<inner {
                let (value, best) = (source[column], target[column])
                let wins = largest ? value > best : value < best
                target[column] = wins || value != value ? value : best
              }
            }
          }
        }
      }
    }
  }
}

/// The largest or smallest of at least one value, or NaN if there is one.
private func contiguousExtremum(_ values: UnsafePointer<Float>, _ count: Int, largest: Bool) -> Float {
  // The smallest value is the largest one with its sign changed.
  let sign: Float = largest ? 1 : -1
  var best = Lanes(repeating: sign * values[0])
  var sawNaN = best .!= best
  var i = 0
  while i + Lanes.scalarCount <= count {
    let next = sign * load(values + i)
    best.replace(with: next, where: next .> best)
    sawNaN .|= next .!= next
    i += Lanes.scalarCount
  }
  var result = best.max()
  while i < count {
    let next = sign * values[i]
    result = max(result, next)
    if next != next { return .nan }
    i += 1
  }
  return any(sawNaN) ? .nan : sign * result
}

/// Columns that are summed side by side: their double sums stay in the first-level cache.
private let columnTile = 512

/// A sum in double precision by eight interleaved sums.
func contiguousSum(_ values: UnsafePointer<Float>, _ count: Int) -> Double {
  var (a, b, c, d) = (SIMD2<Double>.zero, SIMD2<Double>.zero, SIMD2<Double>.zero, SIMD2<Double>.zero)
  var i = 0
  while i + 8 <= count {
    a += SIMD2(Double(values[i]), Double(values[i + 1]))
    b += SIMD2(Double(values[i + 2]), Double(values[i + 3]))
    c += SIMD2(Double(values[i + 4]), Double(values[i + 5]))
    d += SIMD2(Double(values[i + 6]), Double(values[i + 7]))
    i += 8
  }
  var sum = ((a + b) + (c + d)).sum()
  while i < count {
    sum += Double(values[i])
    i += 1
  }
  return sum
}

/// The same for a long run, shared among threads: blocks of fixed size, whose sums are added in order.
private func blockedSum(_ values: UnsafePointer<Float>, _ count: Int) -> Double {
  let block = ElementLoop.elementsPerTask
  let blocks = (count + block - 1) / block
  var sums = [Double](repeating: 0, count: blocks)
  sums.withUnsafeMutableBufferPointer { sums in
    nonisolated(unsafe) let (sums, values) = (sums, values)
    Parallel.forEach(blocks) { task in
      sums[task] = contiguousSum(values + task * block, Swift.min(block, count - task * block))
    }
  }
  return sums.reduce(0, +)
}
