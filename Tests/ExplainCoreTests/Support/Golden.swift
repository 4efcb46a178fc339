import Foundation

@testable import ExplainCore

/// What the reference library computed: a small safetensors file in Goldens/, made by a script in tools/goldens.
struct Golden {
  private let header: [String: Any]
  private let data: Data

  init(_ name: String) throws {
    let url = Golden.folder.appendingPathComponent("\(name).safetensors")
    let file = try Data(contentsOf: url)
    let length = Int(file.prefix(8).enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * $1.offset) })
    header = try JSONSerialization.jsonObject(with: file[8..<8 + length]) as? [String: Any] ?? [:]
    data = Data(file[(8 + length)...])
  }

  /// The folder of golden files, found beside this source file.
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Goldens")

  private func entry(_ key: String) throws -> (type: String, dimensions: [Int], bytes: Data) {
    guard let entry = header[key] as? [String: Any], let type = entry["dtype"] as? String,
      let dimensions = entry["shape"] as? [Int], let offsets = entry["data_offsets"] as? [Int]
    else { throw ExplainError(.internal, "no \(key) in the golden file") }
    return (type, dimensions, data.subdata(in: offsets[0]..<offsets[1]))
  }

  var keys: [String] { header.keys.filter { $0 != "__metadata__" }.sorted() }

  func metadata(_ key: String) -> String? { (header["__metadata__"] as? [String: String])?[key] }

  /// A float32 array.
  subscript(_ key: String) -> Tensor {
    get throws {
      let (type, dimensions, bytes) = try entry(key)
      guard type == "F32" else { throw ExplainError(.internal, "\(key) is \(type)") }
      var values = [Float](repeating: 0, count: bytes.count / 4)
      _ = values.withUnsafeMutableBytes { bytes.copyBytes(to: $0) }
      return try Tensor(values, dimensions)
    }
  }

  /// A uint8 array.
  func bytes(_ key: String) throws -> (values: [UInt8], dimensions: [Int]) {
    let (type, dimensions, bytes) = try entry(key)
    guard type == "U8" else { throw ExplainError(.internal, "\(key) is \(type)") }
    return ([UInt8](bytes), dimensions)
  }
}

/// `|a - b| / |b|` in the Euclidean norm, accumulated in double precision.
func relativeL2(_ actual: Tensor, _ expected: Tensor) -> Double {
  guard actual.shape == expected.shape else { return .infinity }
  var (difference, norm) = (0.0, 0.0)
  for (a, b) in zip(actual.values, expected.values) {
    difference += (Double(a) - Double(b)) * (Double(a) - Double(b))
    norm += Double(b) * Double(b)
  }
  return norm == 0 ? difference.squareRoot() : (difference / norm).squareRoot()
}

/// The largest difference of two elements; infinite where shapes differ.
func maximumDifference(_ actual: Tensor, _ expected: Tensor) -> Float {
  guard actual.shape == expected.shape else { return .infinity }
  return zip(actual.values, expected.values).reduce(0) { $1.0.isNaN ? .infinity : max($0, abs($1.0 - $1.1)) }
}
