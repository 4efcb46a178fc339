import CKernelShim

/// The kernels of a convolution as the row product reads them: `[group][block of rows][1 + depth][rows of a block]`.
///
/// The first line of a block holds biases, the others, one for each channel and tap, weights.
struct MatrixWeights: Sendable {
  let groups: Int
  /// Outputs of one group.
  let rows: Int
  /// Channels of one group, times taps.
  let depth: Int
  /// Blocks of rows in a group, of nearly equal size.
  let blocks: Int
  private let storage: Storage

  /// The rows of a block.
  subscript(block: Int) -> Range<Int> { block * rows / blocks..<(block + 1) * rows / blocks }

  /// Where the biases and weights of a block begin.
  func block(_ block: Int, group: Int) -> UnsafePointer<Float> {
    UnsafePointer(storage.pointer) + (group * rows + self[block].lowerBound) * (1 + depth)
  }

  /// - Parameters:
  ///   - taps: those of the windows, as indices into a kernel.
  ///   - isTurned: makes the weights for the gradient: inputs and outputs of each group swapped, no bias.
  ///   - rowsPerBlock: the most rows that the kernels take at once.
  /// - Throws: `.outOfMemory`.
  init(
    _ convolution: Operation.Convolution, taps: [Int], isTurned: Bool, rowsPerBlock: Int
  ) throws {
    let shape = convolution.weight.shape
    let (outputs, inputs) = (shape[0] / convolution.groups, shape[1])
    groups = convolution.groups
    rows = isTurned ? inputs : outputs
    depth = (isTurned ? outputs : inputs) * taps.count
    blocks = (rows + rowsPerBlock - 1) / rowsPerBlock
    storage = try Storage(count: groups * rows * (1 + depth))
    fill(from: convolution, taps, isTurned: isTurned)
  }

  private func fill(from convolution: Operation.Convolution, _ taps: [Int], isTurned: Bool) {
    let shape = convolution.weight.shape
    let (outputs, inputs, kernel) = (shape[0] / convolution.groups, shape[1], shape[2] * shape[3])
    let channels = isTurned ? outputs : inputs
    let (rowStride, channelStride) = isTurned ? (kernel, inputs * kernel) : (inputs * kernel, kernel)
    let bias = isTurned ? nil : convolution.bias
    convolution.weight.withPointer { weight in
      nonisolated(unsafe) let weight = weight
      Parallel.forEach(groups * blocks) { task in
        let (group, block) = task.quotientAndRemainder(dividingBy: blocks)
        let (range, source) = (self[block], weight + group * outputs * inputs * kernel)
        let target = storage.pointer + (group * rows + range.lowerBound) * (1 + depth)
        for (place, row) in range.enumerated() {
          target[place] = bias?.withPointer { $0[group * outputs + row] } ?? 0
          var line = place + range.count
          for first in stride(from: 0, to: taps.count, by: ConvolutionWindows.tapsAtOnce) {
            for channel in 0..<channels {
              let values = source + (row * rowStride + channel * channelStride)
              for tap in taps[first..<min(first + ConvolutionWindows.tapsAtOnce, taps.count)] {
                target[line] = values[tap]
                line += range.count
              }
            }
          }
        }
      }
    }
  }
}
