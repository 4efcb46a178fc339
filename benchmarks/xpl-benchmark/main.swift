// Prints the time of one mask iteration of VGG19 with random weights, and the memory that it took.
//
// benchmarks/run.py sets it against the same iteration in PyTorch.

import ExplainCore
import Glibc

/// VGG19 with weights from the counter-based generator: the time does not depend on what they are, as long as about
/// half of the activations are positive.
func randomVGG19() throws -> Network {
  guard let vgg = VGG.published["vgg19"] else { throw ExplainError(.internal, "no vgg19") }
  let shapes = Dictionary(uniqueKeysWithValues: vgg.tensors.map { ($0.name, $0.dimensions) })
  var stream: UInt64 = 0
  let graph = try vgg.graph { name in
    stream += 1
    let shape = try Shape(shapes[name] ?? [])
    let bound = (6 * Float(shape[0]) / Float(shape.count)).squareRoot()
    var random = Random(seed: 19, stream: stream)
    return try random.uniform(shape, in: -bound...bound)
  }
  return try Network(name: "vgg19", graph: graph, preprocessing: .torch)
}

func residentMegabytes() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss / 1024
}

var bytes = Random(seed: 1)
let picture = try Picture(
  width: 224, height: 224, pixels: (0..<224 * 224 * 3).map { _ in UInt8(truncatingIfNeeded: bytes.next()) })
if CommandLine.arguments.count > 1, let threads = Int(CommandLine.arguments[1]) { Parallel.threads = threads }
var options = MaskOptions()
options.iterations = 12
let clock = ContinuousClock()
var last = clock.now
var times: [Double] = []
_ = try randomVGG19().explain(picture, by: options) { _ in
  let now = clock.now
  let elapsed = last.duration(to: now).components
  times.append(Double(elapsed.seconds) * 1e3 + Double(elapsed.attoseconds) * 1e-15)
  last = now
  return .proceed
}
// The first iterations touch memory for the first time.
let warm = times.dropFirst(3).sorted()
print("iteration_ms \(warm[warm.count / 2]) resident_mb \(residentMegabytes())")
