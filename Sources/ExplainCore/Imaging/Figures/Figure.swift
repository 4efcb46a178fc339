/// Panels in rows, as one picture.
struct Figure {
  /// Rows of panels from the top, each from the left.
  var rows: [[Panel]]

  private static let margin = 10

  /// The picture of the figure.
  ///
  /// - Throws: `.invalidArgument` if it is larger than a picture can be; `.outOfMemory`.
  func picture() throws -> Picture {
    let heights = rows.map { $0.map(\.size.height).max() ?? 0 }
    let width = rows.map { $0.reduce(0) { $0 + $1.size.width } }.max() ?? 0
    var canvas = try Canvas(width: width + 2 * Figure.margin, height: heights.reduce(0, +) + 2 * Figure.margin)
    var y = Figure.margin
    for (row, height) in zip(rows, heights) {
      var x = Figure.margin
      for panel in row {
        try panel.draw(on: &canvas, x: x, y: y)
        x += panel.size.width
      }
      y += height
    }
    return canvas.picture
  }
}
