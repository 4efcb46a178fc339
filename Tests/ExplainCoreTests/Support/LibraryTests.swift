import Testing

@testable import ExplainCore

@Suite struct LibraryTests {
  @Test func facts() {
    let info = Library.info.json
    #expect(info["version"]?.stringValue == Library.version)
    #expect(info["threads"]?.integerValue == Parallel.threads)
    #expect((info["processors"]?.integerValue ?? 0) >= 1)
    #expect(info["blas"]?["version"]?.stringValue?.hasPrefix("OpenBLAS") == true)
    #expect(info["models"]?.arrayValue?.contains(.string("scenes")) == true)
  }
}
