import Testing

@testable import ExplainCore

/// Pixels of foreign memory; Tests/c/picture_test.c goes through the same by way of C.
@Suite struct PixelFormatTests {
  private func picture(
    _ bytes: [UInt8], _ format: Picture.PixelFormat, stride: Int? = nil
  ) throws -> Picture {
    try bytes.withUnsafeBytes { try Picture(pixels: $0, width: 2, height: 1, stride: stride, format: format) }
  }

  @Test func ordersOfChannels() throws {
    let expected: [UInt8] = [1, 2, 3, 4, 5, 6]
    #expect(try picture([1, 2, 3, 4, 5, 6], .rgb).pixels == expected)
    #expect(try picture([3, 2, 1, 6, 5, 4], .bgr).pixels == expected)
    #expect(try picture([1, 2, 3, 255, 4, 5, 6, 255], .rgba).pixels == expected)
    #expect(try picture([3, 2, 1, 255, 6, 5, 4, 255], .bgra).pixels == expected)
    #expect(try picture([9, 8], .gray).pixels == [9, 9, 9, 8, 8, 8])
  }

  @Test func alphaLiesOverWhiteAsInDecodedPictures() throws {
    // Every value with every alpha, against the decoders' rule.
    let bytes: [UInt8] = (0..<256).flatMap { value in
      (0..<256).flatMap { alpha in [UInt8(value), 0, 255, UInt8(alpha)] }
    }
    let given = try bytes.withUnsafeBytes {
      try Picture(pixels: $0, width: 256, height: 256, format: .rgba)
    }
    let decoded = bytes.withUnsafeBufferPointer {
      $0.baseAddress.map { Picture(checkedWidth: 256, height: 256, rgba: $0) }
    }
    #expect(given == decoded)
  }

  @Test func refusals() {
    #expect(throws: ExplainError.invalid("a stride of 5 bytes: a row of 2 pixels has 6")) {
      try picture([1, 2, 3, 4, 5, 6], .rgb, stride: 5)
    }
    #expect(throws: ExplainError.self) { try picture([1, 2, 3, 4, 5], .rgb) }
    #expect(throws: ExplainError.self) {
      try [UInt8](repeating: 0, count: 64).withUnsafeBytes {
        try Picture(pixels: $0, width: 2, height: 2, stride: Int.max, format: .rgb)
      }
    }
  }
}
