import Testing

@testable import ExplainCore

@Suite struct JSONTests {
  @Test func readsWhatTheGrammarAllows() throws {
    let text = #" {"a": [1, -0, 2.5e-3, 1E400e, true], "b": null} "#.replacing("1E400e", with: "-12e+2")
    let expected = JSON.object([
      .init("a", .array([.integer(1), .integer(0), .number(0.0025), .number(-1200), .bool(true)])), .init("b", .null),
    ])
    #expect(try JSON.parse(text) == expected)
    #expect(try JSON.parse(#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é""#) == .string("\"\\/\u{8}\u{C}\n\r\té😀é"))
    #expect(try JSON.parse("9223372036854775807") == .integer(.max))
    #expect(try JSON.parse("9223372036854775808") == .number(0x1p63))
    #expect(try JSON.parse("[]") == .array([]) && JSON.parse("{ }") == .object([]))
    let value = try JSON.parse(#"{"n": 3.0, "s": "x"}"#)
    #expect(value["n"]?.integerValue == 3 && value["s"]?.stringValue == "x" && value["t"] == nil)
  }

  @Test(arguments: [
    "", " ", "{", "[1", "[1,", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "01",
    "1.", ".5",
    "+1", "-", "1e", "1e+", "0x10", "NaN", "Infinity", "1e999", "tru", "nulll", "\"", "\"\\x\"", "\"\\u12\"",
    "\"\\u12g4\"",
    "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"a\nb\"", "1 2", "{\"a\":1,\"a\":2}", "'a'", "// c\n1",
  ])
  func refusesEverythingElse(text: String) {
    #expect(throws: ExplainError.self) { try JSON.parse(text) }
  }

  @Test func refusesBrokenUTF8() {
    for bytes: [UInt8] in [
      [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0xEF, 0xBB, 0xBF, 0x31],
    ] {
      #expect(throws: ExplainError.self) { try bytes.withUnsafeBytes { try JSON.parse($0) } }
    }
  }

  @Test func depthAndSizeAreBounded() throws {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(try JSON.parse(nested(JSON.maximumDepth)).arrayValue?.count == 1)
    #expect(message { _ = try JSON.parse(nested(JSON.maximumDepth + 1)) }.contains("more than 64 levels"))
    #expect(message { _ = try JSON.parse(String(repeating: "[", count: 10_000_000)) }.contains("more than 64 levels"))
    #expect(
      message { _ = try JSON.parse(String(repeating: "{\"a\":", count: 10_000_000)) }.contains("more than 64 levels"))
    let many = "[" + String(repeating: "0,", count: JSON.maximumValues) + "0]"
    #expect(message { _ = try JSON.parse(many) }.contains("more than \(JSON.maximumValues) values"))
  }

  @Test func writesWhatItReads() throws {
    let value = JSON.object([
      .init("text", .string("a\"b\\\n\t\u{1}\u{7F}é😀")),
      .init(
        "numbers",
        .array([
          .integer(-3), .number(0.1), .number(1e300), .number(Double.leastNonzeroMagnitude), .number(1 / 3), .number(2),
        ])),
      .init("nothing", .array([])), .init("none", .object([])),
      .init("deep", .array([.object([.init("x", .bool(false))]), .null])),
    ])
    for pretty in [false, true] {
      let text = value.serialized(pretty: pretty)
      // A whole double comes back as an integer.
      #expect(try JSON.parse(text).serialized(pretty: pretty) == text)
      #expect(text.contains(#""a\"b\\\n\t\u0001\u007fé😀""#))
      #expect(text.contains("0.1") && text.contains("5e-324") && text.contains("0.3333333333333333"))
    }
    #expect(JSON.array([.number(.nan), .number(-.infinity), JSON(Float.infinity)]).serialized() == "[null,null,null]")
    #expect(JSON([0.1, 1, 16_777_216, 3.4028235e38] as [Float]).serialized() == "[0.1,1,16777216,3.4028235e+38]")
    #expect(
      JSON.object([.init("a", .array([.integer(1), .integer(2)])), .init("b", .array([.null]))]).serialized(
        pretty: true)
        == "{\n  \"a\": [1, 2],\n  \"b\": [\n    null\n  ]\n}")
  }

  /// Every float comes back from its text bit for bit.
  @Test func floatsSurvive() throws {
    var random = Random(seed: 3)
    for _ in 0..<20_000 {
      let value = Float(bitPattern: random.next())
      guard value.isFinite else { continue }
      let text = JSON(value).serialized()
      let back = try JSON.parse(text).doubleValue
      #expect(back.map(Float.init) == value, "\(text)")
    }
  }
}
