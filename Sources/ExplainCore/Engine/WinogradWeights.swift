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

  /// Floats from a panel to the next: an odd number of cache lines more than it holds, so that the panels that
  /// several threads read at once do not compete for the same sets of a cache.
  private static func panelStride(_ tile: WinogradTile, packedInputs: Int) -> Int {
    tile.points * packedInputs * kernel_panel + 65 * 16
  }

  /// Where the weights of a panel for a point begin.
  func panel(_ panel: Int, point: Int) -> UnsafePointer<Float> {
    UnsafePointer(storage.pointer)
      + (panel * Self.panelStride(tile, packedInputs: packedInputs) + point * packedInputs * kernel_panel)
  }

  /// - Parameters:
  ///   - weight: `[outputs, inputs, 3, 3]`.
  ///   - isTurned: makes the weights for the gradient: kernels turned by 180 degrees, inputs and outputs swapped.
  /// - Throws: `.outOfMemory`.
  init(_ weight: Tensor, _ tile: WinogradTile, isTurned: Bool) throws {
    self.tile = tile
    let (rows, columns) = (weight.shape[0], weight.shape[1])
    (inputs, outputs) = isTurned ? (rows, columns) : (columns, rows)
    let packedInputs = Self.roundUp(inputs, to: kernel_channel_block)
    let panels = Self.roundUp(outputs, to: kernel_panel) / kernel_panel
    let stride = Self.panelStride(tile, packedInputs: packedInputs)
    storage = try Storage(count: panels * stride)
    let (inputStride, outputStride) = isTurned ? (columns * 9, 9) : (9, columns * 9)
    let (inputs, outputs) = (self.inputs, self.outputs)
    weight.withPointer { weight in
      nonisolated(unsafe) let (weight, target) = (weight, storage.pointer)
      Parallel.forEach(panels) { panel in
        let first = panel * kernel_panel
        let count = min(kernel_panel, outputs - first)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: (9 + 18) * kernel_panel) { scratch in
          guard let taps = scratch.baseAddress else { return }
          taps.update(repeating: 0, count: 9 * kernel_panel)
          for input in 0..<packedInputs {
            let place = target + (panel * stride + input * kernel_panel)
            guard input < inputs else {
              for point in 0..<tile.points {
                (place + point * packedInputs * kernel_panel).update(repeating: 0, count: kernel_panel)
              }
              continue
            }
            for output in 0..<count {
              let kernel = weight + (input * inputStride + (first + output) * outputStride)
              for tap in 0..<9 { taps[tap * kernel_panel + output] = Double(kernel[isTurned ? 8 - tap : tap]) }
            }
            Self.toPoints(taps, taps + 9 * kernel_panel, place, tile, pointStride: packedInputs * kernel_panel)
          }
        }
      }
    }
  }

  private typealias Row = (Double, Double, Double)

  /// The rows of G for 4 outputs, at the points 0, a, -a, b, -b and infinity; see WinogradPoints.swift.
  private static let rowsForFour: [Row] = {
    let (a, b) = (0.625, 1.5)
    let scaleA = 1 / (2 * a * a * (a * a - b * b))
    let scaleB = 1 / (2 * b * b * (b * b - a * a))
    return [
      (1 / (a * a * b * b), 0, 0), (scaleA, a * scaleA, a * a * scaleA), (scaleA, -a * scaleA, a * a * scaleA),
      (scaleB, b * scaleB, b * b * scaleB), (scaleB, -b * scaleB, b * b * scaleB), (0, 0, 1),
    ]
  }()

  /// The rows of G for 2 outputs, at the points 0, 1, -1 and infinity.
  private static let rowsForTwo: [Row] = [(1, 0, 0), (0.5, 0.5, 0.5), (0.5, -0.5, 0.5), (0, 0, 1)]

  /// `G · kernel · Gᵀ` for the 32 kernels of a panel, in double precision: it is done once.
  private static func toPoints(
    _ taps: UnsafePointer<Double>, _ columns: UnsafeMutablePointer<Double>, _ target: UnsafeMutablePointer<Float>,
    _ tile: WinogradTile, pointStride: Int
  ) {
    let lanes = kernel_panel
    let across = tile == .wide ? rowsForFour : rowsForTwo
    for (y, vertical) in rowsForFour.enumerated() {
      for i in 0..<3 * lanes {
        columns[i] = vertical.0 * taps[i] + vertical.1 * taps[3 * lanes + i] + vertical.2 * taps[6 * lanes + i]
      }
      for (x, row) in across.enumerated() {
        let place = target + (across.count * y + x) * pointStride
        for i in 0..<lanes {
          place[i] = Float(row.0 * columns[i] + row.1 * columns[lanes + i] + row.2 * columns[2 * lanes + i])
        }
      }
    }
  }
}
