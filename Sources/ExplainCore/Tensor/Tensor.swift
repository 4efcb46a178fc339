/// A dense array of 32-bit floats in row-major order, with value semantics.
///
/// Memory comes from a pool and may come from a mapped file; a copy shares it until one side is written.
public struct Tensor: @unchecked Sendable {
  /// The extents.
  public let shape: Shape
  private(set) var storage: Storage

  init(shape: Shape, storage: Storage) {
    precondition(storage.count >= shape.count, "a storage smaller than its shape")
    self.shape = shape
    self.storage = storage
  }

  /// A tensor whose elements `fill` writes, each of them.
  ///
  /// - Throws: `.outOfMemory`, or what `fill` throws.
  public init(_ shape: Shape, fill: (UnsafeMutableBufferPointer<Float>) throws -> Void) throws {
    let storage = try Storage(count: shape.count)
    try fill(UnsafeMutableBufferPointer(start: storage.pointer, count: shape.count))
    self.init(shape: shape, storage: storage)
  }

  /// A tensor of one repeated value.
  ///
  /// - Throws: `.outOfMemory`.
  public init(repeating value: Float, shape: Shape) throws {
    try self.init(shape) { $0.initialize(repeating: value) }
  }

  /// A tensor of the given values in row-major order.
  ///
  /// - Throws: `.invalidArgument` if their number is not the product of the dimensions; `.outOfMemory`.
  public init(_ values: [Float], _ dimensions: [Int]) throws {
    let shape = try Shape(dimensions)
    guard values.count == shape.count else {
      throw ExplainError.invalid("\(values.count) values for shape \(shape), which has \(shape.count) elements")
    }
    try self.init(shape) { _ = $0.initialize(from: values) }
  }

  /// A tensor of one value without axes.
  ///
  /// - Throws: `.outOfMemory`.
  public init(scalar value: Float) throws { try self.init(repeating: value, shape: .scalar) }

  /// The number of elements.
  public var count: Int { shape.count }
  /// The elements in row-major order, copied.
  public var values: [Float] { withPointer { Array(UnsafeBufferPointer(start: $0, count: count)) } }

  /// The single element of a tensor of count 1.
  public var item: Float {
    precondition(count == 1, "item of a tensor with \(count) elements")
    return withPointer { $0[0] }
  }

  /// Hands out the elements for reading; the pointer is valid inside `body` only.
  public func withPointer<Result>(_ body: (UnsafePointer<Float>) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(storage) { try body(UnsafePointer(storage.pointer)) }
  }

  /// Hands out the elements for writing, copying them first where another tensor shares them.
  ///
  /// - Throws: `.outOfMemory`, or what `body` throws.
  public mutating func withMutablePointer<Result>(
    _ body: (UnsafeMutablePointer<Float>) throws -> Result
  ) throws -> Result {
    if storage.isView || !isKnownUniquelyReferenced(&storage) {
      let copy = try Storage(count: count)
      copy.pointer.update(from: storage.pointer, count: count)
      storage = copy
    }
    return try withExtendedLifetime(storage) { try body(storage.pointer) }
  }

  /// The same elements under another shape.
  ///
  /// - Throws: `.invalidArgument` if the number of elements differs.
  public func reshaped(_ dimensions: [Int]) throws -> Tensor {
    let target = try Shape(dimensions)
    guard target.count == count else { throw ExplainError.invalid("\(shape) cannot be seen as \(target)") }
    return Tensor(shape: target, storage: storage)
  }

  /// A new tensor of `transform` of each element.
  ///
  /// - Throws: `.outOfMemory`.
  public func map(_ transform: (Float) -> Float) throws -> Tensor {
    try Tensor(shape) { output in
      withPointer { input in for i in 0..<count { output[i] = transform(input[i]) } }
    }
  }
}
