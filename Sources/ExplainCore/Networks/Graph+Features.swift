extension Graph {
  /// The layer that holds the features of the last convolution, as pooling or the classifier reads them.
  ///
  /// From the convolution it follows normalization, the ReLU, a residual sum and a concatenation: `relu5_3` of VGG16, as
  /// in the code of [selvaraju2016], and the output of the last block of a residual network. Convolutions that give
  /// one position only, which stand for fully connected layers, do not count.
  ///
  /// - Parameter shape: of a value for one picture; empty where it is not known, as for a value that was fused away.
  /// - Returns: the layer's name; nil if no convolution gives a map.
  func lastFeatures(shape: (Int) -> [Int]) -> String? {
    for node in nodes.reversed() {
      guard case .convolution = node.operation else { continue }
      let features = following(node)
      let shape = shape(features.output)
      if shape.count == 4, shape[2] * shape[3] > 1 { return features.name }
    }
    return nil
  }

  /// The last node that a value passes through position by position.
  private func following(_ node: Node) -> Node {
    var last = node
    while true {
      let readers = nodes.filter { $0.inputs.contains(last.output) }
      guard readers.count == 1, readers[0].operation.keepsPositions else { return last }
      last = readers[0]
    }
  }
}

extension Operation {
  /// Whether each position of the result depends on that position of the inputs alone.
  fileprivate var keepsPositions: Bool {
    switch self {
    case .activation, .scaleAndShift, .binary, .binaryWithConstant, .identity: true
    case .concatenate(let axis): axis == 1
    default: false
    }
  }
}
