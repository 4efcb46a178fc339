/// What went wrong, in one line that names the thing and the limit.
///
/// Every error that leaves the library is of this type; the C ABI hands `kind` out as a status and `message` as
/// the thread's last error.
public struct ExplainError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The class of a failure; raw values are the C ABI's status numbers.
  public enum Kind: Int32, Sendable, CaseIterable {
    /// An argument is out of range, of the wrong shape, or contradicts another one.
    case invalidArgument = 1
    /// A file could not be opened, read or written.
    case io = 2
    /// A file is damaged, or not of the format that it claims.
    case badFile = 3
    /// The input is valid but needs something that this library does not do.
    case unsupported = 4
    /// Memory could not be had.
    case outOfMemory = 5
    /// A progress callback asked to stop.
    case cancelled = 6
    /// A callback model reported a failure.
    case callback = 7
    /// A mistake of this library.
    case `internal` = 8
  }

  /// The class of the failure.
  public let kind: Kind
  /// One line, without a full stop at its end, that a user can act upon.
  public let message: String

  /// Makes an error of `kind`; what would break the line or steer a terminal, as in a path, becomes `?`.
  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message.onOneLine
  }

  /// The message alone.
  public var description: String { message }

  static func invalid(_ message: String) -> ExplainError { ExplainError(.invalidArgument, message) }
  static func io(_ message: String) -> ExplainError { ExplainError(.io, message) }
  static func badFile(_ message: String) -> ExplainError { ExplainError(.badFile, message) }
  static func unsupported(_ message: String) -> ExplainError { ExplainError(.unsupported, message) }
}
