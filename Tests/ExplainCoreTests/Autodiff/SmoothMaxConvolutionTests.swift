import Testing

@testable import ExplainCore

@Suite struct SmoothMaxConvolutionTests {
  /// Two masks; the kernel is no whole number of steps wide.
  private func sample() throws -> (geometry: SmoothMaxConvolution, parameters: Tensor, direction: Tensor) {
    let geometry = try SmoothMaxConvolution(step: 3, sigma: 5)
    var (values, weights) = (Random(seed: 31, stream: 502), Random(seed: 31, stream: 503))
    let shape = try Shape([2, 1, geometry.extent(parameters: 4), geometry.extent(parameters: 5)])
    return (geometry, try values.uniform(Shape([2, 1, 4, 5])), try weights.uniform(shape, in: 0.5...1.5))
  }

  @Test func agreesWithPyTorch() throws {
    let golden = try Golden("blackbox")
    let (geometry, parameters, direction) = try sample()
    let p = Variable(learned: parameters)
    let mask = try p.smoothMaxConvolved(geometry)
    // Exponentials of up to 20 multiply the rounding of their argument by as much.
    #expect(maximumDifference(mask.value, try golden["smooth_max/mask"]) < 5e-6)
    let gradient = try mask.gradient(withRespectTo: p, outputGradient: direction)
    #expect(relativeL2(gradient, try golden["smooth_max/gradient"]) < 1e-5)
  }

  @Test func agreesWithFiniteDifferences() throws {
    let (geometry, parameters, direction) = try sample()
    let p = Variable(learned: parameters)
    let gradient = try p.smoothMaxConvolved(geometry).gradient(withRespectTo: p, outputGradient: direction)
    let step: Float = 0x1p-8
    func projection(_ element: Int, _ change: Float) throws -> Double {
      var moved = parameters
      try moved.withMutablePointer { $0[element] += change }
      let mask = try Variable(constant: moved).smoothMaxConvolved(geometry).value
      return zip(mask.values, direction.values).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let differences = try (0..<parameters.count).map {
      Float((try projection($0, step) - projection($0, -step)) / Double(2 * step))
    }
    // The third derivative is about 20² times the first: h² / 6 of that is 1e-3.
    #expect(relativeL2(gradient, try Tensor(differences, [2, 1, 4, 5])) < 3e-3)
  }

  @Test func threadsDoNotChangeBits() throws {
    defer { Parallel.threads = 0 }
    let (geometry, parameters, direction) = try sample()
    let gradients = try [1, 2, 3].map { threads in
      Parallel.threads = threads
      let p = Variable(learned: parameters)
      return try p.smoothMaxConvolved(geometry).gradient(withRespectTo: p, outputGradient: direction).values
    }
    #expect(gradients[0] == gradients[1] && gradients[0] == gradients[2])
  }

  /// Whatever step and sigma: the picture lies within the mask, and parameters of 1 show all of it, except that an
  /// average of kernel values is below their maximum.
  @Test func masksCoverThePicture() throws {
    for (step, sigma) in [(7, 21), (1, 1), (64, 1), (5, 8), (9, 10), (2, 7.5), (30, 31)] as [(Int, Float)] {
      let geometry = try SmoothMaxConvolution(step: step, sigma: sigma)
      for extent in [3, 40, 224] {
        let count = geometry.parameters(covering: extent)
        #expect(geometry.extent(parameters: count) >= geometry.margin + extent, "step \(step), sigma \(sigma)")
      }
    }
    let geometry = try SmoothMaxConvolution(step: 7, sigma: 21)
    #expect(geometry.parameters(covering: 224) == 32)
    // TorchRay's masks for VGG.
    #expect(geometry.extent(parameters: 32) == 260)
    let ones = Variable(constant: try Tensor(repeating: 1, shape: Shape([1, 1, 8, 8])))
    let mask = try ones.smoothMaxConvolved(geometry).value.values
    #expect(mask.allSatisfy { $0 > 0 && $0 < 1 })
    #expect((mask.max() ?? 0) > 0.8)
  }

  @Test func whatCannotBeIsAnError() throws {
    for (step, sigma) in [(0, 5), (65, 5), (7, 0.5), (7, 129), (7, .nan)] as [(Int, Float)] {
      #expect(throws: ExplainError.self) { try SmoothMaxConvolution(step: step, sigma: sigma) }
    }
    let geometry = try SmoothMaxConvolution(step: 3, sigma: 5)
    for dimensions in [[1, 2, 4, 4], [4, 4], [0, 1, 4, 4]] {
      let parameters = Variable(constant: try Tensor(repeating: 0, shape: Shape(dimensions)))
      #expect(throws: ExplainError.self) { try parameters.smoothMaxConvolved(geometry) }
    }
    let absurd = Variable(constant: try Tensor([.nan, .infinity, -.infinity, 1e30], [1, 1, 2, 2]))
    #expect(try absurd.smoothMaxConvolved(geometry).shape.count > 0)
  }
}
