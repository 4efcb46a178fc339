extension Pickle {
  /// The storage that a persistent id names: `('storage', type, key, location, count[, view])`.
  ///
  /// Legacy files may have a view, `(key, start, count)`: a part of the storage that several tensors share.
  func storage(_ id: [Value]) throws -> Storage {
    if case .string("module") = id.first {
      throw ExplainError.unsupported("it holds a whole model: save its state_dict() instead")
    }
    guard id.count == 5 || id.count == 6, case .string("storage") = id[0], case .global(.storage(let type)) = id[1],
      case .string(let key) = id[2], case .int(let count) = id[4], count >= 0
    else { throw ExplainError.badFile("a storage is not described as PyTorch does") }
    guard id.count == 6, case .tuple(let index) = id[5] else {
      return Storage(key: key, type: type, count: count, view: (0, count))
    }
    let view = tuples[index]
    guard view.count == 3, case .int(let start) = view[1], case .int(let length) = view[2],
      start >= 0, length >= 0, start <= count, length <= count - start
    else { throw ExplainError.badFile("a view of storage \(key.printable) lies outside of it") }
    return Storage(key: key, type: type, count: count, view: (start, length))
  }

  /// The tensor of the arguments `(storage, offset, size, stride[, requires grad, hooks[, dtype]])`.
  func tensor(_ arguments: [Value]) throws -> Tensor {
    guard arguments.count >= 4, case .storage(let index) = arguments[0], case .int(let start) = arguments[1] else {
      throw ExplainError.badFile("a tensor is not described as PyTorch does")
    }
    let storage = storages[index]
    var type = storage.type
    if arguments.count > 6, case .global(.dtype(let stated)) = arguments[6] { type = stated }
    guard let type else { throw ExplainError.badFile("a tensor has no element type") }
    let shape = try Shape(integers(arguments[2]))
    let strides = try integers(arguments[3])

    let (viewBytes, isTooLarge) = storage.view.count.multipliedReportingOverflow(by: storage.type?.size ?? 1)
    let (viewOffset, isTooFar) = storage.view.start.multipliedReportingOverflow(by: storage.type?.size ?? 1)
    guard !isTooLarge, !isTooFar,
      Tensor.fits(shape, strides, start: start, available: viewBytes / type.size),
      case let (offset, overflow) = viewOffset.addingReportingOverflow(start * type.size), !overflow
    else {
      throw ExplainError.badFile("a tensor of shape \(shape) lies outside of its storage \(storage.key.printable)")
    }
    return Tensor(storage: index, type: type, shape: shape, strides: strides, offset: offset)
  }

  private func integers(_ value: Value) throws -> [Int] {
    let values: [Value]
    switch value {
    case .tuple(let index): values = tuples[index]
    case .list(let index): values = lists[index]
    default: throw ExplainError.badFile("a tensor's shape is not a tuple")
    }
    guard values.count <= Shape.maximumRank else {
      throw ExplainError.badFile("a tensor of rank \(values.count): the limit is \(Shape.maximumRank)")
    }
    return try values.map {
      guard case .int(let integer) = $0 else {
        throw ExplainError.badFile("a tensor's shape is not a tuple of integers")
      }
      return integer
    }
  }
}

extension Pickle.Tensor {
  /// The largest tensor that may have more elements than its storage, as one with a stride of zero has.
  private static let maximumExpanded = 1 << 20

  /// Whether a window that begins at element `start` lies within `available` elements.
  static func fits(_ shape: Shape, _ strides: [Int], start: Int, available: Int) -> Bool {
    guard strides.count == shape.rank, start >= 0, start <= available else { return false }
    guard shape.count > 0 else { return true }
    var last = start
    for (extent, stride) in zip(shape.dimensions, strides) {
      let (reach, overflow) = stride.multipliedReportingOverflow(by: extent - 1)
      guard stride >= 0, !overflow else { return false }
      let (sum, isTooFar) = last.addingReportingOverflow(reach)
      guard !isTooFar else { return false }
      last = sum
    }
    return last < available && shape.count <= max(available, maximumExpanded)
  }
}
