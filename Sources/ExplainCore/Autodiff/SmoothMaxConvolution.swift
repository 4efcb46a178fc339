#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The geometry of smooth max-convolution [fong2019], which turns a coarse grid of parameters into a mask without
/// edges sharper than its kernel.
///
///     m(u) = smax over i of k(|u - u_i| / sigma) * p_i,   k(d) = exp(-2 * max(d - 1/2, 0)²)
///     smax(v) = sum of v_i * exp(T v_i) / sum of exp(T v_i),   T = 20
///
/// Parameter `i` stands `step` pixels from its neighbors, the first one `sigma` pixels inside of the mask's upper left
/// corner; the maximum is over the parameters around the pixel, as many as the kernel reaches. Where these lie
/// outside of the grid they are 0.
struct SmoothMaxConvolution {
  /// Pixels between parameters.
  let step: Int
  /// The kernel's width, and the margin around what the mask covers, in pixels.
  let sigma: Float
  /// T above: how close to a maximum it is; TorchRay's.
  static let coldness: Float = 20

  /// Neighbors on either side that take part.
  let radius: Int
  /// Zeros around the parameters.
  let padding: Int

  /// - Throws: `.invalidArgument` for a step outside 1...64, or a sigma outside 1...128.
  init(step: Int, sigma: Float) throws {
    guard (1...64).contains(step), sigma >= 1, sigma <= 128 else {
      throw ExplainError.invalid(
        "a smooth max-convolution of step \(step), sigma \(sigma): 1 to 64 and 1 to 128 are the limits")
    }
    self.step = step
    self.sigma = sigma
    radius = 1 + Int((sigma / Float(step)).rounded(.up))
    // TorchRay's number where sigma is a multiple of the step; elsewhere its masks would not cover the picture.
    padding = radius + Int((sigma / Float(step)).rounded(.up))
  }

  /// Parameters along an axis that is to be covered.
  func parameters(covering extent: Int) -> Int { (extent + step - 1) / step }

  /// Grid cells along the axis of a mask.
  func cells(parameters: Int) -> Int { parameters + 2 * (padding - radius) }

  /// Pixels of the whole mask along an axis, its margins with it.
  func extent(parameters: Int) -> Int { step * (cells(parameters: parameters) - 1) + 1 }

  /// Where the picture begins in the whole mask.
  var margin: Int { Int(sigma.rounded(.toNearestOrEven)) }

  /// Kernel values: `[phase down][phase right][neighbor down][neighbor right]`; which ones a pixel takes depends on
  /// its place within its cell alone.
  fileprivate var kernel: [Float] {
    let taps = 2 * radius + 1
    func distance(_ phase: Int, _ tap: Int) -> Float { Float(phase - step * (tap - padding)) - sigma }
    var result: [Float] = []
    result.reserveCapacity(step * step * taps * taps)
    for phaseY in 0..<step {
      for phaseX in 0..<step {
        for tapY in 0..<taps {
          for tapX in 0..<taps {
            let (y, x) = (distance(phaseY, tapY), distance(phaseX, tapX))
            let beyond = max((y * y + x * x).squareRoot() / sigma - 0.5, 0)
            result.append(expf(-2 * beyond * beyond))
          }
        }
      }
    }
    return result
  }
}

extension Variable {
  /// Masks by smooth max-convolution.
  ///
  /// Their size follows from that of the parameters and includes a margin; see `SmoothMaxConvolution`.
  ///
  /// - Parameter geometry: step and kernel. Parameters are meant to lie in `[0, 1]`; those beyond -4...4 count as its
  ///   ends, so that no exponential overflows.
  /// - Returns: `[N, 1, height, width]` for parameters `[N, 1, rows, columns]`.
  /// - Throws: `.invalidArgument` for another shape or one that is empty; `.outOfMemory`.
  func smoothMaxConvolved(_ geometry: SmoothMaxConvolution) throws -> Variable {
    guard shape.rank == 4, shape[1] == 1, shape.count > 0 else {
      throw ExplainError.invalid("a smooth max-convolution of shape \(shape): [N, 1, rows, columns] is needed")
    }
    let pass = try MaxConvolutionPass(geometry, value)
    return Variable(try pass.mask(), from: (self, { try pass.gradient($0) }))
  }
}

/// One evaluation: the padded parameters, and for each pixel the maximum and the sum of weights.
///
/// Pixels of one phase (the same place within their cells) lie side by side, so that one kernel value meets a whole
/// vector of parameters.
private struct MaxConvolutionPass {
  let geometry: SmoothMaxConvolution
  let kernel: [Float]
  let count: Int
  let rows: Int
  let columns: Int
  let cellRows: Int
  let cellColumns: Int
  /// Cells of a row, rounded up to whole vectors.
  let pitch: Int
  /// Columns of the padded parameters, with room for the last vector.
  let paddedPitch: Int
  let padded: Tensor
  /// `[N, phases, cell rows, pitch]`: the mask, and the sum of the weights.
  let maxima: Tensor
  let weights: Tensor

  init(_ geometry: SmoothMaxConvolution, _ parameters: Tensor) throws {
    self.geometry = geometry
    kernel = geometry.kernel
    (count, rows, columns) = (parameters.shape[0], parameters.shape[2], parameters.shape[3])
    cellRows = geometry.cells(parameters: rows)
    cellColumns = geometry.cells(parameters: columns)
    pitch = (cellColumns + Octet.scalarCount - 1) / Octet.scalarCount * Octet.scalarCount
    paddedPitch = pitch + 2 * geometry.radius
    let paddedRows = cellRows + 2 * geometry.radius
    let (count, rows, columns, paddedPitch, padding) = (count, rows, columns, paddedPitch, geometry.padding)
    padded = try Tensor(Shape([count, paddedRows, paddedPitch])) { output in
      output.initialize(repeating: 0)
      parameters.withPointer { input in
        for row in 0..<count * rows {
          let start = (row / rows * paddedRows + row % rows + padding) * paddedPitch + padding
          for column in 0..<columns { output[start + column] = min(max(input[row * columns + column], -4), 4) }
        }
      }
    }
    let shape = try Shape([count, geometry.step * geometry.step, cellRows, pitch])
    var weights = try Tensor(repeating: 0, shape: shape)
    let pass = (geometry: geometry, kernel: kernel, padded: padded, cellRows: cellRows, pitch: pitch)
    maxima = try Tensor(shape) { output in
      try weights.withMutablePointer { weights in
        guard let output = output.baseAddress else { return }
        nonisolated(unsafe) let (maxima, weights) = (output, weights)
        pass.padded.withPointer { padded in
          nonisolated(unsafe) let padded = padded
          let phases = pass.geometry.step * pass.geometry.step
          let taps = 2 * pass.geometry.radius + 1
          Parallel.forEach(count * phases) { task in
            let plane = padded + task / phases * paddedRows * paddedPitch
            pass.kernel.withUnsafeBufferPointer { kernel in
              let kernel = kernel.baseAddress! + task % phases * taps * taps
              for row in 0..<pass.cellRows {
                for column in Swift.stride(from: 0, to: pass.pitch, by: Octet.scalarCount) {
                  var (sum, weightedSum) = (Octet.zero, Octet.zero)
                  for tapY in 0..<taps {
                    let source = plane + (row + tapY) * paddedPitch + column
                    for tapX in 0..<taps {
                      let value = kernel[tapY * taps + tapX] * octet(source + tapX)
                      let weight = exponential(SmoothMaxConvolution.coldness * value)
                      sum += weight
                      weightedSum += weight * value
                    }
                  }
                  let index = (task * pass.cellRows + row) * pass.pitch + column
                  put(sum, weights + index)
                  put(weightedSum / sum, maxima + index)
                }
              }
            }
          }
        }
      }
    }
    self.weights = weights
  }

  private var shape: Shape {
    get throws {
      try Shape([count, 1, geometry.extent(parameters: rows), geometry.extent(parameters: columns)])
    }
  }

  /// Phases woven together.
  func mask() throws -> Tensor {
    let shape = try shape
    let (height, width, step) = (shape[2], shape[3], geometry.step)
    return try Tensor(shape) { output in
      maxima.withPointer { maxima in
        for row in 0..<count * height {
          let (plane, y) = row.quotientAndRemainder(dividingBy: height)
          for x in 0..<width {
            output[row * width + x] = maxima[index(plane, phase: y % step * step + x % step, y / step, x / step)]
          }
        }
      }
    }
  }

  private func index(_ plane: Int, phase: Int, _ row: Int, _ column: Int) -> Int {
    ((plane * geometry.step * geometry.step + phase) * cellRows + row) * pitch + column
  }

  /// `dm/dp_i = k_i * exp(T v_i) / sum * (1 + T (v_i - m))`, summed over the pixels that a parameter takes part in.
  func gradient(_ maskGradient: Tensor) throws -> Tensor {
    let (height, width, step) = (maskGradient.shape[2], maskGradient.shape[3], geometry.step)
    // Cells beyond the mask's edge, and those that fill up a vector, have a gradient of 0.
    let phases = try Tensor(maxima.shape) { output in
      output.initialize(repeating: 0)
      maskGradient.withPointer { input in
        for row in 0..<count * height {
          let (plane, y) = row.quotientAndRemainder(dividingBy: height)
          for x in 0..<width {
            output[index(plane, phase: y % step * step + x % step, y / step, x / step)] = input[row * width + x]
          }
        }
      }
    }
    // Each row of phases adds to a copy of its own; the copies are then added in order, for any number of threads.
    let paddedCount = padded.shape[1] * padded.shape[2]
    let parts = try Tensor(Shape([count, step, paddedCount])) { parts in
      guard let parts = parts.baseAddress else { return }
      nonisolated(unsafe) let target = parts
      phases.withPointer { phases in
        nonisolated(unsafe) let phases = phases
        Parallel.forEach(count * step) { task in
          let part = target + task * paddedCount
          part.update(repeating: 0, count: paddedCount)
          for phaseX in 0..<step { addGradient(plane: task / step, phase: task % step * step + phaseX, phases, part) }
        }
      }
    }
    let (rows, columns, paddedPitch, padding) = (rows, columns, paddedPitch, geometry.padding)
    return try Tensor(Shape([count, 1, rows, columns])) { output in
      parts.withPointer { parts in
        for row in 0..<count * rows {
          let start = (row % rows + padding) * paddedPitch + padding
          for column in 0..<columns {
            var sum: Float = 0
            for part in 0..<step { sum += parts[(row / rows * step + part) * paddedCount + start + column] }
            output[row * columns + column] = sum
          }
        }
      }
    }
  }

  private func addGradient(
    plane: Int, phase: Int, _ gradient: UnsafePointer<Float>, _ part: UnsafeMutablePointer<Float>
  ) {
    let taps = 2 * geometry.radius + 1
    let coldness = SmoothMaxConvolution.coldness
    padded.withPointer { padded in
      maxima.withPointer { maxima in
        weights.withPointer { weights in
          kernel.withUnsafeBufferPointer { kernel in
            let kernel = kernel.baseAddress! + phase * taps * taps
            let source = padded + plane * self.padded.shape[1] * paddedPitch
            for row in 0..<cellRows {
              for column in Swift.stride(from: 0, to: pitch, by: Octet.scalarCount) {
                let index = index(plane, phase: phase, row, column)
                let share = octet(gradient + index) / octet(weights + index)
                let maximum = octet(maxima + index)
                for tapY in 0..<taps {
                  for tapX in 0..<taps {
                    let place = (row + tapY) * paddedPitch + column + tapX
                    let tap = kernel[tapY * taps + tapX]
                    let value = tap * octet(source + place)
                    let slope = exponential(coldness * value) * (1 + coldness * (value - maximum))
                    put(octet(UnsafePointer(part + place)) + share * (tap * slope), part + place)
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}

/// Half a cache line: exponentials need many registers, and machines with narrow ones have sixteen.
private typealias Octet = SIMD8<Float>

@inline(__always)
private func octet(_ pointer: UnsafePointer<Float>) -> Octet {
  UnsafeRawPointer(pointer).loadUnaligned(as: Octet.self)
}

@inline(__always)
private func put(_ octet: Octet, _ pointer: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(pointer).storeBytes(of: octet, as: Octet.self)
}

/// `eˣ` within two units in the last place, for x in -80...80.
///
/// `2^n * e^r` with n whole and r at most half of ln 2: adding 1.5 * 2^23 rounds to n, which then stands in the lowest
/// bits and is shifted into the exponent.
@inline(__always)
private func exponential(_ x: Octet) -> Octet {
  let shifted = x * 1.442_695_04 + 12_582_912
  let n = shifted - 12_582_912
  // ln 2 in two parts, of which the first has so few bits that its product with n is exact.
  let r = (x - n * 0.693_359_375) + n * 2.121_944_4e-4
  var series = 1 / 720 * r + 1 / 120
  series = series * r + 1 / 24
  series = series * r + 1 / 6
  series = series * r + 0.5
  series = series * r + 1
  series = series * r + 1
  let bits = unsafeBitCast(shifted, to: SIMD8<UInt32>.self)
  return series * unsafeBitCast((bits &<< 23) &+ 0x3F80_0000, to: Octet.self)
}
