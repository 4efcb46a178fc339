import Testing

@testable import ExplainCore

/// Fooling images, FGSM, PGD: on the embedded model, and in their own terms on a small one.
@Suite(.serialized) struct AttackTests {
  @Test func oneFoolingStepIsTheNormalizedGradient() throws {
    let subject = try GradientGolden.subject()
    var options = FoolingImage()
    (options.iterations, options.epsilon) = (1, 255)
    let attack = try options.attack(subject, nil)
    let second = subject.classifier.top(2, of: subject.probabilities)[1].index
    #expect(attack.goal.classes == [second] && attack.goal.isToward)
    let gradient = try subject.retargeted([second]).gradient(of: subject.input)
    let norm = try Variable(constant: gradient).norm().value.item
    let expected = try subject.input.zipped(gradient) { $0 + $1 / norm }
    let clamped = try subject.classifier.preprocessing.clamped(expected)
    #expect(relativeL2(attack.input, clamped) < 1e-6)
    #expect(attack.iterations == 1 && attack.history[0].values.count == 2)
  }

  @Test(arguments: [true, false])
  func oneSignStepReachesTheBox(_ isTargeted: Bool) throws {
    let subject = try GradientGolden.subject()
    var options = FGSM()
    (options.epsilon, options.isTargeted) = (4, isTargeted)
    let attack = try options.attack(subject, nil)
    let target = isTargeted ? subject.classifier.top(2, of: subject.probabilities)[1].index : subject.target.indices[0]
    // The log-probability's derivative, from the probabilities: one at the class, minus the probability of each.
    let direction = try Tensor(subject.probabilities.enumerated().map { ($0 == target ? 1 : 0) - $1 }, [1, 5])
    let gradient = try subject.classifier.trace(subject.input).inputGradient(direction)
    let preprocessing = subject.classifier.preprocessing
    let change = try PixelChange(from: subject.input, to: attack.input, preprocessing).difference.values
    let whole = try preprocessing.clamped(subject.input).values
    var steps = 0
    for (i, slope) in gradient.values.enumerated() {
      #expect(abs(change[i]) <= 4 / 255 + 1e-6)
      // Where the picture's range ends the step does, too.
      guard abs(slope) > 1e-7, whole[i] == subject.input.values[i], abs(change[i]) > 3.99 / 255 else { continue }
      #expect((change[i] > 0) == ((slope > 0) == isTargeted))
      steps += 1
    }
    #expect(steps > change.count / 2)
    #expect((attack.goal.isToward, attack.goal.classes) == (isTargeted, [target]))
  }

  @Test func iteratedStepsStayInTheBox() throws {
    let (network, picture) = try Scene.starAndGear()
    let input = try network.preprocessing.tensor(of: picture)
    for epsilon in [Float(0), 1, 8] {
      var (pgd, fooling) = (PGD(), FoolingImage())
      (pgd.epsilon, pgd.iterations) = (epsilon, 5)
      (fooling.epsilon, fooling.iterations) = (epsilon, 5)
      for method: any ExplanationMethod in [pgd, fooling] {
        let explanation = try explain(picture, with: network, by: method, targets: [])
        let attacked = try #require(explanation.perturbed)
        let change = try PixelChange(from: input, to: attacked, network.preprocessing)
        // Rounding of the normalized picture.
        #expect(change.linf <= epsilon / 255 + 1e-6)
        let reported = try #require(explanation.measure("linf")?.doubleValue)
        #expect(abs(reported - Double(change.linf)) < 1e-6)
        let range = try network.preprocessing.clamped(attacked)
        #expect(maximumDifference(range, attacked) == 0)
      }
    }
  }

  @Test func theTargetIsReached() throws {
    let (network, picture) = try Scene.starAndGear()
    let target = try network.classIndex("heart")
    for method: any ExplanationMethod in [FoolingImage(), PGD.targeted] {
      let explanation = try explain(picture, with: network, by: method, targets: [target])
      #expect(explanation.topAfter[0].index == target)
      #expect(explanation.measure("succeeded") == .bool(true))
      #expect(explanation.measure("toward") == .array([.string("heart")]))
      #expect(explanation.figures.map(\.name) == ["attack", "fooled"])
      #expect(explanation.warnings.isEmpty)
    }
  }

  /// What is written to a file fools as well.
  @Test func roundingIsSurvived() throws {
    let (network, picture) = try Scene.starAndGear()
    var options = FoolingImage()
    options.confidence = 0.6
    let explanation = try network.explain(picture, by: options, targets: [try network.classIndex("ring")])
    #expect(explanation.measure("succeeded_after_rounding") == .bool(true))
    let written = try Picture(decoding: try explanation.png(.perturbed), name: "attacked")
    let top = try network.classify(written, top: 1)[0]
    #expect(top.name == "ring" && top.probability >= 0.6)
  }

  @Test func withoutATargetTheSecondClassIsTaken() throws {
    let (network, picture) = try Scene.starAndGear()
    let top = try network.classify(picture, top: 2)
    for targets in [[], [top[0].index]] {
      let explanation = try network.explain(picture, by: FoolingImage(), targets: targets)
      #expect(explanation.topAfter[0].index == top[1].index)
      #expect(explanation.warnings.contains { $0.contains(top[1].name) })
    }
  }

  /// A picture that is not taken for the target before the attack needs none to be away from it.
  @Test func anAttackWithNothingToDoSaysSo() throws {
    let (network, picture) = try Scene.starAndGear()
    let explanation = try network.explain(picture, by: FGSM(), targets: [try network.classIndex("star")])
    #expect(explanation.topBefore[0].name == "gear")
    #expect(explanation.warnings.contains { $0.contains("before the attack") })
  }

  private func explain(
    _ picture: Picture, with network: Network, by method: some ExplanationMethod, targets: [Int]
  ) throws -> Explanation {
    try network.explain(picture, by: method, targets: targets)
  }
}

extension PGD {
  fileprivate static var targeted: PGD {
    var options = PGD()
    options.isTargeted = true
    return options
  }
}

extension Subject {
  /// The same picture, asked about other classes.
  fileprivate func retargeted(_ classes: [Int]) -> Subject {
    Subject(
      classifier: classifier, picture: picture, fitted: fitted, input: input, probabilities: probabilities,
      target: Target(indices: classes, isGiven: true), seed: seed, reference: reference)
  }
}

extension Explanation {
  /// A number of the method's own.
  func measure(_ name: String) -> JSON? { measures.first { $0.name == name }?.value }
}
