/// Reads the pickles that `torch.save` writes: a stack machine with a closed list of opcodes (protocols 2 to 4).
///
/// Source of the opcodes: Python's `pickletools`.
struct Unpickler {
  /// A pickle's length in bytes, after which it is taken to be cut off; 64 MiB describe more than a million tensors.
  static let maximumLength = 64 << 20
  /// How many opcodes a pickle may have, which bounds the memory for what they build.
  static let maximumOpcodes = 1 << 22

  private(set) var reader: ByteReader
  private(set) var pickle = Pickle()
  private var stack: [Pickle.Value] = []
  /// The stack's height at each open mark.
  private var marks: [Int] = []
  private var memo: [Int: Pickle.Value] = [:]
  /// Pairs that dictionaries were made of: a list may be used again and again.
  private var pairCount = 0

  private init(_ reader: ByteReader) { self.reader = reader }

  /// Reads the one pickle that begins at the reader's position and moves the reader behind it.
  ///
  /// - Throws: `.badFile`; `.unsupported` for an opcode, a global or a dtype that is not on the list.
  static func read(_ reader: inout ByteReader) throws -> Pickle {
    let end = min(reader.bytes.count, reader.position + maximumLength)
    let window = UnsafeRawBufferPointer(rebasing: reader.bytes[..<end])
    var machine = Unpickler(try ByteReader(window, at: reader.position))
    try machine.run()
    _ = try reader.take(machine.reader.position - reader.position)
    return machine.pickle
  }

  private mutating func run() throws {
    for _ in 0..<Unpickler.maximumOpcodes {
      let position = reader.position
      let opcode = try reader.integer(UInt8.self)
      if opcode == UInt8(ascii: ".") {
        pickle.root = try pop()
        return
      }
      guard try step(opcode) else {
        throw ExplainError.unsupported("opcode 0x\(String(opcode, radix: 16)) at byte \(position) of a pickle")
      }
    }
    throw ExplainError.unsupported("a pickle of more than \(Unpickler.maximumOpcodes) opcodes")
  }

  /// - Returns: whether the opcode is known.
  private mutating func step(_ opcode: UInt8) throws -> Bool {
    switch Unicode.Scalar(opcode) {
    case "\u{80}":
      let version = try reader.integer(UInt8.self)
      guard (2...5).contains(version) else { throw ExplainError.unsupported("a pickle of protocol \(version)") }
    case "\u{95}": _ = try reader.take(8)  // FRAME: its length adds nothing.
    // Scalars.
    case "N": stack.append(.none)
    case "\u{88}": stack.append(.bool(true))
    case "\u{89}": stack.append(.bool(false))
    case "J": stack.append(.int(Int(try reader.integer(Int32.self))))
    case "K": stack.append(.int(Int(try reader.integer(UInt8.self))))
    case "M": stack.append(.int(Int(try reader.integer(UInt16.self))))
    case "\u{8A}": stack.append(Unpickler.long(try reader.take(reader.size(UInt8.self))))
    case "\u{8B}": stack.append(Unpickler.long(try reader.take(reader.size(Int32.self))))
    case "G": stack.append(.float(Double(bitPattern: try reader.integer(UInt64.self).byteSwapped)))
    // Texts and bytes.
    case "\u{8C}": stack.append(.string(try reader.text(reader.size(UInt8.self))))
    case "X": stack.append(.string(try reader.text(reader.size(UInt32.self))))
    case "\u{8D}": stack.append(.string(try reader.text(reader.size(UInt64.self))))
    case "U": stack.append(Unpickler.oldText(try reader.take(reader.size(UInt8.self))))
    case "T": stack.append(Unpickler.oldText(try reader.take(reader.size(Int32.self))))
    case "C": try skip(reader.size(UInt8.self))
    case "B": try skip(reader.size(UInt32.self))
    case "\u{8E}": try skip(reader.size(UInt64.self))
    // Containers.
    case "(": marks.append(stack.count)
    case ")": push(tuple: [])
    case "\u{85}": push(tuple: try pop(1))
    case "\u{86}": push(tuple: try pop(2))
    case "\u{87}": push(tuple: try pop(3))
    case "t": push(tuple: try popMark())
    case "]", "\u{8F}": push(list: [])
    case "l", "\u{91}": push(list: try popMark())
    case "}": push(dictionary: [])
    case "a": try append(pop(1))
    case "e", "\u{90}": try append(popMark())
    case "s": try set(pop(2))
    case "u": try set(popMark())
    // The memo, and the stack.
    case "q": memo[try reader.size(UInt8.self)] = try top()
    case "r": memo[try reader.size(UInt32.self)] = try top()
    case "\u{94}": memo[memo.count] = try top()
    case "h": try recall(reader.size(UInt8.self))
    case "j": try recall(reader.size(UInt32.self))
    case "0": _ = try pop()
    case "1": _ = try popMark()
    case "2": stack.append(try top())
    // Objects.
    case "c": stack.append(.global(try PickleGlobal(module: reader.line(), name: reader.line())))
    case "\u{93}":
      guard case .string(let name) = try pop(), case .string(let module) = try pop() else { throw Unpickler.mixUp }
      stack.append(.global(try PickleGlobal(module: module, name: name)))
    case "R", "\u{81}": try call()
    case "b": try build()
    case "Q": try persistentStorage()
    default: return false
    }
    return true
  }

  private static let mixUp = ExplainError.badFile("a pickle's objects are mixed up")

  // MARK: - Stack

  private func top() throws -> Pickle.Value {
    guard let value = stack.last, stack.count > marks.last ?? 0 else { throw Unpickler.mixUp }
    return value
  }

  private mutating func pop() throws -> Pickle.Value {
    let value = try top()
    stack.removeLast()
    return value
  }

  private mutating func pop(_ count: Int) throws -> [Pickle.Value] {
    guard stack.count - count >= marks.last ?? 0 else { throw Unpickler.mixUp }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popMark() throws -> [Pickle.Value] {
    guard let mark = marks.popLast(), mark <= stack.count else { throw Unpickler.mixUp }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private mutating func push(tuple values: [Pickle.Value]) {
    stack.append(.tuple(pickle.tuples.count))
    pickle.tuples.append(values)
  }

  private mutating func push(list values: [Pickle.Value]) {
    stack.append(.list(pickle.lists.count))
    pickle.lists.append(values)
  }

  private mutating func push(dictionary pairs: [(key: Pickle.Value, value: Pickle.Value)]) {
    stack.append(.dictionary(pickle.dictionaries.count))
    pickle.dictionaries.append(pairs)
  }

  private mutating func skip(_ count: Int) throws {
    _ = try reader.take(count)
    stack.append(.inert)
  }

  private mutating func recall(_ index: Int) throws {
    guard let value = memo[index] else {
      throw ExplainError.badFile("a pickle refers to its object \(index) too early")
    }
    stack.append(value)
  }

  // MARK: - Values

  /// A two's complement integer of any length.
  private static func long(_ bytes: UnsafeRawBufferPointer) -> Pickle.Value {
    guard bytes.count <= 8 else { return .long(Array(bytes)) }
    let negative = bytes.last.map { $0 >= 0x80 } ?? false
    var bits: UInt64 = negative ? .max : 0
    for byte in bytes.reversed() { bits = bits << 8 | UInt64(byte) }
    return .int(Int(Int64(bitPattern: bits)))
  }

  /// A Python 2 string: text if it is UTF-8, otherwise bytes.
  private static func oldText(_ bytes: UnsafeRawBufferPointer) -> Pickle.Value {
    String(validating: bytes, as: UTF8.self).map { .string($0) } ?? .inert
  }

  private mutating func append(_ values: [Pickle.Value]) throws {
    guard case .list(let index) = try top() else { throw Unpickler.mixUp }
    pickle.lists[index] += values
  }

  private mutating func set(_ values: [Pickle.Value]) throws {
    guard values.count % 2 == 0 else { throw Unpickler.mixUp }
    switch try top() {
    case .dictionary(let index):
      for i in stride(from: 0, to: values.count, by: 2) {
        pickle.dictionaries[index].append((values[i], values[i + 1]))
      }
    case .inert: break
    default: throw Unpickler.mixUp
    }
  }

  /// REDUCE and NEWOBJ: what the function or class below the arguments would return.
  private mutating func call() throws {
    guard case .tuple(let index) = try pop(), case .global(let function) = try pop() else { throw Unpickler.mixUp }
    let arguments = pickle.tuples[index]
    switch function {
    case .dictionary: push(dictionary: try pairs(arguments.last))
    case .size:
      guard let sizes = arguments.first, case .tuple = sizes else { throw Unpickler.mixUp }
      stack.append(sizes)
    case .rebuildTensor:
      stack.append(.tensor(pickle.tensors.count))
      pickle.tensors.append(try pickle.tensor(arguments))
    case .rebuildParameter:
      guard let tensor = arguments.first, case .tensor = tensor else { throw Unpickler.mixUp }
      stack.append(tensor)
    case .inert: stack.append(.inert)
    case .storage, .dtype: throw Unpickler.mixUp
    }
  }

  /// The members that a dictionary is made with: a list of pairs, as Python 2 wrote them.
  private mutating func pairs(_ argument: Pickle.Value?) throws -> [(key: Pickle.Value, value: Pickle.Value)] {
    guard case .list(let index) = argument else { return [] }
    pairCount += pickle.lists[index].count
    guard pairCount <= Unpickler.maximumOpcodes else {
      throw ExplainError.unsupported("a pickle with more than \(Unpickler.maximumOpcodes) members of dictionaries")
    }
    return try pickle.lists[index].map { pair in
      let values =
        switch pair {
        case .list(let index): pickle.lists[index]
        case .tuple(let index): pickle.tuples[index]
        default: [Pickle.Value]()
        }
      guard values.count == 2 else { throw Unpickler.mixUp }
      return (values[0], values[1])
    }
  }

  /// BUILD: gives an object its attributes, none of which matters here.
  private mutating func build() throws {
    _ = try pop()
    switch try top() {
    case .dictionary, .tensor, .inert: break
    default: throw Unpickler.mixUp
    }
  }

  /// BINPERSID: `('storage', type, key, location, count[, view])`.
  private mutating func persistentStorage() throws {
    guard case .tuple(let index) = try pop() else { throw Unpickler.mixUp }
    stack.append(.storage(pickle.storages.count))
    pickle.storages.append(try pickle.storage(pickle.tuples[index]))
  }
}
