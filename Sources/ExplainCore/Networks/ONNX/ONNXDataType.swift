extension ONNX {
  /// The type of a tensor's elements; raw values are TensorProto.DataType.
  enum DataType: Int {
    case float32 = 1
    case uint8, int8, uint16, int16, int32, int64, string, bool, float16, float64, uint32, uint64
    case complex64, complex128, bfloat16

    /// As NumPy names it, or the number of a type that is not in the list.
    static func name(_ rawValue: Int) -> String {
      DataType(rawValue: rawValue).map { "\($0)" } ?? (rawValue == 0 ? "undefined" : "type \(rawValue)")
    }

    /// How elements are stored, or nil for types that are not numbers here.
    var stored: ElementType? {
      switch self {
      case .float32: .float32
      case .float64: .float64
      case .float16: .float16
      case .bfloat16: .bfloat16
      case .bool: .bool
      case .uint8: .uint8
      case .uint16: .uint16
      case .uint32: .uint32
      case .uint64: .uint64
      case .int8: .int8
      case .int16: .int16
      case .int32: .int32
      case .int64: .int64
      case .string, .complex64, .complex128: nil
      }
    }

    /// Whether elements are real numbers, which are all computed with as float32.
    var isFloat: Bool { self == .float32 || self == .float16 || self == .float64 || self == .bfloat16 }

    /// Whether elements are integers or truth values.
    var isInteger: Bool { stored != nil && !isFloat }

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
