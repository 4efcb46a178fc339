import Testing

@testable import ExplainCore

/// What does not fit is an error that says so, never a trap.
@Suite struct ShapeErrorTests {
  private static func variable(_ dimensions: [Int]) throws -> Variable {
    Variable(learned: try Tensor(repeating: 1, shape: Shape(dimensions)))
  }

  private static let mistakes: [String: @Sendable () throws -> Variable] = [
    "sum of 2 and 3": { try variable([2]) + variable([3]) },
    "broadcast": { try variable([2]).broadcast(to: [3]) },
    "broadcast to fewer": { try variable([2, 3]).broadcast(to: [3]) },
    "axis": { try variable([2]).sum([1]) },
    "negative axis": { try variable([2]).sum([-2]) },
    "axis twice": { try variable([2, 2]).sum([1, -1]) },
    "maximum of nothing": { try variable([2, 0]).max([1]) },
    "dot": { try variable([2]).dot(variable([3])) },
    "reshape": { try variable([2]).reshaped([3]) },
    "permutation": { try variable([2, 3]).permuted([0, 0]) },
    "short permutation": { try variable([2, 3]).permuted([0]) },
    "transpose of a vector": { try variable([2]).transposed() },
    "empty concatenation": { try .concatenated([], along: 0) },
    "concatenation": { try .concatenated([variable([2, 3]), variable([2, 4])], along: 0) },
    "concatenation of ranks": { try .concatenated([variable([2, 3]), variable([2])], along: 0) },
    "concatenation of scalars": { try .concatenated([variable([])], along: 0) },
    "slice": { try variable([2]).sliced(along: 0, 1..<3) },
    "negative slice": { try variable([2]).sliced(along: 0, -1..<1) },
    "selection": { try variable([2]).selected(along: 0, [2]) },
    "flip": { try variable([2]).flipped(along: [1]) },
    "roll of a vector": { try variable([2]).rolled(rows: 1, columns: 1) },
    "negative padding": { try variable([2, 2]).padded(top: -1, bottom: 0, left: 0, right: 0) },
    "huge padding": { try variable([2, 2]).padded(top: .max, bottom: 1, left: 0, right: 0) },
    "large padding": { try variable([2, 2]).padded(top: 1 << 40, bottom: 1, left: 0, right: 0) },
    "reflected nothing": { try variable([0, 2]).padded(top: 1, bottom: 1, left: 0, right: 0, border: .reflect) },
    "matrices": { try variable([2, 3]).matrixProduct(variable([2, 3])) },
    "kernel's channels": { try variable([1, 2, 5, 5]).convolved(with: variable([1, 3, 3, 3])) },
    "kernel too large": { try variable([1, 1, 2, 2]).convolved(with: variable([1, 1, 3, 3])) },
    "kernel of nothing": { try variable([1, 1, 2, 2]).convolved(with: variable([1, 1, 0, 3])) },
    "stride": { try variable([1, 1, 5, 5]).convolved(with: variable([1, 1, 3, 3]), stride: 0) },
    "negative convolution padding": {
      try variable([1, 1, 5, 5]).convolved(with: variable([1, 1, 3, 3]), padding: -1)
    },
    "huge convolution padding": { try variable([1, 1, 5, 5]).convolved(with: variable([1, 1, 3, 3]), padding: .max) },
    "bias": { try variable([1, 1, 5, 5]).convolved(with: variable([1, 1, 3, 3]), bias: variable([2])) },
    "size 0": { try variable([2, 2]).resized(height: 0, width: 2, .bilinear) },
    "size of a planet": { try variable([2, 2]).resized(height: .max, width: .max, .bilinear) },
    "resampled nothing": { try variable([0, 2]).resized(height: 2, width: 2, .nearest) },
    "pooling": { try variable([2, 2]).averagePooled(3) },
    "pooling by 0": { try variable([2, 2]).averagePooled(0) },
    "pooling stride": { try variable([4, 4]).averagePooled(2, stride: 0) },
    "sigma": { try variable([2, 2]).gaussianBlurred(sigma: .nan) },
    "negative sigma": { try variable([2, 2]).gaussianBlurred(sigma: -1) },
    "even kernel": { try variable([2, 2]).gaussianBlurred(sigma: 1, size: 4) },
    "softmax of a scalar": { try variable([]).softmax() },
    "softmax of nothing": { try variable([2, 0]).softmax() },
    "class": { try variable([1, 3]).score(.probability, of: [3]) },
    "class twice": { try variable([1, 3]).score(.logit, of: [1, 1]) },
    "no class": { try variable([1, 3]).score(.logProbability, of: []) },
    "classes of rows": { try variable([2, 3]).gathered([1]) },
    "class of a row": { try variable([2, 3]).crossEntropy([1, -1]) },
    "variation of a vector": { try totalVariation(variable([2]), beta: 3) },
    "beta": { try totalVariation(variable([2, 2]), beta: 0.5) },
    "smoothness of a vector": { try smoothness(variable([2])) },
    "sort of a scalar": { try variable([]).sorted() },
  ]

  @Test(arguments: ShapeErrorTests.mistakes.keys.sorted()) func isRefused(_ name: String) throws {
    let mistake = try #require(ShapeErrorTests.mistakes[name])
    #expect { try mistake() } throws: { ($0 as? ExplainError)?.kind == .invalidArgument }
  }
}
