/// Which node makes which value, and which nodes an output needs.
struct ONNXOrder {
  private let file: ONNXFile
  /// Numbers of nodes by the names of their outputs.
  private let makers: [String: Int]
  private let duplicate: String?

  init(_ file: ONNXFile) {
    self.file = file
    var makers: [String: Int] = [:]
    var duplicate: String?
    for (index, node) in file.graph.nodes.enumerated() {
      for output in node.outputs where !output.isEmpty {
        if makers.updateValue(index, forKey: output) != nil { duplicate = duplicate ?? output }
      }
    }
    self.makers = makers
    self.duplicate = duplicate
  }

  /// Checks that each name is made once, and before it is read, as ONNX demands.
  ///
  /// - Throws: `.badFile`.
  func check(input: String) throws {
    if let duplicate { throw ExplainError.badFile("\(file.name): two nodes make the value \(quoted(duplicate))") }
    let initialized = Set(file.graph.initializers.map(\.name))
    for name in initialized.union([input]) where makers[name] != nil && !name.isEmpty {
      throw ExplainError.badFile("\(file.name): a node makes the value \(quoted(name)), which was given before")
    }
    for (index, node) in file.graph.nodes.enumerated() {
      for name in node.inputs where !name.isEmpty && name != input && !initialized.contains(name) {
        let reader = "\(file.name): node \(quoted(node.label)) reads \(quoted(name))"
        guard let maker = makers[name] else { throw ExplainError.badFile("\(reader), which nothing makes") }
        guard maker < index else {
          throw ExplainError.badFile(
            "\(reader), which \(maker == index ? "it" : "only a later node") makes: the nodes are out of order or form a cycle"
          )
        }
      }
    }
  }

  /// Numbers of the nodes that a value depends on, in the file's order, which has been checked.
  func nodesNeeded(for output: String) -> [Int] {
    var isNeeded = [Bool](repeating: false, count: file.graph.nodes.count)
    if let last = makers[output] { isNeeded[last] = true }
    for index in isNeeded.indices.reversed() where isNeeded[index] {
      for name in file.graph.nodes[index].inputs {
        if let maker = makers[name] { isNeeded[maker] = true }
      }
    }
    return isNeeded.indices.filter { isNeeded[$0] }
  }
}
