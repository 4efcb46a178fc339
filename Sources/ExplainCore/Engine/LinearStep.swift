import CKernelShim

/// A fully connected layer with its bias and, where the graph allows, the activation that follows it.
///
/// For few pictures it is bound by reading the weights: forward once for all of them; backward for each picture, but
/// rows whose incoming gradient is exactly 0 (after a ReLU about half of them) are not read at all.
struct LinearStep: Step {
  /// `[outputs, inputs]`, in 32 bits or 16.
  enum Weight {
    case wide(Tensor)
    case narrow(NarrowMatrix)
  }

  let outputShape: [Int]
  let activation: Operation.Activation?
  private let weight: Weight
  private let bias: Tensor?
  private let batch, inputs, outputs: Int

  private let kernels = Kernels.current

  private static let rowsPerTask = 64
  private static let columnsPerTask = 1024
  /// Parts of the rows that are added up apart: the same for any number of threads, so that the sums are.
  private static let parts = 16
  /// Rows that are read from memory once, and from the cache for each further picture.
  private static let rowsInCache = 4
  /// With more pictures than this, reading rows again for each of them takes longer than matrix products do.
  private static let fewPictures = 4
  /// Columns of a panel of narrow weights that is converted for matrix products.
  private static let panelColumns = 2048

  /// - Throws: `.invalidArgument`, naming `what`, if the extents do not fit.
  init(
    what: String, weight: Weight, bias: Tensor?, activation: Operation.Activation?, input: [Int]
  ) throws {
    let shape = weight.shape
    guard shape.rank == 2, shape[1] > 0, input.count == 2, input[1] == shape[1] else {
      throw ExplainError.invalid("\(what): input \(input) does not fit the weight \(shape)")
    }
    if let bias, bias.count != shape[0] {
      throw ExplainError.invalid("\(what): \(bias.count) biases for \(shape[0]) outputs")
    }
    (batch, inputs, outputs) = (input[0], shape[1], shape[0])
    outputShape = [batch, outputs]
    self.weight = weight
    self.bias = bias
    self.activation = activation
  }

  var sharedScratch: Int { batch <= Self.fewPictures ? Self.parts * inputs : 0 }

  var scratchPerWorker: Int {
    if case .narrow = weight, batch > Self.fewPictures { return Self.rowsPerTask * Self.panelColumns }
    return 0
  }

  func forward(_ values: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    nonisolated(unsafe) let (input, output) = (values[0], output)
    let tasks = (outputs + Self.rowsPerTask - 1) / Self.rowsPerTask
    Parallel.forEach(tasks, workers: scratch.workers) { task, worker in
      let begin = task * Self.rowsPerTask
      let rows = begin..<min(begin + Self.rowsPerTask, outputs)
      if batch <= Self.fewPictures {
        multiplyRows(rows, input, output)
      } else {
        multiplyPanel(rows, input, output, panel: scratch.worker(worker))
      }
      for picture in 0..<batch {
        let values = output + picture * outputs + begin
        bias?.withPointer { bias in for row in 0..<rows.count { values[row] += bias[begin + row] } }
        activation?.apply(values, count: rows.count)
      }
    }
  }

  func backward(_ pass: BackwardPass, _ scratch: Scratch) {
    guard let target = pass.inputGradients[0] else { return }
    activation?.mask(pass.outputGradient, output: pass.output, count: batch * outputs, rule: pass.rule, kernels)
    guard batch <= Self.fewPictures else { return multiplyBack(pass.outputGradient, target, scratch) }
    for picture in 0..<batch {
      addRows(pass.outputGradient + picture * outputs, to: target + picture * inputs, scratch)
    }
  }

  // MARK: - Few pictures

  private func multiplyRows(
    _ rows: Range<Int>, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>
  ) {
    weight.withPointer { elements, type in
      for row in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.rowsInCache) {
        let count = min(Self.rowsInCache, rows.upperBound - row)
        let matrix = kernel_matrix(
          elements: elements + row * inputs * type.elementSize, type: type.kernelType, columns: inputs)
        for picture in 0..<batch {
          kernels.table.multiply_rows(matrix, input + picture * inputs, output + (picture * outputs + row), count)
        }
      }
    }
  }

  /// Adds the rows of one picture's nonzero gradients up: each part of the rows for itself, then the parts in order.
  private func addRows(_ gradient: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, _ scratch: Scratch) {
    nonisolated(unsafe) let (gradient, target, sums) = (gradient, target, scratch.shared)
    Parallel.forEach(Self.parts) { part in
      let sum = sums + part * inputs
      sum.update(repeating: 0, count: inputs)
      addRows(part * outputs / Self.parts..<(part + 1) * outputs / Self.parts, gradient, to: sum)
    }
    forEachRange(inputs) { range in
      for i in range {
        var sum = sums[i]
        for part in 1..<Self.parts { sum += sums[part * inputs + i] }
        target[i] = sum
      }
    }
  }

  private func addRows(_ range: Range<Int>, _ gradient: UnsafePointer<Float>, to sum: UnsafeMutablePointer<Float>) {
    weight.withPointer { elements, type in
      withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: kernel_added_rows) { rows in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: kernel_added_rows) { factors in
          guard let firstRow = rows.baseAddress, let firstFactor = factors.baseAddress else { return }
          var pending = 0
          for row in range where gradient[row] != 0 {
            rows[pending] = elements + row * inputs * type.elementSize
            factors[pending] = gradient[row]
            pending += 1
            guard pending == kernel_added_rows else { continue }
            kernels.table.add_rows(firstRow, type.kernelType, firstFactor, sum, inputs)
            pending = 0
          }
          guard pending > 0 else { return }
          for unused in pending..<kernel_added_rows { (rows[unused], factors[unused]) = (rows[0], 0) }
          kernels.table.add_rows(firstRow, type.kernelType, firstFactor, sum, inputs)
        }
      }
    }
  }

  // MARK: - Many pictures

  private func multiplyPanel(
    _ rows: Range<Int>, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>,
    panel: UnsafeMutablePointer<Float>
  ) {
    forEachPanel(rows, 0..<inputs, panel) { weight, rows, columns, stride in
      BLAS.multiply(
        input + columns.lowerBound, weight, output + rows.lowerBound, m: batch, n: rows.count, k: columns.count,
        strideA: inputs, strideB: stride, strideC: outputs, transposeB: true, beta: columns.lowerBound == 0 ? 0 : 1)
    }
  }

  private func multiplyBack(
    _ gradient: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ scratch: Scratch
  ) {
    nonisolated(unsafe) let (gradient, target) = (gradient, target)
    let tasks = (inputs + Self.columnsPerTask - 1) / Self.columnsPerTask
    Parallel.forEach(tasks, workers: scratch.workers) { task, worker in
      let begin = task * Self.columnsPerTask
      let columns = begin..<min(begin + Self.columnsPerTask, inputs)
      forEachPanel(0..<outputs, columns, scratch.worker(worker)) { weight, rows, columns, stride in
        BLAS.multiply(
          gradient + rows.lowerBound, weight, target + columns.lowerBound, m: batch, n: columns.count, k: rows.count,
          strideA: outputs, strideB: stride, strideC: inputs, beta: rows.lowerBound == 0 ? 0 : 1)
      }
    }
  }

  /// Hands out a part of the weights as floats, `stride` from row to row: all of it, or, where they are narrow, panels
  /// that are converted one after the other.
  private func forEachPanel(
    _ rows: Range<Int>, _ columns: Range<Int>, _ panel: UnsafeMutablePointer<Float>,
    _ body: (_ weight: UnsafePointer<Float>, _ rows: Range<Int>, _ columns: Range<Int>, _ stride: Int) -> Void
  ) {
    switch weight {
    case .wide(let tensor):
      tensor.withPointer { body($0 + rows.lowerBound * inputs + columns.lowerBound, rows, columns, inputs) }
    case .narrow(let matrix):
      let type = matrix.precision
      let height = Self.rowsPerTask * Self.panelColumns / min(Self.panelColumns, columns.count)
      matrix.withPointer { elements in
        for top in stride(from: rows.lowerBound, to: rows.upperBound, by: height) {
          for left in stride(from: columns.lowerBound, to: columns.upperBound, by: Self.panelColumns) {
            let part = (
              rows: top..<min(top + height, rows.upperBound),
              columns: left..<min(left + Self.panelColumns, columns.upperBound)
            )
            for row in part.rows {
              kernels.table.widen(
                elements + (row * inputs + left) * type.elementSize, type.kernelType,
                panel + (row - top) * part.columns.count, part.columns.count)
            }
            body(panel, part.rows, part.columns, part.columns.count)
          }
        }
      }
    }
  }
}

extension LinearStep.Weight {
  var shape: Shape {
    switch self {
    case .wide(let tensor): tensor.shape
    case .narrow(let matrix): matrix.shape
    }
  }

  /// Hands out the elements for reading, and what they are; the pointer is valid inside `body` only.
  func withPointer(_ body: (UnsafeRawPointer, WeightOptions.Precision) -> Void) {
    switch self {
    case .wide(let tensor): tensor.withPointer { body($0, .float32) }
    case .narrow(let matrix): matrix.withPointer { body($0, matrix.precision) }
    }
  }
}
