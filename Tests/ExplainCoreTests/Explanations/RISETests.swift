import Foundation
import Testing

@testable import ExplainCore

@Suite(.serialized) struct RISETests {
  private static func method(_ masks: Int) -> RISE {
    var method = RISE()
    method.masks = masks
    return method
  }

  /// The same random numbers give the same masks, and these the same map.
  @Test func agreesWithPyTorch() throws {
    let subject = try BlackBoxGolden.subject(ScoresAlone(base: BlackBoxGolden.network()))
    let map = try #require(try Self.method(50).findings(about: subject, progress: nil).map)
    let difference = relativeL2(map, try Golden("blackbox")["rise"])
    print("rise: relative L2 difference from PyTorch", difference)
    #expect(difference < 1e-4)
  }

  @Test func theTargetDecidesWhatLightsUp() throws {
    let scene = try TwoObjects()
    let method = Self.method(160)
    let star = try scene.shares(scene.network.explain(scene.picture, by: method, targets: [0]))
    let gear = try scene.shares(
      scene.network.explain(scene.picture, by: method, targets: [scene.network.classIndex("gear")]))
    print("rise with 160 masks: shares on star and gear, for star \(star), for gear \(gear)")
    #expect(star.star > star.gear)
    #expect(gear.gear > gear.star)
  }

  @Test func seedsRepeatForAnyNumberOfThreads() throws {
    defer { Parallel.threads = 0 }
    let network = try BlackBoxGolden.network()
    let maps = try [1, 2, 3].map { threads in
      Parallel.threads = threads
      return try Self.method(20).findings(about: BlackBoxGolden.subject(network), progress: nil).map?.values
    }
    #expect(maps[0] == maps[1] && maps[0] == maps[2])
    let other = try Self.method(20).findings(about: BlackBoxGolden.subject(network, seed: 5), progress: nil)
    #expect(other.map?.values != maps[0])
  }

  /// A run that is stopped is the run with as many masks.
  @Test func cancellingKeepsWhatWasFound() throws {
    let subject = try BlackBoxGolden.subject(BlackBoxGolden.network())
    let (stopped, whole) = try withBatches(of: 8, subject.classifier) {
      (
        try Self.method(4000).findings(about: subject) { $0.step == 16 ? .cancel : .proceed },
        try Self.method(16).findings(about: subject, progress: nil)
      )
    }
    #expect(stopped.isInterrupted && !whole.isInterrupted)
    #expect(stopped.iterations == 16)
    #expect(stopped.map?.values == whole.map?.values)
  }

  @Test(arguments: [
    ("masks", "0"), ("masks", "2000000"), ("grid", "0"), ("grid", "65"), ("probability", "0"), ("probability", "1"),
    ("probability", "nan"), ("score", "loud"), ("masks", "1e3"),
  ])
  func refuses(_ name: String, _ value: String) {
    let message = errorMessage {
      var method = RISE()
      try method.set(name, to: value)
      try method.validate()
    }
    #expect(message.contains(name) && !message.contains("\n"))
  }

  /// One cell, and more cells than there are pixels.
  @Test(arguments: [1, 64]) func unusualGridsRun(_ grid: Int) throws {
    var method = Self.method(8)
    method.grid = grid
    let findings = try method.findings(
      about: BlackBoxGolden.subject(BlackBoxGolden.network()), progress: nil)
    #expect(findings.importance.values.allSatisfy { (0...1).contains($0) })
  }
}
