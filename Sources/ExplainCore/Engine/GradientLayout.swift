/// Where gradients lie during a backward pass; memory is reused as soon as a gradient has been consumed.
struct GradientPlaces {
  fileprivate let offsets: [Int: Int]
  fileprivate let additions: [Slot: Int]
  /// Floats of all.
  let count: Int

  fileprivate struct Slot: Hashable {
    let stage: Int
    let position: Int
  }

  /// - Parameters:
  ///   - output: the value that the pass begins at.
  ///   - counts: the number of elements of each value.
  init(_ builder: PlanBuilder, output: Int, counts: [Int: Int]) {
    let output = builder.root[output] ?? output
    // Stages that are not walked back keep their place in time, and pass nothing on.
    let stages = builder.steps.map { (inputs: $0.isDifferentiable ? $0.inputs : [], output: $0.output) }
    // Time runs backward: stage i is walked back at time `stages.count - i`, after the output's gradient at time 0.
    let end = stages.count + 1
    // The input is made by no stage, though a view may stand for it later on.
    var produced = [0: end]
    for (index, stage) in stages.enumerated() where produced[stage.output] == nil {
      produced[stage.output] = stages.count - index
    }
    var firstUse = [output: 0]
    for (index, stage) in stages.enumerated().reversed() {
      for input in stage.inputs where firstUse[input] == nil { firstUse[input] = stages.count - index }
    }
    var arena = Arena()
    var offsets: [Int: Int] = [:]
    for (value, start) in firstUse.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
      offsets[value] = arena.place(counts[value, default: 0], during: start...max(start, produced[value] ?? end))
    }
    // A contribution that is not a value's first needs a place of its own while its stage is walked back. Which one
    // is first depends on the target of the pass, so every value with several uses gets one for each use.
    var uses: [Int: Int] = [output: 1]
    for stage in stages { for input in stage.inputs { uses[input, default: 0] += 1 } }
    var additions: [Slot: Int] = [:]
    for (index, stage) in stages.enumerated() {
      for (position, input) in stage.inputs.enumerated() where uses[input, default: 0] > 1 {
        let time = stages.count - index
        additions[Slot(stage: index, position: position)] = arena.place(counts[input, default: 0], during: time...time)
      }
    }
    count = arena.count
    self.offsets = offsets
    self.additions = additions
  }
}

/// The memory of the gradients of a backward pass.
final class GradientLayout {
  private let places: GradientPlaces
  private let storage: Storage

  /// - Throws: `.outOfMemory`.
  init(_ places: GradientPlaces) throws {
    self.places = places
    storage = try Storage(count: places.count)
  }

  /// The gradient of a value.
  func gradient(_ value: Int) -> UnsafeMutablePointer<Float> {
    guard let offset = places.offsets[value] else { preconditionFailure("a value without a place for its gradient") }
    return storage.pointer + offset
  }

  /// Where a further contribution to a stage's input goes before it is added.
  func addition(stage: Int, position: Int) -> UnsafeMutablePointer<Float> {
    guard let offset = places.additions[GradientPlaces.Slot(stage: stage, position: position)] else {
      preconditionFailure("a contribution without a place")
    }
    return storage.pointer + offset
  }
}
