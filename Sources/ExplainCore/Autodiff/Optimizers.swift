#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Adam with bias correction, by Kingma and Ba (2014), in the arithmetic of `torch.optim.Adam`; one for a parameter.
public struct Adam {
  /// The step size.
  public var learningRate: Double
  /// How much of the mean of gradients is kept, in `[0, 1)`.
  public let beta1: Double
  /// How much of the mean of squared gradients is kept, in `[0, 1)`.
  public let beta2: Double
  /// Added to the root of the mean of squares.
  public let epsilon: Double

  private var steps = 0
  private var mean: Tensor?
  private var meanSquare: Tensor?

  /// An optimizer before its first step; the defaults are the paper's.
  public init(learningRate: Double = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  /// Moves a parameter against its gradient.
  ///
  /// - Throws: `.invalidArgument` if the shape is not the parameter's, or not the one of the steps before;
  ///   `.outOfMemory`.
  public mutating func step(_ parameter: inout Tensor, gradient: Tensor) throws {
    var mean = try self.mean ?? Tensor(repeating: 0, shape: parameter.shape)
    var meanSquare = try self.meanSquare ?? Tensor(repeating: 0, shape: parameter.shape)
    try requireShape(mean.shape, parameter, gradient)
    // Dropped while they are written, so that they need not be copied.
    (self.mean, self.meanSquare) = (nil, nil)
    steps += 1
    let stepSize = Float(-learningRate / (1 - pow(beta1, Double(steps))))
    let correction = Float((1 - pow(beta2, Double(steps))).squareRoot())
    let (rest1, keep2, rest2, epsilon) = (Float(1 - beta1), Float(beta2), Float(1 - beta2), Float(epsilon))
    let count = parameter.count
    try gradient.withPointer { gradient in
      try mean.withMutablePointer { mean in
        try meanSquare.withMutablePointer { meanSquare in
          try parameter.withMutablePointer { parameter in
            for i in 0..<count {
              let g = gradient[i]
              mean[i] += rest1 * (g - mean[i])
              meanSquare[i] = meanSquare[i] * keep2 + rest2 * g * g
              parameter[i] += stepSize * mean[i] / (meanSquare[i].squareRoot() / correction + epsilon)
            }
          }
        }
      }
    }
    (self.mean, self.meanSquare) = (mean, meanSquare)
  }
}

/// Gradient descent with momentum, in the arithmetic of `torch.optim.SGD`; one for a parameter.
public struct SGD {
  /// The step size.
  public var learningRate: Double
  /// How much of the last direction is kept; 0 is plain descent.
  public let momentum: Double
  /// How much of a gradient is left out of the direction, from the second step on.
  public let dampening: Double

  private var direction: Tensor?

  /// An optimizer before its first step.
  public init(learningRate: Double, momentum: Double = 0, dampening: Double = 0) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.dampening = dampening
  }

  /// Moves a parameter against its gradient.
  ///
  /// The first direction is the first gradient, undampened, as in PyTorch.
  ///
  /// - Throws: as `Adam.step`.
  public mutating func step(_ parameter: inout Tensor, gradient: Tensor) throws {
    try requireShape(direction?.shape ?? parameter.shape, parameter, gradient)
    if momentum != 0 {
      let (keep, rest) = (Float(momentum), Float(1 - dampening))
      direction = try direction?.zipped(gradient) { keep * $0 + rest * $1 } ?? gradient
    }
    let (count, rate) = (parameter.count, Float(learningRate))
    try (direction ?? gradient).withPointer { direction in
      try parameter.withMutablePointer { parameter in for i in 0..<count { parameter[i] -= rate * direction[i] } }
    }
  }
}

private func requireShape(_ state: Shape, _ parameter: Tensor, _ gradient: Tensor) throws {
  guard parameter.shape == state, gradient.shape == state else {
    throw ExplainError.invalid(
      "an optimizer of shape \(state) for a parameter of shape \(parameter.shape), gradient \(gradient.shape)")
  }
}
