/// The small network that perturbs a picture [roberto1648]: one convolution, used again and again.
///
///     repeat `blocks` times:
///       repeat `layers` times:  g = kernel * g + bias
///       g = relu(g)
///     g = (g - min g) / max(g - min g) * (max x - min x) + min x
struct PerturbingGenerator {
  /// `[3, 3, size, size]`, shared by all blocks and layers.
  var kernel: Tensor
  /// `[3]`, shared as the kernel is.
  var bias: Tensor
  let blocks: Int
  let layers: Int

  /// Weights as PyTorch's `Conv2d` begins: uniform within 1 over the root of the inputs that a sum has.
  ///
  /// - Parameter size: width of the kernel; an even one becomes the next odd one.
  /// - Throws: `.outOfMemory`.
  init(size: Int, blocks: Int, layers: Int, seed: UInt64) throws {
    let size = size | 1
    let bound = 1 / Float(3 * size * size).squareRoot()
    var (kernelRandom, biasRandom) = (Random(seed: seed, stream: 1), Random(seed: seed, stream: 2))
    kernel = try kernelRandom.uniform(Shape([3, 3, size, size]), in: -bound...bound)
    bias = try biasRandom.uniform(Shape([3]), in: -bound...bound)
    self.blocks = blocks
    self.layers = layers
  }

  /// The perturbed picture; nil where the generator is dead: its output is one constant, which no range can be
  /// given to.
  ///
  /// - Throws: `.invalidArgument` for a kernel larger than the picture; `.outOfMemory`.
  func perturbed(_ x: Variable, kernel: Variable, bias: Variable) throws -> Variable? {
    var g = x
    for _ in 0..<blocks {
      for _ in 0..<layers { g = try g.convolved(with: kernel, bias: bias, padding: kernel.shape[2] / 2) }
      g = try g.relu()
    }
    g = try g - g.min()
    let extent = try g.max()
    guard extent.value.item > 0 else { return nil }
    let (low, high) = (try x.min(), try x.max())
    return try g / extent * (high - low) + low
  }
}
