import Testing

@testable import ExplainCore

@Suite struct FigureTests {
  @Test func ticksAreRoundNumbers() {
    #expect(Ticks(linear: 0...224).labels == ["0", "50", "100", "150", "200"])
    #expect(Ticks(linear: 0...1).labels == ["0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(Ticks(linear: -0.3...0.3).labels == ["-0.2", "0", "0.2"])
    #expect(Ticks(linear: 0...3e-7).labels == ["0", "1e-7", "2e-7", "3e-7"])
    #expect(Ticks(linear: 0...2.5e6).labels == ["0", "5e5", "1.0e6", "1.5e6", "2.0e6", "2.5e6"])
    #expect(Ticks(logarithmic: 2e-6...1e-3).labels == ["1e-6", "1e-5", "1e-4", "0.001"])
    #expect(Ticks(logarithmic: 0.003...40).labels == ["0.001", "0.01", "0.1", "1", "10", "100"])
  }

  /// Whatever the range, marks lie within it, and there are a few of them.
  @Test func ticksOfAnyRange() {
    let ends: [Double] = [-1e300, -7, -1e-9, 0, 1e-300, 1e-12, 0.1, 1, 1.000_000_000_1, 12345, 1e17, 1e300]
    for low in ends {
      for high in ends where high >= low {
        for isWidened in [false, true] {
          let ticks = Ticks(linear: low...high, isWidened: isWidened)
          #expect(ticks.values.count == ticks.labels.count && ticks.values.count < 20)
          #expect(ticks.range.lowerBound <= low && ticks.range.upperBound >= high)
          #expect(ticks.values.map(ticks.position).allSatisfy { (-1e-6...1 + 1e-6).contains($0) })
        }
        if low > 0 { #expect(Ticks(logarithmic: low...high).values.count < 20) }
      }
    }
  }

  @Test func decimals() {
    #expect(Ticks.decimal(0.05, digits: 1) == "0.1")
    #expect(Ticks.decimal(-0.04, digits: 1) == "0.0")
    #expect(Ticks.decimal(-12.345, digits: 2) == "-12.35")
    #expect(Ticks.decimal(1e20, digits: 2) == "1e+20")
  }

  /// Each letter and digit has a shape, no two the same one.
  @Test func lettering() {
    let characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:;+-=/()%_'\"#!?*<>[]\\^|&\u{D7}"
    let shapes = characters.map { Lettering.lines(String($0), at: .zero, size: 6, .left) }
    let unknown = Lettering.lines("\u{3A9}", at: .zero, size: 6, .left)
    for (i, shape) in shapes.enumerated() {
      #expect(!shape.isEmpty && shape != unknown)
      #expect(shape.joined().allSatisfy { (-0.01...5.01).contains($0.x) && (-7.01...2.01).contains($0.y) })
      #expect(!shapes[..<i].contains(shape))
    }
    #expect(Lettering.lines(" ", at: .zero, size: 6, .left).isEmpty)
    #expect(Lettering.width(of: "abc", size: 12) == 2 * Lettering.width(of: "abc", size: 6))
    let long = String(repeating: "checkered square ", count: 100)
    #expect(Lettering.width(of: Lettering.shortened(long, toWidth: 120, size: 10), size: 10) <= 120)
  }

  @Test func strokesHaveSoftEdgesAndStayOnTheCanvas() throws {
    var canvas = try Canvas(width: 20, height: 10)
    canvas.stroke([[Point(2, 5), Point(18, 5)]], pen: 2, Color(0, 0, 0))
    func shade(_ x: Int, _ y: Int) -> UInt8 { canvas.picture.pixels[3 * (y * 20 + x)] }
    #expect(shade(10, 4) == 0 && shade(10, 5) == 0)
    #expect(shade(10, 3) == 255 && shade(10, 6) == 255)
    #expect(shade(0, 5) == 255 && shade(19, 5) == 255)
    canvas.stroke([[Point(.nan, 5), Point(.infinity, 5)], [Point(-1e30, 1e30), Point(1e30, -1e30)]], pen: 2, .ink)
    canvas.stroke([[Point(-1e7, 0), Point(1e7, 10)], []], pen: 1, .ink)
    canvas.fill(x: -5, y: -5, width: 7, height: 7, .blue)
    canvas.fill(x: 50, y: 50, width: 7, height: 7, .blue)
    canvas.draw(canvas.picture, x: -15, y: 8)
    #expect(canvas.picture.pixels.prefix(3) == [31, 105, 180])
    #expect(throws: ExplainError.self) { try Canvas(width: 20_000, height: 1) }
  }

  /// Data that cannot be drawn leave the axes.
  @Test func anyDataIsDrawn() throws {
    let picture = try Picture(width: 3, height: 2, pixels: [UInt8](repeating: 90, count: 18))
    let series: [[Float]] = [
      [], [.nan, .infinity, -.infinity], [0, 0], [-1, .nan, 5], Array(repeating: 1e-38, count: 3000),
    ]
    for values in series {
      for isLogarithmic in [false, true] {
        let curves = Panel("loss", .curves([.init(name: "loss", values: values)], isLogarithmic: isLogarithmic))
        let figure = try Figure(rows: [[curves, Panel("", .picture(picture))]]).picture()
        #expect(figure.width == 2 * 10 + curves.size.width + Panel("", .picture(picture)).size.width)
      }
      guard values.count == 3 else { continue }
      let map = Panel("map", .map(try Tensor(values, [1, 3]), .jet), cross: (x: .nan, y: 1))
      _ = try Figure(rows: [[map], [map, map]]).picture()
    }
    _ = try Figure(rows: []).picture()
  }

  /// The bar shows the colors of the largest value at its top and of the smallest one at its foot.
  @Test func mapsHaveABar() throws {
    let panel = Panel("map", .map(try Tensor([0, 1, 2, 3], [2, 2]), .grays))
    let figure = try Figure(rows: [[panel]]).picture()
    let (left, top) = (10 + 52 + Panel.side + 12 + 7, 10 + 34)
    func shade(_ y: Int) -> UInt8 { figure.pixels[3 * (y * figure.width + left)] }
    #expect(shade(top + 3) < 5)
    #expect(shade(top + Panel.side - 4) > 250)
    #expect((shade(top + Panel.side / 4)...200).contains(shade(top + Panel.side / 2)))
  }
}
