extension ONNX {
  /// The type of a tensor's elements; raw values are TensorProto.DataType.
  enum ElementType: Int {
    case float32 = 1
    case uint8, int8, uint16, int16, int32, int64, string, bool, float16, float64, uint32, uint64
    case complex64, complex128, bfloat16

    /// As NumPy names it, or the number of a type that is not in the list.
    static func name(_ rawValue: Int) -> String {
      ElementType(rawValue: rawValue).map { "\($0)" } ?? (rawValue == 0 ? "undefined" : "type \(rawValue)")
    }

    /// Whether elements are real numbers that this library computes with, as float32.
    var isFloat: Bool { self == .float32 || self == .float16 || self == .float64 || self == .bfloat16 }

    /// Whether elements are integers or truth values.
    var isInteger: Bool { width > 0 && !isFloat }

    /// Bytes of an element in raw data; 0 for types that are not read.
    var width: Int {
      switch self {
      case .uint8, .int8, .bool: 1
      case .uint16, .int16, .float16, .bfloat16: 2
      case .float32, .int32, .uint32: 4
      case .float64, .int64, .uint64: 8
      case .string, .complex64, .complex128: 0
      }
    }

    /// The number of TensorProto's field that holds elements of this type when they are not raw.
    var typedField: UInt64 {
      switch self {
      case .float32: 4
      case .float64: 10
      case .int64: 7
      case .uint32, .uint64: 11
      default: 5
      }
    }

    /// The value of an element of a floating-point type.
    @inline(__always)
    func float(_ bits: UInt64) -> Float {
      switch self {
      case .float16: Float(half: UInt16(truncatingIfNeeded: bits))
      case .bfloat16: Float(bitPattern: UInt32(truncatingIfNeeded: bits) << 16)
      case .float64: Float(Double(bitPattern: bits))
      default: Float(bitPattern: UInt32(truncatingIfNeeded: bits))
      }
    }

    /// The value of an element of an integer type, or nil if it does not fit.
    func integer(_ bits: UInt64) -> Int? {
      switch self {
      case .bool: UInt8(truncatingIfNeeded: bits) == 0 ? 0 : 1
      case .uint8: Int(UInt8(truncatingIfNeeded: bits))
      case .int8: Int(Int8(truncatingIfNeeded: bits))
      case .uint16: Int(UInt16(truncatingIfNeeded: bits))
      case .int16: Int(Int16(truncatingIfNeeded: bits))
      case .uint32: Int(UInt32(truncatingIfNeeded: bits))
      case .int32: Int(Int32(truncatingIfNeeded: bits))
      case .uint64: Int(exactly: bits)
      default: Int(truncatingIfNeeded: bits)
      }
    }
  }
}

extension Float {
  /// The value of IEEE half-precision bits. (Swift's Float16 does not exist on every platform.)
  @inline(__always)
  init(half bits: UInt16) {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 0x1F
    let fraction = UInt32(bits & 0x3FF)
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      self = sign == 0 ? magnitude : -magnitude
    case 31: self.init(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: self.init(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
