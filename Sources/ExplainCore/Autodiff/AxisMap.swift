/// A sparse linear map along one axis: element `i` of the result is a weighted sum of a few elements of the source.
///
/// Slices, flips, shifts, padding, differences, resampling, smoothing and pooling all are such maps, applied to one
/// axis after the other. The derivative of each is the transposed map, so one rule serves them all.
struct AxisMap: Sendable {
  /// The most taps of one map: far beyond any picture's side times any kernel.
  static let maximumTaps = 1 << 24

  let sourceExtent: Int
  /// Result `i` takes taps `starts[i]..<starts[i + 1]`.
  let starts: [Int32]
  let indices: [Int32]
  let weights: [Float]
  /// Whether each result is one source element as it is, or zero.
  let isSelection: Bool

  var extent: Int { starts.count - 1 }

  private init(sourceExtent: Int, starts: [Int32], indices: [Int32], weights: [Float]) {
    self.sourceExtent = sourceExtent
    self.starts = starts
    self.indices = indices
    self.weights = weights
    isSelection =
      weights.allSatisfy { $0 == 1 } && (0..<starts.count - 1).allSatisfy { starts[$0 + 1] - starts[$0] <= 1 }
  }

  /// A map whose result `i` is the weighted sum of the elements that `taps(i, add)` adds; those outside of the source
  /// count as zero.
  ///
  /// - Parameter tapsEach: an upper bound of the taps of one result, checked against the limit before any are made.
  init(
    from source: Int, to extent: Int, tapsEach: Int,
    taps: (_ result: Int, _ add: (_ index: Int, _ weight: Float) -> Void) -> Void
  ) throws {
    let (total, overflow) = max(extent, 1).multipliedReportingOverflow(by: max(tapsEach, 1))
    guard extent >= 0, source <= AxisMap.maximumTaps, !overflow, total <= AxisMap.maximumTaps else {
      throw ExplainError.invalid(
        "an axis mapped from \(source) to \(extent) elements by \(tapsEach) taps: the limit is \(AxisMap.maximumTaps)")
    }
    var (starts, indices, weights): ([Int32], [Int32], [Float]) = ([0], [], [])
    starts.reserveCapacity(extent + 1)
    for i in 0..<extent {
      taps(i) { index, weight in
        guard index >= 0, index < source else { return }
        indices.append(Int32(index))
        weights.append(weight)
      }
      starts.append(Int32(indices.count))
    }
    self.init(sourceExtent: source, starts: starts, indices: indices, weights: weights)
  }

  /// A map whose result `i` is the source element `index(i)`, or zero if that is outside.
  init(from source: Int, to extent: Int, selecting index: (Int) -> Int) throws {
    try self.init(from: source, to: extent, tapsEach: 1) { result, add in add(index(result), 1) }
  }

  /// The adjoint.
  func transposed() -> AxisMap {
    var counts = [Int32](repeating: 0, count: sourceExtent + 1)
    for index in indices { counts[Int(index) + 1] += 1 }
    for i in 0..<sourceExtent { counts[i + 1] += counts[i] }
    var next = counts
    var (back, weightsBack) = (indices, weights)
    for i in 0..<extent {
      for tap in Int(starts[i])..<Int(starts[i + 1]) {
        let slot = Int(next[Int(indices[tap])])
        next[Int(indices[tap])] += 1
        back[slot] = Int32(i)
        weightsBack[slot] = weights[tap]
      }
    }
    return AxisMap(sourceExtent: extent, starts: counts, indices: back, weights: weightsBack)
  }
}

extension Variable {
  /// A linear map along an axis (in range); going back it is the transposed map.
  func mapped(along axis: Int, by map: AxisMap) throws -> Variable {
    Variable(
      try value.mapped(along: axis, by: map), from: (self, { try $0.mapped(along: axis, by: map.transposed()) }))
  }
}

extension Tensor {
  /// A linear map along an axis (in range).
  func mapped(along axis: Int, by map: AxisMap) throws -> Tensor {
    precondition(map.sourceExtent == shape[axis], "a map from \(map.sourceExtent) elements on shape \(shape)")
    let outer = shape.dimensions[..<axis].reduce(1, *)
    let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
    var dimensions = shape.dimensions
    dimensions[axis] = map.extent
    let target = try Shape(dimensions)
    if target.count == 0 || shape.count == 0 { return try Tensor(repeating: 0, shape: target) }
    if map.isSelection { return try selected(by: map, outer: outer, inner: inner, target: target) }
    if inner >= Lanes.scalarCount { return try mixedRows(by: map, outer: outer, inner: inner, target: target) }
    if inner == 1 { return try mixedColumns(by: map, rows: outer, target: target) }
    return try permutedToLast(axis, map, target)
  }

  /// A narrow inner extent, which pictures do not have: the axis is moved to the end and back.
  private func permutedToLast(_ axis: Int, _ map: AxisMap, _ target: Shape) throws -> Tensor {
    let order = (0..<shape.rank).filter { $0 != axis } + [axis]
    var inverse = order
    for (position, source) in order.enumerated() { inverse[source] = position }
    return try permuted(order).mapped(along: shape.rank - 1, by: map).permuted(inverse)
  }

  private func selected(by map: AxisMap, outer: Int, inner: Int, target: Shape) throws -> Tensor {
    try Tensor(target) { output in
      withPointer { input in
        nonisolated(unsafe) let (input, output) = (input, output.baseAddress!)
        let (extent, source) = (map.extent, map.sourceExtent)
        if inner == 1 {
          let indices = (0..<extent).map { i in
            map.starts[i] == map.starts[i + 1] ? -1 : map.indices[Int(map.starts[i])]
          }
          ElementLoop.forEachRow(outer, length: extent) { rows in
            indices.withUnsafeBufferPointer { indices in
              for row in rows {
                let (from, to) = (input + row * source, output + row * extent)
                for i in 0..<extent { to[i] = indices[i] < 0 ? 0 : from[Int(indices[i])] }
              }
            }
          }
        } else {
          ElementLoop.forEachRow(outer * extent, length: inner) { range in
            for index in range {
              let (row, i) = (index / extent, index % extent)
              let to = output + index * inner
              if map.starts[i] == map.starts[i + 1] {
                to.update(repeating: 0, count: inner)
              } else {
                to.update(from: input + (row * source + Int(map.indices[Int(map.starts[i])])) * inner, count: inner)
              }
            }
          }
        }
      }
    }
  }

  /// Weighted sums of whole rows of `inner` elements.
  private func mixedRows(by map: AxisMap, outer: Int, inner: Int, target: Shape) throws -> Tensor {
    try Tensor(target) { output in
      withPointer { input in
        nonisolated(unsafe) let (input, output) = (input, output.baseAddress!)
        let (extent, source) = (map.extent, map.sourceExtent)
        let work = inner * (1 + map.indices.count / extent)
        ElementLoop.forEachRow(outer * extent, length: work) { range in
          map.withTaps { starts, indices, weights in
            for index in range {
              let (row, i) = (index / extent, index % extent)
              let (from, to) = (input + row * source * inner, output + index * inner)
              let taps = Int(starts[i])..<Int(starts[i + 1])
              var column = 0
              while column < inner {
                // The last vector of a row overlaps the one before: it computes the same sums again.
                let begin = Swift.min(column, inner - Lanes.scalarCount)
                var sum = Lanes.zero
                for tap in taps { sum += weights[tap] * load(from + Int(indices[tap]) * inner + begin) }
                store(sum, to + begin)
                column += Lanes.scalarCount
              }
            }
          }
        }
      }
    }
  }

  /// Weighted sums along the last axis: blocks of rows are turned so that rows lie side by side in vectors.
  private func mixedColumns(by map: AxisMap, rows: Int, target: Shape) throws -> Tensor {
    let width = Lanes.scalarCount
    let (extent, source) = (map.extent, map.sourceExtent)
    let blocks = (rows + width - 1) / width
    let turned = try Storage(count: Shape([blocks, source, width]).count)
    return try Tensor(target) { output in
      withPointer { input in
        nonisolated(unsafe) let (input, output, turned) = (input, output.baseAddress!, turned.pointer)
        ElementLoop.forEachRow(blocks, length: width * (source + extent + map.indices.count)) { range in
          map.withTaps { starts, indices, weights in
            for block in range {
              let (first, scratch) = (block * width, turned + block * source * width)
              let lanes = Swift.min(width, rows - first)
              for lane in 0..<width {
                // Lanes beyond the last row repeat it, and are not written.
                let from = input + (first + Swift.min(lane, lanes - 1)) * source
                for i in 0..<source { scratch[i * width + lane] = from[i] }
              }
              for i in 0..<extent {
                var sum = Lanes.zero
                for tap in Int(starts[i])..<Int(starts[i + 1]) {
                  sum += weights[tap] * load(scratch + Int(indices[tap]) * width)
                }
                let to = output + first * extent + i
                for lane in 0..<lanes { to[lane * extent] = sum[lane] }
              }
            }
          }
        }
      }
    }
  }
}

extension AxisMap {
  /// Hands out the taps as pointers, which loops read without checks.
  @inline(__always)
  fileprivate func withTaps(_ body: (UnsafePointer<Int32>, UnsafePointer<Int32>, UnsafePointer<Float>) -> Void) {
    starts.withUnsafeBufferPointer { starts in
      indices.withUnsafeBufferPointer { indices in
        weights.withUnsafeBufferPointer { weights in
          guard let indices = indices.baseAddress, let weights = weights.baseAddress else { return }
          body(starts.baseAddress!, indices, weights)
        }
      }
    }
  }
}
