import Testing

@testable import ExplainCore

@Suite struct MaskOptionsTests {
  @Test(arguments: [
    ("iterations", "0"), ("iterations", "-5"), ("iterations", "1e3"), ("tv", "nan"), ("l1", "inf"), ("l1", "0.1,nan"),
    ("l1", ""), ("noise", "-1"), ("mask-width", "1"), ("mask-width", "9999999999999999999"), ("median-size", "4"),
    ("learning-rate", "0"), ("beta1", "1"), ("game", "chess"), ("coupled", "yes"), ("perturbation", "blur,magic"),
    ("perturbation", ""), ("constant", "1,2"), ("constant", "1,2,300"), ("samples", "65"), ("jitter", "65"),
  ])
  func refuses(_ name: String, _ value: String) {
    var options = MaskOptions()
    do {
      try options.set(name, to: value)
      try options.validate()
      Issue.record("\(name) \(value) was accepted")
    } catch let error as ExplainError {
      #expect(error.kind == .invalidArgument)
      #expect(error.message.contains(name.split(separator: "-")[0]))
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test func unknownNamesGetTheNearest() {
    var options = MaskOptions()
    #expect {
      try options.set("learningrate", to: "1")
    } throws: { error in
      "\(error)".contains("learning-rate")
    }
  }

  @Test func everyOptionCanBeSetToItsReportedValue() throws {
    for preset in MaskOptions.Preset.allCases {
      let options = MaskOptions(preset: preset)
      try options.validate()
      var copy = options
      for row in MaskOptions.table {
        let text: String
        switch row.get(options) {
        case .string(let value): text = value
        case .bool(let value): text = String(value)
        case .integer(let value): text = String(value)
        case .number(let value): text = String(value)
        case .array(let values):
          text = values.map { $0.stringValue ?? $0.doubleValue.map { String($0) } ?? "" }.joined(separator: ",")
        default: text = ""
        }
        try copy.set(row.name, to: text)
      }
      #expect(copy == options)
    }
  }
}
