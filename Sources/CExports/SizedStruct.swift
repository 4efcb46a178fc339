import CExplainCore
import ExplainCore

/// A struct of the header that begins with its size and grows only at its end.
protocol SizedStruct {
  /// Its name in the header.
  static var structName: StaticString { get }
  /// Its size in the first version of the header that had it.
  static var firstSize: Int { get }
  // swift-format-ignore: AlwaysUseLowerCamelCase
  var struct_size: UInt32 { get set }
}

extension SizedStruct {
  /// No struct will ever be that large: a size beyond it was not set.
  private static var largestSize: Int { 1 << 16 }

  private static func check(_ size: Int) throws {
    guard (firstSize...largestSize).contains(size) else {
      throw invalid(
        "a size of \(UInt(bitPattern: size)) for \(structName), which has \(MemoryLayout<Self>.size) bytes: is it filled by its init?"
      )
    }
  }

  /// The caller's struct: fields that the caller does not know are those of `defaults`.
  ///
  /// - Throws: `.invalidArgument` for a size that is none, and for fields that this library does not know.
  static func read(_ pointer: UnsafePointer<Self>?, _ parameter: StaticString, over defaults: Self) throws -> Self {
    let source = UnsafeRawPointer(try required(pointer, parameter))
    let size = Int(source.loadUnaligned(as: UInt32.self))
    try check(size)
    let known = MemoryLayout<Self>.size
    let unknown = UnsafeRawBufferPointer(start: source, count: size).dropFirst(known)
    guard unknown.allSatisfy({ $0 == 0 }) else {
      throw invalid("\(parameter) sets fields that version \(Library.version) of the library does not know")
    }
    var result = defaults
    withUnsafeMutableBytes(of: &result) { target in
      target.copyMemory(from: UnsafeRawBufferPointer(start: source, count: min(size, known)))
    }
    return result
  }

  /// Gives the struct to a caller whose own has `size` bytes; what is beyond this library's fields becomes zero.
  func write(to pointer: UnsafeMutablePointer<Self>?, size: Int, _ parameter: StaticString) throws {
    let target = UnsafeMutableRawPointer(try required(pointer, parameter))
    try Self.check(size)
    let bytes = UnsafeMutableRawBufferPointer(start: target, count: size)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
    var copy = self
    copy.struct_size = UInt32(size)
    withUnsafeBytes(of: copy) { bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0.prefix(size))) }
  }
}

extension xpl_model_options: SizedStruct {
  static var structName: StaticString { "xpl_model_options" }
  static var firstSize: Int { 72 }
}

extension xpl_model_callbacks: SizedStruct {
  static var structName: StaticString { "xpl_model_callbacks" }
  static var firstSize: Int { 64 }
}

extension xpl_tensor: SizedStruct {
  static var structName: StaticString { "xpl_tensor" }
  static var firstSize: Int { 40 }
}

extension xpl_mask_options: SizedStruct {
  static var structName: StaticString { "xpl_mask_options" }
  static var firstSize: Int { 288 }
}

extension xpl_summary: SizedStruct {
  static var structName: StaticString { "xpl_summary" }
  static var firstSize: Int { 152 }
}

/// The first elements of an array in a C struct, which Swift sees as a tuple.
func elements<Tuple, Element: BitwiseCopyable>(
  _ tuple: Tuple, of _: Element.Type, count: Int32, _ name: StaticString
) throws -> [Element] {
  let limit = MemoryLayout<Tuple>.size / MemoryLayout<Element>.stride
  guard (0...Int32(limit)).contains(count) else {
    throw invalid("\(name) is \(count): it must be at most \(limit)")
  }
  return withUnsafeBytes(of: tuple) { Array($0.assumingMemoryBound(to: Element.self).prefix(Int(count))) }
}

/// Puts elements into an array in a C struct; the rest of it becomes zero.
func fill<Tuple, Element: BitwiseCopyable>(
  _ tuple: inout Tuple, with elements: [Element], _ name: StaticString
) throws {
  let limit = MemoryLayout<Tuple>.size / MemoryLayout<Element>.stride
  guard elements.count <= limit else { throw invalid("\(name) has \(elements.count) elements: the limit is \(limit)") }
  withUnsafeMutableBytes(of: &tuple) { target in
    target.initializeMemory(as: UInt8.self, repeating: 0)
    elements.withUnsafeBytes { target.copyMemory(from: $0) }
  }
}
