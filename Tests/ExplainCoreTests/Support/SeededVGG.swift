@testable import ExplainCore

/// A VGG whose weights come from the counter-based generator, as tools/goldens/vgg.py makes them.
func seededVGG(
  _ vgg: VGG, seed: UInt64, preprocessing: Preprocessing = .torch, weightOptions: WeightOptions = WeightOptions()
) throws -> Network {
  var tensors: [String: Tensor] = [:]
  for (index, entry) in vgg.tensors.enumerated() {
    let shape = try Shape(entry.dimensions)
    var random = Random(seed: seed, stream: UInt64(index + 1))
    if entry.name.hasSuffix("running_var") || (shape.rank == 1 && entry.name.hasSuffix(".weight")) {
      tensors[entry.name] = try random.uniform(shape, in: 0.5...1.5)
    } else {
      let fan = shape.rank > 1 ? shape.count / shape[0] : 64
      let bound = (Float(6) / Float(fan)).squareRoot()
      tensors[entry.name] = try random.uniform(shape, in: -bound...bound)
    }
  }
  let graph = try vgg.graph { name in
    guard let tensor = tensors[name] else { throw ExplainError(.internal, "no tensor \(name)") }
    return tensor
  }
  return try Network(name: "seeded", graph: graph, preprocessing: preprocessing, weightOptions: weightOptions)
}

/// The input that tools/goldens/vgg.py makes for a seed.
func seededInput(_ dimensions: [Int], seed: UInt64, stream: UInt64 = 0) throws -> Tensor {
  var random = Random(seed: seed, stream: stream)
  return try random.uniform(try Shape(dimensions), in: -1...1)
}
