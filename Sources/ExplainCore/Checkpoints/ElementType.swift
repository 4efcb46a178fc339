/// The type of a stored tensor's elements; raw values are the names that safetensors uses.
public enum ElementType: String, Sendable, CaseIterable {
  /// True or false, a byte each.
  case bool = "BOOL"
  /// Unsigned integers.
  case uint8 = "U8"
  /// Unsigned integers.
  case uint16 = "U16"
  /// Unsigned integers.
  case uint32 = "U32"
  /// Unsigned integers.
  case uint64 = "U64"
  /// Signed integers.
  case int8 = "I8"
  /// Signed integers.
  case int16 = "I16"
  /// Signed integers.
  case int32 = "I32"
  /// Signed integers.
  case int64 = "I64"
  /// IEEE half precision.
  case float16 = "F16"
  /// The upper half of a 32-bit float.
  case bfloat16 = "BF16"
  /// IEEE single precision.
  case float32 = "F32"
  /// IEEE double precision.
  case float64 = "F64"

  /// Bytes of one element.
  public var size: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    }
  }

  /// As PyTorch names it: `float32`.
  public var name: String { "\(self)" }

  /// The type of a PyTorch storage class, such as `FloatStorage`.
  static func ofStorage(_ name: String) -> ElementType? {
    switch name {
    case "FloatStorage": .float32
    case "HalfStorage": .float16
    case "BFloat16Storage": .bfloat16
    case "DoubleStorage": .float64
    case "LongStorage": .int64
    case "IntStorage": .int32
    case "ShortStorage": .int16
    case "CharStorage": .int8
    case "ByteStorage": .uint8
    case "BoolStorage": .bool
    default: nil
    }
  }

  /// The type of that PyTorch name, such as `float32` or `half`.
  static func ofDtype(_ name: String) -> ElementType? {
    switch name {
    case "float": .float32
    case "half": .float16
    case "double": .float64
    case "long": .int64
    case "int": .int32
    case "short": .int16
    default: allCases.first { $0.name == name }
    }
  }
}

extension ElementType {
  /// Writes `count` elements that lie one behind the other at `source`, at any alignment, as floats.
  func convert(_ source: UnsafeRawPointer, count: Int, into output: UnsafeMutablePointer<Float>) {
    if self == .float32 {
      UnsafeMutableRawPointer(output).copyMemory(from: source, byteCount: count * size)
    } else {
      convert(source, count: count, step: size, into: output)
    }
  }

  /// Writes `count` elements, each `step` bytes after the one before, as floats.
  ///
  /// Integers and doubles are rounded to the nearest float; doubles beyond its range become infinite.
  func convert(_ source: UnsafeRawPointer, count: Int, step: Int, into output: UnsafeMutablePointer<Float>) {
    func each<Element: BitwiseCopyable>(_ type: Element.Type, _ transform: (Element) -> Float) {
      for i in 0..<count { output[i] = transform(source.loadUnaligned(fromByteOffset: i * step, as: type)) }
    }
    switch self {
    case .bool: each(UInt8.self) { $0 == 0 ? 0 : 1 }
    case .uint8: each(UInt8.self) { Float($0) }
    case .uint16: each(UInt16.self) { Float($0) }
    case .uint32: each(UInt32.self) { Float($0) }
    case .uint64: each(UInt64.self) { Float($0) }
    case .int8: each(Int8.self) { Float($0) }
    case .int16: each(Int16.self) { Float($0) }
    case .int32: each(Int32.self) { Float($0) }
    case .int64: each(Int64.self) { Float($0) }
    case .float16: each(UInt16.self, ElementType.float(half:))
    case .bfloat16: each(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
    case .float32: each(Float.self) { $0 }
    case .float64: each(Double.self) { Float($0) }
    }
  }

  /// The value of an IEEE half; by its bits, as `Float16` is not to be had on every platform.
  private static func float(half: UInt16) -> Float {
    let sign = UInt32(half & 0x8000) << 16
    let magnitude = UInt32(half & 0x7FFF) << 13
    // Infinities and NaNs keep an exponent of ones. Everything else has its exponent rebiased from 15 to 127 by a
    // product, which is exact and also turns subnormal halves into normal floats.
    if magnitude >= 0x0F80_0000 { return Float(bitPattern: sign | 0x7000_0000 | magnitude) }
    return Float(bitPattern: sign | (Float(bitPattern: magnitude) * 0x1p112).bitPattern)
  }
}
