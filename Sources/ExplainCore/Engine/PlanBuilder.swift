/// Chooses the steps of a plan: infers shapes, fuses activations and poolings into the step before, and lets views share memory.
struct PlanBuilder {
  let graph: Graph
  let kept: Set<Int>
  let gradientTarget: Int?
  let factory: StepFactory
  private(set) var shapes: [Int: [Int]] = [:]
  /// For each value that is a view, the value whose memory it shares.
  private(set) var root: [Int: Int] = [:]
  private(set) var steps: [BuiltStep] = []

  /// A step with the values that it reads and makes; views are resolved.
  struct BuiltStep {
    let step: any Step
    let inputs: [Int]
    let output: Int
    /// Whether it is walked back, from its output to inputs that depend on the gradients' target.
    let isDifferentiable: Bool
  }

  /// - Parameters:
  ///   - kept: values that are asked for by name, which are therefore not fused away.
  ///   - gradientTarget: the value that gradients are walked back to, the input, 0, or one of `kept`; nil for none.
  init(graph: Graph, kept: Set<Int>, gradientTarget: Int?, factory: StepFactory) {
    self.graph = graph
    self.kept = kept
    self.gradientTarget = gradientTarget
    self.factory = factory
  }

  /// - Throws: `.invalidArgument` or `.unsupported`, naming the layer that does not fit.
  mutating func build(inputShape: [Int]) throws {
    shapes[0] = inputShape
    var dependent: Set<Int> = gradientTarget == 0 ? [0] : []
    var uses: [Int: Int] = [graph.output: 1]
    for node in graph.nodes { for input in node.inputs { uses[input, default: 0] += 1 } }
    for value in kept { uses[value, default: 0] += 1 }

    var index = 0
    while index < graph.nodes.count {
      let node = graph.nodes[index]
      var output = node.output
      var activation: Operation.Activation?
      if index + 1 < graph.nodes.count, uses[node.output] == 1,
        case .activation(let next) = graph.nodes[index + 1].operation, graph.nodes[index + 1].inputs == [node.output],
        StepFactory.fuses(node.operation, next)
      {
        activation = next
        output = graph.nodes[index + 1].output
        index += 1
      }
      let inputs = try node.inputs.map { value in
        guard let shape = shapes[value] else {
          throw ExplainError(.internal, "layer \(node.name) reads a value that was fused away")
        }
        return shape
      }
      guard !inputs.isEmpty else { throw ExplainError.invalid("layer \(node.name) has no input") }
      let roots = node.inputs.map { root[$0] ?? $0 }
      let isDifferentiable = !dependent.isDisjoint(with: roots)
      var step = try factory.step(node, inputs, activation: activation, isDifferentiable: isDifferentiable)
      if let convolution = step as? ConvolutionStep, index + 1 < graph.nodes.count, uses[output] == 1,
        graph.nodes[index + 1].inputs == [output],
        let pooled = try factory.pooled(
          convolution, graph.nodes[index + 1], isDifferentiable: isDifferentiable)
      {
        step = pooled
        // Nobody reads it, but `Graph.lastFeatures` asks what it is like.
        shapes[output] = convolution.outputShape
        output = graph.nodes[index + 1].output
        index += 1
      }
      if step.isView, output == gradientTarget { step = CopyStep(outputShape: step.outputShape) }
      shapes[output] = try Shape(step.outputShape).dimensions
      if step.isView { root[output] = roots[0] }
      steps.append(
        BuiltStep(step: step, inputs: roots, output: root[output] ?? output, isDifferentiable: isDifferentiable))
      if isDifferentiable || output == gradientTarget { dependent.insert(root[output] ?? output) }
      index += 1
    }
  }
}
