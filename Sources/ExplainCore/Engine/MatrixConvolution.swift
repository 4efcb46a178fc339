import CKernelShim

/// A convolution of any geometry, or a phase of one's gradient, as matrix products:
/// weights `[outputs, channels · taps]` times windows `[channels · taps, positions]`.
///
/// Positions are the lanes of vectors: the windows of 32 of them are packed, then multiplied by some rows of weights
/// at a time, and the sums are written to where they belong. See docs/performance.md.
struct MatrixConvolution: Sendable {
  private let kernels: Kernels
  private let windows: ConvolutionWindows
  private let batch: Int
  private let weights: MatrixWeights
  /// Bounds of a clip that the product ends with, and another activation that follows it.
  private let least, greatest: Float
  private let activation: Operation.Activation?
  private let order: Order

  private enum Order {
    /// A task packs some panels of positions and makes all outputs of them; every task reads all weights.
    case positionsFirst(panelsPerTask: Int)
    /// Many panels are packed first, then a task makes some outputs of some panels; every weight is read by few tasks.
    case rowsFirst(panelsAtOnce: Int, panelsPerTask: Int)
  }

  /// Bytes of packed windows that stay in the second-level cache beside the weights that pass through.
  private static let cachedBytes = 400_000
  /// Tasks that a layer is divided into at least where it can be, so that several cores have something to do.
  private static let fewestTasks = 8
  /// Packed rows that it takes to fetch a cache line.
  private static let rowsAhead = 16
  /// Floats of windows packed at once before the products: 16 MiB.
  private static let packedLimit = 1 << 22

  /// - Parameters:
  ///   - activation: applied to the output; it must not need the input for its derivative.
  ///   - kernels: those for whose blocks of rows the weights were arranged.
  init(
    windows: ConvolutionWindows, batch: Int, weights: MatrixWeights, activation: Operation.Activation?,
    _ kernels: Kernels
  ) {
    self.kernels = kernels
    self.windows = windows
    self.batch = batch
    self.weights = weights
    switch activation {
    case .relu: (least, greatest, self.activation) = (0, .infinity, nil)
    case .clip(let minimum, let maximum): (least, greatest, self.activation) = (minimum, maximum, nil)
    default: (least, greatest, self.activation) = (-.infinity, .infinity, activation)
    }
    order = Self.order(panels: (batch * windows.positions + kernel_positions - 1) / kernel_positions, weights)
  }

  /// The order that moves fewer bytes between caches.
  private static func order(panels: Int, _ weights: MatrixWeights) -> Order {
    let panelBytes = 4 * (weights.depth * kernel_positions + kernel_packing_slack)
    let weightBytes = 4 * weights.rows * weights.depth
    let cached = max(1, cachedBytes / panelBytes)
    let panelsPerTask = max(1, min(cached, panels / fewestTasks))
    let tasks = (panels + panelsPerTask - 1) / panelsPerTask * weights.groups
    let positionsFirst = weightBytes < cachedBytes ? 0 : tasks * weightBytes
    let rowsFirst = 2 * panels * panelBytes + weightBytes
    if tasks >= fewestTasks, positionsFirst <= rowsFirst { return .positionsFirst(panelsPerTask: panelsPerTask) }
    return .rowsFirst(
      panelsAtOnce: max(1, min(panels, 4 * packedLimit / panelBytes)), panelsPerTask: min(panels, cached))
  }

  // MARK: Layouts

  private var positions: Int { batch * windows.positions }
  private var panels: Int { (positions + kernel_positions - 1) / kernel_positions }
  /// Floats from the windows of 32 positions to the next.
  private var panelStride: Int { weights.depth * kernel_positions + kernel_packing_slack }
  private var channels: Int { weights.depth / max(1, windows.taps.count) }

  /// Sums of one block of rows and one panel.
  private static let rowScratch = kernel_most_tiles * kernel_positions

  /// Panels whose windows are packed together: as many as a list of moderate length describes.
  private var panelsAtOnce: Int { max(1, min(8, ConvolutionWindows.tapsAtOnce / max(1, windows.taps.count))) }

  /// Floats for lists of what is packed, and afterwards for sums.
  private var workerScratch: Int {
    // Vectors of four for all positions, and for each row of positions three that are not whole.
    let rows = min(kernel_positions, kernel_positions / max(1, windows.columns) + 2)
    let copies = kernel_positions / 4 + 3 * (rows + 1)
    let bytes =
      min(windows.taps.count, ConvolutionWindows.tapsAtOnce) * panelsAtOnce * copies
      * MemoryLayout<kernel_window_copy>.stride
    return max(2 * Self.rowScratch, (bytes + 63) / 64 * 16)
  }

  var scratchPerWorker: Int {
    guard case .positionsFirst(let panelsPerTask) = order else { return workerScratch }
    return workerScratch + panelsPerTask * panelStride
  }

  var sharedScratch: Int {
    guard case .rowsFirst(let panelsAtOnce, _) = order else { return 0 }
    return panelsAtOnce * panelStride
  }

  // MARK: Running

  /// - Parameter gate: holds back what a ReLU that gave these outputs does not let pass.
  func run(
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, gate: ReluGate? = nil, _ scratch: Scratch
  ) {
    nonisolated(unsafe) let (input, output, gate) = (input, output, gate)
    switch order {
    case .positionsFirst(let panelsPerTask):
      let parts = (panels + panelsPerTask - 1) / panelsPerTask
      Parallel.forEach(weights.groups * parts, workers: scratch.workers) { task, worker in
        let (group, part) = task.quotientAndRemainder(dividingBy: parts)
        let range = part * panelsPerTask..<min((part + 1) * panelsPerTask, panels)
        let memory = scratch.worker(worker)
        let packed = memory + workerScratch
        for first in stride(from: range.lowerBound, to: range.upperBound, by: panelsAtOnce) {
          pack(
            input, gate, first..<min(first + panelsAtOnce, range.upperBound), group,
            packed + (first - range.lowerBound) * panelStride, lists: memory)
        }
        for block in 0..<weights.blocks {
          for panel in range {
            multiply(packed + (panel - range.lowerBound) * panelStride, block, panel, group, output, memory)
          }
        }
      }
    case .rowsFirst(let panelsAtOnce, let panelsPerTask):
      nonisolated(unsafe) let packed = scratch.shared
      for group in 0..<weights.groups {
        for first in stride(from: 0, to: panels, by: panelsAtOnce) {
          let range = first..<min(first + panelsAtOnce, panels)
          Parallel.forEach(range.count, workers: scratch.workers) { index, worker in
            let panel = first + index
            pack(
              input, gate, panel..<panel + 1, group, packed + index * panelStride, lists: scratch.worker(worker))
          }
          let parts = (range.count + panelsPerTask - 1) / panelsPerTask
          Parallel.forEach(weights.blocks * parts, workers: scratch.workers) { task, worker in
            let (block, part) = task.quotientAndRemainder(dividingBy: parts)
            let begin = first + part * panelsPerTask
            for panel in begin..<min(begin + panelsPerTask, range.upperBound) {
              multiply(packed + (panel - first) * panelStride, block, panel, group, output, scratch.worker(worker))
            }
          }
        }
      }
    }
  }

  private func pack(
    _ input: UnsafePointer<Float>, _ gate: ReluGate?, _ panels: Range<Int>, _ group: Int,
    _ target: UnsafeMutablePointer<Float>, lists: UnsafeMutablePointer<Float>
  ) {
    let begin = panels.lowerBound * kernel_positions
    let end = min(panels.upperBound * kernel_positions, positions)
    let (picture, position) = begin.quotientAndRemainder(dividingBy: windows.positions)
    let (row, column) = position.quotientAndRemainder(dividingBy: windows.columns)
    let origin = group * channels * windows.sourceCount
    let pictureStride = weights.groups * channels * windows.sourceCount
    let copies = UnsafeMutableRawPointer(lists).assumingMemoryBound(to: kernel_window_copy.self)
    windows.taps.withUnsafeBufferPointer { taps in
      for first in stride(from: 0, to: taps.count, by: ConvolutionWindows.tapsAtOnce) {
        guard let tap = taps.baseAddress else { return }
        let count = min(ConvolutionWindows.tapsAtOnce, taps.count - first)
        var run = kernel_windows(
          planes: input + origin, readable: batch * pictureStride - origin, mask: gate.map { $0.outputs + origin },
          rule: gate?.rule.kernelRule ?? kernel_mask_none, channels: channels, plane_stride: windows.sourceCount,
          picture_stride: pictureStride, taps: tap + first, tap_count: count, rows: windows.rows,
          columns: windows.columns, row_step: windows.rowStep, column_step: windows.columnStep, picture: picture,
          row: row, column: column, positions: end - begin,
          ahead: max(1, Self.rowsAhead / (count * panels.count)),
          target: target + first * channels * kernel_positions, panel_stride: panelStride, copies: copies)
        kernels.table.pack_windows(&run)
      }
    }
  }

  /// The sums of a block of rows for a panel of positions, to where they belong.
  private func multiply(
    _ packed: UnsafePointer<Float>, _ block: Int, _ panel: Int, _ group: Int, _ output: UnsafeMutablePointer<Float>,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    let rows = weights[block]
    let begin = panel * kernel_positions
    let count = min(kernel_positions, positions - begin)
    let (picture, position) = begin.quotientAndRemainder(dividingBy: windows.positions)
    let isDirect = windows.isDense && position + count <= windows.positions
    let planes = output + ((picture * weights.groups + group) * weights.rows + rows.lowerBound) * windows.targetCount
    let sums = scratch + Self.rowScratch
    var product = kernel_row_product(
      rows: rows.count, depth: weights.depth, weights: weights.block(block, group: group), windows: packed,
      least: least, greatest: greatest, positions: isDirect ? count : kernel_positions,
      target: isDirect ? planes + position : sums,
      row_stride: isDirect ? windows.targetCount : kernel_positions, scratch: scratch)
    kernels.table.multiply_windows(&product)
    if let activation {
      for row in 0..<rows.count { activation.apply(product.target + row * product.row_stride, count: count) }
    }
    if !isDirect { spread(sums, rows.count, position, count, planes) }
  }

  /// Takes the sums of a block of rows from `[row][32]` to planes.
  private func spread(
    _ sums: UnsafePointer<Float>, _ rows: Int, _ position: Int, _ count: Int, _ planes: UnsafeMutablePointer<Float>
  ) {
    let pictureStride = weights.groups * weights.rows * windows.targetCount
    let (targetCount, apart) = (windows.targetCount, windows.apartX)
    windows.forEachRun(position, count) { picture, row, column, index, count in
      let y = windows.firstY + row * windows.apartY
      let place = picture * pictureStride + y * windows.targetWidth + windows.firstX + column * apart
      for row in 0..<rows {
        let (target, source) = (planes + (place + row * targetCount), sums + (row * kernel_positions + index))
        for i in 0..<count { target[i * apart] = source[i] }
      }
    }
  }
}
