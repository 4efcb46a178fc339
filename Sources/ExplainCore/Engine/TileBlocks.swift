/// The tiles of a batch of images, in the order of pictures, rows and columns, divided into blocks of nearly equal size.
struct TileBlocks: Sendable {
  let batch, rows, columns: Int
  /// Tiles of a block, at most.
  let most: Int
  /// How many blocks there are.
  let count: Int

  init(batch: Int, rows: Int, columns: Int, most: Int) {
    self.batch = batch
    self.rows = rows
    self.columns = columns
    count = (batch * rows * columns + most - 1) / most
    self.most = most
  }

  /// How many tiles there are.
  var tiles: Int { batch * rows * columns }

  /// The tiles of a block.
  subscript(block: Int) -> Range<Int> { block * tiles / count..<(block + 1) * tiles / count }

  /// Calls `body` for each run of tiles of one picture's row: its row and first column, and which tiles of the range
  /// it holds, counted from 0.
  func forEachRun(
    _ range: Range<Int>, _ body: (_ picture: Int, _ row: Int, _ column: Int, _ tiles: Range<Int>) -> Void
  ) {
    var tile = range.lowerBound
    while tile < range.upperBound {
      let (line, column) = tile.quotientAndRemainder(dividingBy: columns)
      let (picture, row) = line.quotientAndRemainder(dividingBy: rows)
      let end = min(range.upperBound, tile + columns - column)
      body(picture, row, column, tile - range.lowerBound..<end - range.lowerBound)
      tile = end
    }
  }
}
