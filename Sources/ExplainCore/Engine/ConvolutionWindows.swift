import CKernelShim

/// The windows of a convolution on the planes that it reads, and where on the planes that it writes their sums go.
///
/// It describes a convolution, and also the gradient of one, whatever its strides: see `ConvolutionWindows+Gradient`.
struct ConvolutionWindows: Sendable {
  /// Pixels of a plane that is read.
  let sourceCount: Int
  /// Floats from a position's first pixel to that of the next row, of the next column.
  let rowStep, columnStep: Int
  /// Positions.
  let rows, columns: Int
  let taps: [kernel_tap]
  /// Pixels of a plane that is written.
  let targetHeight, targetWidth: Int
  /// Where the sums of a position go: a convolution has one for each output channel, the gradient of a strided one
  /// several, since a position is a cell of `apartY` by `apartX` pixels.
  let phases: [Phase]
  let apartY, apartX: Int
  /// The phases' pixels alone.
  let corners: [(y: Int, x: Int)]

  /// Which pixel of a cell a sum belongs to, and the tap of the kernel that each of the windows' taps is, if any.
  struct Phase: Sendable, Hashable {
    let y, x: Int
    let kernelTaps: [Int?]
  }

  /// Taps whose windows are packed at a time: the depth of a product is `[group of taps][channel][tap]`.
  static let tapsAtOnce = 64

  var targetCount: Int { targetHeight * targetWidth }
  /// Positions of one picture.
  var positions: Int { rows * columns }
  /// Whether the sums lie together as the positions do.
  var isDense: Bool { positions == targetCount && phases.count == 1 }

  /// The windows of a convolution.
  init(_ g: WindowGeometry) {
    var taps: [kernel_tap] = []
    for ky in 0..<g.kernelHeight {
      for kx in 0..<g.kernelWidth {
        let (y, x) = (ky * g.dilationY - g.top, kx * g.dilationX - g.left)
        let rows = Self.inside(y, g.strideY, extent: g.inputHeight, positions: g.outputHeight)
        let columns = Self.inside(x, g.strideX, extent: g.inputWidth, positions: g.outputWidth)
        taps.append(Self.tap(y * g.inputWidth + x, rows, columns, leads: kx == 0))
      }
    }
    self.init(
      source: (g.inputHeight, g.inputWidth), positions: (g.outputHeight, g.outputWidth), steps: (g.strideY, g.strideX),
      taps: taps, target: (g.outputHeight, g.outputWidth), apart: (1, 1),
      phases: [Phase(y: 0, x: 0, kernelTaps: Array(0..<g.taps))])
  }

  /// - Parameters:
  ///   - steps: pixels from a position's window to the next.
  ///   - apart: pixels of the target from a position to the next.
  init(
    source: (height: Int, width: Int), positions: (Int, Int), steps: (Int, Int), taps: [kernel_tap],
    target: (Int, Int), apart: (Int, Int), phases: [Phase]
  ) {
    sourceCount = source.height * source.width
    (targetHeight, targetWidth) = target
    (apartY, apartX) = apart
    self.phases = phases
    corners = phases.map { ($0.y, $0.x) }
    let count = positions.0 * positions.1
    if taps.count == 1, source == positions, source == target, steps == (1, 1), taps[0].offset == 0 {
      // Windows of one pixel lie on a plane as they do on one long row.
      (rows, columns) = (1, count)
      (rowStep, columnStep) = (count, 1)
      self.taps = [Self.tap(0, 0..<1, 0..<count, leads: true)]
    } else {
      (rows, columns) = positions
      (rowStep, columnStep) = (steps.0 * source.width, steps.1)
      self.taps = taps
    }
  }

  static func tap(_ offset: Int, _ rows: Range<Int>, _ columns: Range<Int>, leads: Bool) -> kernel_tap {
    kernel_tap(
      offset: offset, first_row: rows.lowerBound, end_row: rows.upperBound, first_column: columns.lowerBound,
      end_column: columns.upperBound, leads: leads ? 1 : 0)
  }

  /// The positions i for which `start + i * step` is at least 0 and below `extent`.
  static func inside(_ start: Int, _ step: Int, extent: Int, positions: Int) -> Range<Int> {
    let first = min(positions, start >= 0 ? 0 : (-start + step - 1) / step)
    let end = start >= extent ? 0 : (extent - start + step - 1) / step
    return first..<max(first, min(positions, end))
  }

  /// Calls `body` for each run of `count` positions from `position` of a picture on that lies in one row: how many
  /// pictures further it is, its row and first column, which of the positions is its first, and how many it has.
  func forEachRun(
    _ position: Int, _ count: Int,
    _ body: (_ picture: Int, _ row: Int, _ column: Int, _ index: Int, _ count: Int) -> Void
  ) {
    var (row, column) = position.quotientAndRemainder(dividingBy: columns)
    var (picture, index) = (0, 0)
    while index < count {
      let run = min(columns - column, count - index)
      body(picture, row, column, index, run)
      index += run
      column = 0
      row += 1
      if row == rows { (row, picture) = (0, picture + 1) }
    }
  }
}
