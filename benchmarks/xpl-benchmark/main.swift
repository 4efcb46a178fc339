// Prints the milliseconds of a mask iteration, or of a RISE mask, and the memory that the process took:
//
//     xpl-benchmark mask|rise THREADS vgg19|NETWORK.onnx COUNT [float16|bfloat16] [small]
//
// benchmarks/run.py sets it against the same work in PyTorch. VGG19 has random weights. The last words say how weights
// are kept; see `WeightOptions`.

import ExplainCore
import Glibc

/// VGG19 with weights from the counter-based generator: the time does not depend on what they are, as long as about
/// half of the activations are positive.
func randomVGG19(_ options: WeightOptions) throws -> Network {
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
  return try Network(name: "vgg19", graph: graph, preprocessing: .torch, weightOptions: options)
}

func residentMegabytes() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss / 1024
}

func milliseconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) * 1e3 + Double(duration.components.attoseconds) * 1e-15
}

let words = CommandLine.arguments
guard words.count >= 5, let threads = Int(words[2]), let count = Int(words[4]) else {
  throw ExplainError(
    .invalidArgument, "usage: xpl-benchmark mask|rise THREADS vgg19|NETWORK.onnx COUNT [float16|bfloat16] [small]")
}
Parallel.threads = threads
var bytes = Random(seed: 1)
let picture = try Picture(
  width: 224, height: 224, pixels: (0..<224 * 224 * 3).map { _ in UInt8(truncatingIfNeeded: bytes.next()) })
var request = ModelRequest(words[3])
for word in words.dropFirst(5) {
  if let precision = WeightOptions.Precision(rawValue: word) {
    request.weightOptions.precision = precision
  } else if let memory = WeightOptions.Memory(rawValue: word) {
    request.weightOptions.memory = memory
  } else {
    throw ExplainError(.invalidArgument, "\(word) is no way to keep weights")
  }
}
let network = words[3] == "vgg19" ? try randomVGG19(request.weightOptions) : try request.load()
let clock = ContinuousClock()
var last = clock.now
var times: [Double] = []
let note: ProgressHandler = { _ in
  let now = clock.now
  times.append(milliseconds(last.duration(to: now)))
  last = now
  return .proceed
}
let result: Double
if words[1] == "rise" {
  var options = RISE()
  options.masks = 32
  _ = try network.explain(picture, by: options)
  options.masks = count
  last = clock.now
  _ = try network.explain(picture, by: options, progress: note)
  result = times.reduce(0, +) / Double(count)
} else {
  var options = MaskOptions()
  options.iterations = count
  _ = try network.explain(picture, by: options, progress: note)
  // The first iterations touch memory for the first time.
  let warm = times.dropFirst(3).sorted()
  result = warm[warm.count / 2]
}
print("ms \(result) resident_mb \(residentMegabytes())")
