/// One picture, map or plot of a figure, with its title and axes.
struct Panel {
  /// What is shown.
  enum Content {
    /// A picture, with its pixels counted along both axes.
    case picture(Picture)
    /// A map `[height, width]` in colors between its smallest and largest value, with a bar that explains them.
    case map(Tensor, Colors)
    /// Curves over the steps of a run.
    case curves([Explanation.Series], isLogarithmic: Bool)
  }

  /// The colors of a map, from small to large.
  enum Colors {
    /// From blue over green to red.
    case jet
    /// From white to black.
    case grays

    fileprivate func picture(_ shades: GrayPicture) -> Picture {
      switch self {
      case .jet: return shades.jet()
      case .grays:
        return Picture(checkedWidth: shades.width, height: shades.height) { output in
          for (i, shade) in shades.pixels.enumerated() {
            for channel in 0..<3 { output[3 * i + channel] = 255 - shade }
          }
        }
      }
    }
  }

  var title: String
  var content: Content
  /// A point to mark with a cross, in pixels of the picture or map.
  var cross: (x: Double, y: Double)?

  /// Pixels of the longer side of a picture, and the height of a plot.
  static let side = 288
  private static let (left, top, bottom) = (52, 34, 32)

  init(_ title: String, _ content: Content, cross: (x: Double, y: Double)? = nil) {
    self.title = title
    self.content = content
    self.cross = cross
  }

  /// Pixels of the whole panel.
  var size: (width: Int, height: Int) {
    let inner = plotSize
    return (Panel.left + inner.width + rightMargin, Panel.top + inner.height + Panel.bottom)
  }

  private var rightMargin: Int {
    if case .map = content { return 84 }
    return 18
  }

  private var plotSize: (width: Int, height: Int) {
    switch content {
    case .picture(let picture): return Panel.fitted(picture.width, picture.height)
    case .map(let map, _): return Panel.fitted(map.shape[1], map.shape[0])
    case .curves: return (Panel.side * 3 / 2, Panel.side)
    }
  }

  private static func fitted(_ width: Int, _ height: Int) -> (width: Int, height: Int) {
    let longer = max(width, height, 1)
    return (max(1, width * side / longer), max(1, height * side / longer))
  }

  /// Draws the panel with its upper left corner at (x, y).
  ///
  /// - Throws: `.outOfMemory`.
  func draw(on canvas: inout Canvas, x: Int, y: Int) throws {
    let (width, height) = plotSize
    let plot = Plot(x: x + Panel.left, y: y + Panel.top, width: width, height: height)
    let text = Lettering.shortened(title, toWidth: Float(width + Panel.left), size: 10)
    canvas.write(text, at: Point(Float(plot.x) + Float(width) / 2, Float(plot.y) - 12), size: 10, .center)
    switch content {
    case .picture(let picture):
      canvas.draw(try picture.resized(width: width, height: height), x: plot.x, y: plot.y)
      plot.drawPixelAxes(on: &canvas, columns: picture.width, rows: picture.height)
      drawCross(on: &canvas, plot, columns: picture.width, rows: picture.height)
    case .map(let map, let colors):
      let (columns, rows) = (map.shape[1], map.shape[0])
      let values = map.values.filter(\.isFinite)
      let (low, high) = (values.min() ?? 0, values.max() ?? 0)
      let scale = high > low ? 1 / (high - low) : 0
      let shades = try GrayPicture(map.map { ($0 - low) * scale }.resized(width: width, height: height, by: .nearest))
      canvas.draw(colors.picture(shades), x: plot.x, y: plot.y)
      plot.drawPixelAxes(on: &canvas, columns: columns, rows: rows)
      drawCross(on: &canvas, plot, columns: columns, rows: rows)
      if high > low { try plot.drawBar(on: &canvas, Double(low)...Double(high), colors) }
    case .curves(let curves, let isLogarithmic):
      plot.drawCurves(on: &canvas, curves, isLogarithmic: isLogarithmic)
    }
  }

  private func drawCross(on canvas: inout Canvas, _ plot: Plot, columns: Int, rows: Int) {
    guard let cross else { return }
    let center = plot.point(cross.x / Double(columns), cross.y / Double(rows))
    let lines = [Point(6, 6), Point(6, -6)].map { [center - $0, center + $0] }
    canvas.stroke(lines, pen: 5, .white)
    canvas.stroke(lines, pen: 2.5, .magenta)
  }
}

/// The rectangle of a panel that values are drawn in.
private struct Plot {
  let x: Int, y: Int, width: Int, height: Int

  /// The point at shares of the width from the left and of the height from the top.
  func point(_ horizontal: Double, _ vertical: Double) -> Point {
    Point(Float(x) + Float(horizontal) * Float(width), Float(y) + Float(vertical) * Float(height))
  }

  func drawFrame(on canvas: inout Canvas) {
    canvas.stroke([[point(0, 0), point(1, 0), point(1, 1), point(0, 1), point(0, 0)]], pen: 1, .ink)
  }

  func drawHorizontalTicks(on canvas: inout Canvas, _ ticks: Ticks) {
    for (value, label) in zip(ticks.values, ticks.labels) {
      let place = point(ticks.position(value), 1)
      canvas.stroke([[place, place + Point(0, 4)]], pen: 1, .ink)
      canvas.write(label, at: place + Point(0, 17), .center)
    }
  }

  /// - Parameter isDown: whether values grow downward, as rows of a picture do.
  func drawVerticalTicks(on canvas: inout Canvas, _ ticks: Ticks, isDown: Bool = false) {
    for (value, label) in zip(ticks.values, ticks.labels) {
      let share = ticks.position(value)
      let place = point(0, isDown ? share : 1 - share)
      canvas.stroke([[place, place - Point(4, 0)]], pen: 1, .ink)
      canvas.write(label, at: place + Point(-8, 4), .right)
    }
  }

  func drawPixelAxes(on canvas: inout Canvas, columns: Int, rows: Int) {
    drawHorizontalTicks(on: &canvas, Ticks(linear: 0...Double(columns), count: 5))
    drawVerticalTicks(on: &canvas, Ticks(linear: 0...Double(rows), count: 5), isDown: true)
    drawFrame(on: &canvas)
  }

  func drawBar(on canvas: inout Canvas, _ range: ClosedRange<Double>, _ colors: Panel.Colors) throws {
    let bar = Plot(x: x + width + 12, y: y, width: 14, height: height)
    let shades = try GrayPicture(
      Tensor(Shape([bar.height, bar.width])) { output in
        for i in 0..<output.count { output[i] = 1 - Float(i / bar.width) / Float(max(1, bar.height - 1)) }
      })
    canvas.draw(colors.picture(shades), x: bar.x, y: bar.y)
    bar.drawFrame(on: &canvas)
    let ticks = Ticks(linear: range, count: 5)
    for (value, label) in zip(ticks.values, ticks.labels) {
      let place = bar.point(1, 1 - ticks.position(value))
      canvas.stroke([[place, place + Point(4, 0)]], pen: 1, .ink)
      canvas.write(label, at: place + Point(8, 4))
    }
  }

  func drawCurves(on canvas: inout Canvas, _ curves: [Explanation.Series], isLogarithmic: Bool) {
    let shown = curves.joined { $0.isFinite && (!isLogarithmic || $0 > 0) }
    let (low, high) = (Double(shown.min() ?? 0), Double(shown.max() ?? 1))
    let vertical =
      isLogarithmic && low > 0 ? Ticks(logarithmic: low...high) : Ticks(linear: low...high, isWidened: true)
    let count = curves.map(\.values.count).max() ?? 0
    let horizontal = Ticks(linear: 0...Double(max(1, count - 1)), count: 6)
    for value in vertical.values {
      let share = 1 - vertical.position(value)
      canvas.stroke([[point(0, share), point(1, share)]], pen: 1, .faint)
    }
    let colors = [Color.blue, .orange, .magenta, .ink]
    for (index, curve) in curves.enumerated() {
      let points = visible(curve.values, isLogarithmic: isLogarithmic).map {
        point(horizontal.position(Double($0.step)), 1 - vertical.position(Double($0.value)))
      }
      let color = colors[index % colors.count]
      canvas.stroke([points], pen: 1.6, color)
      let line = Point(Float(x + width) - 14, Float(y + 18 + 18 * index))
      canvas.stroke([[line - Point(22, 4), line - Point(0, 4)]], pen: 2, color)
      canvas.write(curve.name, at: line - Point(30, 0), .right)
    }
    drawHorizontalTicks(on: &canvas, horizontal)
    drawVerticalTicks(on: &canvas, vertical)
    drawFrame(on: &canvas)
  }

  /// The steps that can be seen: of many that share a pixel's column, the smallest and the largest.
  private func visible(_ values: [Float], isLogarithmic: Bool) -> [(step: Int, value: Float)] {
    let steps = values.indices.filter { values[$0].isFinite && (!isLogarithmic || values[$0] > 0) }
      .map { (step: $0, value: values[$0]) }
    let group = steps.count / (2 * width)
    guard group > 1 else { return steps }
    return stride(from: 0, to: steps.count, by: group).flatMap { begin in
      let part = steps[begin..<min(begin + group, steps.count)]
      let extremes = [part.min { $0.value < $1.value }, part.max { $0.value < $1.value }].compactMap { $0 }
      return extremes.sorted { $0.step < $1.step }
    }
  }
}

extension [Explanation.Series] {
  /// All values of all series that a test admits.
  fileprivate func joined(where isIncluded: (Float) -> Bool) -> [Float] {
    flatMap { $0.values.filter(isIncluded) }
  }
}
