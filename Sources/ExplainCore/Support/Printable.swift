extension String {
  /// This text, which may come from a file, made fit for an error message: on one line, at most 80 characters.
  var printable: String {
    var result = ""
    for (index, scalar) in unicodeScalars.prefix(81).enumerated() {
      if index == 80 { return result + "..." }
      // Controls, and the marks that reorder or break lines on a terminal.
      let isHidden = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.properties.isBidiControl
      result.unicodeScalars.append(isHidden || scalar.value == 0x2028 || scalar.value == 0x2029 ? "?" : scalar)
    }
    return result
  }
}
