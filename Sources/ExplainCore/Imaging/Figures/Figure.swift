/// Panels in rows and columns, as one picture.
struct Figure {
  /// Rows of panels from the top, each from the left.
  var rows: [[Panel]]

  private static let margin = 10

  /// The picture of the figure.
  ///
  /// - Throws: `.invalidArgument` if it is larger than a picture can be; `.outOfMemory`.
  func picture() throws -> Picture {
    let heights = rows.map { $0.map(\.size.height).max() ?? 0 }
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { column < $0.count ? $0[column].size.width : 0 }.max() ?? 0
    }
    let width = widths.reduce(0, +)
    var canvas = try Canvas(width: width + 2 * Figure.margin, height: heights.reduce(0, +) + 2 * Figure.margin)
    var y = Figure.margin
    for (row, height) in zip(rows, heights) {
      var x = Figure.margin
      for (panel, width) in zip(row, widths) {
        try panel.draw(on: &canvas, x: x, y: y)
        x += width
      }
      y += height
    }
    return canvas.picture
  }
}
