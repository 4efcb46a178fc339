import CKernelShim
import Synchronization

/// A matrix of 16-bit floats: the weights of a fully connected layer in half the memory.
public struct NarrowMatrix: Sendable {
  /// Rows and columns.
  public let shape: Shape
  /// How an element is kept; never `.float32`.
  public let precision: WeightOptions.Precision
  /// Two elements to a float.
  private let storage: Storage

  /// Elements that a task converts.
  private static let chunk = 1 << 18

  /// Rounds every element to the nearest one that can be kept, ties to even; infinities and NaN stay what they are.
  ///
  /// - Parameter what: whose weights they are, for messages.
  /// - Throws: `.unsupported`, naming `what` and the element, if a finite one would become infinite; `.outOfMemory`.
  init(_ matrix: Tensor, _ precision: WeightOptions.Precision, what: String) throws {
    precondition(precision != .float32, "a narrow matrix of 32 bits")
    (shape, self.precision) = (matrix.shape, precision)
    let count = matrix.count
    storage = try Storage(count: (count + 1) / 2)
    let (kernels, type) = (Kernels.current, precision.kernelType)
    nonisolated(unsafe) let target = UnsafeMutableRawPointer(storage.pointer)
    let exceeding = Atomic<Bool>(false)
    matrix.withPointer { source in
      nonisolated(unsafe) let source = source
      Parallel.forEach((count + Self.chunk - 1) / Self.chunk) { task in
        let begin = task * Self.chunk
        let length = min(Self.chunk, count - begin)
        if kernels.table.narrow(source + begin, type, target + 2 * begin, length) != 0 {
          exceeding.store(true, ordering: .relaxed)
        }
        // The original is not read again.
        matrix.storage.releasePages(begin..<begin + length)
      }
    }
    guard exceeding.load(ordering: .relaxed) else { return }
    let kept = try tensor()
    let first = matrix.withPointer { source in
      kept.withPointer { kept in (0..<count).first { kept[$0].isInfinite && source[$0].isFinite }.map { source[$0] } }
    }
    throw ExplainError.unsupported(
      "\(what): a weight of \(first ?? 0) is beyond the range of \(precision.rawValue); keep the weights as "
        + (precision == .float16 ? "bfloat16 or float32" : "float32"))
  }

  /// The elements as floats, made anew by each call.
  ///
  /// - Throws: `.outOfMemory`.
  public func tensor() throws -> Tensor {
    let (kernels, type) = (Kernels.current, precision.kernelType)
    return try Tensor(shape) { output in
      guard let output = output.baseAddress else { return }
      nonisolated(unsafe) let target = output
      withPointer { source in
        nonisolated(unsafe) let source = source
        Parallel.forEach((shape.count + Self.chunk - 1) / Self.chunk) { task in
          let begin = task * Self.chunk
          kernels.table.widen(source + 2 * begin, type, target + begin, min(Self.chunk, shape.count - begin))
        }
      }
    }
  }

  /// Hands out the elements for reading; the pointer is valid inside `body` only.
  func withPointer<Result>(_ body: (UnsafeRawPointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(storage) { try body(UnsafeRawPointer(storage.pointer)) }
  }
}

extension WeightOptions.Precision {
  /// What the kernels call it.
  var kernelType: Int {
    switch self {
    case .float32: kernel_float32
    case .float16: kernel_float16
    case .bfloat16: kernel_bfloat16
    }
  }

  /// Bytes of an element.
  var elementSize: Int { self == .float32 ? 4 : 2 }
}

extension Graph {
  /// Keeps the weights of fully connected layers as `precision` says, one layer after the other, so that each original
  /// can go, where nobody else has it, before the next is rounded.
  ///
  /// - Throws: `.unsupported`, naming the layer, if a weight is out of range; `.outOfMemory`.
  mutating func narrowWeights(to precision: WeightOptions.Precision) throws {
    guard precision != .float32 else { return }
    try replaceOperations { node in
      guard case .linear(let weight, let bias) = node.operation else { return nil }
      return .narrowLinear(weight: try NarrowMatrix(weight, precision, what: "layer \(node.name)"), bias: bias)
    }
    // No later tensor is likely to be of just the size of one of these.
    BufferPool.shared.trim()
  }
}
