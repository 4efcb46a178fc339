import CKernelShim

/// The kernels of a 3 by 3 convolution at Winograd's points, packed as the product kernel reads them:
/// `[panel of 32 outputs][point][input][32]`, inputs filled up to whole blocks and outputs to whole panels with 0.
struct WinogradWeights: Sendable {
  let inputs, outputs: Int
  let tile: WinogradTile
  private let storage: Storage

  /// Inputs and outputs, filled up.
  var packedInputs: Int { Self.roundUp(inputs, to: kernel_channel_block) }
  var packedOutputs: Int { Self.roundUp(outputs, to: kernel_panel) }
  var panels: Int { packedOutputs / kernel_panel }

  static func roundUp(_ count: Int, to unit: Int) -> Int { (count + unit - 1) / unit * unit }

  /// Floats from a point to the next: an odd number of cache lines, since an input's values at all points are written
  /// together.
  var pointStride: Int { packedInputs * kernel_panel + 16 }

  /// Floats from a panel to the next: an odd number of cache lines more than it holds, so that the panels that
  /// several threads read at once do not compete for the same sets of a cache.
  private var panelStride: Int { tile.points * pointStride + 65 * 16 }

  /// Where the weights of a panel begin; those for the next point are `pointStride` further.
  func panel(_ panel: Int) -> UnsafePointer<Float> { UnsafePointer(storage.pointer) + panel * panelStride }

  /// - Parameters:
  ///   - weight: `[outputs, inputs, 3, 3]`.
  ///   - isTurned: makes the weights for the gradient: kernels turned by 180 degrees, inputs and outputs swapped.
  /// - Throws: `.outOfMemory`.
  init(_ weight: Tensor, _ tile: WinogradTile, isTurned: Bool) throws {
    self.tile = tile
    let (rows, columns) = (weight.shape[0], weight.shape[1])
    (inputs, outputs) = isTurned ? (rows, columns) : (columns, rows)
    let panelCount = Self.roundUp(outputs, to: kernel_panel) / kernel_panel
    let stride = tile.points * (Self.roundUp(inputs, to: kernel_channel_block) * kernel_panel + 16) + 65 * 16
    storage = try Storage(count: panelCount * stride)
    nonisolated(unsafe) let target = storage.pointer
    let (weights, kernels) = (self, Kernels.current)
    Parallel.forEach(panels) { panel in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: Int(kernel_weight_scratch)) { scratch in
        guard let scratch = scratch.baseAddress else { return }
        weights.transform(weight, panel, to: target + panel * weights.panelStride, isTurned: isTurned, kernels, scratch)
      }
    }
  }

  private func transform(
    _ weight: Tensor, _ panel: Int, to target: UnsafeMutablePointer<Float>, isTurned: Bool, _ kernels: Kernels,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    let columns = weight.shape[1]
    let first = panel * kernel_panel
    let (inputStride, outputStride) = isTurned ? (columns * 9, 9) : (9, columns * 9)
    weight.withPointer { weights in
      var transform = kernel_weight_transform(
        kernels: weights + first * outputStride, input_stride: inputStride, output_stride: outputStride,
        inputs: inputs, outputs: min(kernel_panel, outputs - first), readable: weight.count - first * outputStride,
        is_turned: isTurned ? 1 : 0, tile_width: tile.width, target: target, point_stride: pointStride,
        scratch: scratch)
      kernels.table.transform_weights(&transform)
    }
  }
}
