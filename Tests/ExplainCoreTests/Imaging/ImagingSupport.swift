import Foundation

@testable import ExplainCore

/// The sample files, each a few hundred bytes to a few kilobytes.
enum SampleFiles {
  static let folder = Golden.folder.appendingPathComponent("imaging")

  static func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
  }
}

extension Golden {
  /// A uint8 array `[H, W, 3]`.
  func picture(_ key: String) throws -> Picture {
    let (values, dimensions) = try bytes(key)
    return try Picture(width: dimensions[1], height: dimensions[0], pixels: values)
  }
}

/// The largest difference of two bytes; 256 where sizes differ.
func maximumDifference(_ actual: Picture, _ expected: Picture) -> Int {
  guard actual.width == expected.width, actual.height == expected.height else { return 256 }
  return zip(actual.pixels, expected.pixels).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
}

/// What `body` throws, or nil if it does not.
func failure<Result>(_ body: () throws -> Result) -> ExplainError? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? ExplainError
  }
}
