/// Eigen-CAM [muhammad2020]: the activations of a layer, projected on their first principal component.
///
///     map = (A - mean over positions of A) v,   v the first right singular vector
///
/// Channels are centered, as pytorch-grad-cam does. The sign of a component is arbitrary: here the map is high where
/// the sum of all channels is. It shows what the layer sees most of, whatever the target.
public struct EigenCAM: ActivationMapMethod, Equatable {
  /// The method `eigen-cam`.
  public static let about = MethodDescription(
    name: "eigen-cam", summary: "the first principal component of a layer, the same for every target",
    needsGradient: false, isDeterministic: true, cost: "1 forward", source: "Muhammad & Yeasin 2020")

  /// The layer to look at.
  public var layer: String?

  /// The default settings.
  public init() {}

  /// Projects the activations.
  ///
  /// - Throws: as `ExplanationMethod.findings` has it.
  public func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings {
    let view = try view(of: subject, withGradient: false)
    let centered = try (view.activation - view.activation.mean([2, 3], keepingAxes: true)).value
    let (channels, positions) = (centered.shape[1], centered.shape[2] * centered.shape[3])
    var projection = try PrincipalComponent.projection(of: centered.reshaped([channels, positions]))
    let sums = try view.activation.sum([1]).value.values
    if zip(projection, sums).reduce(0, { $0 + $1.0 * Double($1.1) }) < 0 { projection = projection.map { -$0 } }
    let map = try Tensor(projection.map { Float($0) }, [1] + centered.shape.dimensions.suffix(2))
    return try findings(Variable(constant: map), of: view, about: subject).afterOneStep(progress)
  }
}

/// The first principal component of a matrix, by power iteration.
enum PrincipalComponent {
  /// Two components whose singular values differ by less than a hundredth of a percent may mix: the limit is beyond
  /// what such a pair is told apart by.
  private static let iterations = 2000

  /// Each column's coordinate along the first left singular vector of `[rows, columns]`.
  static func projection(of matrix: Tensor) throws -> [Double] {
    let (rows, columns) = (matrix.shape[0], matrix.shape[1])
    var random = Random(seed: 0)
    var direction = (0..<rows).map { _ in Double(random.uniform()) - 0.5 }
    var coordinates = [Double](repeating: 0, count: columns)
    try matrix.withPointer { values in
      for _ in 0..<iterations {
        // A direction u becomes A (A^T u), scaled to length 1.
        coordinates = project(values, columns, on: direction)
        var next = (0..<rows).map { row in
          var sum = 0.0
          for column in 0..<columns { sum += Double(values[row * columns + column]) * coordinates[column] }
          return sum
        }
        let length = next.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length.isFinite else { throw ExplainError.unsupported("the layer's activations are not finite") }
        guard length > 0 else { break }
        for row in 0..<rows { next[row] /= length }
        let change = zip(next, direction).reduce(0) { max($0, abs($1.0 - $1.1)) }
        direction = next
        if change < 1e-9 { break }
      }
      coordinates = project(values, columns, on: direction)
    }
    return coordinates
  }

  private static func project(_ values: UnsafePointer<Float>, _ columns: Int, on direction: [Double]) -> [Double] {
    var coordinates = [Double](repeating: 0, count: columns)
    for (row, weight) in direction.enumerated() {
      for column in 0..<columns { coordinates[column] += weight * Double(values[row * columns + column]) }
    }
    return coordinates
  }
}
