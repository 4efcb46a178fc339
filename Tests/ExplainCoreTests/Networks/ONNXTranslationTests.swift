import Testing

@testable import ExplainCore

/// What nodes become, and what is refused.
@Suite struct ONNXTranslationTests {
  private func read(_ model: ONNXBuilder) throws -> ONNXModel { try ONNXModel(bytes: model.bytes, name: "model.onnx") }

  @Test func unknownOperatorsAreNamed() {
    var model = ONNXBuilder()
    model.opsets = [("", 12), ("com.microsoft", 1)]
    model.node("Einsum", ["x"], name: "x1")
    #expect(model.failure == "model.onnx: node 'x1' needs operator Einsum (opset 12), which is not supported")
    model = ONNXBuilder()
    model.opsets.append(("com.microsoft", 1))
    model.node("FusedConv", ["x"], domain: "com.microsoft")
    #expect(
      model.failure == "model.onnx: node 'y' needs operator com.microsoft.FusedConv (opset 1), which is not supported")
    model = ONNXBuilder()
    model.node("Thing", ["x"], domain: "nowhere")
    #expect(model.failure.contains("needs operator nowhere.Thing (of a domain that the file does not import)"))
    for name in ["ConvTranspose", "QLinearConv", "If", "Resize", "GRU"] {
      model = ONNXBuilder()
      model.node(name, ["x"])
      #expect(model.failure.contains("needs operator \(name) (opset 13), which is not supported"))
    }
  }

  @Test func versionsAreChecked() throws {
    var model = ONNXBuilder()
    model.node("Flatten", ["x"])
    model.opsets = [("", 6)]
    #expect(model.failure == "model.onnx uses opset 6: 7 to 21 are supported")
    model.opsets = [("ai.onnx", 22)]
    #expect(model.failure == "model.onnx uses opset 22: 7 to 21 are supported")
    model.opsets = [("ai.onnx.ml", 3)]
    #expect(model.failure.contains("does not say which version"))
    model.opsets = [("ai.onnx", 21)]
    model.irVersion = 2
    #expect(model.failure.contains("IR version 2"))
    model.irVersion = 11
    #expect(try read(model).warnings == ["model.onnx has IR version 11, newer than 10"])
    model.irVersion = 10
    #expect(try read(model).warnings.isEmpty)
  }

  @Test func namesMustBeMadeOnceAndBefore() {
    var model = ONNXBuilder()
    model.node("Relu", ["z"], name: "a")
    #expect(model.failure == "model.onnx: node 'a' reads 'z', which nothing makes")
    model = ONNXBuilder()
    model.node("Relu", ["b"], ["a"])
    model.node("Relu", ["a"], ["b"])
    model.node("Flatten", ["b"])
    #expect(model.failure.contains("node 'a' reads 'b', which only a later node makes: the nodes are out of order or"))
    model = ONNXBuilder()
    model.node("Add", ["x", "y"])
    #expect(model.failure.contains("which it makes"))
    model = ONNXBuilder()
    model.node("Relu", ["x"])
    model.node("Flatten", ["x"])
    #expect(model.failure == "model.onnx: two nodes make the value 'y'")
    model = ONNXBuilder()
    model.node("Relu", ["x"], ["x"])
    #expect(model.failure.contains("a node makes the value 'x', which was given before"))
    model = ONNXBuilder(output: "z")
    model.node("Flatten", ["x"])
    #expect(model.failure == "model.onnx: nothing makes the output 'z'")
    model = ONNXBuilder()
    model.node("Dropout", ["x"], ["d", "mask"])
    model.node("Flatten", ["mask"])
    #expect(model.failure.contains("reads 'mask', an extra output that is not supported"))
    model = ONNXBuilder()
    model.node("Relu", ["x"], ["line\nbreak"], name: "two\nlines")
    model.node("Relu", ["line\rbreak"])
    #expect(!model.failure.contains { $0.isNewline })
  }

  @Test func inputsAndOutputsAreChecked() throws {
    var model = ONNXBuilder()
    model.input("mask", [1, 1])
    model.node("Flatten", ["x"])
    #expect(model.failure == "model.onnx has 2 inputs ('x', 'mask'): one picture is supported")
    #expect(ONNXBuilder(input: [1, 10]).failure.contains("has 2 axes: batch, channel, row, column are needed"))
    model = ONNXBuilder(output: "x")
    #expect(model.failure.contains("does not depend on the picture"))
    model = ONNXBuilder()
    model.node("Relu", ["x"])
    #expect(model.failure == "model.onnx: the output 'y' has shape [N, 3, 4, 4]: a classifier gives [N, classes]")
    model.output("second")
    model = ONNXBuilder()
    model.node("Flatten", ["x"])
    // An operator that only another output needs does not matter.
    model.node("Einsum", ["x"], ["other"])
    model.output("other")
    #expect(try read(model).warnings == ["model.onnx has 2 outputs; 'y' is explained"])
    #expect(try read(model).layerNames == ["y"])
  }

  @Test func openExtentsStayOpen() throws {
    var model = ONNXBuilder(input: [-1, 0, -1, 7])
    model.floats("w", [Float](repeating: 1, count: 10), [5, 2, 1, 1])
    model.node("Conv", ["x", "w"], ["c"])
    model.node("GlobalAveragePool", ["c"], ["y"])
    let result = try read(model)
    // The channels are learned from the weight.
    #expect(result.inputExtents == [2, nil, 7] && result.classCount == 5)
    var shapeless = ONNXBuilder(input: nil)
    shapeless.node("Flatten", ["x"])
    #expect(try read(shapeless).inputExtents == [nil, nil, nil])
    #expect(try read(shapeless).classCount == nil)
  }

  @Test func layersHaveUniqueNames() throws {
    var model = ONNXBuilder()
    model.node("Relu", ["x"], ["a"], name: "same")
    model.node("Relu", ["a"], ["b"], name: "same")
    model.node("Relu", ["b"], ["c"], name: "own")
    model.node("Relu", ["c"], ["own"])
    model.node("Flatten", ["own"], name: "a")
    #expect(try read(model).layerNames == ["a", "b", "own", "own_2", "a_2"])
  }

  @Test func theBatchMustStayApart() {
    for (type, inputs, attributes) in [
      ("Transpose", ["x"], [:]), ("Concat", ["x", "x"], ["axis": .integer(0)]),
      ("Flatten", ["x"], ["axis": .integer(2)]),
      ("Flatten", ["x"], ["axis": .integer(0)]), ("Softmax", ["x"], ["axis": .integer(0)]),
      ("ReduceMean", ["x"], [:]), ("Squeeze", ["x", "zero"], [:]), ("Unsqueeze", ["x", "zero"], [:]),
      ("Add", ["x", "pairs"], [:]),
    ] as [(String, [String], [String: ONNXBuilder.Value])] {
      var model = ONNXBuilder()
      model.integers("zero", [0])
      model.floats("pairs", [1, 2], [2, 1, 1, 1])
      model.node(type, inputs, attributes)
      #expect(model.failure.contains("works along the batch axis"), "\(type): \(model.failure)")
    }
  }

  @Test func whatReshapesMayNotDo() {
    func failure(_ target: [Int], input: [Int] = [1, 3, 4, 4]) -> String {
      var model = ONNXBuilder(input: input)
      model.integers("t", target)
      model.node("Reshape", ["x", "t"])
      return model.failure
    }
    #expect(failure([2, 24]).contains("puts 2 in the place of the batch"))
    #expect(failure([4, -1], input: [4, 3, 4, 4]).hasPrefix("no error"))
    #expect(failure([1, -1], input: [0, 3, 4, 4]).hasPrefix("no error"))
    #expect(failure([1, 47]).contains("does not hold the 48 elements of each picture"))
    #expect(failure([-1, 24]).contains("does not hold the 48 elements of each picture"))
    #expect(failure([0, 7, -1]).contains("does not divide the 48 elements of each picture"))
    #expect(failure([1, -1, -1]).contains("leaves open"))
    #expect(failure([1, -2]).contains("an extent of -2"))
    #expect(failure([]).contains("missing"))
    #expect(failure([0, 0, 0, 0, 0]).contains("copies an axis that is not there"))
  }

  @Test func contradictionsAreRefused() {
    func failure(_ build: (inout ONNXBuilder) -> Void) -> String {
      var model = ONNXBuilder()
      model.floats("w", [Float](repeating: 1, count: 54), [2, 3, 3, 3])
      model.floats("w1", [Float](repeating: 1, count: 9), [1, 3, 3])
      model.floats("v", [1, 2, 3], [3])
      model.floats("m", [1, 2, 3, 4], [2, 2])
      model.integers("negative", [0, 0, -1, 0, 0, 0, 0, 0])
      model.integers("mirror", [0, 0, 4, 0, 0, 0, 0, 0])
      build(&model)
      return model.failure
    }
    #expect(failure { $0.node("Conv", ["x", "w1"]) }.contains("two-dimensional convolutions"))
    #expect(failure { $0.node("Conv", ["x", "w"], ["group": .integer(2)]) }.contains("a weight for 6 channels"))
    #expect(failure { $0.node("Conv", ["x", "w"], ["group": .integer(0)]) }.contains("in 0 groups"))
    #expect(failure { $0.node("Conv", ["x", "w", "v"]) }.contains("a bias that does not fit"))
    #expect(failure { $0.node("Conv", ["x", "w"], ["strides": .integers([0, 1])]) }.contains("out of range"))
    #expect(failure { $0.node("Conv", ["x", "w"], ["pads": .integers([-1, 0, 0, 0])]) }.contains("pads of [-1"))
    #expect(
      failure { $0.node("Conv", ["x", "w"], ["dilations": .integers([2, 2])]) }.contains(
        "a window of 5 pixels on an input of 4"))
    #expect(failure { $0.node("Conv", ["x", "w"], ["auto_pad": .string("LOW")]) }.contains("the auto_pad 'LOW'"))
    #expect(failure { $0.node("Conv", ["x", "w"], ["kernel_shape": .integers([2, 3])]) }.contains("kernel_shape"))
    #expect(failure { $0.node("Conv", ["x", "x"]) }.contains("input 1 is computed, and must be a constant"))
    #expect(failure { $0.node("Conv", ["x"]) }.contains("input 1 is missing"))
    #expect(failure { $0.node("Conv", ["w", "w"]) }.contains("on constants, which is not supported"))
    #expect(failure { $0.node("Pad", ["x", "negative"]) }.contains("negative"))
    #expect(failure { $0.node("Pad", ["x", "mirror"], ["mode": .string("reflect")]) }.contains("mirrors more than"))
    #expect(failure { $0.node("Pad", ["x", "mirror"], ["mode": .string("wrap")]) }.contains("the mode 'wrap'"))
    #expect(failure { $0.node("MaxPool", ["x"], ["kernel_shape": .integers([2])]) }.contains("a window of 1 axes"))
    #expect(failure { $0.node("LRN", ["x"], ["size": .integer(2)]) }.contains("a window of 2 channels"))
    #expect(failure { $0.node("MatMul", ["x", "m"]) }.contains("factors of 4 and 2 axes"))
    #expect(failure { $0.node("Gemm", ["x", "m"]) }.contains("an input of 4 axes"))
    #expect(
      failure {
        $0.node("LogSoftmax", ["x"], ["l"]); $0.node("Relu", ["l"])
      }.contains("before the output"))
    #expect(failure { $0.node("Cast", ["x"], ["to": .integer(7)]) }.contains("makes int64 of a value"))
    #expect(
      failure { $0.node("BatchNormalization", ["x", "v", "v", "v", "v"], ["y", "mean"]) }.contains("training mode"))
    #expect(failure { $0.node("BatchNormalization", ["x", "m", "v", "v", "v"]) }.contains("do not fit"))
  }

  @Test func aSoftmaxOverPartOfTheOutputStays() throws {
    // Two groups of 24, each with its own softmax: what is flattened afterwards are no logits.
    var model = ONNXBuilder()
    model.integers("t", [0, 2, 24])
    model.node("Reshape", ["x", "t"], ["r"])
    model.node("Softmax", ["r"], ["s"], ["axis": .integer(1)])
    model.node("Flatten", ["s"])
    #expect(try read(model).layerNames == ["r", "s", "y"])
    guard case .softmax(axis: 1, overTrailingAxes: false) = try read(model).graph.nodes[1].operation else {
      Issue.record("the softmax is gone")
      return
    }
    var sigmoid = ONNXBuilder()
    sigmoid.node("Flatten", ["x"], ["f"])
    sigmoid.node("Sigmoid", ["f"])
    #expect(try read(sigmoid).warnings == ["model.onnx ends in a sigmoid; its output is taken for logits"])
  }
}
