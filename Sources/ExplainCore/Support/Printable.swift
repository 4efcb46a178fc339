extension String {
  /// This text, which may come from a file or name one, on one line that is fit for a terminal: `?` stands for controls
  /// and for the marks that reorder or break lines there.
  package var onOneLine: String {
    guard unicodeScalars.contains(where: String.isHidden) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map { String.isHidden($0) ? "?" : $0 }))
  }

  /// The same, cut to 80 characters: a name for an error message.
  var printable: String {
    let beginning = unicodeScalars.prefix(81)
    return beginning.count == 81 ? String(beginning.prefix(80)).onOneLine + "..." : onOneLine
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.properties.isBidiControl
      || scalar.value == 0x2028 || scalar.value == 0x2029
  }
}
