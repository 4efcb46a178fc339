/// What a node of a graph computes.
///
/// Tensors here are weights: immutable, shared by every plan, often in mapped files.
public enum Operation: Sendable {
  /// A two-dimensional convolution, as ONNX and PyTorch define it (a cross-correlation).
  case convolution(Convolution)
  /// `x · weightᵀ + bias`: input `[N, in]`, weight `[out, in]`, bias `[out]`.
  case linear(weight: Tensor, bias: Tensor?)
  /// The same with weights of 16 bits; computed in 32.
  case narrowLinear(weight: NarrowMatrix, bias: Tensor?)
  /// An elementwise nonlinearity.
  case activation(Activation)
  /// Maximum or average over windows.
  case pool(Pooling)
  /// The mean over all positions: `[N, C, H, W]` to `[N, C, 1, 1]`.
  case globalAveragePool
  /// The mean over `height` by `width` nearly equal windows, as PyTorch's AdaptiveAvgPool2d.
  case adaptiveAveragePool(height: Int, width: Int)
  /// `x * scale[c] + shift[c]` for each channel: batch normalization as it is in evaluation.
  case scaleAndShift(scale: Tensor, shift: Tensor)
  /// An arithmetic operation of two values, with NumPy's broadcasting.
  case binary(BinaryOperator)
  /// An arithmetic operation of a value and a constant, with NumPy's broadcasting.
  case binaryWithConstant(BinaryOperator, Tensor, constantIsLeft: Bool)
  /// Joins values along an axis.
  case concatenate(axis: Int)
  /// Joins the axes before `axis`, and those from it on: two axes come out.
  case flatten(axis: Int)
  /// ONNX's Reshape: 0 copies the extent, -1 is computed. The batch stays in front.
  case reshape([Int])
  /// Permutes axes; axis 0 stays in front.
  case transpose([Int])
  /// Drops axes of extent 1.
  case squeeze(axes: [Int])
  /// Adds axes of extent 1, numbered as in the result.
  case unsqueeze(axes: [Int])
  /// Softmax over one axis, or over all axes from `axis` on (ONNX before opset 13).
  case softmax(axis: Int, overTrailingAxes: Bool)
  /// The value itself: Identity, and Dropout as it is in evaluation.
  case identity
  /// Extends axes: begin and end counts for each axis.
  case pad(begin: [Int], end: [Int], mode: PaddingMode)
  /// Takes a part of one axis after the other.
  case slice([AxisSlice])
  /// Local response normalization over channels, as in AlexNet.
  case localResponseNormalization(size: Int, alpha: Float, beta: Float, bias: Float)
  /// The mean over axes.
  case mean(axes: [Int], keepsAxes: Bool)

  /// How many values the operation takes; nil for any number of them.
  var inputCount: Int? {
    switch self {
    case .concatenate: nil
    case .binary: 2
    default: 1
    }
  }

  /// Weights and geometry of a convolution.
  public struct Convolution: Sendable {
    /// `[outputs, inputs / groups, kernel height, kernel width]`.
    public var weight: Tensor
    /// `[outputs]`.
    public var bias: Tensor?
    /// Steps between windows: rows, columns; at least 1.
    public var strides = [1, 1]
    /// Distance between taps: rows, columns; at least 1.
    public var dilations = [1, 1]
    /// Zeros added around the input.
    public var padding = WindowPadding.explicit(top: 0, left: 0, bottom: 0, right: 0)
    /// The number of groups that input and output channels are divided into.
    public var groups = 1

    /// A convolution with stride 1, no padding, and one group; set the rest.
    public init(weight: Tensor, bias: Tensor?) {
      self.weight = weight
      self.bias = bias
    }
  }

  /// Zeros around an image, given or computed from its size.
  public enum WindowPadding: Sendable, Equatable {
    /// Rows and columns at each side; never negative.
    case explicit(top: Int, left: Int, bottom: Int, right: Int)
    /// So much that the output has `ceil(size / stride)` positions; an odd one goes to the end or to the beginning.
    case same(oddAtEnd: Bool)
  }

  /// Geometry of a pooling operation.
  public struct Pooling: Sendable {
    /// What is taken of a window.
    public enum Kind: Sendable { case maximum, average }
    /// What is taken of a window.
    public var kind: Kind
    /// Window: rows, columns.
    public var kernel: [Int]
    /// Steps between windows: rows, columns.
    public var strides = [1, 1]
    /// Distance between taps: rows, columns.
    public var dilations = [1, 1]
    /// Positions added around the input; they never win a maximum.
    public var padding = WindowPadding.explicit(top: 0, left: 0, bottom: 0, right: 0)
    /// Whether a last window that sticks out is kept.
    public var ceilMode = false
    /// Whether padding counts in the divisor of an average.
    public var countsPadding = false

    /// A pooling with stride 1 and no padding; set the rest.
    public init(_ kind: Kind, kernel: [Int]) {
      self.kind = kind
      self.kernel = kernel
    }
  }

  /// Elementwise nonlinearities.
  public enum Activation: Sendable, Equatable {
    /// `max(x, 0)`.
    case relu
    /// `x` where positive, else `slope * x`.
    case leakyRelu(slope: Float)
    /// `min(max(x, minimum), maximum)`.
    case clip(minimum: Float, maximum: Float)
    /// `1 / (1 + exp(-x))`.
    case sigmoid
    /// `min(max(alpha * x + beta, 0), 1)`.
    case hardSigmoid(alpha: Float, beta: Float)
    /// `x * hardSigmoid(x)` with alpha 1/6 and beta 1/2.
    case hardSwish
  }

  /// Arithmetic of two values.
  public enum BinaryOperator: Sendable { case add, subtract, multiply, divide }

  /// What stands in added positions.
  public enum PaddingMode: Sendable, Equatable {
    /// One value.
    case constant(Float)
    /// The picture mirrored at its border pixel.
    case reflect
    /// The border pixel repeated.
    case edge
  }

  /// A part of one axis: `start`, and then every `step`-th index before `end`; bounds beyond the axis are clamped
  /// and negative ones count from its end.
  public struct AxisSlice: Sendable, Equatable {
    /// The axis; negative ones count from the last.
    public var axis: Int
    /// The first index.
    public var start: Int
    /// The bound that is not reached.
    public var end: Int
    /// The step, not 0; negative ones walk backward.
    public var step: Int

    /// Part of an axis.
    public init(axis: Int, start: Int, end: Int, step: Int) {
      self.axis = axis
      self.start = start
      self.end = end
      self.step = step
    }
  }
}
