import Foundation
import Testing

@testable import ExplainCore

@Suite struct DecodingTests {
  /// Levels by which a sample file may differ: none, but for JPEG, where versions of the library may round
  /// upsampling and color conversion differently.
  static func tolerance(_ name: String) -> Int { name.hasSuffix(".jpg") ? 2 : 0 }

  @Test func everyVariantAgreesWithPIL() throws {
    let golden = try Golden("imaging-files")
    let names = try SampleFiles.names()
    #expect(names == golden.keys)
    for name in names {
      let picture = try Picture(contentsOf: SampleFiles.folder.appendingPathComponent(name).path)
      let difference = maximumDifference(picture, try golden.picture(name))
      #expect(difference <= Self.tolerance(name), "\(name)")
    }
  }

  @Test func everyPrefixIsRefused() throws {
    for name in try SampleFiles.names() {
      let bytes = try SampleFiles.bytes(name)
      // A GIF may end where its first frame does.
      let firstFrame = name == "two-frames.gif" ? bytes.count / 2 : bytes.count - 1
      for length in stride(from: 0, to: name.hasSuffix(".gif") ? firstFrame - 16 : bytes.count, by: 7) {
        let error = failure { try Picture(decoding: Array(bytes[..<length]), name: "cut") }
        #expect(error?.kind == .badFile, "\(name) cut at \(length) of \(bytes.count): \(error?.message ?? "no error")")
      }
    }
  }

  @Test func truncationIsNamed() throws {
    for (name, format) in [
      ("420.jpg", "JPEG"), ("progressive.jpg", "JPEG"), ("rgb8.png", "PNG"), ("plain.gif", "GIF"),
      ("lossy.webp", "WebP"),
    ] {
      let bytes = try SampleFiles.bytes(name)
      let error = failure { try Picture(decoding: Array(bytes[..<(bytes.count * 3 / 4)]), name: "flute") }
      #expect(error == .badFile("flute is a truncated \(format): premature end"))
    }
  }

  @Test func whatIsNoPictureIsNamed() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("explaincore-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let text = folder.appendingPathComponent("notes.txt").path
    let empty = folder.appendingPathComponent("empty.png").path
    try Data("to do".utf8).write(to: URL(fileURLWithPath: text))
    try Data().write(to: URL(fileURLWithPath: empty))
    let large = folder.appendingPathComponent("large.png").path
    try Data().write(to: URL(fileURLWithPath: large))
    // A hole: it takes no room.
    #expect(truncate(large, (256 << 20) + 1) == 0)
    #expect(
      failure { try Picture(contentsOf: large) }
        == .badFile("\(large) is larger than 256 MiB, the limit for a picture"))
    let missing = folder.appendingPathComponent("missing.png").path
    #expect(
      failure { try Picture(contentsOf: text) }
        == .badFile("\(text) is not a picture that can be read: PNG, JPEG, GIF and WebP are"))
    #expect(failure { try Picture(contentsOf: empty) } == .badFile("\(empty) is empty"))
    #expect(
      failure { try Picture(contentsOf: folder.path) } == .io("cannot read \(folder.path): it is a directory"))
    #expect(failure { try Picture(contentsOf: missing) } == .io("cannot open \(missing): No such file or directory"))
  }

  /// Headers that claim 30000 x 30000 pixels must be refused before anything is allocated for them.
  @Test func hugeHeadersAreRefused() throws {
    var png = try SampleFiles.bytes("rgb8.png")
    // The size, and the check sum over type and content of the header chunk.
    png.replaceSubrange(16..<24, with: [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30])
    png.replaceSubrange(29..<33, with: crc32(Array(png[12..<29])))
    var jpeg = try SampleFiles.bytes("420.jpg")
    let frame = try #require((0..<jpeg.count).first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0x75, 0x30, 0x75, 0x30])
    var gif = try SampleFiles.bytes("offset.gif")
    gif.replaceSubrange(6..<10, with: [0x30, 0x75, 0x30, 0x75])
    for (bytes, format) in [(png, "PNG"), (jpeg, "JPEG"), (gif, "GIF")] {
      let error = failure { try Picture(decoding: bytes, name: "big") }
      #expect(
        error
          == .badFile(
            "big: \(format) of 30000x30000 pixels: sides must be 1 to 16384, with at most 100000000 pixels"))
    }
    // Within the limits, but more pixels than so few bytes can hold.
    png.replaceSubrange(16..<24, with: [0, 0, 0x20, 0, 0, 0, 0x20, 0])
    png.replaceSubrange(29..<33, with: crc32(Array(png[12..<29])))
    #expect(failure { try Picture(decoding: png, name: "big") }?.kind == .badFile)
  }

  /// Bytes that were changed inside the data show in a check sum, or make the decoder warn.
  @Test func damageIsNamed() throws {
    var png = try SampleFiles.bytes("rgb8.png")
    png[png.count / 2] ^= 0x10
    let error = failure { try Picture(decoding: png, name: "flute") }
    #expect(error?.message.hasPrefix("flute is a damaged PNG: ") == true, "\(error?.message ?? "no error")")
    // A restart marker out of its order.
    var jpeg = try SampleFiles.bytes("restarts.jpg")
    let marker = try #require((0..<jpeg.count - 1).last { jpeg[$0] == 0xFF && (0xD0...0xD7).contains(jpeg[$0 + 1]) })
    jpeg[marker + 1] = 0xD0 + (jpeg[marker + 1] - 0xD0 + 3) % 8
    let warning = failure { try Picture(decoding: jpeg, name: "flute") }
    #expect(warning?.message.hasPrefix("flute is a damaged JPEG: ") == true, "\(warning?.message ?? "no error")")
  }

  /// Odd EXIF data never make a picture unreadable: it is then taken as upright.
  @Test func oddOrientationsAreUpright() throws {
    let header: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]
    func orientation(_ change: (inout [UInt8]) -> Void) -> Int {
      var bytes = header
      change(&bytes)
      return bytes.withUnsafeBytes { Orientation(tiff: $0).number }
    }
    #expect(orientation { _ in } == 6)
    #expect(orientation { $0[18] = 9 } == 1)
    #expect(orientation { $0[18] = 0 } == 1)
    #expect(orientation { $0[12] = 4 } == 1)
    #expect(orientation { $0[0] = 0x4D } == 1)
    #expect(orientation { $0.replaceSubrange(4..<8, with: [255, 255, 255, 255]) } == 1)
    #expect(orientation { $0.replaceSubrange(8..<10, with: [255, 255]) } == 6)
    for length in 0..<header.count - 2 { #expect(orientation { $0.removeLast($0.count - length) } == 1) }
  }

  @Test func pngSurvivesTheRoundTrip() throws {
    var random = Random(seed: 5)
    for (width, height) in [(1, 1), (3, 2), (200, 130)] {
      let pixels = (0..<3 * width * height).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let picture = try Picture(width: width, height: height, pixels: pixels)
      #expect(try Picture(decoding: picture.pngData(), name: "copy") == picture)
      let gray = try GrayPicture(width: width, height: height, pixels: Array(pixels[..<(width * height)]))
      let copy = try Picture(decoding: gray.pngData(), name: "copy")
      #expect(copy.pixels == gray.pixels.flatMap { [$0, $0, $0] })
    }
  }

  private func crc32(_ bytes: [UInt8]) -> [UInt8] {
    var remainder = UInt32.max
    for byte in bytes {
      remainder ^= UInt32(byte)
      for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return (0..<4).map { UInt8(truncatingIfNeeded: ~remainder >> (24 - 8 * UInt32($0))) }
  }
}
