import CExplainCore
import ExplainCore
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An object that C holds by an opaque pointer, which counts as one reference.
protocol Handle: AnyObject, Sendable {}

extension Handle {
  /// The object that C's pointer stands for.
  static func borrowed(_ pointer: OpaquePointer?, _ name: StaticString) throws -> Self {
    Unmanaged<Self>.fromOpaque(UnsafeRawPointer(try required(pointer, name))).takeUnretainedValue()
  }

  /// A pointer for C to hold and to free.
  func given() -> OpaquePointer { OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

  /// Takes C's reference back.
  static func free(_ pointer: OpaquePointer?) {
    guard let pointer else { return }
    Unmanaged<Self>.fromOpaque(UnsafeRawPointer(pointer)).release()
  }
}

/// `xpl_picture`.
final class PictureHandle: Handle {
  let picture: Picture

  init(_ picture: Picture) { self.picture = picture }
}

/// `xpl_model`.
final class ModelHandle: Handle {
  let classifier: any Classifier
  let memory = CMemory()
  nonisolated(unsafe) let name: UnsafePointer<CChar>
  nonisolated(unsafe) let classNames: [UnsafePointer<CChar>]
  nonisolated(unsafe) let layerNames: [UnsafePointer<CChar>]
  nonisolated(unsafe) let defaultLayer: UnsafePointer<CChar>?
  let tensors: [ModelTensor]
  /// The tensors for C, without the values of those that are converted when they are asked for.
  nonisolated(unsafe) private let cTensors: [xpl_tensor]
  private let converted = Mutex<[Int: Tensor]>([:])

  init(_ classifier: any Classifier) throws {
    self.classifier = classifier
    name = try memory.text(classifier.name)
    classNames = try (0..<classifier.classCount).map { [memory] in try memory.text(classifier.className($0)) }
    layerNames = try classifier.layerNames.map { [memory] in try memory.text($0) }
    defaultLayer = try classifier.defaultLayer.map { [memory] in try memory.text($0) }
    tensors = classifier.tensors
    cTensors = try tensors.map { [memory] in try xpl_tensor($0, in: memory) }
  }

  /// A tensor with its values, which stay where they are as long as the model lives.
  func tensor(_ index: Int) throws -> xpl_tensor {
    var result = cTensors[index]
    guard tensors[index].isConverted else { return result }
    let tensor = try converted.withLock { converted in
      let tensor = try converted[index] ?? tensors[index].tensor()
      converted[index] = tensor
      return tensor
    }
    result.values = tensor.withPointer { $0 }
    return result
  }
}

extension xpl_tensor {
  /// The tensor's own memory, which stays where it is as long as the model keeps it; none if it is to be converted.
  fileprivate init(_ tensor: ModelTensor, in memory: CMemory) throws {
    self.init()
    rank = UInt32(tensor.shape.rank)
    name = try memory.text(tensor.name)
    shape = try memory.list(tensor.shape.dimensions.map { Int64($0) })
    count = tensor.shape.count
    values = tensor.isConverted ? nil : try tensor.tensor().withPointer { $0 }
  }
}

/// Memory that getters point C to; it lives as long as the handle that owns it, and is filled while that is made.
final class CMemory: @unchecked Sendable {
  private var blocks: [UnsafeMutableRawPointer] = []

  deinit { for block in blocks { free(block) } }

  func text(_ text: String) throws -> UnsafePointer<CChar> {
    let copy = try copied(text)
    blocks.append(copy)
    return UnsafePointer(copy)
  }

  func list<Element: BitwiseCopyable>(_ elements: [Element]) throws -> UnsafePointer<Element> {
    guard let block = malloc(max(1, elements.count * MemoryLayout<Element>.stride)) else {
      throw ExplainError(.outOfMemory, "out of memory for a list of \(elements.count) elements")
    }
    blocks.append(block)
    let list = block.bindMemory(to: Element.self, capacity: elements.count)
    list.initialize(from: elements, count: elements.count)
    return UnsafePointer(list)
  }
}
