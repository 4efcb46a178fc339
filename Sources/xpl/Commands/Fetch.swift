import ArgumentParser
struct Fetch: ParsableCommand {
  func run() throws {}
}
