/// One operation of a plan, at fixed shapes.
///
/// Values are dense `[N, ...]` arrays. A step writes its whole output, and in the backward pass the whole gradient of
/// each input that is asked for; the plan adds contributions of several steps up.
protocol Step: Sendable {
  /// The shape of the output.
  var outputShape: [Int] { get }
  /// Floats of working memory that one worker of one pass needs.
  var scratchPerWorker: Int { get }
  /// Floats of working memory that a pass needs besides.
  var sharedScratch: Int { get }
  /// Floats that the forward pass leaves for the backward pass, besides the output.
  var keptCount: Int { get }
  /// Whether the output is the input under another shape, so that both can be one buffer.
  var isView: Bool { get }

  func forward(_ inputs: [UnsafePointer<Float>], _ output: UnsafeMutablePointer<Float>, _ scratch: Scratch)

  func backward(_ pass: BackwardPass, _ scratch: Scratch)
}

/// What a step sees when gradients are walked back through it.
struct BackwardPass: @unchecked Sendable {
  /// The input values.
  let inputs: [UnsafePointer<Float>]
  /// The output value.
  let output: UnsafePointer<Float>
  /// The gradient of the output; complete, and read by nobody after this step, so it may be overwritten.
  let outputGradient: UnsafeMutablePointer<Float>
  /// Where the gradient of each input goes; nil where nobody asks for it.
  let inputGradients: [UnsafeMutablePointer<Float>?]
  /// How ReLUs pass gradients.
  let rule: ReluRule
}

/// Working memory of one pass.
struct Scratch: @unchecked Sendable {
  /// How many workers have memory.
  let workers: Int
  let perWorker: Int
  let base: UnsafeMutablePointer<Float>
  /// What the step keeps from the forward to the backward pass.
  let kept: UnsafeMutablePointer<Float>
  /// Floats of the memory besides that are in use already.
  var used = 0

  /// The memory of one worker.
  func worker(_ index: Int) -> UnsafeMutablePointer<Float> { base + index * perWorker }
  /// The memory that a pass has besides.
  var shared: UnsafeMutablePointer<Float> { base + (workers * perWorker + used) }

  /// The same without some more floats of the memory besides.
  func behind(_ count: Int) -> Scratch {
    var rest = self
    rest.used += count
    return rest
  }
}

extension Step {
  var scratchPerWorker: Int { 0 }
  var sharedScratch: Int { 0 }
  var keptCount: Int { 0 }
  var isView: Bool { false }
}

/// Elements a task of an elementwise step handles: a few microseconds of work.
let elementsPerTask = 32_768

/// Runs `body` over ranges that cover `count` elements, in parallel.
func forEachRange(_ count: Int, _ body: @Sendable (Range<Int>) -> Void) {
  Parallel.forEach((count + elementsPerTask - 1) / elementsPerTask) { task in
    let begin = task * elementsPerTask
    body(begin..<min(begin + elementsPerTask, count))
  }
}
