#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// One line on a terminal that is drawn again and again; nothing where standard error is no terminal.
final class ProgressBar {
  private static let barWidth = 20
  private static let labelWidth = 24
  private static let interval = Duration.milliseconds(100)

  private let isShown: Bool
  private let label: String
  private let clock = ContinuousClock()
  private let began: ContinuousClock.Instant
  private var drawn: ContinuousClock.Instant?

  init(label: String, isQuiet: Bool = false) {
    let terminal = getenv("TERM").map { String(cString: $0) } ?? ""
    isShown = !isQuiet && isatty(STDERR_FILENO) == 1 && terminal != "dumb"
    self.label = label.onOneLine
    began = clock.now
  }

  /// Draws, unless it did so a moment ago.
  ///
  /// - Parameter details: what stands behind the bar, given the seconds since the beginning.
  func update(done: Int, of total: Int, details: (_ seconds: Double) -> String) {
    guard isShown else { return }
    let now = clock.now
    if let drawn, drawn.duration(to: now) < ProgressBar.interval { return }
    drawn = now
    let share = total > 0 ? min(1, max(0, Double(done) / Double(total))) : 0
    let seconds = began.duration(to: now) / .seconds(1)
    Output.note("\r\(line(share, details(seconds), width: ProgressBar.columns - 1))\u{1B}[K")
  }

  /// What people need most stays longest where the terminal is narrow: the numbers, then the label, then the bar.
  private func line(_ share: Double, _ details: String, width: Int) -> String {
    let percent = Text.fixed(100 * share, 0)
    let numbers = "\(String(repeating: " ", count: 3 - percent.count))\(percent) %  \(details)"
    let name = label.count <= ProgressBar.labelWidth ? label : label.prefix(ProgressBar.labelWidth - 3) + "..."
    let room = width - numbers.count
    guard room > name.count else { return String(numbers.prefix(width)) }
    let barWidth = min(room - name.count - 4, ProgressBar.barWidth)
    guard barWidth >= 5 else { return "\(name) \(numbers)" }
    let filled = Int(share * Double(barWidth))
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: barWidth - filled)
    return "\(name) [\(bar)] \(numbers)"
  }

  /// Takes the line away.
  func finish() {
    if drawn != nil { Output.note("\r\u{1B}[K") }
    drawn = nil
  }

  /// Time left at the pace so far.
  static func left(done: Int, of total: Int, seconds: Double) -> String {
    guard done > 0, total >= done else { return "" }
    return "\(Text.clock(seconds / Double(done) * Double(total - done))) left"
  }

  private static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 80 }
    return Int(size.ws_col)
  }
}
