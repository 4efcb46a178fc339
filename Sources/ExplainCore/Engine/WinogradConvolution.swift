import CKernelShim

/// A 3 by 3 convolution of stride 1 by Winograd's F(4x4, 3x3): 36 products for 16 outputs where the definition has 144.
///
/// Each tile of 4 by 4 outputs needs 6 by 6 inputs; both are transformed to 36 points, at which the convolution is a
/// product of a tile's channels with the weights of that point. (Or of 4 by 2: see `WinogradTile`.) Tiles are handled in
/// blocks that fill the product kernel's registers. See docs/performance.md.
struct WinogradConvolution: Sendable {
  /// What is convolved.
  enum Source {
    case planes
    /// Planes of gradients, held back where a ReLU does not let them pass.
    case gated(ReluGate)
    /// The gradients of the maxima that were taken of planes of pixels, spread over these.
    case maxima(WindowMaxima, values: UnsafePointer<Float>, pixels: UnsafePointer<Float>)
  }

  /// What becomes of the outputs.
  enum Destination {
    case planes
    /// Their maxima are taken; they are kept themselves if there is a place for them.
    case maxima(WindowMaxima, pixels: UnsafeMutablePointer<Float>?)
  }

  private let kernels: Kernels
  private let geometry: WindowGeometry
  private let weights: WinogradWeights
  /// Filled up with 0 to whole panels.
  private let bias: Tensor?
  private let activation: Operation.Activation?
  private let tiles: TileBlocks
  private let order: Order

  private enum Order {
    /// A task takes some blocks through all steps, in the cache of one core; every task reads all weights.
    case tileByTile(blocksPerTask: Int)
    /// All tiles are transformed first, then a task makes 32 outputs of some blocks; every weight is read for few tasks.
    case panelByPanel(blocksPerTask: Int)
  }

  /// Bytes of transformed inputs that stay in the second-level cache beside the weights that pass through.
  private static let cachedBytes = 600_000
  /// Blocks whose products a task holds at most, where it makes one panel of outputs.
  private static let blocksOfPanel = 8

  /// - Parameter activation: applied to the output; it must not need the input for its derivative.
  /// - Throws: `.outOfMemory`.
  init(
    geometry: WindowGeometry, batch: Int, weights: WinogradWeights, bias: Tensor?, activation: Operation.Activation?
  ) throws {
    kernels = Kernels.current
    self.geometry = geometry
    self.weights = weights
    self.activation = activation
    self.bias = try bias.map { bias in
      try Tensor(
        bias.values + [Float](repeating: 0, count: weights.packedOutputs - bias.count), [weights.packedOutputs])
    }
    tiles = Self.tiles(geometry, batch: batch, weights.tile, kernels)
    // Weights that are not kept are made once for all tiles, whatever the batch.
    order =
      weights.isKept ? Self.order(tiles, weights) : .panelByPanel(blocksPerTask: min(tiles.count, Self.blocksOfPanel))
  }

  private static func tiles(
    _ geometry: WindowGeometry, batch: Int, _ tile: WinogradTile, _ kernels: Kernels
  ) -> TileBlocks {
    TileBlocks(
      batch: batch, rows: (geometry.outputHeight + 3) / 4,
      columns: (geometry.outputWidth + tile.width - 1) / tile.width, most: kernels.table.tiles_per_block)
  }

  /// Whether every weight is read once for a picture, so that making it where it is read costs little.
  static func readsWeightsOnce(_ geometry: WindowGeometry, _ weights: WinogradWeights) -> Bool {
    guard case .panelByPanel = order(tiles(geometry, batch: 1, weights.tile, Kernels.current), weights) else {
      return false
    }
    return true
  }

  /// The order that moves fewer bytes between caches.
  private static func order(_ tiles: TileBlocks, _ weights: WinogradWeights) -> Order {
    let bytesPerTile = weights.tile.points * weights.packedInputs * 4
    let weightBytes = bytesPerTile * weights.packedOutputs
    let blocksPerTask = max(1, min(tiles.count, cachedBytes / (bytesPerTile * tiles.most)))
    let tasks = (tiles.count + blocksPerTask - 1) / blocksPerTask
    let tileByTile = tasks * weightBytes * (weightBytes > WinogradTile.sharedCacheBytes ? 3 : 1)
    let panelByPanel = bytesPerTile * tiles.tiles * (1 + weights.panels) + weightBytes
    return tileByTile < panelByPanel
      ? .tileByTile(blocksPerTask: blocksPerTask)
      : .panelByPanel(blocksPerTask: min(tiles.count, blocksOfPanel))
  }

  // MARK: Layouts

  /// Floats from a point to the next: an odd number of cache lines, since 36 of them at the same place of a cache
  /// would throw each other out.
  private static func pointStride(_ floats: Int) -> Int { floats / 16 % 2 == 0 ? floats + 16 : floats }

  private func inputStride(tiles: Int) -> Int { Self.pointStride(tiles * weights.packedInputs) }
  private func productStride(tiles: Int) -> Int { Self.pointStride(tiles * kernel_panel) }

  private var tilesPerTask: Int {
    switch order {
    case .tileByTile(let blocks), .panelByPanel(let blocks): return blocks * tiles.most
    }
  }

  /// What the transforms work in, and behind it a strip.
  private static let transformScratch =
    max(Int(kernel_transform_scratch), Int(kernel_weight_scratch)) + WindowMaxima.stripCount

  var scratchPerWorker: Int {
    let products = weights.tile.points * productStride(tiles: tilesPerTask) + Self.transformScratch
    switch order {
    case .tileByTile: return products + weights.tile.points * inputStride(tiles: tilesPerTask)
    case .panelByPanel: return products + (weights.isKept ? 0 : weights.panelCount)
    }
  }

  var sharedScratch: Int {
    guard case .panelByPanel = order else { return 0 }
    return weights.tile.points * inputStride(tiles: blocksPerGroup * tiles.most)
  }

  /// Blocks whose transformed inputs stay in the shared cache while panel after panel reads them: those of one picture
  /// mostly, or of a few where a batch has small ones.
  private var blocksPerGroup: Int {
    let bytesPerBlock = weights.tile.points * weights.packedInputs * 4 * tiles.most
    return min(tiles.count, max(1, WinogradTile.sharedCacheBytes / bytesPerBlock))
  }

  // MARK: Running

  func run(
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, from source: Source = .planes,
    into destination: Destination = .planes, _ scratch: Scratch
  ) {
    switch order {
    case .tileByTile(let blocks): runTileByTile(input, output, source, destination, scratch, blocksPerTask: blocks)
    case .panelByPanel(let blocks): runPanelByPanel(input, output, source, destination, scratch, blocksPerTask: blocks)
    }
  }

  private func runTileByTile(
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ source: Source, _ destination: Destination,
    _ scratch: Scratch, blocksPerTask: Int
  ) {
    nonisolated(unsafe) let (input, output, source, destination) = (input, output, source, destination)
    Parallel.forEach((tiles.count + blocksPerTask - 1) / blocksPerTask, workers: scratch.workers) { task, worker in
      let blocks = task * blocksPerTask..<min((task + 1) * blocksPerTask, tiles.count)
      let origin = tiles[blocks.lowerBound].lowerBound
      let stride = inputStride(tiles: tilesPerTask)
      let memory = scratch.worker(worker)
      let (transformed, rest) = (memory + Self.transformScratch, memory)
      for block in blocks {
        for channels in 0..<weights.packedInputs / kernel_channel_block {
          transform(input, source, channels, tiles[block], transformed, origin: origin, stride: stride, scratch: rest)
        }
      }
      let products = transformed + weights.tile.points * stride
      for panel in 0..<weights.panels {
        guard let values = weights.kept(panel) else { preconditionFailure("weights that are not kept") }
        multiply(transformed, values, blocks, origin: origin, stride: stride, products)
        finish(products, output, destination, panel, blocks, scratch: rest)
      }
    }
  }

  private func runPanelByPanel(
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ source: Source, _ destination: Destination,
    _ scratch: Scratch, blocksPerTask: Int
  ) {
    for first in Swift.stride(from: 0, to: tiles.count, by: blocksPerGroup) {
      let group = first..<min(first + blocksPerGroup, tiles.count)
      runPanelByPanel(group, input, output, source, destination, scratch, blocksPerTask: blocksPerTask)
    }
  }

  private func runPanelByPanel(
    _ group: Range<Int>, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ source: Source,
    _ destination: Destination, _ scratch: Scratch, blocksPerTask: Int
  ) {
    nonisolated(unsafe) let (input, output, source, destination) = (input, output, source, destination)
    let origin = tiles[group.lowerBound].lowerBound
    let stride = inputStride(tiles: blocksPerGroup * tiles.most)
    nonisolated(unsafe) let transformed = scratch.shared
    Parallel.forEach(weights.packedInputs / kernel_channel_block, workers: scratch.workers) { channels, worker in
      for block in group {
        transform(
          input, source, channels, tiles[block], transformed, origin: origin, stride: stride,
          scratch: scratch.worker(worker))
      }
    }
    let parts = (group.count + blocksPerTask - 1) / blocksPerTask
    // A task has one part of the tiles; or all of them, one after the other, where it makes the weights.
    let partsPerTask = weights.isKept ? 1 : parts
    Parallel.forEach(weights.panels * parts / partsPerTask, workers: scratch.workers) { task, worker in
      let (panel, first) = (task * partsPerTask).quotientAndRemainder(dividingBy: parts)
      let memory = scratch.worker(worker)
      let products = memory + Self.transformScratch
      let values = weights.kept(panel) ?? made(panel, products, scratch: memory)
      for part in first..<first + partsPerTask {
        let begin = group.lowerBound + part * blocksPerTask
        let blocks = begin..<min(begin + blocksPerTask, group.upperBound)
        multiply(transformed, values, blocks, origin: origin, stride: stride, products)
        finish(products, output, destination, panel, blocks, scratch: memory)
      }
    }
  }

  /// Makes a panel of weights behind a worker's products.
  private func made(
    _ panel: Int, _ products: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    let values = products + weights.tile.points * productStride(tiles: tilesPerTask)
    weights.make(panel, kernels, values, scratch: scratch)
    return UnsafePointer(values)
  }

  /// Transforms one block of channels of one block of tiles, to its place behind the tiles from `origin` on.
  private func transform(
    _ input: UnsafePointer<Float>, _ source: Source, _ channels: Int, _ block: Range<Int>,
    _ transformed: UnsafeMutablePointer<Float>, origin: Int, stride: Int, scratch: UnsafeMutablePointer<Float>
  ) {
    let first = channels * kernel_channel_block
    let place =
      transformed + ((block.lowerBound - origin) * weights.packedInputs + block.count * first)
    tiles.forEachRun(block) { picture, row, column, tiles in
      var run = kernel_tile_run(
        plane_stride: geometry.inputCount, height: geometry.inputHeight, width: geometry.inputWidth,
        channels: min(kernel_channel_block, weights.inputs - first), row: 4 * row - geometry.top,
        column: weights.tile.width * column - geometry.left, tiles: tiles.count,
        tile_width: weights.tile.width)
      let plane = picture * weights.inputs + first
      let offset = plane * geometry.inputCount
      var transform = kernel_input_transform(
        planes: input + offset, mask: nil, rule: kernel_mask_none,
        readable: self.tiles.batch * weights.inputs * geometry.inputCount - offset,
        next: kernel_channel_block * geometry.inputCount,
        target: place + tiles.lowerBound * kernel_channel_block, point_stride: stride, scratch: scratch)
      switch source {
      case .planes: break
      case .gated(let gate): (transform.mask, transform.rule) = (gate.outputs + offset, gate.rule.kernelRule)
      case .maxima(let maxima, let values, let pixels):
        let strip = scratch + kernel_transform_scratch
        run = maxima.spread(
          run, input + plane * maxima.count, maxima: values + plane * maxima.count, pixels: pixels + offset, to: strip)
        transform.planes = UnsafePointer(strip)
        (transform.readable, transform.next) = (WindowMaxima.stripCount, 0)
      }
      kernels.table.transform_input(&run, &transform)
    }
  }

  /// The products at all points for the 32 outputs of a panel.
  private func multiply(
    _ transformed: UnsafePointer<Float>, _ panel: UnsafePointer<Float>, _ blocks: Range<Int>, origin: Int, stride: Int,
    _ products: UnsafeMutablePointer<Float>
  ) {
    let productStride = productStride(tiles: tilesPerTask)
    let depth = weights.packedInputs
    let base = tiles[blocks.lowerBound].lowerBound
    for point in 0..<weights.tile.points {
      let values = panel + point * weights.pointStride
      // While a point's weights are used, the next point's are fetched, a part of them with each block.
      var next = values + weights.pointStride
      let end = next + depth * kernel_panel
      for block in blocks {
        let range = tiles[block]
        kernels.table.product(
          depth, range.count, transformed + (point * stride + (range.lowerBound - origin) * depth), values,
          products + (point * productStride + (range.lowerBound - base) * kernel_panel), next < end ? next : values)
        next += depth * 16
      }
    }
  }

  /// Takes the products of a panel back to outputs.
  private func finish(
    _ products: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ destination: Destination, _ panel: Int,
    _ blocks: Range<Int>, scratch: UnsafeMutablePointer<Float>
  ) {
    let stride = productStride(tiles: tilesPerTask)
    let base = tiles[blocks.lowerBound].lowerBound
    for block in blocks {
      let range = tiles[block]
      for half in 0..<kernel_panel / kernel_channel_block {
        let first = panel * kernel_panel + half * kernel_channel_block
        guard first < weights.outputs else { continue }
        let place = products + ((range.lowerBound - base) * kernel_panel + half * range.count * kernel_channel_block)
        tiles.forEachRun(range) { picture, row, column, tiles in
          let run = kernel_tile_run(
            plane_stride: geometry.outputCount, height: geometry.outputHeight, width: geometry.outputWidth,
            channels: min(kernel_channel_block, weights.outputs - first), row: 4 * row,
            column: weights.tile.width * column, tiles: tiles.count, tile_width: weights.tile.width)
          let plane = picture * weights.outputs + first
          var transform = kernel_output_transform(
            products: place + tiles.lowerBound * kernel_channel_block, point_stride: stride,
            bias: bias?.withPointer { $0 + first }, rectifies: activation == .relu ? 1 : 0,
            planes: output + plane * geometry.outputCount, scratch: scratch)
          switch destination {
          case .planes:
            write(run, &transform)
          case .maxima(let maxima, let pixels?):
            transform.planes = pixels + plane * geometry.outputCount
            write(run, &transform)
            maxima.take(run, of: transform.planes, in: run, to: output + plane * maxima.count)
          case .maxima(let maxima, nil):
            transform.planes = scratch + kernel_transform_scratch
            let strip = WindowMaxima.strip(run)
            write(strip, &transform)
            maxima.take(run, of: transform.planes, in: strip, to: output + plane * maxima.count)
          }
        }
      }
    }
  }

  private func write(_ run: kernel_tile_run, _ transform: inout kernel_output_transform) {
    withUnsafePointer(to: run) { kernels.table.transform_output($0, &transform) }
    if let activation, activation != .relu { apply(activation, transform.planes, run) }
  }

  /// Activations that the output transform does not know, while the outputs are in the cache.
  private func apply(_ activation: Operation.Activation, _ planes: UnsafeMutablePointer<Float>, _ run: kernel_tile_run)
  {
    let rows = run.row..<min(run.row + 4, run.height)
    let count = min(run.tile_width * run.tiles, run.width - run.column)
    for channel in 0..<run.channels {
      for row in rows {
        activation.apply(planes + (channel * run.plane_stride + row * run.width + run.column), count: count)
      }
    }
  }
}
