/// A classifier under other names of its classes.
struct RenamedClassifier: Classifier {
  let classNames: [String]
  private let base: any Classifier

  fileprivate init(_ base: any Classifier, classNames: [String]) {
    self.base = base
    self.classNames = classNames
  }

  var name: String { base.name }
  var preprocessing: Preprocessing { base.preprocessing }
  var classCount: Int { base.classCount }
  var isDifferentiable: Bool { base.isDifferentiable }
  var hasReLUs: Bool { base.hasReLUs }
  var layerNames: [String] { base.layerNames }
  var defaultLayer: String? { base.defaultLayer }
  var tensors: [ModelTensor] { base.tensors }

  func bytesPerPicture(isDifferentiable: Bool) throws -> Int {
    try base.bytesPerPicture(isDifferentiable: isDifferentiable)
  }

  func logits(_ batch: Tensor) throws -> Tensor { try base.logits(batch) }

  func trace(_ batch: Tensor, layer: String?, rule: ReluRule) throws -> any Trace {
    try base.trace(batch, layer: layer, rule: rule)
  }
}

extension Classifier {
  /// The same classifier with another name for each class.
  ///
  /// - Throws: `.invalidArgument` if there is not one name a class.
  public func renamingClasses(_ names: [String]) throws -> any Classifier {
    guard names.count == classCount else {
      throw ExplainError.invalid("\(names.count) class names for the \(classCount) classes of \(name)")
    }
    return RenamedClassifier(self, classNames: names)
  }
}
