/// A fully connected layer with its bias and, where the graph allows, the activation that follows it.
///
/// For one picture it is bound by reading the weights: backward, rows whose incoming gradient is exactly 0 (after a
/// ReLU about half of them) are not read at all.
struct LinearStep: Step {
  let outputShape: [Int]
  let activation: Operation.Activation?
  private let weight: Tensor
  private let bias: Tensor?
  private let batch, inputs, outputs: Int

  private static let rowsPerTask = 64
  private static let columnsPerTask = 1024

  /// - Throws: `.invalidArgument`, naming `what`, if the extents do not fit.
  init(
    what: String, weight: Tensor, bias: Tensor?, activation: Operation.Activation?, input: [Int]
  ) throws {
    guard weight.shape.rank == 2, input.count == 2, input[1] == weight.shape[1] else {
      throw ExplainError.invalid("\(what): input \(input) does not fit the weight \(weight.shape)")
    }
    if let bias, bias.count != weight.shape[0] {
      throw ExplainError.invalid("\(what): \(bias.count) biases for \(weight.shape[0]) outputs")
    }
    (batch, inputs, outputs) = (input[0], weight.shape[1], weight.shape[0])
    outputShape = [batch, outputs]
    self.weight = weight
    self.bias = bias
    self.activation = activation
  }

  func forward(_ values: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    nonisolated(unsafe) let (input, output) = (values[0], output)
    Parallel.forEach((outputs + Self.rowsPerTask - 1) / Self.rowsPerTask) { task in
      let begin = task * Self.rowsPerTask
      let rows = min(Self.rowsPerTask, outputs - begin)
      weight.withPointer { weight in
        if batch == 1 {
          BLAS.multiply(weight + begin * inputs, input, output + begin, rows: rows, columns: inputs)
        } else {
          BLAS.multiply(
            input, weight + begin * inputs, output + begin, m: batch, n: rows, k: inputs, strideA: inputs,
            strideB: inputs, strideC: outputs, transposeB: true)
        }
      }
      for picture in 0..<batch {
        let values = output + picture * outputs + begin
        bias?.withPointer { bias in for row in 0..<rows { values[row] += bias[begin + row] } }
        activation?.apply(values, count: rows)
      }
    }
  }

  func backward(_ pass: BackwardPass, _ scratch: Scratch) {
    guard let destination = pass.inputGradients[0] else { return }
    nonisolated(unsafe) let target = destination
    activation?.mask(pass.outputGradient, output: pass.output, count: batch * outputs, rule: pass.rule)
    Parallel.forEach((inputs + Self.columnsPerTask - 1) / Self.columnsPerTask) { task in
      let begin = task * Self.columnsPerTask
      let columns = min(Self.columnsPerTask, inputs - begin)
      weight.withPointer { weight in
        if batch == 1 {
          (target + begin).update(repeating: 0, count: columns)
          for row in 0..<outputs where pass.outputGradient[row] != 0 {
            BLAS.add(weight + row * inputs + begin, times: pass.outputGradient[row], to: target + begin, count: columns)
          }
        } else {
          BLAS.multiply(
            pass.outputGradient, weight + begin, target + begin, m: batch, n: columns, k: outputs, strideA: outputs,
            strideB: inputs, strideC: inputs)
        }
      }
    }
  }
}
