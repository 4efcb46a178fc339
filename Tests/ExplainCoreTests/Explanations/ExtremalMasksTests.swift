import Testing

@testable import ExplainCore

@Suite(.serialized) struct ExtremalMasksTests {
  private static func method(_ variant: ExtremalMasks.Variant) -> ExtremalMasks {
    var method = ExtremalMasks()
    (method.areas, method.iterations, method.step, method.sigma, method.blur) = ([0.1, 0.3], 20, 4, 8, 6)
    (method.variant, method.isContrastive) = (variant, variant == .dual)
    return method
  }

  @Test(arguments: ExtremalMasks.Variant.allCases)
  func historyFollowsPyTorch(_ variant: ExtremalMasks.Variant) throws {
    let golden = try Golden("blackbox")
    let prefix = "extremal/\(variant.rawValue)"
    let subject = try BlackBoxGolden.subject(BlackBoxGolden.network())
    let learner = try ExtremalLearner(Self.method(variant), subject)
    // From ones, pixels would be equal whose order in the sorted mask is then arbitrary.
    var random = Random(seed: 31, stream: 504)
    let outcome = try learner.learn(from: random.uniform(learner.start().shape, in: 0.5...1), nil)
    let loss = try Tensor(outcome.history[0].values, [20])
    let rewards = try Tensor(
      (0..<20).flatMap { [outcome.history[2].values[$0], outcome.history[4].values[$0]] }, [20, 2])
    let mask = try learner.shown(learner.whole(Variable(constant: outcome.parameters))).value
    let lossDifference = relativeL2(loss, try golden["\(prefix)/loss"])
    let maskDifference = maximumDifference(mask, try golden["\(prefix)/mask"])
    print("extremal \(variant): loss \(lossDifference) relative, mask \(maskDifference) at most")
    // Rounding grows over the iterations; 1e-3 is what the first 20 allow.
    #expect(lossDifference < 1e-3)
    #expect(maximumDifference(rewards, try golden["\(prefix)/reward"]) < 1e-3)
    #expect(maskDifference < 1e-3)
    #expect(maximumDifference(outcome.parameters, try golden["\(prefix)/parameters"]) < 1e-3)
  }

  @Test func findingsHaveAMaskForEachArea() throws {
    let subject = try BlackBoxGolden.subject(BlackBoxGolden.network())
    let findings = try Self.method(.preserve).findings(about: subject, progress: nil)
    #expect(findings.figures.map(\.name) == ["area-0.1", "area-0.3"])
    #expect(findings.importance.shape.dimensions == [40, 56])
    #expect(findings.mask?.shape.dimensions == [10, 14])
    #expect(findings.perturbed?.shape.dimensions == [1, 3, 40, 56])
    #expect(findings.importance.values.max() == 1)
    let measures = try #require(findings.measures.first?.value.arrayValue)
    #expect(measures.map { $0["area"]?.doubleValue } == [0.1, 0.3])
    #expect(findings.history.map(\.name) == ["loss", "score", "reward_0.1", "area_0.1", "reward_0.3", "area_0.3"])
  }

  /// After enough iterations masks are nearly black and white, and of their areas.
  @Test func masksReachTheirAreas() throws {
    let subject = try BlackBoxGolden.subject(BlackBoxGolden.network())
    var method = Self.method(.preserve)
    method.iterations = 150
    let learner = try ExtremalLearner(method, subject)
    let whole = try learner.whole(Variable(constant: learner.learn(from: learner.start(), nil).parameters))
    let areas = try whole.mean([1, 2, 3]).value.values
    print("extremal: areas 0.1 and 0.3 came out as \(areas)")
    #expect(abs(areas[0] - 0.1) < 0.05 && abs(areas[1] - 0.3) < 0.05)
  }

  @Test func threadsDoNotChangeBits() throws {
    defer { Parallel.threads = 0 }
    let network = try BlackBoxGolden.network()
    var method = Self.method(.dual)
    method.iterations = 4
    let maps = try [1, 2, 3].map { threads in
      Parallel.threads = threads
      return try method.findings(about: BlackBoxGolden.subject(network), progress: nil).importance.values
    }
    #expect(maps[0] == maps[1] && maps[0] == maps[2])
  }

  /// Masks are learned for themselves, whichever go through the network together: only roundings differ.
  @Test(arguments: [ExtremalMasks.Variant.preserve, .dual])
  func memoryBoundsTheBatch(_ variant: ExtremalMasks.Variant) throws {
    let subject = try BlackBoxGolden.subject(BlackBoxGolden.network())
    var method = Self.method(variant)
    method.areas = [0.1, 0.2, 0.4]
    let findings = try [1, 4, 1000].map { size in
      try withBatches(of: size, subject.classifier, isDifferentiable: true) {
        try method.findings(about: subject, progress: nil)
      }
    }
    for other in findings.dropFirst() {
      #expect(relativeL2(other.importance, findings[0].importance) < 1e-4)
      #expect(other.history.map(\.name) == findings[0].history.map(\.name))
      for (a, b) in zip(other.history, findings[0].history) {
        #expect(zip(a.values, b.values).allSatisfy { abs($0 - $1) < 1e-3 * max(1, abs($0)) })
      }
    }
  }

  @Test func cancellingKeepsWhatWasLearned() throws {
    let subject = try BlackBoxGolden.subject(BlackBoxGolden.network())
    var steps: [Int] = []
    let findings = try Self.method(.delete).findings(about: subject) { progress in
      steps.append(progress.step)
      return progress.step == 3 ? .cancel : .proceed
    }
    #expect(steps == [1, 2, 3])
    #expect(findings.isInterrupted && findings.iterations == 3)
    #expect(findings.history.allSatisfy { $0.values.count == 3 })
  }

  @Test(arguments: [
    ("areas", "0"), ("areas", "0.1,1.1"), ("areas", "-0.1"), ("areas", "nan"), ("areas", ""), ("areas", "0.1,0.1"),
    ("iterations", "0"), ("step", "0"), ("step", "65"), ("sigma", "0"), ("sigma", "113"), ("levels", "1"),
    ("blur", "0"), ("learning-rate", "0"), ("momentum", "1"), ("area-weight", "inf"), ("area-growth", "0"),
    ("variant", "magic"), ("contrastive", "maybe"),
  ])
  func refuses(_ name: String, _ value: String) {
    let message = errorMessage {
      var method = ExtremalMasks()
      try method.set(name, to: value)
      try method.validate()
    }
    #expect(message.contains(name) && !message.contains("\n"))
  }

  @Test func aGradientIsNeeded() throws {
    let network = ScoresAlone(base: try BlackBoxGolden.network())
    let picture = try network.preprocessing.picture(of: BlackBoxGolden.input())
    #expect(
      errorMessage { _ = try network.explain(picture, by: ExtremalMasks()) }
        == "method extremal needs a gradient, which the model scores-alone does not give: it has no backward function")
  }
}
