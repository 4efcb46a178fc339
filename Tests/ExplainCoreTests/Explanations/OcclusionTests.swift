import Testing

@testable import ExplainCore

@Suite(.serialized) struct OcclusionTests {
  /// Captum covers the same positions, the last ones cut at the edges, and divides by how often a pixel was covered.
  @Test func agreesWithCaptum() throws {
    let golden = try Golden("blackbox")
    let subject = try BlackBoxGolden.subject(ScoresAlone(base: BlackBoxGolden.network()))
    var mean = Occlusion()
    (mean.patch, mean.stride) = (9, 4)
    var zero = Occlusion()
    (zero.patch, zero.stride, zero.fill, zero.score) = (13, 13, .zero, .logit)
    for (name, method) in [("mean", mean), ("zero", zero)] {
      let map = try #require(try method.findings(about: subject, progress: nil).map)
      let difference = relativeL2(map, try golden["occlusion/\(name)"])
      print("occlusion \(name): relative L2 difference from Captum", difference)
      #expect(difference < 1e-4)
    }
  }

  @Test func theTargetDecidesWhatLightsUp() throws {
    let scene = try TwoObjects()
    var method = Occlusion()
    method.stride = 16
    let star = try scene.shares(scene.network.explain(scene.picture, by: method, targets: [0]))
    let gear = try scene.shares(
      scene.network.explain(scene.picture, by: method, targets: [scene.network.classIndex("gear")]))
    print("occlusion: shares on star and gear, for star \(star), for gear \(gear)")
    #expect(star.star > 2 * star.gear)
    #expect(gear.gear > 2 * gear.star)
  }

  @Test func everyFillRunsWithScoresAlone() throws {
    let network = ScoresAlone(base: try BlackBoxGolden.network())
    for fill in Occlusion.Fill.allCases {
      var method = Occlusion()
      (method.patch, method.stride, method.fill) = (12, 12, fill)
      let findings = try method.findings(about: BlackBoxGolden.subject(network), progress: nil)
      #expect(findings.importance.values.allSatisfy { (0...1).contains($0) })
      #expect(findings.iterations == 20)
    }
  }

  @Test func threadsDoNotChangeBits() throws {
    defer { Parallel.threads = 0 }
    let subject = try BlackBoxGolden.subject(BlackBoxGolden.network())
    var method = Occlusion()
    (method.patch, method.stride) = (8, 8)
    let maps = try [1, 2, 3].map { threads in
      Parallel.threads = threads
      return try method.findings(about: subject, progress: nil).map?.values
    }
    #expect(maps[0] == maps[1] && maps[0] == maps[2])
  }

  @Test func cancellingKeepsWhatWasFound() throws {
    let subject = try BlackBoxGolden.subject(BlackBoxGolden.network())
    var method = Occlusion()
    (method.patch, method.stride) = (8, 8)
    var steps: [Int] = []
    let findings = try withBatches(of: 8, subject.classifier) {
      try method.findings(about: subject) { progress in
        steps.append(progress.step)
        return progress.step == 16 ? .cancel : .proceed
      }
    }
    #expect(steps == [8, 16])
    #expect(findings.isInterrupted && findings.iterations == 16)
    // Two rows of seven patches and two more: below them nothing is known.
    #expect(try #require(findings.map).values[(24 * 56)...].allSatisfy { $0 == 0 })
    #expect(findings.importance.values.contains { $0 > 0 })
  }

  @Test(arguments: [
    ("patch", "0"), ("patch", "5000"), ("stride", "0"), ("stride", "33"), ("constant", "1,2"), ("constant", "1,2,nan"),
    ("fill", "magic"), ("score", "loud"), ("patch", "99999999999999999999"),
  ])
  func refuses(_ name: String, _ value: String) {
    let message = errorMessage {
      var method = Occlusion()
      try method.set(name, to: value)
      try method.validate()
    }
    #expect(message.contains(name) && !message.contains("\n"))
  }

  @Test func aPatchLargerThanThePictureIsAnError() throws {
    let subject = try BlackBoxGolden.subject(BlackBoxGolden.network())
    var method = Occlusion()
    method.patch = 41
    #expect(
      errorMessage { _ = try method.findings(about: subject, progress: nil) }
        == "patch is 41: the network's input has only 56x40 pixels")
    #expect(errorMessage { _ = try Occlusion(preset: "paper") }.contains("no presets"))
  }
}
