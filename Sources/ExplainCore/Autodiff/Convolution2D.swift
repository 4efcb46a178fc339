extension Variable {
  /// Cross-correlation of pictures with a few channels, as `torch.nn.functional.conv2d`.
  ///
  /// Made for the small convolutions that explainers learn; a network's own run in its plan.
  ///
  /// - Parameters:
  ///   - weight: `[O, C, kernel height, kernel width]`.
  ///   - bias: `[O]`.
  ///   - stride: at least 1.
  ///   - padding: zeros on each side, at least 0.
  /// - Returns: `[N, O, H', W']` for pictures `[N, C, H, W]`.
  /// - Throws: `.invalidArgument` if shapes do not fit or the kernel is larger than the padded picture; `.outOfMemory`.
  public func convolved(
    with weight: Variable, bias: Variable? = nil, stride: Int = 1, padding: Int = 0
  ) throws -> Variable {
    let (x, w) = (value, weight.value)
    let geometry = try ConvolutionGeometry(picture: x.shape, kernel: w.shape, stride: stride, padding: padding)
    let padded = try x.placed(geometry.paddedPlane)
    let result = Variable(
      try padded.correlated(with: w, stride: stride, geometry.outputShape),
      from: (self, { try geometry.inputGradient($0, w) }),
      (weight, { try geometry.weightGradient($0, padded) }))
    guard let bias else { return result }
    guard bias.shape.dimensions == [w.shape[0]] else {
      throw ExplainError.invalid("a bias of shape \(bias.shape) for a kernel of shape \(w.shape)")
    }
    return try result + bias.reshaped([1, w.shape[0], 1, 1])
  }
}

/// The extents of one convolution, checked.
private struct ConvolutionGeometry {
  let pictureShape: Shape
  let kernelShape: Shape
  let outputShape: Shape
  let stride: Int
  let padding: Int

  init(picture: Shape, kernel: Shape, stride: Int, padding: Int) throws {
    guard picture.rank == 4, kernel.rank == 4, picture[1] == kernel[1], kernel.count > 0 else {
      throw ExplainError.invalid("a convolution of shape \(picture) with a kernel of shape \(kernel)")
    }
    let limit = 1 << 20
    let sides = [picture[2], picture[3], kernel[2], kernel[3], stride, padding]
    guard stride >= 1, padding >= 0, sides.allSatisfy({ $0 <= limit }) else {
      throw ExplainError.invalid("a convolution of shape \(picture) with stride \(stride), padding \(padding)")
    }
    let spans = [picture[2] + 2 * padding - kernel[2], picture[3] + 2 * padding - kernel[3]]
    guard spans.allSatisfy({ $0 >= 0 }) else {
      throw ExplainError.invalid("a kernel of shape \(kernel) is larger than the padded picture of shape \(picture)")
    }
    outputShape = try Shape([picture[0], kernel[0], spans[0] / stride + 1, spans[1] / stride + 1])
    (pictureShape, kernelShape, self.stride, self.padding) = (picture, kernel, stride, padding)
  }

  /// The picture with its padding.
  var paddedPlane: PlanePlacement {
    PlanePlacement(
      height: pictureShape[2] + 2 * padding, width: pictureShape[3] + 2 * padding, top: padding, left: padding,
      spacing: 1)
  }

  /// The gradient, spread to the stride's distance, convolved with the kernel turned by half a circle.
  func inputGradient(_ gradient: Tensor, _ weight: Tensor) throws -> Tensor {
    let (height, width) = (kernelShape[2], kernelShape[3])
    let spread = PlanePlacement(
      height: pictureShape[2] + height - 1, width: pictureShape[3] + width - 1, top: height - 1 - padding,
      left: width - 1 - padding, spacing: stride)
    let turned = try weight.permuted([1, 0, 2, 3]).mapped(
      along: 2, by: AxisMap(from: height, to: height, selecting: { height - 1 - $0 })
    ).mapped(along: 3, by: AxisMap(from: width, to: width, selecting: { width - 1 - $0 }))
    return try gradient.placed(spread).correlated(with: turned, stride: 1, pictureShape)
  }

  /// Dot products of the gradient's rows with the shifted rows of the padded picture.
  func weightGradient(_ gradient: Tensor, _ padded: Tensor) throws -> Tensor {
    let (outputs, channels, height, width) = (kernelShape[0], kernelShape[1], kernelShape[2], kernelShape[3])
    let (count, rows, columns) = (outputShape[0], outputShape[2], outputShape[3])
    let (plane, pitch, step) = (padded.shape[2] * padded.shape[3], padded.shape[3], stride)
    return try Tensor(kernelShape) { output in
      gradient.withPointer { gradient in
        padded.withPointer { padded in
          nonisolated(unsafe) let (gradient, padded, output) = (gradient, padded, output.baseAddress!)
          // A task makes one row of one kernel plane.
          ElementLoop.forEachRow(outputs * channels * height, length: count * rows * columns * width) { range in
            for index in range {
              let (o, c, y) = (index / (channels * height), index / height % channels, index % height)
              for x in 0..<width {
                var sum = 0.0
                for n in 0..<count {
                  let left = gradient + (n * outputs + o) * rows * columns
                  let right = padded + (n * channels + c) * plane + y * pitch + x
                  for row in 0..<rows {
                    sum += Double(
                      rowProduct(left + row * columns, right + row * step * pitch, step: step, count: columns))
                  }
                }
                output[index * width + x] = Float(sum)
              }
            }
          }
        }
      }
    }
  }
}

/// Where the pixels of a plane go in a larger or smaller one, the rest of which is zero.
private struct PlanePlacement {
  let height: Int
  let width: Int
  /// The place of the first pixel; negative where pixels fall off.
  let top: Int
  let left: Int
  /// The distance of neighboring pixels.
  let spacing: Int

  /// The pixels of `count` that land in `0..<limit`.
  func landing(_ count: Int, from start: Int, below limit: Int) -> Range<Int> {
    let first = start < 0 ? (-start + spacing - 1) / spacing : 0
    let end = limit > start ? min(count, (limit - start + spacing - 1) / spacing) : 0
    return min(first, end)..<end
  }
}

extension Tensor {
  /// Each plane of `[N, C, H, W]` placed in a plane of zeros.
  fileprivate func placed(_ placement: PlanePlacement) throws -> Tensor {
    let (height, width) = (shape[2], shape[3])
    let target = try Shape([shape[0], shape[1], placement.height, placement.width])
    let rows = placement.landing(height, from: placement.top, below: placement.height)
    let columns = placement.landing(width, from: placement.left, below: placement.width)
    return try Tensor(target) { output in
      guard let output = output.baseAddress, target.count > 0 else { return }
      withPointer { input in
        nonisolated(unsafe) let (input, output) = (input, output)
        ElementLoop.forEachRow(shape[0] * shape[1], length: placement.height * placement.width) { planes in
          for plane in planes {
            let target = output + plane * placement.height * placement.width
            target.update(repeating: 0, count: placement.height * placement.width)
            for row in rows {
              let from = input + (plane * height + row) * width
              let to = target + (placement.top + row * placement.spacing) * placement.width + placement.left
              for column in columns { to[column * placement.spacing] = from[column] }
            }
          }
        }
      }
    }
  }

  /// Cross-correlation of `[N, C, H, W]` with `[O, C, kernel height, kernel width]`, without padding.
  fileprivate func correlated(with kernel: Tensor, stride: Int, _ target: Shape) throws -> Tensor {
    let (channels, pitch, plane) = (shape[1], shape[3], shape[2] * shape[3])
    let (outputs, height, width) = (kernel.shape[0], kernel.shape[2], kernel.shape[3])
    let (rows, columns) = (target[2], target[3])
    return try Tensor(target) { output in
      guard let output = output.baseAddress, target.count > 0 else { return }
      withPointer { input in
        kernel.withPointer { kernel in
          nonisolated(unsafe) let (input, kernel, output) = (input, kernel, output)
          let work = columns * channels * height * width
          ElementLoop.forEachRow(target[0] * outputs * rows, length: work) { range in
            for index in range {
              let (n, o, row) = (index / (outputs * rows), index / rows % outputs, index % rows)
              let source = input + n * channels * plane + row * stride * pitch
              let weights = kernel + o * channels * height * width
              let to = output + index * columns
              var column = 0
              while column < columns {
                let begin = columns < Lanes.scalarCount ? column : Swift.min(column, columns - Lanes.scalarCount)
                if stride == 1 && columns >= Lanes.scalarCount {
                  var sum = Lanes.zero
                  var weight = weights
                  for c in 0..<channels {
                    for y in 0..<height {
                      let from = source + c * plane + y * pitch + begin
                      for x in 0..<width { sum += weight[x] * load(from + x) }
                      weight += width
                    }
                  }
                  store(sum, to + begin)
                  column += Lanes.scalarCount
                } else {
                  var sum: Float = 0
                  var weight = weights
                  for c in 0..<channels {
                    for y in 0..<height {
                      let from = source + c * plane + y * pitch + column * stride
                      for x in 0..<width { sum += weight[x] * from[x] }
                      weight += width
                    }
                  }
                  to[column] = sum
                  column += 1
                }
              }
            }
          }
        }
      }
    }
  }
}

/// `Σ left[i] * right[i * step]` by sixteen interleaved sums.
@inline(__always)
private func rowProduct(
  _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, step: Int, count: Int
) -> Float {
  var i = 0
  var sum: Float = 0
  if step == 1 {
    var sums = Lanes.zero
    while i + Lanes.scalarCount <= count {
      sums += load(left + i) * load(right + i)
      i += Lanes.scalarCount
    }
    sum = sums.sum()
  }
  while i < count {
    sum += left[i] * right[i * step]
    i += 1
  }
  return sum
}
