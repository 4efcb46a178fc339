// How well explanations find objects whose pixels are known, and what attacks do to the embedded model.
//
//     scenes-benchmark locate [METHOD[:option=value[:...]] ...]   a table of methods; all that say where, if none is named
//     scenes-benchmark fool   [METHOD[:option=value[:...]] ...]   of attacks: fool, fgsm and pgd if none is named
//     scenes-benchmark detect [detect[:option=value[:...]]]       of attacks that are found and undone
//     scenes-benchmark visualize                                  of classes that are painted and recognized
//
// `--scenes N` anywhere takes only the first N scenes with one object and the first N with two; there are 48 of each.
// It is run in the repository's folder, whose benchmarks/scenes it reads.

import ExplainCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

func run(_ arguments: [String]) throws {
  var arguments = arguments
  var limit = Int.max
  if let place = arguments.firstIndex(of: "--scenes") {
    guard place + 1 < arguments.count, let count = Int(arguments[place + 1]), count > 0 else {
      throw ExplainError(.invalidArgument, "--scenes needs a number above 0")
    }
    limit = count
    arguments.removeSubrange(place...place + 1)
  }
  let table = arguments.isEmpty ? "locate" : arguments.removeFirst()
  let network = try ModelRequest("scenes").load()
  let scenes = try HeldOutScene.load(first: limit)
  switch table {
  case "locate": try Localization.print(arguments, scenes, network)
  case "fool": try Fooling.print(arguments, scenes, network)
  case "detect": try Detection.print(arguments, scenes, network)
  case "visualize": try Visualization.print(scenes, network)
  default:
    throw ExplainError(.invalidArgument, "no table \(table): there are locate, fool, detect and visualize")
  }
}

do {
  try run(Array(CommandLine.arguments.dropFirst()))
} catch let error as ExplainError {
  print("scenes-benchmark: \(error.message)")
  exit(1)
}
