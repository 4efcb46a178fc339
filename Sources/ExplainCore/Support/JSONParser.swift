extension JSON {
  /// How deeply lists and objects may be nested.
  public static let maximumDepth = 64
  /// How many values and member names a text may hold: a bound on the memory that it takes.
  public static let maximumValues = 1 << 22

  /// Reads a JSON text in UTF-8, strictly by RFC 8259.
  ///
  /// - Throws: `.badFile` with the byte's number: for anything that the grammar does not allow, text after the value,
  ///   the same name twice in an object, broken UTF-8 or half a surrogate pair, numbers beyond a double's range,
  ///   more than 64 levels, more than 2^22 values.
  public static func parse(_ bytes: UnsafeRawBufferPointer) throws -> JSON {
    var parser = JSONParser(bytes: bytes)
    return try parser.document()
  }

  /// Reads a JSON text, as `parse(_:)` of its bytes.
  public static func parse(_ text: String) throws -> JSON {
    var text = text
    return try text.withUTF8 { try parse(UnsafeRawBufferPointer($0)) }
  }
}

/// Recursive descent, no deeper than `JSON.maximumDepth`.
private struct JSONParser {
  let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var depth = 0
  private var values = 0

  init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func document() throws -> JSON {
    let result = try value()
    skipSpace()
    guard position == bytes.count else { throw failure("text after the value") }
    return result
  }

  private func failure(_ what: String) -> ExplainError { .badFile("not valid JSON at byte \(position): \(what)") }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func count() throws {
    values += 1
    guard values <= JSON.maximumValues else { throw failure("more than \(JSON.maximumValues) values") }
  }

  private mutating func value() throws -> JSON {
    try count()
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try nested { try $0.object() }
    case UInt8(ascii: "["): return try nested { try $0.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw failure("the text ends where a value should be")
    default: return try number()
    }
  }

  private mutating func nested(_ body: (inout JSONParser) throws -> JSON) throws -> JSON {
    guard depth < JSON.maximumDepth else { throw failure("more than \(JSON.maximumDepth) levels") }
    depth += 1
    position += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  private mutating func object() throws -> JSON {
    var members: [JSON.Member] = []
    var names: Set<String> = []
    skipSpace()
    if accept("}") { return .object([]) }
    repeat {
      skipSpace()
      try count()
      guard next == UInt8(ascii: "\"") else { throw failure("a member's name should be here") }
      let name = try string()
      guard names.insert(name).inserted else { throw failure("the name \"\(name.printable)\" appears twice") }
      skipSpace()
      guard accept(":") else { throw failure("a colon should be here") }
      members.append(JSON.Member(name, try value()))
      skipSpace()
    } while accept(",")
    guard accept("}") else { throw failure("a comma or the end of an object should be here") }
    return .object(members)
  }

  private mutating func array() throws -> JSON {
    var values: [JSON] = []
    skipSpace()
    if accept("]") { return .array([]) }
    repeat {
      values.append(try value())
      skipSpace()
    } while accept(",")
    guard accept("]") else { throw failure("a comma or the end of a list should be here") }
    return .array(values)
  }

  private mutating func word(_ word: StaticString, _ value: JSON) throws -> JSON {
    for index in 0..<word.utf8CodeUnitCount {
      guard next == word.utf8Start[index] else { throw failure("an unknown word") }
      position += 1
    }
    return value
  }

  private mutating func digits() throws {
    let start = position
    while let byte = next, (0x30...0x39).contains(byte) { position += 1 }
    guard position > start else { throw failure("a digit should be here") }
  }

  private mutating func number() throws -> JSON {
    let start = position
    var isWhole = true
    _ = accept("-")
    if !accept("0") { try digits() }
    if accept(".") {
      isWhole = false
      try digits()
    }
    if accept("e") || accept("E") {
      isWhole = false
      if !accept("+") { _ = accept("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw failure("a number out of range") }
    return .number(value)
  }

  private mutating func string() throws -> String {
    position += 1
    var units: [UInt8] = []
    while true {
      guard let byte = next else { throw failure("the text ends inside a string") }
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let result = String(validating: units, as: UTF8.self) else { throw failure("a string is not UTF-8") }
        return result
      case UInt8(ascii: "\\"): try escape(into: &units)
      case 0..<0x20: throw failure("a control character inside a string")
      default: units.append(byte)
      }
    }
  }

  private mutating func escape(into units: inout [UInt8]) throws {
    guard let byte = next else { throw failure("the text ends inside a string") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(byte)
    case UInt8(ascii: "b"): units.append(0x08)
    case UInt8(ascii: "f"): units.append(0x0C)
    case UInt8(ascii: "n"): units.append(0x0A)
    case UInt8(ascii: "r"): units.append(0x0D)
    case UInt8(ascii: "t"): units.append(0x09)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xD800..<0xDC00).contains(code), accept("\\"), accept("u") {
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { throw failure("half a surrogate pair") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair") }
      units.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
    default: throw failure("an unknown escape")
    }
  }

  private mutating func hexadecimal() throws -> UInt32 {
    var result: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw failure("four hexadecimal digits should be here")
      }
      position += 1
      result = result << 4 | UInt32(digit)
    }
    return result
  }
}
