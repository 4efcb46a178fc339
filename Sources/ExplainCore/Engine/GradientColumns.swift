/// The gradient of a convolution with few input channels, by way of the matrix of columns:
/// `weightsᵀ · gradient` has a plane for each channel and tap, and a pixel's gradient is the sum of those that meet it.
///
/// Windows of gradients would have to be packed for each tap, and that costs more than the few rows of weights that are
/// multiplied by them; here each gradient is packed once.
struct GradientColumns: Sendable {
  private let geometry: WindowGeometry
  private let batch, channels, outputs: Int
  private let product: MatrixConvolution

  /// With so many channels, in groups, and for windows of one pixel, products of windows are as fast or faster.
  private static let fewestChannels = 16
  /// Floats of columns that are held at once, at most: 32 MiB.
  private static let limit = 1 << 23

  /// Whether this is the better way for a convolution.
  static func suits(_ convolution: Operation.Convolution, _ geometry: WindowGeometry) -> Bool {
    let channels = convolution.weight.shape[1]
    guard convolution.groups == 1, channels < fewestChannels, geometry.taps > 1 else { return false }
    let floats = (channels * geometry.taps).multipliedReportingOverflow(by: geometry.outputCount)
    return !floats.overflow && floats.partialValue <= limit
  }

  /// - Parameter product: the product of the turned weights with a picture's gradients.
  init(_ convolution: Operation.Convolution, _ geometry: WindowGeometry, batch: Int, product: MatrixConvolution) {
    self.geometry = geometry
    self.batch = batch
    self.product = product
    channels = convolution.weight.shape[1]
    outputs = convolution.weight.shape[0]
  }

  private var columnCount: Int { (channels * geometry.taps * geometry.outputCount + 15) / 16 * 16 }

  var scratchPerWorker: Int { max(product.scratchPerWorker, geometry.inputWidth) }
  var sharedScratch: Int { columnCount + product.sharedScratch }

  func run(
    _ gradient: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, gate: ReluGate?,
    _ scratch: Scratch
  ) {
    nonisolated(unsafe) let columns = scratch.shared
    let rest = scratch.behind(columnCount)
    for picture in 0..<batch {
      let first = picture * outputs * geometry.outputCount
      product.run(gradient + first, columns, gate: gate?.advanced(by: first), rest)
      nonisolated(unsafe) let pixels = target + picture * channels * geometry.inputCount
      Parallel.forEach(channels * geometry.inputHeight, workers: scratch.workers) { task, worker in
        let (channel, y) = task.quotientAndRemainder(dividingBy: geometry.inputHeight)
        addRow(
          columns + channel * geometry.taps * geometry.outputCount, y, pixels + task * geometry.inputWidth,
          scratch.worker(worker))
      }
    }
  }

  /// Adds up what the taps of one channel give to a row of pixels.
  private func addRow(
    _ columns: UnsafePointer<Float>, _ y: Int, _ target: UnsafeMutablePointer<Float>,
    _ sums: UnsafeMutablePointer<Float>
  ) {
    let g = geometry
    if g.strideX == 1 {
      target.update(repeating: 0, count: g.inputWidth)
      return forEachTap(y) { row, start, positions in
        let (pixels, values) = (target + start, columns + row)
        for x in positions { pixels[x] += values[x] }
      }
    }
    // Pixels of the same remainder lie together until they are complete.
    let phases = min(g.strideX, g.inputWidth)
    for phase in 0..<phases {
      let count = (g.inputWidth - phase + g.strideX - 1) / g.strideX
      sums.update(repeating: 0, count: count)
      forEachTap(y) { row, start, positions in
        guard (start - phase) % g.strideX == 0 else { return }
        let (pixels, values) = (sums + (start - phase) / g.strideX, columns + row)
        for x in positions { pixels[x] += values[x] }
      }
      for i in 0..<count { target[phase + i * g.strideX] = sums[i] }
    }
  }

  /// Calls `body` for each tap of the kernel that meets a row of pixels: where its row of columns begins, the pixel that
  /// its first position meets, and the positions that meet any.
  private func forEachTap(_ y: Int, _ body: (_ row: Int, _ start: Int, _ positions: Range<Int>) -> Void) {
    let g = geometry
    for ky in 0..<g.kernelHeight {
      let (row, remainder) = (y + g.top - ky * g.dilationY).quotientAndRemainder(dividingBy: g.strideY)
      guard remainder == 0, row >= 0, row < g.outputHeight else { continue }
      for kx in 0..<g.kernelWidth {
        let start = kx * g.dilationX - g.left
        body(
          ((ky * g.kernelWidth + kx) * g.outputHeight + row) * g.outputWidth, start,
          WindowGeometry.inside(start, g.strideX, extent: g.inputWidth, positions: g.outputWidth))
      }
    }
  }
}
