/// The two formats of `torch.save`, told apart by `Checkpoint`.
enum TorchFile {
  /// The entries of the state dictionary, given where each storage lies in the file.
  ///
  /// - Parameter locate: the bytes of a storage, at least as many as it needs.
  static func entries(
    _ pickle: Pickle, locate: (Pickle.Storage) throws -> Range<Int>
  ) throws -> [Checkpoint.Entry] {
    let state = try pickle.stateDictionary()
    // What `torch.nn.DataParallel` puts before each name.
    let wrapper = "module."
    let isWrapped = state.allSatisfy { $0.name.hasPrefix(wrapper) }
    return try state.map { name, tensor in
      let storage = pickle.storages[tensor.storage]
      let (bytes, overflow) = storage.count.multipliedReportingOverflow(by: storage.type?.size ?? 1)
      let range = try locate(storage)
      guard !overflow, range.count >= bytes else {
        throw ExplainError.badFile(
          "storage \(storage.key.printable) has \(range.count) bytes: too few for \(name.printable)")
      }
      return Checkpoint.Entry(
        name: isWrapped ? String(name.dropFirst(wrapper.count)) : name, type: tensor.type, shape: tensor.shape,
        strides: tensor.strides, offset: range.lowerBound + tensor.offset)
    }
  }
}

/// What `torch.save` wrote before 1.6, torchvision's VGG files among it: five pickles one after the other (magic
/// number, protocol version, system, object, keys of the storages), then for each key a count and the elements.
enum TorchLegacyFile {
  /// 0x1950a86a20f9469cfc6c, little-endian.
  private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

  static func entries(_ bytes: UnsafeRawBufferPointer) throws -> [Checkpoint.Entry] {
    var reader = try ByteReader(bytes)
    guard case .long(magic) = try Unpickler.read(&reader).root else {
      throw ExplainError.unsupported("a pickle, but not one that torch.save wrote")
    }
    guard case .int(1001) = try Unpickler.read(&reader).root else {
      throw ExplainError.unsupported("a PyTorch file of another protocol version than 1001")
    }
    try requireLittleEndian(Unpickler.read(&reader))
    let pickle = try Unpickler.read(&reader)
    let keys = try storageKeys(Unpickler.read(&reader))

    var sizes: [String: Int] = [:]
    for storage in pickle.storages {
      let size = storage.type?.size ?? 1
      guard sizes.updateValue(size, forKey: storage.key) ?? size == size else {
        throw ExplainError.badFile("storage \(storage.key.printable) has two element types")
      }
    }
    var ranges: [String: Range<Int>] = [:]
    for key in keys {
      guard let size = sizes[key] else {
        throw ExplainError.badFile("no tensor tells the type of storage \(key.printable)")
      }
      let count = try reader.size(Int64.self)
      let (length, overflow) = count.multipliedReportingOverflow(by: size)
      guard count >= 0, !overflow else { throw ExplainError.badFile("storage \(key.printable) has a size of \(count)") }
      let start = reader.position
      _ = try reader.take(length)
      guard ranges.updateValue(start..<start + length, forKey: key) == nil else {
        throw ExplainError.badFile("storage \(key.printable) appears twice")
      }
    }
    return try TorchFile.entries(pickle) { storage in
      guard let range = ranges[storage.key] else {
        throw ExplainError.badFile("storage \(storage.key.printable) is missing")
      }
      return range
    }
  }

  private static func requireLittleEndian(_ system: Pickle) throws {
    guard case .dictionary(let index) = system.root else {
      throw ExplainError.badFile("its third pickle is no dictionary")
    }
    for case (.string("little_endian"), .bool(false)) in system.dictionaries[index] {
      throw ExplainError.unsupported("it was written by a big-endian machine")
    }
  }

  private static func storageKeys(_ pickle: Pickle) throws -> [String] {
    guard case .list(let index) = pickle.root else { throw ExplainError.badFile("its fifth pickle is no list") }
    return try pickle.lists[index].map {
      guard case .string(let key) = $0 else { throw ExplainError.badFile("a storage's key is not a string") }
      return key
    }
  }
}

/// What `torch.save` writes since 1.6: a zip archive with stored members `<folder>/data.pkl`, `<folder>/byteorder` and
/// `<folder>/data/<key>`.
enum TorchZipFile {
  static func entries(_ bytes: UnsafeRawBufferPointer) throws -> [Checkpoint.Entry] {
    let archive = try ZipArchive(bytes)
    let candidates = archive.names.filter { $0.hasSuffix("/data.pkl") || $0 == "data.pkl" }
    guard candidates.count == 1, let name = candidates.first else {
      throw ExplainError.badFile(
        "a zip archive with \(candidates.count) members named data.pkl: not a PyTorch checkpoint")
    }
    let folder = name.dropLast("data.pkl".count)
    if archive.names.contains(folder + "constants.pkl") {
      throw ExplainError.unsupported("a TorchScript archive: save the model's state_dict() instead")
    }
    if archive.names.contains(folder + "byteorder") {
      guard bytes[try archive.member(folder + "byteorder")].elementsEqual("little".utf8) else {
        throw ExplainError.unsupported("it was written by a big-endian machine")
      }
    }
    let range = try archive.member(name)
    var reader = try ByteReader(UnsafeRawBufferPointer(rebasing: bytes[range]))
    let pickle = try Unpickler.read(&reader)
    var used: [String: Range<Int>] = [:]
    let entries = try TorchFile.entries(pickle) { storage in
      if let range = used[storage.key] { return range }
      let range = try archive.member(folder + "data/" + storage.key)
      used[storage.key] = range
      return range
    }
    try requireDisjoint(used)
    return entries
  }

  private static func requireDisjoint(_ ranges: [String: Range<Int>]) throws {
    var end = 0
    for (key, range) in ranges.sorted(by: { $0.value.lowerBound < $1.value.lowerBound }) where !range.isEmpty {
      guard range.lowerBound >= end else { throw ExplainError.badFile("storage \(key.printable) overlaps another one") }
      end = range.upperBound
    }
  }
}
