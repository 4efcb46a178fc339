/// The weights in a file: what `torch.save` wrote (both of its formats), or safetensors.
///
/// Opening reads the names only. A tensor's bytes are read when it is asked for, in place where they can be.
public final class Checkpoint: @unchecked Sendable {
  /// How the file is laid out.
  public enum Format: String, Sendable {
    /// Five pickles, then storages: `torch.save` before 1.6.
    case torchLegacy = "PyTorch legacy"
    /// A zip archive: `torch.save` since 1.6.
    case torchZip = "PyTorch zip"
    /// A JSON header, then the tensors.
    case safetensors
  }

  /// A tensor in the file.
  public struct Entry: Sendable {
    /// Its name in the state dictionary, without a `module.` that all names begin with.
    public let name: String
    /// The type of its elements.
    public let type: ElementType
    /// Its extents.
    public let shape: Shape
    /// Steps along each axis, in elements.
    public let strides: [Int]
    /// Its first element's position, in bytes from the beginning of the file.
    public let offset: Int
  }

  /// The path, or what the embedded bytes are called; every error message begins with it.
  public let name: String
  /// The layout that was found.
  public let format: Format
  /// The tensors, in the order of the file.
  public let entries: [Entry]
  /// The texts beside the tensors: safetensors' `__metadata__`.
  public let metadata: [String: String]

  private let bytes: UnsafeRawBufferPointer
  private let owner: AnyObject
  private let indices: [String: Int]

  /// Opens the file at `path`.
  ///
  /// - Throws: `.io` if it cannot be read; `.badFile` if it is damaged or no checkpoint; `.unsupported` if it needs
  ///   something that is not read here: any global or opcode beyond a closed list, compressed members, other dtypes.
  public convenience init(path: String) throws {
    let file = try MappedFile(path: path)
    try self.init(bytes: file.bytes, owner: file, name: path)
  }

  /// Reads a checkpoint from memory.
  ///
  /// - Parameters:
  ///   - bytes: the whole file; tensors may be views into it.
  ///   - owner: keeps `bytes` alive.
  ///   - name: for messages.
  /// - Throws: as `init(path:)`.
  public init(bytes: UnsafeRawBufferPointer, owner: AnyObject, name: String) throws {
    self.bytes = bytes
    self.owner = owner
    self.name = name
    do {
      (format, entries, metadata) = try Checkpoint.read(bytes)
      var indices: [String: Int] = [:]
      for (index, entry) in entries.enumerated() {
        guard indices.updateValue(index, forKey: entry.name) == nil else {
          throw ExplainError.badFile("tensor \(entry.name.printable) appears twice")
        }
      }
      self.indices = indices
    } catch let error as ExplainError {
      // A shape that cannot be is the file's fault, not an argument's.
      let kind = error.kind == .invalidArgument ? .badFile : error.kind
      throw ExplainError(kind, "\(name): \(error.message)")
    }
  }

  private static func read(
    _ bytes: UnsafeRawBufferPointer
  ) throws -> (Format, [Entry], [String: String]) {
    if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return (.torchZip, try TorchZipFile.entries(bytes), [:]) }
    // Before the pickle's mark, with which the length of a header may begin too.
    if bytes.count > 8, bytes[8] == UInt8(ascii: "{") {
      let (entries, metadata) = try SafetensorsFile.read(bytes)
      return (.safetensors, entries, metadata)
    }
    if bytes.first == 0x80 { return (.torchLegacy, try TorchLegacyFile.entries(bytes), [:]) }
    let start = bytes.prefix(16)
    let isText = !start.isEmpty && start.allSatisfy { (0x20..<0x7F).contains($0) || (0x09...0x0D).contains($0) }
    throw ExplainError.badFile(
      isText
        ? "not a checkpoint, but text: \"\(String(decoding: start, as: UTF8.self).printable)\"..."
        : "not a checkpoint: neither PyTorch's formats nor safetensors")
  }

  /// The entry of that name, or nil.
  public func entry(_ name: String) -> Entry? { indices[name].map { entries[$0] } }

  /// The tensor of that name as float32, row-major.
  ///
  /// A view of the file where it has float32 elements in row order at a multiple of four bytes; otherwise a copy, made
  /// anew by each call. Integers and float64 are rounded.
  ///
  /// - Throws: `.invalidArgument` if there is none of that name; `.outOfMemory`.
  public func tensor(_ name: String) throws -> Tensor {
    guard let entry = entry(name) else { throw ExplainError.invalid("\(self.name): no tensor named \(name.printable)") }
    let source = UnsafeRawBufferPointer(rebasing: bytes[entry.offset...])
    let isRowMajor = entry.isRowMajor
    if isRowMajor, entry.type == .float32, let floats = source.viewedAsFloats(count: entry.shape.count) {
      return Tensor(shape: entry.shape, storage: Storage(viewing: floats, count: entry.shape.count, owner: owner))
    }
    return try withExtendedLifetime(owner) {
      try Tensor(entry.shape) { output in
        guard let source = source.baseAddress, let output = output.baseAddress, entry.shape.count > 0 else { return }
        if isRowMajor { copy(entry, source, into: output) } else { gather(entry, source, into: output) }
      }
    }
  }

  /// Elements that a task converts.
  private static let chunk = 1 << 20

  private func copy(_ entry: Entry, _ source: UnsafeRawPointer, into output: UnsafeMutablePointer<Float>) {
    nonisolated(unsafe) let (input, result) = (source, output)
    let (count, type, isMapped) = (entry.shape.count, entry.type, owner is MappedFile)
    Parallel.forEach((count + Checkpoint.chunk - 1) / Checkpoint.chunk) { task in
      let start = task * Checkpoint.chunk
      let length = min(Checkpoint.chunk, count - start)
      let part = UnsafeRawBufferPointer(start: input + start * type.size, count: length * type.size)
      type.convert(input + start * type.size, count: length, into: result + start)
      if isMapped { MappedFile.release(part) }
    }
  }

  /// Copies row by row of the last axis.
  private func gather(_ entry: Entry, _ source: UnsafeRawPointer, into output: UnsafeMutablePointer<Float>) {
    guard let length = entry.shape.dimensions.last, let step = entry.strides.last else { return }
    var index = [Int](repeating: 0, count: entry.shape.rank - 1)
    for row in 0..<entry.shape.count / length {
      let start = zip(index, entry.strides).reduce(0) { $0 + $1.0 * $1.1 }
      entry.type.convert(
        source + start * entry.type.size, count: length, step: step * entry.type.size, into: output + row * length)
      for axis in index.indices.reversed() {
        index[axis] += 1
        if index[axis] < entry.shape[axis] { break }
        index[axis] = 0
      }
    }
  }
}

extension Checkpoint.Entry {
  /// Whether the elements lie one behind the other; the step of an axis of extent 1 does not matter.
  fileprivate var isRowMajor: Bool {
    shape.count == 0
      || zip(shape.dimensions, zip(strides, shape.strides)).allSatisfy { extent, steps in
        extent == 1 || steps.0 == steps.1
      }
  }
}

extension UnsafeRawBufferPointer {
  /// The first `count` floats in place, unless they are misaligned.
  fileprivate func viewedAsFloats(count: Int) -> UnsafePointer<Float>? {
    guard let baseAddress, Int(bitPattern: baseAddress) % MemoryLayout<Float>.alignment == 0 else { return nil }
    return baseAddress.assumingMemoryBound(to: Float.self)
  }
}
