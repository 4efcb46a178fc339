import ArgumentParser
import ExplainCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where the report goes, and how much is said.
struct ReportOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Write a report; - for standard output, which then has nothing else.", valueName: "file|-"))
  var json: String?

  /// Whether people read standard output, rather than a program that reads the report.
  var isReadable: Bool { json != "-" }

  /// Finds out whether the report can be written, which is better known before the work than after it.
  ///
  /// - Throws: `.io` with the path and the reason.
  func prepare() throws {
    guard let json, json != "-" else { return }
    var status = stat()
    if stat(json, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw ExplainError(.io, "cannot write \(json): a folder of that name is there")
    }
    let slash = json.lastIndex(of: "/")
    let folder = slash.map { $0 == json.startIndex ? "/" : String(json[..<$0]) } ?? "."
    guard access(folder, W_OK) == 0 else {
      throw ExplainError(.io, "cannot write \(json): \(String(cString: strerror(errno)))")
    }
  }

  /// Writes the report, if one is wanted: for several pictures a list.
  ///
  /// - Throws: `.io`.
  func write(_ reports: [JSON], isList: Bool) throws {
    guard let json, !reports.isEmpty else { return }
    try Output.write(isList ? .array(reports) : reports[0], to: json)
  }
}

/// How the work is done.
struct RunOptions: ParsableArguments {
  @Option(help: "Threads to use; all processors if not given. Results do not depend on it.")
  var threads: Int?

  @Flag(name: .shortAndLong, help: "Say nothing but errors.")
  var quiet = false

  func validate() throws {
    guard let threads, !(1...Parallel.maximumThreads).contains(threads) else { return }
    throw ValidationError("--threads is \(threads): it must be 1 to \(Parallel.maximumThreads)")
  }

  /// Sets the library up.
  func apply() {
    if let threads { Parallel.threads = threads }
  }
}
