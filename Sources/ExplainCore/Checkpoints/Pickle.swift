/// What a pickle builds: plain values that refer to each other by number.
///
/// Numbers in place of references, as a file may nest its objects deeply or in a circle: nothing here recurses, not
/// even to free them.
struct Pickle {
  enum Value {
    case none
    case bool(Bool)
    case int(Int)
    case float(Double)
    case string(String)
    /// An integer beyond 64 bits, little-endian.
    case long([UInt8])
    case tuple(Int)
    case list(Int)
    case dictionary(Int)
    case global(PickleGlobal)
    case storage(Int)
    case tensor(Int)
    /// Something that is read and not looked at: bytes, sets, devices, NumPy scalars.
    case inert
  }

  /// A storage as a tensor refers to it.
  struct Storage {
    let key: String
    /// Nil where the storage counts bytes.
    let type: ElementType?
    /// Elements of the whole storage (not of the view).
    let count: Int
    /// Where the view begins, and how many elements it has; the whole storage unless the file has views.
    let view: (start: Int, count: Int)
  }

  /// A tensor: a strided window of a storage, checked to lie inside of it.
  struct Tensor {
    let storage: Int
    let type: ElementType
    let shape: Shape
    /// In elements.
    let strides: [Int]
    /// From the beginning of the whole storage, in bytes.
    let offset: Int
  }

  var root = Value.none
  var tuples: [[Value]] = []
  var lists: [[Value]] = []
  var dictionaries: [[(key: Value, value: Value)]] = []
  var storages: [Storage] = []
  var tensors: [Tensor] = []
}

/// The closed list of names that a pickle may ask for; what they do is done by this library's own code.
enum PickleGlobal {
  /// `collections.OrderedDict` and its like.
  case dictionary
  /// `torch._utils._rebuild_tensor`, `_v2`, `_v3`.
  case rebuildTensor
  /// `torch._utils._rebuild_parameter` and `torch.nn.Parameter`: the tensor is the first argument.
  case rebuildParameter
  /// `torch.Size`: the tuple is the argument.
  case size
  /// `torch.FloatStorage` and its like; nil for storages that count bytes.
  case storage(ElementType?)
  /// `torch.float32` and its like.
  case dtype(ElementType)
  /// Something whose value does not matter for weights.
  case inert

  /// - Throws: `.unsupported` with the name, if it is not on the list.
  init(module: String, name: String) throws {
    switch (module, name) {
    case ("collections", "OrderedDict"), ("collections", "defaultdict"):
      self = .dictionary
    case ("torch._utils", "_rebuild_tensor"), ("torch._utils", "_rebuild_tensor_v2"),
      ("torch._utils", "_rebuild_tensor_v3"):
      self = .rebuildTensor
    case ("torch._utils", "_rebuild_parameter"), ("torch._utils", "_rebuild_parameter_with_state"),
      ("torch.nn.parameter", "Parameter"):
      self = .rebuildParameter
    case ("torch", "Size"): self = .size
    case ("torch.storage", "UntypedStorage"), ("torch", "UntypedStorage"): self = .storage(nil)
    case ("torch", "device"), ("torch", "layout"), ("torch.serialization", "_get_layout"),
      ("argparse", "Namespace"), ("collections", "Counter"), ("_codecs", "encode"),
      ("numpy", "dtype"), ("numpy", "ndarray"):
      self = .inert
    case ("numpy.core.multiarray", _), ("numpy._core.multiarray", _):
      guard ["scalar", "_reconstruct"].contains(name) else { throw PickleGlobal.refusal(module: module, name: name) }
      self = .inert
    case ("builtins", _), ("__builtin__", _):
      guard ["set", "frozenset", "complex", "bytearray", "list", "dict", "int", "float"].contains(name) else {
        throw PickleGlobal.refusal(module: module, name: name)
      }
      self = .inert
    default:
      if module == "torch" || module == "torch.cuda", let type = ElementType.ofStorage(name) {
        self = .storage(type)
      } else if module == "torch", let type = ElementType.ofDtype(name) {
        self = .dtype(type)
      } else {
        throw PickleGlobal.refusal(module: module, name: name)
      }
    }
  }

  private static func refusal(module: String, name: String) -> ExplainError {
    let remedy =
      module.hasPrefix("torch.nn.") || module.hasPrefix("torchvision.")
      ? "it holds a whole model, save its state_dict() instead" : "nothing in a file is executed"
    return .unsupported("the pickle asks for \("\(module).\(name)".printable), which is not allowed: \(remedy)")
  }
}
