/// A convolution as matrix products: weights `[outputs, channels · taps]` times the matrix of windows.
///
/// The work is divided into tasks of `positionsPerTask` output positions; where that gives too few of them, the
/// columns are gathered first and the tasks divide the output channels as well. The division depends on the shapes
/// alone.
struct MatrixConvolution: Sendable {
  let geometry: WindowGeometry
  let groups: Int
  /// Input channels of one group.
  let channels: Int
  /// Output channels of one group.
  let outputs: Int
  /// `[groups · outputs, channels · taps]`.
  let weight: Tensor
  let bias: Tensor?
  let activation: Operation.Activation?

  private let positionsPerTask: Int
  private let outputsPerTask: Int

  /// Columns that fit the second-level cache beside the product's own packing.
  private static let columnsInCache = 262_144
  /// Below so many positions, packing the weights again for each task costs more than it saves.
  private static let fewestPositions = 448
  /// Tasks that a layer is divided into at least, so that several cores have something to do.
  private static let fewestTasks = 8

  init(
    geometry: WindowGeometry, groups: Int, channels: Int, outputs: Int, weight: Tensor, bias: Tensor?,
    activation: Operation.Activation?
  ) {
    self.geometry = geometry
    self.groups = groups
    self.channels = channels
    self.outputs = outputs
    self.weight = weight
    self.bias = bias
    self.activation = activation
    let depth = max(1, channels * geometry.taps)
    let wanted = max(Self.fewestPositions, Self.columnsInCache / depth / 16 * 16)
    let blocks = (geometry.outputCount + wanted - 1) / wanted
    positionsPerTask = max(1, (geometry.outputCount + blocks - 1) / max(1, blocks))
    if blocks >= Self.fewestTasks {
      outputsPerTask = outputs
    } else {
      let parts = (Self.fewestTasks + blocks - 1) / max(1, blocks)
      outputsPerTask = min(outputs, max(32, (outputs + parts - 1) / parts))
    }
  }

  private var depth: Int { channels * geometry.taps }
  private var blocks: Int { (geometry.outputCount + positionsPerTask - 1) / positionsPerTask }
  private var outputParts: Int { (outputs + outputsPerTask - 1) / max(1, outputsPerTask) }

  /// Whether the input itself is the matrix of windows.
  private var isPointwise: Bool {
    geometry.taps == 1 && geometry.strideY == 1 && geometry.strideX == 1 && geometry.inputCount == geometry.outputCount
      && geometry.top == 0 && geometry.left == 0
  }

  var scratchPerWorker: Int { isPointwise || outputParts > 1 ? 0 : depth * positionsPerTask }
  var sharedScratch: Int { isPointwise || outputParts == 1 ? 0 : depth * geometry.outputCount }

  /// Convolves each picture of a batch.
  func run(
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, batch: Int, _ scratch: Scratch
  ) {
    for picture in 0..<batch {
      for group in 0..<groups {
        let source = input + (picture * groups + group) * channels * geometry.inputCount
        let target = output + (picture * groups + group) * outputs * geometry.outputCount
        run(source, target, group: group, scratch)
      }
    }
  }

  private func run(
    _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, group: Int, _ scratch: Scratch
  ) {
    nonisolated(unsafe) let (source, target) = (source, target)
    if sharedScratch > 0 {
      nonisolated(unsafe) let columns = scratch.shared
      Parallel.forEach(channels) { channel in
        Columns.gather(
          source + channel * geometry.inputCount, geometry, positions: 0..<geometry.outputCount,
          into: columns + channel * geometry.taps * geometry.outputCount, rowStride: geometry.outputCount)
      }
    }
    Parallel.forEach(blocks * outputParts, workers: scratch.workers) { task, worker in
      let (block, part) = task.quotientAndRemainder(dividingBy: outputParts)
      let begin = block * positionsPerTask
      let positions = begin..<min(begin + positionsPerTask, geometry.outputCount)
      let rows = part * outputsPerTask..<min((part + 1) * outputsPerTask, outputs)
      if isPointwise {
        multiply(source + begin, geometry.outputCount, target, group, rows, positions)
      } else if sharedScratch > 0 {
        multiply(UnsafePointer(scratch.shared) + begin, geometry.outputCount, target, group, rows, positions)
      } else {
        let columns = scratch.worker(worker)
        for channel in 0..<channels {
          Columns.gather(
            source + channel * geometry.inputCount, geometry, positions: positions,
            into: columns + channel * geometry.taps * positions.count, rowStride: positions.count)
        }
        multiply(columns, positions.count, target, group, rows, positions)
      }
    }
  }

  /// The product for some output channels and positions, then bias and activation while it is in the cache.
  private func multiply(
    _ columns: UnsafePointer<Float>, _ columnStride: Int, _ target: UnsafeMutablePointer<Float>, _ group: Int,
    _ rows: Range<Int>, _ positions: Range<Int>
  ) {
    let firstRow = group * outputs + rows.lowerBound
    let destination = target + rows.lowerBound * geometry.outputCount + positions.lowerBound
    weight.withPointer { weight in
      BLAS.multiply(
        weight + firstRow * depth, columns, destination, m: rows.count, n: positions.count, k: depth, strideA: depth,
        strideB: columnStride, strideC: geometry.outputCount)
    }
    guard bias != nil || activation != nil else { return }
    for row in 0..<rows.count {
      let values = destination + row * geometry.outputCount
      if let bias {
        let shift = bias.withPointer { $0[firstRow + row] }
        for i in 0..<positions.count { values[i] += shift }
      }
      activation?.apply(values, count: positions.count)
    }
  }
}
