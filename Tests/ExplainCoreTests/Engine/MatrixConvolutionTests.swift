import Testing

@testable import ExplainCore

/// Convolutions that are no Winograd's, and their gradients, against plain loops.
@Suite struct MatrixConvolutionTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var batch = 1
    var channels = 3
    var outputs = 5
    var kernel = [3, 3]
    var size = [9, 11]
    var strides = [1, 1]
    var dilations = [1, 1]
    /// Top, left, bottom, right.
    var padding = [0, 0, 0, 0]
    var groups = 1
    var activation: ExplainCore.Operation.Activation?

    var testDescription: String {
      "\(batch)x\(channels)x\(size[0])x\(size[1]) to \(outputs), kernel \(kernel), strides \(strides), dilations "
        + "\(dilations), padding \(padding), \(groups) groups, activation \(activation.map { "\($0)" } ?? "none")"
    }
  }

  /// Each property in turn, and mixtures of them.
  static let cases: [Case] = {
    var cases: [Case] = []
    for size in [1, 3, 5, 7, 11] {
      for stride in 1...4 {
        let padding = (size - 1) / 2
        cases.append(
          Case(
            kernel: [size, size], size: [17, 23], strides: [stride, stride],
            padding: [padding, padding, padding, padding], activation: stride == 2 ? .relu : nil))
      }
    }
    for channels in [1, 3, 17, 64] {
      for batch in [1, 3] {
        cases.append(Case(batch: batch, channels: channels, outputs: 33, kernel: [1, 1], size: [7, 7]))
        cases.append(
          Case(batch: batch, channels: channels, outputs: 3, kernel: [1, 1], size: [7, 7], strides: [2, 2]))
        cases.append(
          Case(
            batch: batch, channels: channels, outputs: 16, size: [13, 9], strides: [2, 1], padding: [1, 0, 2, 1],
            activation: .relu))
      }
    }
    cases += [
      // More than one panel of positions in a row, and none that a panel fills.
      Case(channels: 20, outputs: 40, kernel: [3, 1], size: [5, 70], padding: [1, 0, 1, 0]),
      Case(channels: 2, outputs: 2, kernel: [3, 3], size: [40, 1], padding: [1, 1, 1, 1]),
      Case(channels: 2, outputs: 2, kernel: [1, 1], size: [1, 1]),
      Case(batch: 3, channels: 17, outputs: 29, kernel: [2, 2], size: [3, 2]),
      // Padding wider than the kernel reaches, and than the image.
      Case(kernel: [1, 1], size: [4, 5], padding: [2, 1, 0, 3], activation: .relu),
      Case(kernel: [3, 3], size: [2, 2], padding: [4, 5, 3, 4]),
      // Dilations, also together with strides that they share a divisor with, or not.
      Case(channels: 16, outputs: 20, size: [15, 14], dilations: [2, 3], padding: [2, 3, 2, 3], activation: .relu),
      Case(size: [15, 14], strides: [2, 2], dilations: [2, 2], padding: [1, 1, 1, 1]),
      Case(size: [15, 14], strides: [3, 2], dilations: [2, 3], padding: [0, 2, 1, 0], activation: .relu),
      // Strides larger than the kernel, and than the image.
      Case(kernel: [2, 2], size: [13, 14], strides: [3, 4]),
      Case(kernel: [2, 2], size: [3, 4], strides: [7, 9], padding: [1, 1, 1, 1]),
      // Patches that do not overlap: one product makes the gradient of whole cells.
      Case(channels: 3, outputs: 24, kernel: [4, 4], size: [18, 17], strides: [4, 4], activation: .relu),
      Case(channels: 6, outputs: 10, size: [9, 10], padding: [1, 1, 1, 1], groups: 2),
      Case(batch: 2, channels: 64, outputs: 32, size: [9, 10], strides: [2, 2], padding: [1, 1, 1, 1], groups: 16),
      Case(channels: 8, outputs: 24, kernel: [1, 1], size: [6, 6], groups: 4, activation: .relu),
      Case(channels: 5, outputs: 9, kernel: [1, 1], size: [9, 9], activation: .clip(minimum: -0.25, maximum: 0.5)),
      Case(channels: 5, outputs: 9, kernel: [1, 1], size: [9, 9], activation: .sigmoid),
      Case(batch: 2, channels: 5, outputs: 9, kernel: [1, 1], size: [5, 5], activation: .leakyRelu(slope: 0.25)),
      // Weights that are read by outputs first, and windows that are packed first.
      Case(channels: 300, outputs: 420, kernel: [1, 1], size: [7, 9], activation: .relu),
      Case(channels: 40, outputs: 300, kernel: [3, 3], size: [16, 30], strides: [2, 2], padding: [1, 1, 1, 1]),
    ]
    return cases
  }()

  @Test(arguments: cases, Kernels.Level.allCases)
  func agreesWithTheDefinition(_ example: Case, _ level: Kernels.Level) throws {
    let (convolution, geometry, input) = try Self.make(example)
    try Kernels.$forced.withValue(level) {
      try WinogradTile.$isAllowed.withValue(false) {
        for rule in [ReluRule.standard, .guided, .deconvolution] where rule == .standard || example.activation == .relu
        {
          let step = try ConvolutionStep(
            what: "test", convolution, activation: example.activation, input: input.shape.dimensions, value: 1,
            weights: PreparedWeights(), isDifferentiable: true)
          let gradient = try seededInput(step.outputShape, seed: 4)
          let (output, inputGradient) = try Self.run(step, input, gradient, rule)
          let expected = Self.forward(convolution, geometry, input, example.activation)
          // Sums of up to some hundred products, each rounded to 6e-8 of itself.
          #expect(Self.error(output, expected) < 2e-6)
          let gated = Self.gated(gradient.values, output, example.activation, rule)
          #expect(Self.error(inputGradient, Self.backward(convolution, geometry, input, gated)) < 2e-6)
        }
      }
    }
  }

  /// Sums are taken in the order of channels and taps, wherever tasks divide the work.
  @Test func threadsDoNotMatter() throws {
    let threads = Parallel.threads
    defer { Parallel.threads = threads }
    for example in Self.cases.filter({ $0.outputs > 16 }) {
      let (convolution, _, input) = try Self.make(example)
      var results: [[Double]] = []
      for threads in 1...3 {
        Parallel.threads = threads
        let step = try ConvolutionStep(
          what: "test", convolution, activation: example.activation, input: input.shape.dimensions, value: 1,
          weights: PreparedWeights(), isDifferentiable: true)
        let gradient = try seededInput(step.outputShape, seed: 4)
        let (output, inputGradient) = try Self.run(step, input, gradient, .standard)
        results.append(output + inputGradient)
      }
      #expect(results[0] == results[1])
      #expect(results[0] == results[2])
    }
  }

  /// Plans for pictures of different sizes share prepared weights, also where sizes lead to different methods: the
  /// columns' single tap holds all weights, a phase's holds one of nine.
  @Test func methodsDoNotMixUpTheirWeights() throws {
    let small = Case(channels: 3, outputs: 2, size: [9, 9], strides: [3, 3])
    var large = small
    large.size = [1686, 1686]
    let shared = PreparedWeights()
    for (example, hasColumns) in [(small, true), (large, false), (small, true)] {
      let (convolution, geometry, input) = try Self.make(example)
      #expect(GradientColumns.suits(convolution, geometry) == hasColumns)
      let gradients = try [shared, PreparedWeights()].map { weights in
        let step = try ConvolutionStep(
          what: "test", convolution, activation: nil, input: input.shape.dimensions, value: 1, weights: weights,
          isDifferentiable: true)
        return try Self.run(step, input, try seededInput(step.outputShape, seed: 4), .standard).inputGradient
      }
      #expect(gradients[0] == gradients[1])
    }
  }

  // MARK: Running

  private static func make(
    _ example: Case
  ) throws -> (ExplainCore.Operation.Convolution, WindowGeometry, Tensor) {
    let (kernel, padding) = (example.kernel, example.padding)
    let weight = try seededInput(
      [example.outputs, example.channels / example.groups, kernel[0], kernel[1]], seed: 1)
    var convolution = ExplainCore.Operation.Convolution(
      weight: weight, bias: try seededInput([example.outputs], seed: 2))
    (convolution.strides, convolution.dilations, convolution.groups) = (
      example.strides, example.dilations, example.groups
    )
    convolution.padding = .explicit(top: padding[0], left: padding[1], bottom: padding[2], right: padding[3])
    let geometry = try WindowGeometry(
      what: "test", height: example.size[0], width: example.size[1], kernel: kernel, strides: example.strides,
      dilations: example.dilations, padding: convolution.padding)
    let input = try seededInput([example.batch, example.channels] + example.size, seed: 3)
    return (convolution, geometry, input)
  }

  private static func run(
    _ step: ConvolutionStep, _ input: Tensor, _ gradient: Tensor, _ rule: ReluRule
  ) throws -> (output: [Double], inputGradient: [Double]) {
    let workers = 3
    let memory = try Storage(count: workers * step.scratchPerWorker + step.sharedScratch)
    // What is not written must not be read, and nothing behind a result be written: NaN would show.
    memory.pointer.update(repeating: .nan, count: memory.count)
    let scratch = Scratch(
      workers: workers, perWorker: step.scratchPerWorker, base: memory.pointer, kept: memory.pointer)
    let count = step.outputShape.reduce(1, *)
    var output = [Float](repeating: .nan, count: count + 32)
    var target = [Float](repeating: .nan, count: input.count + 32)
    var incoming = gradient.values
    output.withUnsafeMutableBufferPointer { output in
      target.withUnsafeMutableBufferPointer { target in
        incoming.withUnsafeMutableBufferPointer { incoming in
          input.withPointer { input in
            guard let output = output.baseAddress, let target = target.baseAddress, let gradient = incoming.baseAddress
            else { return }
            step.forward([input], output, scratch)
            step.backward(
              BackwardPass(
                inputs: [input], output: output, outputGradient: gradient, inputGradients: [target], rule: rule),
              scratch)
          }
        }
      }
    }
    let untouched = (output.suffix(32) + target.suffix(32)).allSatisfy { $0.isNaN }
    #expect(untouched)
    return (output.prefix(count).map { Double($0) }, target.prefix(input.count).map { Double($0) })
  }

  /// The norm of a difference by the norm of what was expected; infinite for NaN.
  private static func error(_ result: [Double], _ expected: [Double]) -> Double {
    let difference = zip(result, expected).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let norm = expected.reduce(0.0) { $0 + $1 * $1 }
    if difference == 0 { return 0 }
    let error = (difference / norm).squareRoot()
    return error.isNaN ? .infinity : error
  }

  // MARK: Definitions

  /// Calls `body` with each weight, and the input and output that it connects, as indices.
  private static func forEachProduct(
    _ convolution: ExplainCore.Operation.Convolution, _ g: WindowGeometry, _ input: Tensor,
    _ body: (_ weight: Int, _ input: Int, _ output: Int) -> Void
  ) {
    let (channels, outputs) = (convolution.weight.shape[1], convolution.weight.shape[0])
    let perGroup = outputs / convolution.groups
    for picture in 0..<input.shape[0] {
      for output in 0..<outputs {
        for channel in 0..<channels {
          let plane = picture * input.shape[1] + output / perGroup * channels + channel
          for tap in 0..<g.taps {
            let (ky, kx) = tap.quotientAndRemainder(dividingBy: g.kernelWidth)
            for y in 0..<g.outputHeight {
              let inputY = y * g.strideY - g.top + ky * g.dilationY
              guard inputY >= 0, inputY < g.inputHeight else { continue }
              for x in 0..<g.outputWidth {
                let inputX = x * g.strideX - g.left + kx * g.dilationX
                guard inputX >= 0, inputX < g.inputWidth else { continue }
                body(
                  (output * channels + channel) * g.taps + tap, plane * g.inputCount + inputY * g.inputWidth + inputX,
                  (picture * outputs + output) * g.outputCount + y * g.outputWidth + x)
              }
            }
          }
        }
      }
    }
  }

  private static func forward(
    _ convolution: ExplainCore.Operation.Convolution, _ g: WindowGeometry, _ input: Tensor,
    _ activation: ExplainCore.Operation.Activation?
  ) -> [Double] {
    let (weights, biases) = (convolution.weight.values, convolution.bias?.values ?? [])
    let (values, outputs) = (input.values, convolution.weight.shape[0])
    var result = (0..<input.shape[0] * outputs * g.outputCount).map { Double(biases[$0 / g.outputCount % outputs]) }
    forEachProduct(convolution, g, input) { result[$2] += Double(weights[$0]) * Double(values[$1]) }
    guard let activation else { return result }
    var rounded = result.map { Float($0) }
    activation.apply(&rounded, count: rounded.count)
    return rounded.map { Double($0) }
  }

  private static func gated(
    _ gradient: [Float], _ output: [Double], _ activation: ExplainCore.Operation.Activation?, _ rule: ReluRule
  ) -> [Float] {
    guard let activation else { return gradient }
    var result = gradient
    activation.mask(&result, output: output.map { Float($0) }, count: result.count, rule: rule, Kernels(.baseline))
    return result
  }

  private static func backward(
    _ convolution: ExplainCore.Operation.Convolution, _ g: WindowGeometry, _ input: Tensor, _ gradient: [Float]
  ) -> [Double] {
    let weights = convolution.weight.values
    var result = [Double](repeating: 0, count: input.count)
    forEachProduct(convolution, g, input) { result[$1] += Double(weights[$0]) * Double(gradient[$2]) }
    return result
  }
}
