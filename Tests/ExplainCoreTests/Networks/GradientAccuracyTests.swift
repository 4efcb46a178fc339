import Testing

@testable import ExplainCore

/// How exact the arithmetic of a gradient is: against the same gradient in double precision.
@Suite(.serialized) struct GradientAccuracyTests {
  /// A few ReLUs and maxima of VGG19 are so near to a tie that any two correct implementations decide otherwise.
  ///
  /// That changes the gradient by some thousandths, so the one in double precision takes the decisions of the one that is
  /// tested. What is left is rounding: of sums of up to 4608 terms in each of 19 layers, and Winograd's.
  @Test(arguments: [Kernels.Level.avx512, .avx2, .baseline])
  func vgg19IsExactForItsOwnDecisions(_ level: Kernels.Level) throws {
    try Kernels.$forced.withValue(level) {
      let network = try seededVGG(try #require(VGG.published["vgg19"]), seed: 19)
      let input = try seededInput([1, 3, 224, 224], seed: 19)
      let direction = try Tensor((0..<1000).map { $0 == 7 ? 1 : 0 }, [1, 1000])
      let gradient = try network.trace(input).inputGradient(direction)

      // A plan that keeps every decision, where nothing but activations is fused.
      let graph = network.graph
      let kept = graph.nodes.filter { if case .convolution = $0.operation { false } else { true } }.map(\.output)
      let plan = try Plan(
        graph, inputShape: input.shape.dimensions, kept: Set(kept), gradientTarget: 0, weights: PreparedWeights())
      plan.run(input)
      let exact = try DoubleGradient(plan).walkBack(graph, from: direction.values.map(Double.init))

      // Rounding what is exact once, at its end, adds less than 1e-7.
      let error = relativeL2(gradient, try Tensor(exact.map(Float.init), input.shape.dimensions))
      print("VGG19's gradient by \(Kernels.current.name) against double precision, for its own decisions: \(error)")
      #expect(error < 2e-5)
    }
  }
}

/// The gradient of a plan's input in double precision, by loops, for the operations of a VGG network.
private struct DoubleGradient {
  let plan: Plan

  init(_ plan: Plan) { self.plan = plan }

  /// - Parameter direction: the gradient of the output.
  func walkBack(_ graph: Graph, from direction: [Double]) throws -> [Double] {
    var gradient = direction
    for node in graph.nodes.reversed() {
      let input = plan.shape(of: node.inputs[0])
      switch node.operation {
      case .linear(let weight, _):
        gradient = linear(weight.values, gradient, inputs: weight.shape[1])
      case .activation(.relu):
        gradient = zip(gradient, try plan.value(node.output).values).map { $1 > 0 ? $0 : 0 }
      case .pool:
        gradient = halving(try plan.value(node.inputs[0]).values, gradient, height: input[2], width: input[3])
      case .convolution(let convolution):
        gradient = convolutionGradient(convolution.weight, gradient, height: input[2], width: input[3])
      case .flatten, .identity, .adaptiveAveragePool: continue
      default: throw ExplainError(.internal, "no such layer in a VGG network: \(node.name)")
      }
    }
    return gradient
  }

  private func linear(_ weight: [Float], _ gradient: [Double], inputs: Int) -> [Double] {
    var result = [Double](repeating: 0, count: inputs)
    for (row, factor) in gradient.enumerated() where factor != 0 {
      for i in 0..<inputs { result[i] += factor * Double(weight[row * inputs + i]) }
    }
    return result
  }

  /// Gives each gradient to the first of the largest of 2 by 2 pixels.
  private func halving(_ pixels: [Float], _ gradient: [Double], height: Int, width: Int) -> [Double] {
    var result = [Double](repeating: 0, count: pixels.count)
    for index in gradient.indices {
      let (row, column) = index.quotientAndRemainder(dividingBy: width / 2)
      let (plane, y) = row.quotientAndRemainder(dividingBy: height / 2)
      let corner = (plane * height + 2 * y) * width + 2 * column
      var best = corner
      for place in [corner + 1, corner + width, corner + width + 1] where pixels[place] > pixels[best] { best = place }
      result[best] = gradient[index]
    }
    return result
  }

  /// For kernels of 3 by 3 with a padding of 1.
  private func convolutionGradient(_ weight: Tensor, _ gradient: [Double], height: Int, width: Int) -> [Double] {
    let (outputs, channels, pixels) = (weight.shape[0], weight.shape[1], height * width)
    var result = [Double](repeating: 0, count: channels * pixels)
    result.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let target = buffer
      gradient.withUnsafeBufferPointer { source in
        nonisolated(unsafe) let source = source
        weight.withPointer { weights in
          nonisolated(unsafe) let weights = weights
          Parallel.forEach(channels) { channel in
            for output in 0..<outputs {
              for tap in 0..<9 {
                let factor = Double(weights[(output * channels + channel) * 9 + tap])
                let (dy, dx) = (tap / 3 - 1, tap % 3 - 1)
                // Output (y, x) reads pixel (y + dy, x + dx).
                let columns = max(0, -dx)..<min(width, width - dx)
                for y in max(0, -dy)..<min(height, height - dy) {
                  let from = source.baseAddress! + (output * height + y) * width
                  let to = target.baseAddress! + (channel * height + y + dy) * width + dx
                  for x in columns { to[x] += factor * from[x] }
                }
              }
            }
          }
        }
      }
    }
    return result
  }
}
