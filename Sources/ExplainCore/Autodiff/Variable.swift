import Synchronization

/// A tensor in an equation that is to be differentiated: a node of the define-by-run tape.
///
/// Operations on variables are methods and operators that compute at once, throw what cannot be computed, and note
/// how a gradient goes back through them:
///
///     let loss = try l1 * (1 - mask).absolute().mean() + tv * totalVariation(mask, beta: 3)
///     let gradient = try loss.gradient(withRespectTo: mask)
///
/// What depends on constants alone is not noted, so frozen inputs cost nothing on the way back. Variables belong to
/// one thread at a time.
public final class Variable {
  /// Takes the gradient of an operation's result to the gradient of one of its inputs.
  typealias Pullback = (Tensor) throws -> Tensor

  /// What was computed.
  public let value: Tensor
  /// Whether something learned takes part in the value.
  public let isDifferentiable: Bool
  /// The differentiable inputs, and for each one the way back to it.
  private(set) var parents: [Variable]
  let pullbacks: [Pullback]
  /// The order of creation: an input is older than every result that it takes part in.
  let serial: Int

  private static let nextSerial = Atomic<Int>(0)

  private init(value: Tensor, isDifferentiable: Bool, parents: [Variable] = [], pullbacks: [Pullback] = []) {
    self.value = value
    self.isDifferentiable = isDifferentiable
    self.parents = parents
    self.pullbacks = pullbacks
    serial = Variable.nextSerial.wrappingAdd(1, ordering: .relaxed).oldValue
  }

  /// A leaf that gradients can be asked for.
  public convenience init(learned value: Tensor) { self.init(value: value, isDifferentiable: true) }

  /// A leaf without a gradient, such as the picture.
  public convenience init(constant value: Tensor) { self.init(value: value, isDifferentiable: false) }

  /// The result of an operation, with a pullback for each input, in their order.
  ///
  /// Pullbacks keep tensors and never variables: a variable kept by a closure is freed by recursion, and a long
  /// chain of those overflows the stack.
  convenience init(_ value: Tensor, from inputs: (Variable, Pullback)...) {
    let noted = inputs.filter { $0.0.isDifferentiable }
    self.init(
      value: value, isDifferentiable: !noted.isEmpty, parents: noted.map { $0.0 }, pullbacks: noted.map { $0.1 })
  }

  /// An operation of one's own, such as a network that knows its derivative.
  ///
  /// - Parameters:
  ///   - inputs: what the value depends on.
  ///   - value: the result.
  ///   - pullback: given the gradient with respect to the value and the index of an input, the gradient with respect
  ///     to that input. Asked only for inputs on the way to what is learned. It must not keep variables.
  public static func custom(
    inputs: [Variable], value: Tensor, pullback: @escaping (_ gradient: Tensor, _ input: Int) throws -> Tensor
  ) -> Variable {
    let noted = inputs.indices.filter { inputs[$0].isDifferentiable }
    return Variable(
      value: value, isDifferentiable: !noted.isEmpty, parents: noted.map { inputs[$0] },
      pullbacks: noted.map { index in { gradient in try pullback(gradient, index) } })
  }

  /// The value as a constant: gradients do not pass.
  public func detached() -> Variable { Variable(constant: value) }

  /// The extents of the value.
  public var shape: Shape { value.shape }

  // Inputs that nobody else holds are taken apart one by one: left to themselves they would be freed by recursion,
  // as deep as the chain is long.
  deinit {
    guard !parents.isEmpty else { return }
    var pending = parents
    parents = []
    while var parent = pending.popLast() {
      if isKnownUniquelyReferenced(&parent) {
        pending.append(contentsOf: parent.parents)
        parent.parents = []
      }
    }
  }
}
