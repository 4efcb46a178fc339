/// How values between the samples of an image are found when its size changes.
public enum Resampling: String, Sendable, CaseIterable {
  /// Linear between the two nearest samples, half-pixel centers: OpenCV's `INTER_LINEAR`.
  case bilinear
  /// As `bilinear`, but shrinking averages over all samples that an output pixel covers: PIL's `BILINEAR`, PyTorch's
  /// `antialias=True`.
  case antialiased
  /// Linear between the two nearest samples, corner samples on corner samples: PyTorch's `align_corners=True`.
  case alignCorners
  /// The sample whose cell holds the output pixel's upper left corner: PyTorch's `nearest`, OpenCV's `INTER_NEAREST`.
  case nearest
}

/// Along one axis: of which input samples each output sample is the weighted mean.
struct AxisWeights {
  /// The first input sample of each output sample.
  private(set) var first: [Int] = []
  /// Output sample `i` has the weights `starts[i]..<starts[i + 1]`.
  private(set) var starts: [Int] = [0]
  /// They sum to 1 for each output sample.
  private(set) var weights: [Double] = []

  var outputs: Int { first.count }
  /// The input samples that any output sample needs.
  var inputs: Range<Int> {
    let end = (0..<outputs).reduce(0) { max($0, first[$1] + starts[$1 + 1] - starts[$1]) }
    return (first.min() ?? 0)..<end
  }

  /// The weights for output samples `range` of `output`, made from `input` samples; both are at least 1.
  init(_ resampling: Resampling, from input: Int, to output: Int, range: Range<Int>) {
    first.reserveCapacity(range.count)
    starts.reserveCapacity(range.count + 1)
    let scale = Double(input) / Double(output)
    for index in range {
      switch resampling {
      case .nearest:
        append([1], from: index * input / output)
      case .alignCorners:
        let step = output > 1 ? Double(input - 1) / Double(output - 1) : 0
        appendLinear(at: Double(index) * step, input)
      case .antialiased where scale > 1:
        appendTriangle(at: (Double(index) + 0.5) * scale, halfWidth: scale, input)
      case .bilinear, .antialiased:
        appendLinear(at: (Double(index) + 0.5) * scale - 0.5, input)
      }
    }
  }

  /// The weights for all output samples.
  init(_ resampling: Resampling, from input: Int, to output: Int) {
    self.init(resampling, from: input, to: output, range: 0..<output)
  }

  private mutating func appendLinear(at position: Double, _ input: Int) {
    let clamped = min(max(position, 0), Double(input - 1))
    let left = Int(clamped)
    let fraction = clamped - Double(left)
    append(left + 1 < input ? [1 - fraction, fraction] : [1], from: left)
  }

  /// A triangle around `center`, in coordinates where sample i covers i...i+1.
  private mutating func appendTriangle(at center: Double, halfWidth: Double, _ input: Int) {
    let begin = max(Int(center - halfWidth + 0.5), 0)
    let end = min(Int(center + halfWidth + 0.5), input)
    let triangle = (begin..<end).map { max(1 - abs((Double($0) + 0.5 - center) / halfWidth), 0) }
    let sum = triangle.reduce(0, +)
    append(triangle.map { $0 / sum }, from: begin)
  }

  private mutating func append(_ new: [Double], from sample: Int) {
    first.append(sample)
    weights += new
    starts.append(weights.count)
  }
}
