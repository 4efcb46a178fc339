// Times the parts of ExplainCore that dominate its methods, for benchmarks/ to set against the peer's.

import ExplainCore

let clock = ContinuousClock()

/// Median, least and greatest of some runs, in milliseconds.
func measure(_ name: String, runs: Int, _ body: () throws -> Void) rethrows {
  try body()
  var times: [Double] = []
  for _ in 0..<runs {
    let elapsed = try clock.measure(body)
    times.append(Double(elapsed.components.attoseconds) * 1e-15 + Double(elapsed.components.seconds) * 1e3)
  }
  times.sort()
  print("\(name) \(times[times.count / 2]) \(times[0]) \(times[times.count - 1])")
}

let vgg = VGG.published["vgg19"]!
let shapes = Dictionary(uniqueKeysWithValues: vgg.tensors.map { ($0.name, $0.dimensions) })
var stream: UInt64 = 0
let graph = try vgg.graph { name in
  stream += 1
  let shape = try Shape(shapes[name]!)
  let fan = Float(shape.count / shape[0])
  let bound = (6 / fan).squareRoot()
  var random = Random(seed: 19, stream: stream)
  return try random.uniform(shape, in: -bound...bound)
}
let network = try Network(name: "vgg19", graph: graph, preprocessing: .torch)
var random = Random(seed: 1)
let picture = try random.uniform(try Shape([1, 3, 224, 224]), in: -1...1)
let gradient = try Tensor((0..<1000).map { $0 == 7 ? 1 : 0 }, [1, 1000])
try measure("vgg19-forward-ms", runs: 8) { _ = try network.trace(picture).logits }
let trace = try network.trace(picture)
try measure("vgg19-backward-ms", runs: 8) { _ = try trace.inputGradient(gradient) }
try measure("vgg19-forward-backward-ms", runs: 8) { _ = try network.trace(picture).inputGradient(gradient) }
