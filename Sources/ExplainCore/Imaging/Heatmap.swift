extension GrayPicture {
  /// The shades as colors from blue over cyan, yellow and red to dark red: `cv2.COLORMAP_JET`.
  public func jet() -> Picture {
    pixels.withUnsafeBufferPointer { input in
      Picture(checkedWidth: width, height: height) { output in
        for (index, shade) in input.enumerated() {
          let color = jetColors[Int(shade)]
          output[3 * index] = color.x
          output[3 * index + 1] = color.y
          output[3 * index + 2] = color.z
        }
      }
    }
  }
}

/// Each channel climbs to 255 and falls again, by 4 a shade.
private let jetColors: [SIMD3<UInt8>] = (0..<256).map { shade in
  func hat(_ rising: Int, _ falling: Int) -> UInt8 {
    UInt8(clamping: min(4 * shade + rising, falling - 4 * shade))
  }
  // OpenCV's table has one step of 5.
  return SIMD3(hat(-382, 1148), hat(-128, 892), shade == 159 ? 1 : hat(128, 638))
}

extension Picture {
  /// The sum of this picture and a heatmap of its size, divided by the largest byte of that sum.
  ///
  /// The `cam` picture of J. Gildenblat's pytorch-explain-black-box.
  ///
  /// - Throws: `.invalidArgument` if the sizes differ.
  public func overlaid(with heatmap: Picture) throws -> Picture {
    guard width == heatmap.width, height == heatmap.height else {
      throw ExplainError.invalid(
        "a heatmap of \(heatmap.width)x\(heatmap.height) over a picture of \(width)x\(height) pixels")
    }
    return pixels.withUnsafeBufferPointer { below in
      heatmap.pixels.withUnsafeBufferPointer { above in
        var largest: UInt16 = 1
        for i in 0..<below.count { largest = max(largest, UInt16(below[i]) &+ UInt16(above[i])) }
        let scale = 255 / Float(largest)
        return Picture(checkedWidth: width, height: height) { output in
          for i in 0..<below.count {
            output[i] = byte(rounding: Float(UInt16(below[i]) &+ UInt16(above[i])) * scale)
          }
        }
      }
    }
  }
}
