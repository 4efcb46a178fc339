import CKernelShim
import Testing

@testable import ExplainCore

/// The kernels of every instruction set, and Winograd's method with them, against plain loops.
@Suite struct WinogradTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var batch = 1
    let inputs, outputs, height, width: Int
    var padding = [1, 1, 1, 1]
    var tile = WinogradTile.wide
    var activation: ExplainCore.Operation.Activation?
    var rule: ReluRule?
  }

  static let cases = [
    Case(testDescription: "whole tiles, several blocks", inputs: 32, outputs: 32, height: 28, width: 28),
    Case(testDescription: "a row longer than a block", inputs: 16, outputs: 32, height: 9, width: 130),
    Case(testDescription: "odd sizes, channels that fill no block", inputs: 19, outputs: 37, height: 13, width: 21),
    Case(
      testDescription: "no padding, batch", batch: 2, inputs: 5, outputs: 33, height: 11, width: 18,
      padding: [0, 0, 0, 0]),
    Case(
      testDescription: "uneven padding, wider than 1", inputs: 17, outputs: 3, height: 7, width: 6,
      padding: [2, 0, 1, 2]),
    Case(testDescription: "smaller than a tile", batch: 3, inputs: 16, outputs: 16, height: 2, width: 1),
    Case(testDescription: "ReLU", inputs: 16, outputs: 20, height: 17, width: 19, activation: .relu),
    Case(
      testDescription: "another activation", inputs: 16, outputs: 20, height: 17, width: 19,
      activation: .clip(minimum: -0.25, maximum: 0.5)),
    Case(testDescription: "gradient through a ReLU", inputs: 20, outputs: 18, height: 10, width: 35, rule: .standard),
    Case(testDescription: "guided", inputs: 20, outputs: 18, height: 14, width: 14, rule: .guided),
    Case(testDescription: "deconvolution", inputs: 20, outputs: 18, height: 14, width: 14, rule: .deconvolution),
    Case(testDescription: "many channels, few tiles", inputs: 512, outputs: 64, height: 14, width: 14),
    Case(
      testDescription: "narrow tiles", batch: 2, inputs: 48, outputs: 33, height: 14, width: 14, tile: .narrow,
      activation: .relu),
    Case(
      testDescription: "narrow tiles, odd sizes", inputs: 19, outputs: 20, height: 9, width: 37,
      padding: [0, 1, 1, 0], tile: .narrow),
    Case(
      testDescription: "narrow tiles, gradient through a ReLU", inputs: 64, outputs: 18, height: 7, width: 13,
      tile: .narrow, rule: .standard),
    Case(testDescription: "many blocks of a panel", batch: 4, inputs: 128, outputs: 40, height: 29, width: 30),
  ]

  @Test(arguments: cases, Kernels.Level.allCases)
  func agreesWithTheDefinition(_ example: Case, _ level: Kernels.Level) throws {
    let padding = example.padding
    let geometry = try WindowGeometry(
      what: "test", height: example.height, width: example.width, kernel: [3, 3], strides: [1, 1], dilations: [1, 1],
      padding: .explicit(top: padding[0], left: padding[1], bottom: padding[2], right: padding[3]))
    let shape = [example.batch, example.inputs, example.height, example.width]
    let input = try seededInput(shape, seed: 1)
    let gate = try seededInput(shape, seed: 2)
    let weight = try seededInput([example.outputs, example.inputs, 3, 3], seed: 3)
    let bias = try seededInput([example.outputs], seed: 4)
    let weights = WinogradWeights(unkept: weight, example.tile, isTurned: false)
    let (convolution, small) = try Kernels.$forced.withValue(level) {
      let kept = try WinogradWeights(keeping: weights)
      return (
        try WinogradConvolution(
          geometry: geometry, batch: example.batch, weights: kept, bias: bias, activation: example.activation),
        try WinogradConvolution(
          geometry: geometry, batch: example.batch, weights: weights, bias: bias, activation: example.activation)
      )
    }
    var gated = input
    if let rule = example.rule {
      try gated.withMutablePointer { values in
        gate.withPointer {
          ExplainCore.Operation.Activation.relu.mask(
            values, output: $0, count: input.count, rule: rule, Kernels(.baseline))
        }
      }
    }
    let result = try Self.run(convolution, input, example.rule.map { (gate, $0) }, geometry, example.outputs)
    // Weights that are made in each pass are the same ones, and tiles give the same in any order.
    #expect(try Self.run(small, input, example.rule.map { (gate, $0) }, geometry, example.outputs) == result)
    let expected = Self.definition(gated, weight, bias, geometry, activation: example.activation)
    // Rounding errors of F(4x4, 3x3) in single precision are near 1e-6 of the values' norm.
    let error = zip(result, expected).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let norm = expected.reduce(0.0) { $0 + $1 * $1 }
    #expect((error / norm).squareRoot() < 3e-6)
  }

  private static func run(
    _ convolution: WinogradConvolution, _ input: Tensor, _ gate: (Tensor, ReluRule)?, _ geometry: WindowGeometry,
    _ outputs: Int
  ) throws -> [Double] {
    let workers = 2
    let perWorker = convolution.scratchPerWorker
    let memory = try Storage(count: workers * perWorker + convolution.sharedScratch)
    // What is not written must not be read: NaN would show.
    memory.pointer.update(repeating: .nan, count: memory.count)
    let scratch = Scratch(workers: workers, perWorker: perWorker, base: memory.pointer, kept: memory.pointer)
    let count = input.shape[0] * outputs * geometry.outputCount
    // What lies behind the output must stay as it is.
    var result = [Float](repeating: .nan, count: count + 64)
    result.withUnsafeMutableBufferPointer { result in
      guard let output = result.baseAddress else { return }
      input.withPointer { input in
        if let gate {
          gate.0.withPointer {
            convolution.run(input, output, from: .gated(ReluGate(outputs: $0, rule: gate.1)), scratch)
          }
        } else {
          convolution.run(input, output, scratch)
        }
      }
    }
    let untouched = result.suffix(64).allSatisfy { $0.isNaN }
    #expect(untouched)
    return result.prefix(count).map { Double($0) }
  }

  private static func definition(
    _ input: Tensor, _ weight: Tensor, _ bias: Tensor, _ g: WindowGeometry,
    activation: ExplainCore.Operation.Activation?
  ) -> [Double] {
    let (batch, inputs, outputs) = (input.shape[0], input.shape[1], weight.shape[0])
    let (values, kernels, biases) = (input.values, weight.values, bias.values)
    var result = [Double](repeating: 0, count: batch * outputs * g.outputCount)
    for picture in 0..<batch {
      for output in 0..<outputs {
        let plane = (picture * outputs + output) * g.outputCount
        for i in 0..<g.outputCount { result[plane + i] = Double(biases[output]) }
        for channel in 0..<inputs {
          for tap in 0..<9 {
            let factor = Double(kernels[(output * inputs + channel) * 9 + tap])
            let (shiftY, shiftX) = (tap / 3 - g.top, tap % 3 - g.left)
            for y in max(0, -shiftY)..<max(max(0, -shiftY), min(g.outputHeight, g.inputHeight - shiftY)) {
              let row = ((picture * inputs + channel) * g.inputHeight + y + shiftY) * g.inputWidth + shiftX
              for x in max(0, -shiftX)..<max(max(0, -shiftX), min(g.outputWidth, g.inputWidth - shiftX)) {
                result[plane + y * g.outputWidth + x] += factor * Double(values[row + x])
              }
            }
          }
        }
      }
    }
    switch activation {
    case .relu: return result.map { max($0, 0) }
    case .clip(let minimum, let maximum): return result.map { min(max($0, Double(minimum)), Double(maximum)) }
    default: return result
    }
  }

  /// `G · kernel · Gᵀ`, at the points 0, ±5/8, ±3/2 and infinity, or 0, ±1 and infinity.
  @Test(arguments: Kernels.Level.allCases, [false, true])
  func weightsAreTransformed(_ level: Kernels.Level, _ isTurned: Bool) throws {
    func row(_ point: Double, _ others: [Double]) -> [Double] {
      let scale = 1 / others.reduce(1) { $0 * (point - $1) }
      return [scale, point * scale, point * point * scale]
    }
    func rows(_ points: [Double]) -> [[Double]] {
      points.map { point in row(point, points.filter { $0 != point }) } + [[0, 0, 1]]
    }
    let down = rows([0, 0.625, -0.625, 1.5, -1.5])
    for (tile, across) in [(WinogradTile.wide, down), (.narrow, [[1, 0, 0]] + rows([0, 1, -1]).dropFirst())] {
      for shape in [[32, 16, 3, 3], [64, 48, 3, 3], [37, 19, 3, 3], [3, 5, 3, 3]] {
        let weight = try seededInput(shape, seed: 18)
        let kernels = weight.values
        let weights = try Kernels.$forced.withValue(level) {
          try WinogradWeights(keeping: WinogradWeights(unkept: weight, tile, isTurned: isTurned))
        }
        var largest = 0.0
        for output in 0..<weights.packedOutputs {
          let panel = try #require(weights.kept(output / kernel_panel))
          for input in 0..<weights.packedInputs {
            let exists = output < weights.outputs && input < weights.inputs
            let place = (isTurned ? input * shape[1] + output : output * shape[1] + input) * 9
            for (y, vertical) in down.enumerated() {
              for (x, horizontal) in across.enumerated() {
                var expected = 0.0
                for tap in 0..<9 where exists {
                  let value = Double(kernels[place + (isTurned ? 8 - tap : tap)])
                  expected += vertical[tap / 3] * horizontal[tap % 3] * value
                }
                let point = panel + ((across.count * y + x) * weights.pointStride + input * kernel_panel)
                largest = max(largest, abs(Double(point[output % kernel_panel]) - expected) / max(abs(expected), 1e-3))
              }
            }
          }
        }
        // Rounded once: half a unit of the last place.
        #expect(largest < 6.1e-8)
      }
    }
  }

  @Test(arguments: Kernels.Level.allCases) func productsAgreeWithLoops(_ level: Kernels.Level) throws {
    let kernels = Kernels(level)
    for tiles in 1...kernel_most_tiles {
      for depth in [16, 48] {
        let input = try seededInput([depth * tiles], seed: 5).values
        let panel = try seededInput([depth * kernel_panel], seed: 6).values
        var result = [Float](repeating: .nan, count: tiles * kernel_panel)
        kernels.table.product(depth, tiles, input, panel, &result, panel)
        for tile in 0..<tiles {
          for output in 0..<kernel_panel {
            var expected = 0.0
            for k in 0..<depth {
              let value = input[(k / 16 * tiles + tile) * 16 + k % 16]
              expected += Double(value) * Double(panel[k * kernel_panel + output])
            }
            let value = result[output / 16 * tiles * 16 + tile * 16 + output % 16]
            // 48 products of numbers below 1: a few units of the last place of the sum of their sizes.
            #expect(abs(Double(value) - expected) < 1e-5)
          }
        }
      }
    }
  }

  @Test(arguments: Kernels.Level.allCases) func poolingAgreesWithLoops(_ level: Kernels.Level) throws {
    let table = Kernels(level).table
    for count in [1, 3, 7, 16, 37] {
      // Few different values, so that maxima are often shared by several pixels; NaN counts as the greatest.
      var upper = try seededInput([2 * count], seed: 11).values.map { ($0 * 3).rounded() }
      let lower = try seededInput([2 * count], seed: 12).values.map { ($0 * 3).rounded() }
      upper[0] = .nan
      let gradient = try seededInput([count], seed: 13).values
      var maxima = [Float](repeating: .nan, count: count)
      table.pool(upper, lower, &maxima, count)
      var memory = upper + lower + maxima + gradient + [Float](repeating: .nan, count: 4 * count)
      memory.withUnsafeMutableBufferPointer { memory in
        guard let base = memory.baseAddress else { return }
        var row = kernel_pooled_row(
          upper: base, lower: base + 2 * count, maxima: base + 4 * count, gradient: base + 5 * count,
          upper_target: base + 6 * count, lower_target: base + 8 * count, count: count)
        table.spread(&row)
      }
      let (above, below) = (memory[(6 * count)...].prefix(2 * count), memory[(8 * count)...])
      #expect(maxima[0].isNaN)
      for window in 1..<count {
        let pixels = [upper[2 * window], upper[2 * window + 1], lower[2 * window], lower[2 * window + 1]]
        let first = pixels.firstIndex(of: pixels.max() ?? 0)
        #expect(maxima[window] == pixels.max())
        let shares = Array(above.dropFirst(2 * window).prefix(2) + below.dropFirst(2 * window).prefix(2))
        #expect(shares == (0..<4).map { $0 == first ? gradient[window] : 0 })
      }
    }
  }

  @Test(arguments: Kernels.Level.allCases, [ReluRule.standard, .guided, .deconvolution])
  func gatesAgreeWithTheRule(_ level: Kernels.Level, _ rule: ReluRule) throws {
    for count in [1, 15, 40] {
      let (gradient, outputs) = (try seededInput([count], seed: 14).values, try seededInput([count], seed: 15).values)
      var result = gradient
      Kernels(level).table.gate(&result, outputs, rule.kernelRule, count)
      let expected = zip(gradient, outputs).map { gradient, output -> Float in
        let isPassed =
          switch rule {
          case .standard: output > 0
          case .guided: output > 0 && gradient > 0
          case .deconvolution: gradient > 0
          }
        return isPassed ? gradient : 0
      }
      #expect(result == expected)
    }
  }

  /// A level that the processor has not is replaced by the best that it has.
  @Test func levelsAreWhatWasAskedForWhereTheProcessorHasThem() {
    let best = Int(kernel_best_level())
    for (index, level) in Kernels.Level.allCases.enumerated() {
      #expect(Kernels(level).name == Kernels.Level.allCases[min(index, best)].rawValue)
    }
    let forced = Kernels.$forced.withValue(.baseline) { Kernels.current.name }
    #expect(forced == "baseline")
  }

  /// Logits and gradients of the embedded network, and of a VGG stage, as the definition gives them.
  @Test(arguments: [false, true]) func networksAgreeWithTheDefinition(_ isBatch: Bool) throws {
    let graph = try ModelRequest("scenes").load().graph
    let shape = [isBatch ? 3 : 1, 3, 128, 128]
    let input = try seededInput(shape, seed: 8)
    func gradient(_ isAllowed: Bool) throws -> ([Float], [Float]) {
      try WinogradTile.$isAllowed.withValue(isAllowed) {
        let plan = try Plan(graph, inputShape: shape, gradientTarget: 0, weights: PreparedWeights())
        plan.run(input)
        let direction = try seededInput(plan.outputShape, seed: 9)
        return (try plan.output().values, try plan.gradient(direction, rule: .standard).values)
      }
    }
    let (fast, slow) = (try gradient(true), try gradient(false))
    func error(_ a: [Float], _ b: [Float]) -> Double {
      let difference = zip(a, b).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
      return (difference / b.reduce(0.0) { $0 + Double($1 * $1) }).squareRoot()
    }
    let errors = (error(fast.0, slow.0), error(fast.1, slow.1))
    print("logits and gradient by Winograd's method, relative to the definition: \(errors)")
    #expect(errors.0 < 1e-5)
    // A few ReLUs and maxima may decide otherwise.
    #expect(errors.1 < 2e-2)
  }
}
