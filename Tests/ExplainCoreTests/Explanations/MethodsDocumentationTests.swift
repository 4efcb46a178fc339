import Foundation
import Testing

@testable import ExplainCore

/// docs/methods.md and the code say the same.
@Suite struct MethodsDocumentationTests {
  /// The part of the page below the heading that names a method.
  private static func section(_ name: String) throws -> String {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs/methods.md")
    let lines = try String(contentsOf: page, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
    let begin = lines.firstIndex { $0.hasPrefix("###") && $0.hasSuffix("`\(name)`") }
    guard let begin else { return "" }
    return lines[begin...].dropFirst().prefix { !$0.hasPrefix("##") }.joined(separator: "\n")
  }

  /// Rows `| option | default | source |` of a section, by option.
  private static func defaults(_ section: String) -> [String: String] {
    var result: [String: String] = [:]
    for line in section.split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count >= 2 else { continue }
      result[cells[0].filter { $0 != "`" }] = cells[1].filter { $0 != "`" }
    }
    return result
  }

  private static func text(_ value: JSON) -> String {
    if case .array(let elements) = value { return elements.map(text).joined(separator: ",") }
    return value.stringValue ?? value.serialized()
  }

  private func compare<Method: ExplanationMethod>(_ type: Method.Type) throws {
    let section = try Self.section(type.about.name)
    #expect(!section.isEmpty, "no section of \(type.about.name)")
    #expect(section.contains("](images/methods/\(type.about.name).png)"), "no picture of \(type.about.name)")
    let written = Self.defaults(section)
    #expect(written.keys.sorted() == type.table.map(\.name).sorted(), "options of \(type.about.name)")
    let method = try type.init(preset: nil)
    for option in type.table {
      let value = option.get(method)
      // No layer is a rule, which the page has in words.
      guard value != .null, Self.text(value) != "" else { continue }
      let page = written[option.name] ?? ""
      let isEqual = page == Self.text(value) || (Double(page) != nil && Double(page) == value.doubleValue)
      #expect(isEqual, "\(type.about.name): \(option.name) is \(Self.text(value)), the page has \(page)")
    }
  }

  @Test func pageHasEveryMethodAndDefault() throws {
    for method in Methods.all { try compare(method) }
  }
}
