/// The VGG family [Simonyan & Zisserman 2014]: stages of 3x3 convolutions with ReLUs, separated by 2x2 max-pools.
///
/// Layers and tensors bear torchvision's names, such as `features.34` and `classifier.6.weight`.
public struct VGG: Sendable, Equatable {
  /// What turns the last features into logits.
  public enum Head: Sendable, Equatable {
    /// torchvision's: adaptive average pool to 7x7, then three fully connected layers with ReLUs between them.
    case fullyConnected(hidden: Int)
    /// The mean over all positions, then one fully connected layer.
    case globalAverage
  }

  /// Output channels of each convolution, stage by stage; a max-pool stands between stages.
  public var stages: [[Int]]
  /// Whether a max-pool follows the last stage too, as in all published members.
  public var endsInPool = true
  /// Whether a batch normalization follows each convolution.
  public var isNormalized = false
  /// What turns the last features into logits.
  public var head: Head
  /// The number of classes.
  public var classCount: Int

  /// A member of the family.
  public init(stages: [[Int]], isNormalized: Bool = false, head: Head, classCount: Int) {
    self.stages = stages
    self.isNormalized = isNormalized
    self.head = head
    self.classCount = classCount
  }

  /// The networks that torchvision publishes, by name.
  public static let published: [String: VGG] = {
    let depths = [
      "vgg11": [1, 1, 2, 2, 2], "vgg13": [2, 2, 2, 2, 2], "vgg16": [2, 2, 3, 3, 3], "vgg19": [2, 2, 4, 4, 4],
    ]
    var result: [String: VGG] = [:]
    for (name, depth) in depths {
      let stages = zip([64, 128, 256, 512, 512], depth).map { [Int](repeating: $0, count: $1) }
      let plain = VGG(stages: stages, head: .fullyConnected(hidden: 4096), classCount: 1000)
      result[name] = plain
      result[name + "_bn"] = VGG(stages: stages, isNormalized: true, head: plain.head, classCount: 1000)
    }
    return result
  }()

  /// Epsilon of the batch normalizations, PyTorch's default.
  private static let epsilon: Float = 1e-5

  /// Names and shapes of the tensors that a checkpoint must have.
  public var tensors: [(name: String, dimensions: [Int])] {
    var result: [(name: String, dimensions: [Int])] = []
    var index = 0
    var channels = 3
    for stage in stages {
      for width in stage {
        result += [("features.\(index).weight", [width, channels, 3, 3]), ("features.\(index).bias", [width])]
        if isNormalized {
          for part in ["weight", "bias", "running_mean", "running_var"] {
            result.append(("features.\(index + 1).\(part)", [width]))
          }
        }
        index += isNormalized ? 3 : 2
        channels = width
      }
      index += 1
    }
    switch head {
    case .fullyConnected(let hidden):
      for (layer, inputs, outputs) in [(0, channels * 49, hidden), (3, hidden, hidden), (6, hidden, classCount)] {
        result += [("classifier.\(layer).weight", [outputs, inputs]), ("classifier.\(layer).bias", [outputs])]
      }
    case .globalAverage:
      result += [("classifier.0.weight", [classCount, channels]), ("classifier.0.bias", [classCount])]
    }
    return result
  }

  /// The network as a graph.
  ///
  /// - Parameter weights: hands out the tensor of a name that `tensors` lists, in its shape.
  /// - Throws: what `weights` throws.
  public func graph(weights: (String) throws -> Tensor) throws -> Graph {
    var graph = Graph()
    var value = 0
    var index = 0
    func add(_ name: String, _ operation: Operation) { value = graph.add(name, operation, [value]) }
    for (number, stage) in stages.enumerated() {
      for _ in stage {
        let name = "features.\(index)"
        var convolution = Operation.Convolution(
          weight: try weights("\(name).weight"), bias: try weights("\(name).bias"))
        convolution.padding = .explicit(top: 1, left: 1, bottom: 1, right: 1)
        add(name, .convolution(convolution))
        if isNormalized {
          index += 1
          add("features.\(index)", try normalization("features.\(index)", weights))
        }
        add("features.\(index + 1)", .activation(.relu))
        index += 2
      }
      guard endsInPool || number + 1 < stages.count else { break }
      var pooling = Operation.Pooling(.maximum, kernel: [2, 2])
      pooling.strides = [2, 2]
      add("features.\(index)", .pool(pooling))
      index += 1
    }
    func linear(_ layer: Int) throws -> Operation {
      .linear(weight: try weights("classifier.\(layer).weight"), bias: try weights("classifier.\(layer).bias"))
    }
    switch head {
    case .fullyConnected:
      add("avgpool", .adaptiveAveragePool(height: 7, width: 7))
      add("flatten", .flatten(axis: 1))
      for layer in [0, 3] {
        add("classifier.\(layer)", try linear(layer))
        add("classifier.\(layer + 1)", .activation(.relu))
        add("classifier.\(layer + 2)", .identity)
      }
      add("classifier.6", try linear(6))
    case .globalAverage:
      add("avgpool", .globalAveragePool)
      add("flatten", .flatten(axis: 1))
      add("classifier.0", try linear(0))
    }
    return graph
  }

  /// Batch normalization with its running statistics is a factor and a shift a channel.
  private func normalization(_ name: String, _ weights: (String) throws -> Tensor) throws -> Operation {
    try .batchNormalization(
      weight: weights("\(name).weight"), bias: weights("\(name).bias"), mean: weights("\(name).running_mean"),
      variance: weights("\(name).running_var"), epsilon: VGG.epsilon)
  }
}

extension Operation {
  /// Batch normalization as it is in evaluation, as a factor and a shift for each channel.
  ///
  /// - Throws: `.invalidArgument` if the four tensors differ in their number of elements; `.outOfMemory`.
  static func batchNormalization(
    weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor, epsilon: Float
  ) throws -> Operation {
    guard [bias.count, mean.count, variance.count].allSatisfy({ $0 == weight.count }) else {
      throw ExplainError.invalid("a batch normalization whose parts differ in length")
    }
    let factors = zip(weight.values, variance.values).map { $0 / ($1 + epsilon).squareRoot() }
    let shifts = zip(zip(bias.values, mean.values), factors).map { $0.0 - $0.1 * $1 }
    return .scaleAndShift(scale: try Tensor(factors, [factors.count]), shift: try Tensor(shifts, [shifts.count]))
  }
}
