/// A point of a drawing, in pixels from the upper left corner.
typealias Point = SIMD2<Float>

/// Red, green, blue.
typealias Color = SIMD3<UInt8>

extension Color {
  static let white = Color(255, 255, 255)
  static let ink = Color(38, 38, 42)
  static let faint = Color(226, 226, 230)
  static let blue = Color(31, 105, 180)
  static let orange = Color(222, 110, 18)
  static let magenta = Color(214, 0, 130)
}

/// A white picture that lines, rectangles and other pictures are drawn on.
struct Canvas {
  private(set) var picture: Picture

  /// - Throws: `.invalidArgument` for a size beyond a picture's limits.
  init(width: Int, height: Int) throws {
    try Picture.check(width: width, height: height, what: "a figure", kind: .invalidArgument)
    picture = Picture(checkedWidth: width, height: height) { $0.initialize(repeating: 255) }
  }

  var width: Int { picture.width }
  var height: Int { picture.height }

  /// Fills a rectangle; what lies outside the canvas is left out.
  mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: Color) {
    for row in max(0, y)..<max(0, y, min(self.height, y + height)) {
      for column in max(0, x)..<max(0, x, min(self.width, x + width)) { set(column, row, color) }
    }
  }

  /// Lays a picture down with its upper left corner at (x, y); what lies outside the canvas is left out.
  mutating func draw(_ other: Picture, x: Int, y: Int) {
    for row in max(0, -y)..<max(0, -y, min(other.height, height - y)) {
      for column in max(0, -x)..<max(0, -x, min(other.width, width - x)) {
        let source = 3 * (row * other.width + column)
        set(x + column, y + row, Color(other.pixels[source], other.pixels[source + 1], other.pixels[source + 2]))
      }
    }
  }

  /// Draws lines with a round pen, smooth at their edges.
  ///
  /// Lines of one call that cross or touch are one shape. A line of one point is a dot.
  mutating func stroke(_ lines: [[Point]], pen: Float, _ color: Color) {
    guard let box = visiblePixels(of: lines.joined(), reach: pen / 2 + 1) else { return }
    var coverage = [Float](repeating: 0, count: box.columns.count * box.rows.count)
    for line in lines {
      for (index, a) in line.enumerated() where index + 1 < line.count || line.count == 1 {
        let b = index + 1 < line.count ? line[index + 1] : a
        guard let part = visiblePixels(of: [a, b], reach: pen / 2 + 1) else { continue }
        let along = b - a
        let squaredLength = (along * along).sum()
        for y in part.rows {
          for x in part.columns {
            let offset = Point(Float(x) + 0.5, Float(y) + 0.5) - a
            let share = squaredLength > 0 ? min(max((offset * along).sum() / squaredLength, 0), 1) : 0
            let away = offset - along * share
            let covered = pen / 2 + 0.5 - (away * away).sum().squareRoot()
            let pixel = (y - box.rows.lowerBound) * box.columns.count + x - box.columns.lowerBound
            coverage[pixel] = max(coverage[pixel], min(covered, 1))
          }
        }
      }
    }
    for y in box.rows {
      for x in box.columns {
        let share = coverage[(y - box.rows.lowerBound) * box.columns.count + x - box.columns.lowerBound]
        if share > 0 { blend(x, y, color, share) }
      }
    }
  }

  /// The pixels of the canvas within `reach` of the rectangle around some points; nil if there are none, or a point
  /// is no number.
  private func visiblePixels(
    of points: some Sequence<Point>, reach: Float
  ) -> (columns: Range<Int>, rows: Range<Int>)? {
    var (least, most) = (Point(repeating: .infinity), Point(repeating: -.infinity))
    for point in points {
      guard point.x.isFinite, point.y.isFinite else { return nil }
      least = pointwiseMin(least, point)
      most = pointwiseMax(most, point)
    }
    func range(_ least: Float, _ most: Float, _ extent: Int) -> Range<Int>? {
      let (first, last) = (max(least - reach, 0), min(most + reach, Float(extent - 1)))
      return first <= last ? Int(first)..<Int(last) + 1 : nil
    }
    guard let columns = range(least.x, most.x, width), let rows = range(least.y, most.y, height) else { return nil }
    return (columns, rows)
  }

  private mutating func blend(_ x: Int, _ y: Int, _ color: Color, _ share: Float) {
    let index = 3 * (y * width + x)
    for channel in 0..<3 {
      let below = Float(picture.pixels[index + channel])
      picture.pixels[index + channel] = byte(rounding: below + share * (Float(color[channel]) - below))
    }
  }

  private mutating func set(_ x: Int, _ y: Int, _ color: Color) {
    let index = 3 * (y * width + x)
    (picture.pixels[index], picture.pixels[index + 1], picture.pixels[index + 2]) = (color.x, color.y, color.z)
  }
}
