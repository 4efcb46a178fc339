/// Where the windows of a convolution or pooling lie on an image of a given size.
struct WindowGeometry: Sendable, Equatable {
  let inputHeight, inputWidth: Int
  let kernelHeight, kernelWidth: Int
  let strideY, strideX: Int
  let dilationY, dilationX: Int
  let top, left: Int
  let outputHeight, outputWidth: Int
  /// Rows and columns of the padded input, which an average that counts padding divides by.
  let paddedHeight, paddedWidth: Int

  /// Checks the geometry and computes the output's size.
  ///
  /// - Throws: `.invalidArgument` or `.unsupported`, naming `what`, if an extent is out of range or no window fits.
  init(
    what: String, height: Int, width: Int, kernel: [Int], strides: [Int], dilations: [Int],
    padding: Operation.WindowPadding, ceilMode: Bool = false
  ) throws {
    guard kernel.count == 2, strides.count == 2, dilations.count == 2 else {
      throw ExplainError.unsupported("\(what): windows of \(kernel.count) axes; only images (2 axes) are supported")
    }
    let limit = 1 << 20
    guard (kernel + strides + dilations).allSatisfy({ (1...limit).contains($0) }), height > 0, width > 0 else {
      throw ExplainError.invalid("\(what): kernel \(kernel), strides \(strides), dilations \(dilations) out of range")
    }
    let extents = [(kernel[0] - 1) * dilations[0] + 1, (kernel[1] - 1) * dilations[1] + 1]
    let (begin, end) = try WindowGeometry.padding(padding, [height, width], extents, strides, what)
    var outputs = [0, 0]
    for axis in 0..<2 {
      let size = (axis == 0 ? height : width) + begin[axis] + end[axis]
      guard size >= extents[axis] else {
        throw ExplainError.invalid("\(what): a window of \(extents[axis]) pixels on an input of \(size)")
      }
      let rest = size - extents[axis]
      outputs[axis] = rest / strides[axis] + 1
      if ceilMode, rest % strides[axis] != 0 {
        // A window that would begin in the padding at the end is dropped, as PyTorch and ONNX do.
        let begins = outputs[axis] * strides[axis]
        if begins < (axis == 0 ? height : width) + begin[axis] { outputs[axis] += 1 }
      }
    }
    (inputHeight, inputWidth) = (height, width)
    (kernelHeight, kernelWidth) = (kernel[0], kernel[1])
    (strideY, strideX) = (strides[0], strides[1])
    (dilationY, dilationX) = (dilations[0], dilations[1])
    (top, left) = (begin[0], begin[1])
    (outputHeight, outputWidth) = (outputs[0], outputs[1])
    (paddedHeight, paddedWidth) = (height + begin[0] + end[0], width + begin[1] + end[1])
  }

  private static func padding(
    _ padding: Operation.WindowPadding, _ sizes: [Int], _ extents: [Int], _ strides: [Int], _ what: String
  ) throws -> (begin: [Int], end: [Int]) {
    switch padding {
    case .explicit(let top, let left, let bottom, let right):
      guard [top, left, bottom, right].allSatisfy({ (0...1 << 20).contains($0) }) else {
        throw ExplainError.invalid("\(what): padding \([top, left, bottom, right]) out of range")
      }
      return ([top, left], [bottom, right])
    case .same(let oddAtEnd):
      let totals = (0..<2).map { axis -> Int in
        let outputs = (sizes[axis] + strides[axis] - 1) / strides[axis]
        let covered = (outputs - 1) * strides[axis] + extents[axis]
        return max(0, covered - sizes[axis])
      }
      let begin = totals.map { oddAtEnd ? $0 / 2 : $0 - $0 / 2 }
      return (begin, zip(totals, begin).map { $0 - $1 })
    }
  }

  /// The positions i for which `start + i * step` is at least 0 and below `extent`.
  static func inside(_ start: Int, _ step: Int, extent: Int, positions: Int) -> Range<Int> {
    let first = min(positions, start >= 0 ? 0 : (-start + step - 1) / step)
    let end = start >= extent ? 0 : (extent - start + step - 1) / step
    return first..<max(first, min(positions, end))
  }

  /// Positions of one output channel.
  var outputCount: Int { outputHeight * outputWidth }
  /// Positions of one input channel.
  var inputCount: Int { inputHeight * inputWidth }
  /// Taps of one window.
  var taps: Int { kernelHeight * kernelWidth }
}
