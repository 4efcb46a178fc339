/// The mean of nearly equal windows that together cover the image; 1 by 1 is the mean over all positions.
struct AdaptiveAverageStep: Step {
  let outputShape: [Int]
  private let inputHeight, inputWidth: Int

  /// - Throws: `.invalidArgument`, naming `what`, if the input is no image or the size is not positive.
  init(what: String, height: Int, width: Int, input: [Int]) throws {
    guard input.count == 4, height > 0, width > 0, input[2] > 0, input[3] > 0 else {
      throw ExplainError.invalid("\(what): cannot average \(input) to \(height)x\(width)")
    }
    (inputHeight, inputWidth) = (input[2], input[3])
    outputShape = [input[0], input[1], height, width]
  }

  private func window(_ index: Int, of outputs: Int, over inputs: Int) -> Range<Int> {
    index * inputs / outputs..<((index + 1) * inputs + outputs - 1) / outputs
  }

  func forward(_ inputs: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    nonisolated(unsafe) let (input, output) = (inputs[0], output)
    let (height, width) = (outputShape[2], outputShape[3])
    Parallel.forEach(outputShape[0] * outputShape[1]) { plane in
      let source = input + plane * inputHeight * inputWidth
      for position in 0..<height * width {
        let rows = window(position / width, of: height, over: inputHeight)
        let columns = window(position % width, of: width, over: inputWidth)
        var sum: Float = 0
        for y in rows { for x in columns { sum += source[y * inputWidth + x] } }
        output[plane * height * width + position] = sum / Float(rows.count * columns.count)
      }
    }
  }

  func backward(_ pass: BackwardPass, _ scratch: Scratch) {
    guard let destination = pass.inputGradients[0] else { return }
    nonisolated(unsafe) let inputGradient = destination
    let (height, width) = (outputShape[2], outputShape[3])
    Parallel.forEach(outputShape[0] * outputShape[1]) { plane in
      let target = inputGradient + plane * inputHeight * inputWidth
      target.update(repeating: 0, count: inputHeight * inputWidth)
      for position in 0..<height * width {
        let rows = window(position / width, of: height, over: inputHeight)
        let columns = window(position % width, of: width, over: inputWidth)
        let share = pass.outputGradient[plane * height * width + position] / Float(rows.count * columns.count)
        for y in rows { for x in columns { target[y * inputWidth + x] += share } }
      }
    }
  }
}

/// The mean over any axes but the batch.
struct MeanStep: Step {
  let outputShape: [Int]
  private let batch: Int
  /// For each element of one picture, the output element that it belongs to.
  private let targets: [Int32]
  private let outputCount: Int
  private let divisor: Float

  /// - Throws: `.invalidArgument` or `.unsupported`, naming `what`.
  init(what: String, axes: [Int], keepsAxes: Bool, input: [Int]) throws {
    let reduced = Set(try axes.map { try resolveAxis($0, rank: input.count, what: what) })
    guard !reduced.contains(0) else { throw ExplainError.unsupported("\(what): a mean over the batch") }
    let kept = input.indices.map { reduced.contains($0) ? 1 : input[$0] }
    outputShape = keepsAxes ? kept : input.indices.filter { !reduced.contains($0) }.map { input[$0] }
    batch = input[0]
    let view = GatherMap(extents: Array(input.dropFirst()), strides: zeroingBroadcast(Array(kept.dropFirst())))
    targets = try view.indices(what: what)
    outputCount = kept.dropFirst().reduce(1, *)
    divisor = Float(max(1, reduced.reduce(1) { $0 * input[$1] }))
  }

  func forward(_ inputs: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    nonisolated(unsafe) let (input, output) = (inputs[0], output)
    Parallel.forEach(batch) { picture in
      let (source, target) = (input + picture * targets.count, output + picture * outputCount)
      target.update(repeating: 0, count: outputCount)
      for (i, index) in targets.enumerated() { target[Int(index)] += source[i] }
      for i in 0..<outputCount { target[i] /= divisor }
    }
  }

  func backward(_ pass: BackwardPass, _ scratch: Scratch) {
    guard let destination = pass.inputGradients[0] else { return }
    nonisolated(unsafe) let inputGradient = destination
    Parallel.forEach(batch) { picture in
      let (source, target) = (pass.outputGradient + picture * outputCount, inputGradient + picture * targets.count)
      for (i, index) in targets.enumerated() { target[i] = source[Int(index)] / divisor }
    }
  }
}
