import CKernelShim

/// The kernels of a 3 by 3 convolution at Winograd's points, packed as the product kernel reads them:
/// `[panel of 32 outputs][point][input][32]`, inputs filled up to whole blocks and outputs to whole panels with 0.
///
/// They are four times as large as the kernels. Kept, they are made once; otherwise a panel is made where it is needed,
/// with the same bits.
struct WinogradWeights: Sendable {
  let inputs, outputs: Int
  let tile: WinogradTile
  /// `[outputs, inputs, 3, 3]`, or for turned ones `[inputs, outputs, 3, 3]`.
  private let source: Tensor
  private let isTurned: Bool
  /// All panels, if they are kept.
  private let storage: Storage?

  /// Inputs and outputs, filled up.
  var packedInputs: Int { Self.roundUp(inputs, to: kernel_channel_block) }
  var packedOutputs: Int { Self.roundUp(outputs, to: kernel_panel) }
  var panels: Int { packedOutputs / kernel_panel }

  static func roundUp(_ count: Int, to unit: Int) -> Int { (count + unit - 1) / unit * unit }

  /// Floats from a point to the next: an odd number of cache lines, since an input's values at all points are written
  /// together.
  var pointStride: Int { packedInputs * kernel_panel + 16 }

  /// Floats of one panel.
  var panelCount: Int { tile.points * pointStride }

  /// Floats from a panel to the next: an odd number of cache lines more than it holds, so that the panels that
  /// several threads read at once do not compete for the same sets of a cache.
  private var panelStride: Int { panelCount + 65 * 16 }

  /// Describes the weights, and keeps none.
  ///
  /// - Parameters:
  ///   - weight: `[outputs, inputs, 3, 3]`.
  ///   - isTurned: makes the weights for the gradient: kernels turned by 180 degrees, inputs and outputs swapped.
  init(unkept weight: Tensor, _ tile: WinogradTile, isTurned: Bool) {
    (source, self.tile, self.isTurned, storage) = (weight, tile, isTurned, nil)
    (inputs, outputs) = isTurned ? (weight.shape[0], weight.shape[1]) : (weight.shape[1], weight.shape[0])
  }

  /// Makes the weights that `weights` describes, and keeps them.
  ///
  /// - Throws: `.outOfMemory`.
  init(keeping weights: WinogradWeights) throws {
    let storage = try Storage(count: weights.panels * weights.panelStride)
    (inputs, outputs, tile) = (weights.inputs, weights.outputs, weights.tile)
    (source, isTurned, self.storage) = (weights.source, weights.isTurned, storage)
    // Not from the stack: callers' threads may have small ones.
    let (workers, perWorker) = (Parallel.threads, Int(kernel_weight_scratch))
    let scratch = try Storage(count: workers * perWorker)
    let kernels = Kernels.current
    Parallel.forEach(panels, workers: workers) { panel, worker in
      weights.make(
        panel, kernels, storage.pointer + panel * weights.panelStride, scratch: scratch.pointer + worker * perWorker)
    }
  }

  /// Whether the panels are kept.
  var isKept: Bool { storage != nil }

  /// Where a panel begins, if it is kept; what belongs to the next point is `pointStride` further.
  func kept(_ panel: Int) -> UnsafePointer<Float>? { storage.map { UnsafePointer($0.pointer) + panel * panelStride } }

  /// Makes a panel.
  ///
  /// - Parameters:
  ///   - target: `panelCount` floats.
  ///   - scratch: `kernel_weight_scratch` floats.
  func make(
    _ panel: Int, _ kernels: Kernels, _ target: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    let first = panel * kernel_panel
    let row = source.shape[1] * 9
    let (inputStride, outputStride) = isTurned ? (row, 9) : (9, row)
    source.withPointer { weights in
      var transform = kernel_weight_transform(
        kernels: weights + first * outputStride, input_stride: inputStride, output_stride: outputStride,
        inputs: inputs, outputs: min(kernel_panel, outputs - first), readable: source.count - first * outputStride,
        is_turned: isTurned ? 1 : 0, tile_width: tile.width, target: target, point_stride: pointStride,
        scratch: scratch)
      kernels.table.transform_weights(&transform)
    }
  }
}
