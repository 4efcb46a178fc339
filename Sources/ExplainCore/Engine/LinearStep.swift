import CKernelShim

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

  private let kernels = Kernels.current

  private static let rowsPerTask = 64
  private static let columnsPerTask = 1024
  /// Parts of the rows that are added up apart: the same for any number of threads, so that the sums are.
  private static let parts = 16

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

  var sharedScratch: Int { batch == 1 ? Self.parts * inputs : 0 }

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
    guard let target = pass.inputGradients[0] else { return }
    activation?.mask(pass.outputGradient, output: pass.output, count: batch * outputs, rule: pass.rule, kernels)
    if batch == 1 { addRows(pass.outputGradient, to: target, scratch) } else { multiply(pass.outputGradient, target) }
  }

  private func multiply(_ gradient: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>) {
    nonisolated(unsafe) let (gradient, target) = (gradient, target)
    Parallel.forEach((inputs + Self.columnsPerTask - 1) / Self.columnsPerTask) { task in
      let begin = task * Self.columnsPerTask
      weight.withPointer { weight in
        BLAS.multiply(
          gradient, weight + begin, target + begin, m: batch, n: min(Self.columnsPerTask, inputs - begin), k: outputs,
          strideA: outputs, strideB: inputs, strideC: inputs)
      }
    }
  }

  /// Adds the rows of one picture's nonzero gradients up: each part of the rows for itself, then the parts in order.
  private func addRows(_ gradient: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    nonisolated(unsafe) let (gradient, target, sums) = (gradient, target, scratch.shared)
    Parallel.forEach(Self.parts) { part in
      let sum = sums + part * inputs
      sum.update(repeating: 0, count: inputs)
      weight.withPointer { weight in
        var (rows, factors) = ((weight, weight, weight, weight), SIMD4<Float>())
        var pending = 0
        for row in part * outputs / Self.parts..<(part + 1) * outputs / Self.parts where gradient[row] != 0 {
          rows = (rows.1, rows.2, rows.3, weight + row * inputs)
          factors = SIMD4(factors.y, factors.z, factors.w, gradient[row])
          pending += 1
          if pending == 4 {
            add(rows, factors, sum)
            (pending, factors) = (0, SIMD4())
          }
        }
        if pending > 0 { add(rows, factors, sum) }
      }
    }
    forEachRange(inputs) { range in
      for i in range {
        var sum = sums[i]
        for part in 1..<Self.parts { sum += sums[part * inputs + i] }
        target[i] = sum
      }
    }
  }

  private typealias FourRows = (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>)

  private func add(_ rows: FourRows, _ factors: SIMD4<Float>, _ sum: UnsafeMutablePointer<Float>) {
    withUnsafeBytes(of: rows) { rows in
      withUnsafeBytes(of: factors) { factors in
        guard let rows = rows.assumingMemoryBound(to: UnsafePointer<Float>.self).baseAddress,
          let factors = factors.assumingMemoryBound(to: Float.self).baseAddress
        else { return }
        kernels.table.add_rows(rows, factors, sum, inputs)
      }
    }
  }
}
