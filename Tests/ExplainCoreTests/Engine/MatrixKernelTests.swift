import CKernelShim
import Testing

@testable import ExplainCore

/// Kernels over matrices of 32-bit and 16-bit elements, of every instruction set, against plain arithmetic.
@Suite struct MatrixKernelTests {
  typealias Precision = WeightOptions.Precision

  private static let everyHalf = (0...UInt16.max).map { $0 }

  /// The value of 16 bits, by the definition of the format.
  private static func value(_ bits: UInt16, _ precision: Precision) -> Float {
    if precision == .bfloat16 { return Float(bitPattern: UInt32(bits) << 16) }
    let (exponent, fraction) = (Int(bits >> 10 & 31), Float(bits & 1023))
    let magnitude: Float =
      switch exponent {
      case 0: fraction * 0x1p-24
      case 31: fraction == 0 ? .infinity : .nan
      default: (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
      }
    return bits < 0x8000 ? magnitude : -magnitude
  }

  private static func narrowed(
    _ values: [Float], _ precision: Precision, _ kernels: Kernels
  ) -> (bits: [UInt16], exceeds: Bool) {
    var exceeds = 0
    let bits = [UInt16](unsafeUninitializedCapacity: values.count) { bits, count in
      values.withUnsafeBufferPointer { values in
        guard let source = values.baseAddress, let target = bits.baseAddress else { return }
        exceeds = kernels.table.narrow(source, precision.kernelType, target, values.count)
      }
      count = values.count
    }
    return (bits, exceeds != 0)
  }

  private static func widened(_ bits: [UInt16], _ precision: Precision, _ kernels: Kernels) -> [Float] {
    [Float](unsafeUninitializedCapacity: bits.count) { values, count in
      bits.withUnsafeBytes { bits in
        guard let source = bits.baseAddress, let target = values.baseAddress else { return }
        kernels.table.widen(source, precision.kernelType, target, values.count)
      }
      count = bits.count
    }
  }

  @Test(arguments: Kernels.Level.allCases, [Precision.float16, .bfloat16])
  func everyHalfIsWidenedExactlyAndComesBack(_ level: Kernels.Level, _ precision: Precision) {
    let kernels = Kernels(level)
    let values = Self.widened(Self.everyHalf, precision, kernels)
    let expected = Self.everyHalf.map { Self.value($0, precision) }
    #expect(zip(values, expected).allSatisfy { $0.isNaN ? $1.isNaN : $0.bitPattern == $1.bitPattern })
    let (bits, exceeds) = Self.narrowed(values, precision, kernels)
    // A NaN comes back as some NaN.
    #expect(zip(zip(bits, Self.everyHalf), expected).allSatisfy { $1.isNaN || $0.0 == $0.1 })
    #expect(zip(Self.widened(bits, precision, kernels), expected).allSatisfy { $0.isNaN == $1.isNaN })
    #expect(!exceeds)
  }

  /// Between every half and the next, on both sides of the middle and upon it.
  @Test(arguments: Kernels.Level.allCases, [Precision.float16, .bfloat16])
  func roundsToTheNearestAndTiesToEven(_ level: Kernels.Level, _ precision: Precision) {
    let infinity: UInt16 = precision == .float16 ? 0x7C00 : 0x7F80
    var (values, expected): ([Float], [UInt16]) = ([], [])
    for low in 0..<infinity - 1 {
      let middle = (Double(Self.value(low, precision)) + Double(Self.value(low + 1, precision))) / 2
      // Beside the smallest bfloat16 there are floats; a sum in double precision is exact.
      let tie = Float(middle)
      for (value, bits) in [(tie.nextDown, low), (tie, low + low % 2), (tie.nextUp, low + 1)] {
        values += [value, -value]
        expected += [bits, bits | 0x8000]
      }
    }
    let (bits, exceeds) = Self.narrowed(values, precision, Kernels(level))
    #expect(bits == expected)
    #expect(!exceeds)
  }

  @Test(arguments: Kernels.Level.allCases)
  func noticesWhatIsOutOfRange(_ level: Kernels.Level) {
    let kernels = Kernels(level)
    let largest = Float(bitPattern: 0x7F7F_7FFF)
    for (value, precision, exceeds) in [
      (Float(65519.996), Precision.float16, false), (65520, .float16, true), (-1e9, .float16, true),
      (.infinity, .float16, false), (.nan, .float16, false), (largest, .bfloat16, false),
      (largest.nextUp, .bfloat16, true), (-.infinity, .bfloat16, false),
    ] {
      // In a whole vector, and among the last elements.
      for place in [3, 36] {
        var values = [Float](repeating: 1, count: 37)
        values[place] = value
        #expect(Self.narrowed(values, precision, kernels).exceeds == exceeds, "\(value) as \(precision)")
      }
    }
  }

  @Test(arguments: Kernels.Level.allCases, Precision.allCases)
  func rowsAreMultipliedAndAdded(_ level: Kernels.Level, _ precision: Precision) throws {
    let kernels = Kernels(level)
    for columns in [1, 7, 16, 31, 33, 100, 2048, 2049, 5003] {
      let rows = 9
      let vector = try seededInput([columns], seed: 1).values
      let factors = try seededInput([kernel_added_rows], seed: 2).values
      let given = try seededInput([rows, columns], seed: 3).values
      let bits = precision == .float32 ? [] : Self.narrowed(given, precision, kernels).bits
      let matrix = precision == .float32 ? given : Self.widened(bits, precision, kernels)
      var (products, sums) = ([Float](repeating: .nan, count: rows), vector)
      // A row's product is the same wherever it stands among others.
      var alone = products
      func run(_ elements: UnsafeRawPointer) {
        let type = precision.kernelType
        kernels.table.multiply_rows(
          kernel_matrix(elements: elements, type: type, columns: columns), vector, &products, rows)
        let pointers = (0..<rows).map { elements + $0 * columns * precision.elementSize }
        for row in 0..<rows {
          kernels.table.multiply_rows(
            kernel_matrix(elements: pointers[row], type: type, columns: columns), vector, &alone[row], 1)
        }
        kernels.table.add_rows(pointers, type, factors, &sums, columns)
      }
      if precision == .float32 {
        given.withUnsafeBytes { $0.baseAddress.map(run) }
      } else {
        bits.withUnsafeBytes { $0.baseAddress.map(run) }
      }
      #expect(products == alone)
      for row in 0..<rows {
        let terms = (0..<columns).map { Double(matrix[row * columns + $0]) * Double(vector[$0]) }
        // Sums of a few hundred rounded terms in each lane, of which the errors are independent.
        let scale = terms.reduce(0) { $0 + $1 * $1 }.squareRoot() + 1e-3
        #expect(abs(Double(products[row]) - terms.reduce(0, +)) < 2e-6 * scale, "\(columns) columns")
      }
      for column in 0..<columns {
        let expected = (0..<kernel_added_rows).reduce(Double(vector[column])) {
          $0 + Double(factors[$1]) * Double(matrix[$1 * columns + column])
        }
        // Nine roundings of values of at most 9.
        #expect(abs(Double(sums[column]) - expected) < 5e-6)
      }
    }
  }
}
