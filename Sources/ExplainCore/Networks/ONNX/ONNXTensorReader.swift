/// Decodes the tensors of an ONNX file: weights become float32, integers become elements of shapes.
///
/// Float32 elements that lie aligned in the file are not copied.
final class ONNXTensorReader {
  /// The largest array of integers that describes shapes; larger ones are weights of operators not supported here.
  private static let maximumIntegers = 1 << 16

  private let source: String
  /// Keeps the bytes of the model alive.
  private let owner: AnyObject
  /// The folder of the model with a slash at its end, or nil if it was read from memory.
  private let folder: String?
  private var externalFiles: [String: MappedFile] = [:]

  init(source: String, owner: AnyObject, folder: String?) {
    self.source = source
    self.owner = owner
    self.folder = folder
  }

  /// The value of a tensor.
  ///
  /// - Throws: `.badFile` if its data does not fill its shape; `.unsupported` for types such as strings; `.io` if a
  ///   file of external data cannot be read; `.outOfMemory`.
  func constant(_ tensor: ONNX.TensorMessage) throws -> ONNXConstant {
    let name = "\(source): tensor \(quoted(tensor.name))"
    guard let type = ONNX.DataType(rawValue: tensor.elementType), let stored = type.stored else {
      throw ExplainError.unsupported("\(name) has elements of \(ONNX.DataType.name(tensor.elementType))")
    }
    guard let shape = try? Shape(tensor.dimensions) else {
      throw ExplainError.badFile("\(name) has shape \(tensor.dimensions.prefix(16)), which is out of range")
    }
    guard type.isFloat || shape.count <= ONNXTensorReader.maximumIntegers else {
      throw ExplainError.unsupported(
        "\(name) has \(shape.count) integers: the limit is \(ONNXTensorReader.maximumIntegers)")
    }
    let (bytes, owner) = try location(of: tensor, name, byteCount: shape.count * stored.size)
    // Data must be there before memory for it is asked for.
    if bytes == nil { try checkTypedCount(tensor, type, stored, shape, name) }
    if type.isFloat {
      if let bytes { return .floats(try floats(bytes, stored, shape, owner)) }
      return .floats(
        try Tensor(shape) { output in
          try forEachTypedElement(tensor, type, stored) { position, bits in
            guard let element = output.baseAddress.map({ $0 + position }) else { return }
            withUnsafeBytes(of: bits.littleEndian) { bits in
              bits.baseAddress.map { stored.convert($0, count: 1, into: element) }
            }
          }
        })
    }
    var integers: [Extent] = []
    let append = { (bits: UInt64) in
      guard let integer = type.integer(bits) else {
        throw ExplainError.unsupported("\(name) holds \(bits), which is above \(Int.max)")
      }
      integers.append(.known(integer))
    }
    if let bytes {
      for start in stride(from: 0, to: bytes.count, by: stored.size) {
        // Little-endian, of any width.
        try append((0..<stored.size).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) })
      }
    } else {
      try forEachTypedElement(tensor, type, stored) { try append($1) }
    }
    return .integers(integers, shape)
  }

  /// The raw bytes of a tensor, or nil if its elements are in typed fields.
  private func location(
    of tensor: ONNX.TensorMessage, _ name: String, byteCount: Int
  ) throws -> (bytes: UnsafeRawBufferPointer?, owner: AnyObject) {
    if tensor.isExternal {
      let (file, range) = try external(tensor, name, byteCount: byteCount)
      return (UnsafeRawBufferPointer(rebasing: file.bytes[range]), file)
    }
    guard let raw = tensor.raw else { return (nil, owner) }
    guard raw.count == byteCount else {
      throw ExplainError.badFile("\(name) has \(raw.count) bytes where its shape needs \(byteCount)")
    }
    return (raw, owner)
  }

  private func floats(
    _ bytes: UnsafeRawBufferPointer, _ stored: ElementType, _ shape: Shape, _ owner: AnyObject
  ) throws -> Tensor {
    guard let base = bytes.baseAddress, shape.count > 0 else { return try Tensor(repeating: 0, shape: shape) }
    if stored == .float32, Int(bitPattern: base) % MemoryLayout<Float>.alignment == 0 {
      let floats = base.assumingMemoryBound(to: Float.self)
      return Tensor(shape: shape, storage: Storage(viewing: floats, count: shape.count, owner: owner))
    }
    return try Tensor(shape) { output in
      output.baseAddress.map { stored.convert(base, count: shape.count, into: $0) }
    }
  }

  // MARK: - Typed fields

  /// Hands out the number and the bits of each element, which have been counted before.
  private func forEachTypedElement(
    _ tensor: ONNX.TensorMessage, _ type: ONNX.DataType, _ stored: ElementType,
    _ body: (Int, UInt64) throws -> Void
  ) throws {
    var reader = tensor.message
    var position = 0
    while let field = try reader.next() {
      guard field.number == type.typedField else { continue }
      let next = { (bits: UInt64) in
        try body(position, bits)
        position += 1
      }
      switch type {
      case .float32, .float64: try field.forEachFixed(width: stored.size, next)
      default: try field.forEachInteger(next)
      }
    }
  }

  private func checkTypedCount(
    _ tensor: ONNX.TensorMessage, _ type: ONNX.DataType, _ stored: ElementType, _ shape: Shape, _ name: String
  ) throws {
    var count = 0
    try forEachTypedElement(tensor, type, stored) { _, _ in count += 1 }
    guard count == shape.count else {
      throw ExplainError.badFile("\(name) has \(count) elements where its shape \(shape) needs \(shape.count)")
    }
  }

  // MARK: - External data

  /// The file beside the model that holds a tensor's elements, and where in it.
  private func external(
    _ tensor: ONNX.TensorMessage, _ name: String, byteCount: Int
  ) throws -> (file: MappedFile, range: Range<Int>) {
    let location = tensor.external["location"] ?? ""
    // A model must not make its reader open files elsewhere on the machine.
    guard !location.isEmpty, !location.hasPrefix("/"), !location.utf8.contains(0),
      !location.split(separator: "/").contains("..")
    else {
      throw ExplainError.badFile("\(name) lies in \(quoted(location)), which is not a path below the model's folder")
    }
    guard let folder else {
      throw ExplainError.unsupported("\(name) lies in \(quoted(location)), but a model in memory has no folder")
    }
    let file: MappedFile
    if let mapped = externalFiles[location] {
      file = mapped
    } else {
      do {
        file = try MappedFile(path: folder + location)
      } catch let error as ExplainError {
        throw ExplainError(error.kind, "\(name) lies in another file: \(error.message)")
      }
      externalFiles[location] = file
    }
    let offset = try number("offset", tensor, name) ?? 0
    let length = try number("length", tensor, name) ?? byteCount
    guard length == byteCount else {
      throw ExplainError.badFile(
        "\(name) has \(length) bytes in \(quoted(location)) where its shape needs \(byteCount)")
    }
    guard offset <= file.bytes.count, length <= file.bytes.count - offset else {
      throw ExplainError.badFile(
        "\(name) needs \(length) bytes from byte \(offset) on of \(quoted(location)), which has \(file.bytes.count)")
    }
    return (file, offset..<offset + length)
  }

  private func number(_ key: String, _ tensor: ONNX.TensorMessage, _ name: String) throws -> Int? {
    guard let text = tensor.external[key] else { return nil }
    guard let number = Int(text), number >= 0 else {
      throw ExplainError.badFile("\(name) has the \(key) \(quoted(text)) of its external data")
    }
    return number
  }
}

/// A name from a file as it may stand in a message.
func quoted(_ name: String) -> String { "'\(name.printable)'" }
