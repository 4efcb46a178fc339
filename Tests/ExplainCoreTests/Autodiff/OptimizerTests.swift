import Testing

@testable import ExplainCore

@Suite struct OptimizerTests {
  /// Twenty steps on PyTorch's gradients; the path is compared after each.
  private func follow(_ name: String, _ step: (inout Tensor, Tensor) throws -> Void) throws {
    let golden = try Golden("autodiff")
    var parameter = try golden["trajectory.\(name).start"]
    let gradients = try golden["trajectory.\(name).gradients"]
    let path = try golden["trajectory.\(name).path"]
    let size = parameter.count
    for i in 0..<20 {
      try step(&parameter, Tensor(Array(gradients.values[i * size..<(i + 1) * size]), [size]))
      let expected = try Tensor(Array(path.values[i * size..<(i + 1) * size]), [size])
      // One or two roundings a step, of parameters below 2: PyTorch may fuse multiplications and additions.
      #expect(maximumDifference(parameter, expected) <= 1.2e-7 * Float(i + 2), "step \(i)")
    }
  }

  @Test func adam() throws {
    var optimizer = Adam(learningRate: 0.1)
    try follow("adam") { try optimizer.step(&$0, gradient: $1) }
  }

  @Test func adamWithOtherConstants() throws {
    var optimizer = Adam(learningRate: 0.2, beta1: 0.9, beta2: 0.99, epsilon: 1e-6)
    try follow("adamFast") { try optimizer.step(&$0, gradient: $1) }
  }

  @Test func gradientDescent() throws {
    var optimizer = SGD(learningRate: 0.05)
    try follow("sgd") { try optimizer.step(&$0, gradient: $1) }
  }

  @Test func momentum() throws {
    var optimizer = SGD(learningRate: 0.05, momentum: 0.9)
    try follow("momentum") { try optimizer.step(&$0, gradient: $1) }
  }

  @Test func dampenedMomentum() throws {
    var optimizer = SGD(learningRate: 0.05, momentum: 0.8, dampening: 0.5)
    try follow("dampened") { try optimizer.step(&$0, gradient: $1) }
  }

  @Test func otherShapesAreErrors() throws {
    var (adam, descent) = (Adam(), SGD(learningRate: 1, momentum: 0.9))
    var parameter = try Tensor([1, 2], [2])
    var other = try Tensor([1, 2, 3], [3])
    let gradient = try Tensor([1, 1], [2])
    #expect(throws: ExplainError.self) { try adam.step(&other, gradient: gradient) }
    #expect(throws: ExplainError.self) { try descent.step(&other, gradient: gradient) }
    try adam.step(&parameter, gradient: gradient)
    try descent.step(&parameter, gradient: gradient)
    let next = other
    #expect(throws: ExplainError.self) { try adam.step(&other, gradient: next) }
    #expect(throws: ExplainError.self) { try descent.step(&other, gradient: next) }
    // The state is still that of the first step.
    try adam.step(&parameter, gradient: gradient)
  }
}
