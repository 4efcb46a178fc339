/// How far two inputs of a network are apart, in the picture's own units: 0 is black, 1 is white.
struct PixelChange {
  /// `[1, 3, H, W]`, red first.
  let difference: Tensor

  init(from x: Tensor, to y: Tensor, _ preprocessing: Preprocessing) throws {
    let count = preprocessing.width * preprocessing.height
    difference = try Tensor(x.shape) { output in
      x.withPointer { x in
        y.withPointer { y in
          for channel in 0..<3 {
            let unit = preprocessing.deviation[channel] / preprocessing.scale / 255
            let target = preprocessing.isBGR ? 2 - channel : channel
            for i in 0..<count {
              output[target * count + i] = (y[channel * count + i] - x[channel * count + i]) * unit
            }
          }
        }
      }
    }
  }

  /// The root of the sum of squares over all channels of all pixels.
  var l2: Float { Float(difference.values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()) }
  /// The largest change of a channel of a pixel.
  var linf: Float { difference.values.reduce(0) { max($0, abs($1)) } }

  /// The largest change of each pixel's channels, `[H, W]`.
  func largestPerPixel() throws -> Tensor {
    try Variable(constant: difference).absolute().max([0, 1]).value
  }

  /// The change around middle gray.
  func picture(magnified factor: Float) throws -> Picture {
    var unit = Preprocessing.none
    (unit.width, unit.height) = (difference.shape[3], difference.shape[2])
    return try unit.picture(of: difference.map { 127.5 + 255 * factor * $0 })
  }
}

extension Preprocessing {
  /// The input that the 8-bit picture of an input gives.
  ///
  /// - Throws: as `picture(of:)`.
  func rounded(_ input: Tensor) throws -> Tensor { try tensor(ofFitted: picture(of: input)) }

  /// The input for a picture that has the input's size already, which is cut no further.
  ///
  /// - Throws: as `tensor(of:)`.
  func tensor(ofFitted picture: Picture) throws -> Tensor {
    var whole = self
    whole.resize = .stretch
    return try whole.tensor(of: picture)
  }

  /// How much one step of 1/255 of the picture's range is, for each channel of the input.
  var byteSteps: [Float] { deviation.map { abs(scale / $0) } }

  /// How large the input's numbers are beside those of `torch`: 1 there, 57.4 where a step of a picture's byte is 1.
  ///
  /// Published constants that depend on the scale, such as the deviation of noise or the length of a step, are for
  /// `torch`; multiplied by this they mean the same to any network.
  var unit: Float { byteSteps.reduce(0, +) / Preprocessing.torch.byteSteps.reduce(0, +) }

  /// Brings an input into the range of pictures.
  ///
  /// - Parameters:
  ///   - center: an input to stay near to.
  ///   - radius: how far from it each channel of a pixel may be, in 1/255 of the picture's range.
  /// - Throws: `.outOfMemory`.
  func clamped(_ input: Tensor, near center: Tensor? = nil, radius: Float = 0) throws -> Tensor {
    let count = input.shape[2] * input.shape[3]
    return try Tensor(input.shape) { output in
      for channel in 0..<3 {
        let ends = [0, 255].map { (scale * Float($0) - mean[channel]) / deviation[channel] }
        let (least, most, reach) = (min(ends[0], ends[1]), max(ends[0], ends[1]), byteSteps[channel] * radius)
        let begin = channel * count
        input.withPointer { input in
          for i in begin..<begin + count { output[i] = min(max(input[i], least), most) }
        }
        center?.withPointer { center in
          for i in begin..<begin + count { output[i] = min(max(output[i], center[i] - reach), center[i] + reach) }
        }
      }
    }
  }
}
