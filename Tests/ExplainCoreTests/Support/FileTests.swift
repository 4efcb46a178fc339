import Foundation
import Testing

@testable import ExplainCore

/// What saving does to what stands in the place, and what is read from files of text.
@Suite struct FileTests {
  /// Runs `body` in a folder of its own.
  private static func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID())").path
    try WholeFile.makeDirectory(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private static func content(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

  /// Why `body` fails.
  private static func refusal(_ body: () throws -> Void) -> String {
    #expect(throws: ExplainError.self, performing: body)?.message ?? ""
  }

  private static func refusal(toSave path: String) -> String { refusal { try WholeFile.save([2], to: path) } }

  private static func refusal(toRead path: String) -> String { refusal { _ = try ClassNames.read(path) } }

  @Test func aLinkLeadsToTheFileThatIsReplaced() throws {
    try Self.inFolder { folder in
      try WholeFile.makeDirectory("\(folder)/far")
      try WholeFile.save([1], to: "\(folder)/far/file")
      for link in ["link", "second"] {
        let destination = link == "link" ? "far/file" : "link"
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(link)", withDestinationPath: destination)
        try WholeFile.save(Array(link.utf8), to: "\(folder)/\(link)")
        #expect(try Self.content("\(folder)/far/file") == Array(link.utf8))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(link)") == destination)
      }
      try FileManager.default.createSymbolicLink(atPath: "\(folder)/lost", withDestinationPath: "nowhere")
      #expect(Self.refusal(toSave: "\(folder)/lost").contains("cannot write \(folder)/lost"))
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/lost") == "nowhere")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(names.sorted() == ["far", "link", "lost", "second"])
    }
  }

  @Test func whoMayReadAFileStaysAsItWas() throws {
    try Self.inFolder { folder in
      let path = "\(folder)/file"
      try WholeFile.save([1], to: path)
      for mode in [0o600, 0o664, 0o755] {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        try WholeFile.save([2], to: path)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == mode)
      }
    }
  }

  // The system lets root write to everything.
  @Test(.enabled(if: getuid() != 0)) func aProtectedFileIsNotReplaced() throws {
    try Self.inFolder { folder in
      let path = "\(folder)/file"
      try WholeFile.save([1], to: path)
      try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)
      #expect(Self.refusal(toSave: path).contains(path))
      #expect(try Self.content(path) == [1])
    }
  }

  @Test func pipesAndFoldersAreNotReplaced() throws {
    try Self.inFolder { folder in
      #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
      #expect(Self.refusal(toSave: "\(folder)/pipe").contains("not a regular file"))
      #expect(Self.refusal(toSave: folder).contains("cannot write \(folder)"))
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(names == ["pipe"])
    }
  }

  @Test func classNamesAreTextOfAnyEditor() throws {
    try Self.inFolder { folder in
      let path = "\(folder)/names.txt"
      try WholeFile.save([0xEF, 0xBB, 0xBF] + Array("gear\r\nheart \u{E9}\r\n\r\n".utf8), to: path)
      #expect(try ClassNames.read(path) == ["gear", "heart \u{E9}"])
      // As Windows writes it in code page 1252.
      try WholeFile.save(Array("heart ".utf8) + [0xE9, 0x0A], to: path)
      #expect(Self.refusal(toRead: path).contains("\(path) is not UTF-8"))
      try WholeFile.save([0xEF, 0xBB, 0xBF], to: path)
      #expect(Self.refusal(toRead: path).contains("has 0 lines"))
    }
  }

  @Test func messagesAreOneLine() {
    #expect(ExplainError(.io, "cannot open a\nb\u{1B}[2J\u{202E}c\u{85}").message == "cannot open a?b?[2J?c?")
    #expect(String(repeating: "x", count: 80).printable.count == 80)
    #expect(String(repeating: "\n", count: 81).printable == String(repeating: "?", count: 80) + "...")
    #expect("gr\u{FC}n \u{1F600}".onOneLine == "gr\u{FC}n \u{1F600}")
  }
}
