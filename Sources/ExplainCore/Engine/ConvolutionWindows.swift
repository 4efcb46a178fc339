import CKernelShim

/// The windows of a convolution on the planes that it reads, and where on the planes that it writes their sums go.
///
/// It describes a convolution, and also a part of the gradient of one: see `gradients`.
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
  /// Which of the kernel's taps these are.
  let kernelTaps: [Int]
  /// Where the first position's sum goes, and how far apart those of neighbors are.
  let firstY, firstX, apartY, apartX: Int

  /// Taps whose windows are packed at a time: the depth of a product is `[group of taps][channel][tap]`.
  static let tapsAtOnce = 64

  var targetCount: Int { targetHeight * targetWidth }
  /// Positions of one picture.
  var positions: Int { rows * columns }
  /// Whether the sums lie together as the positions do.
  var isDense: Bool { positions == targetCount }

  /// The windows of a convolution.
  init(_ g: WindowGeometry) {
    var taps: [kernel_tap] = []
    for ky in 0..<g.kernelHeight {
      for kx in 0..<g.kernelWidth {
        let (y, x) = (ky * g.dilationY - g.top, kx * g.dilationX - g.left)
        let rows = WindowGeometry.inside(y, g.strideY, extent: g.inputHeight, positions: g.outputHeight)
        let columns = WindowGeometry.inside(x, g.strideX, extent: g.inputWidth, positions: g.outputWidth)
        taps.append(Self.tap(y * g.inputWidth + x, rows, columns, leads: kx == 0))
      }
    }
    self.init(
      source: (g.inputHeight, g.inputWidth), positions: (g.outputHeight, g.outputWidth), steps: (g.strideY, g.strideX),
      taps: taps, kernelTaps: Array(0..<g.taps), target: (g.outputHeight, g.outputWidth), first: (0, 0), apart: (1, 1))
  }

  /// - Parameters:
  ///   - steps: pixels from a position's window to the next.
  ///   - first, apart: the target's pixel of the first position, and pixels from a position to the next.
  init(
    source: (height: Int, width: Int), positions: (Int, Int), steps: (Int, Int), taps: [kernel_tap],
    kernelTaps: [Int], target: (Int, Int), first: (Int, Int), apart: (Int, Int)
  ) {
    sourceCount = source.height * source.width
    (apartY, apartX) = apart
    (firstY, firstX) = first
    self.kernelTaps = kernelTaps
    let count = positions.0 * positions.1
    if taps.count == 1, source == positions, source == target, steps == (1, 1), taps[0].offset == 0 {
      // Windows of one pixel lie on a plane as they do on one long row.
      (rows, columns) = (1, count)
      (rowStep, columnStep) = (count, 1)
      (targetHeight, targetWidth) = (1, count)
      self.taps = [Self.tap(0, 0..<1, 0..<count, leads: true)]
    } else {
      (rows, columns) = positions
      (rowStep, columnStep) = (steps.0 * source.width, steps.1)
      (targetHeight, targetWidth) = target
      self.taps = taps
    }
  }

  static func tap(_ offset: Int, _ rows: Range<Int>, _ columns: Range<Int>, leads: Bool) -> kernel_tap {
    kernel_tap(
      offset: offset, first_row: rows.lowerBound, end_row: rows.upperBound, first_column: columns.lowerBound,
      end_column: columns.upperBound, leads: leads ? 1 : 0)
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
