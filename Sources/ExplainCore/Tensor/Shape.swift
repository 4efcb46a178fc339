/// The extents of a tensor, outermost first; images are `[N, C, H, W]`.
///
/// A shape can only be made with non-negative extents whose product is small enough to index and to allocate, so
/// code that holds a `Shape` may multiply its extents without checks.
public struct Shape: Hashable, Sendable, CustomStringConvertible {
  /// The largest rank that any operation here needs, and the largest that a file may ask for.
  public static let maximumRank = 8
  /// The largest number of elements: 2^33 floats are 32 GiB.
  public static let maximumCount = 1 << 33

  /// Extents, outermost first; a scalar has none.
  public let dimensions: [Int]
  /// The product of the extents.
  public let count: Int

  /// Checks the extents.
  ///
  /// - Throws: `.invalidArgument` if the rank is above 8, an extent is negative, or the product is above 2^33.
  public init(_ dimensions: [Int]) throws {
    guard dimensions.count <= Shape.maximumRank else {
      throw ExplainError.invalid("a shape of rank \(dimensions.count): the limit is \(Shape.maximumRank)")
    }
    // The product without zeros is bounded too, so that strides of an empty shape cannot overflow.
    var count = 1
    var isEmpty = false
    for extent in dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: max(extent, 1))
      guard extent >= 0, !overflow, product <= Shape.maximumCount else {
        throw ExplainError.invalid(
          "shape \(dimensions): more than \(Shape.maximumCount) elements, or a negative extent")
      }
      count = product
      isEmpty = isEmpty || extent == 0
    }
    self.dimensions = dimensions
    self.count = isEmpty ? 0 : count
  }

  private init(unchecked dimensions: [Int], count: Int) {
    self.dimensions = dimensions
    self.count = count
  }

  /// The shape of a scalar: no extents, one element.
  public static let scalar = Shape(unchecked: [], count: 1)

  /// The number of extents.
  public var rank: Int { dimensions.count }
  /// The extent of one axis.
  public subscript(axis: Int) -> Int { dimensions[axis] }
  /// As PyTorch prints it: `[1, 3, 224, 224]`.
  public var description: String { dimensions.description }

  /// Row-major strides, in elements.
  var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) { strides[axis] = strides[axis + 1] * dimensions[axis + 1] }
    return strides
  }
}
