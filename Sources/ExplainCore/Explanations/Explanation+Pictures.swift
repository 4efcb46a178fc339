extension Explanation {
  /// The pictures of an explanation, each of the explained picture's size.
  ///
  /// Evidence that was learned as a mask is shown as it is. Other maps often have a few pixels far above the rest,
  /// beside which the rest would be black: there, all that is above the 99th percentile is shown as the most.
  public enum Rendering: String, Sendable, CaseIterable {
    /// The evidence in shades of gray: white is evidence.
    case mask
    /// The evidence in colors from blue to red.
    case heatmap
    /// The heatmap over the picture.
    case overlay = "cam"
    /// The picture as the method changed it; not there for methods that do not change it.
    case perturbed = "perturbated"

    /// The file's name, as pytorch-explain-black-box has it.
    public var fileName: String { "\(rawValue).png" }
  }

  /// The pictures that this explanation has.
  public var renderings: [Rendering] { Rendering.allCases.filter { $0 != .perturbed || perturbed != nil } }

  /// One of the pictures.
  ///
  /// - Throws: `.unsupported` for a picture that the method does not make; `.outOfMemory`.
  public func rendered(_ rendering: Rendering) throws -> Picture {
    switch rendering {
    case .mask: return try shades().picture
    case .heatmap: return try shades().jet()
    case .overlay: return try picture.overlaid(with: shades().jet())
    case .perturbed: return try perturbedPicture()
    }
  }

  /// One of the pictures as a PNG file.
  ///
  /// - Throws: as `rendered`.
  public func png(_ rendering: Rendering) throws -> [UInt8] {
    rendering == .mask ? try shades().pngData() : try rendered(rendering).pngData()
  }

  /// Writes pictures into a folder, which is made if it is not there.
  ///
  /// - Parameters:
  ///   - prefix: stands before each name, as in `flute-cam.png`; empty for the bare names.
  ///   - wanted: which of the renderings to write; those of the method's own are written in any case.
  /// - Returns: the name of each picture, and the path of its file.
  /// - Throws: `.invalidArgument` if the prefix has a slash, which would lead to another folder; `.io` with the path that
  ///   could not be written; files already written stay, each of them whole.
  public func write(
    to folder: String, prefix: String = "", renderings wanted: [Rendering] = Rendering.allCases
  ) throws -> [(name: String, path: String)] {
    guard !prefix.contains("/") else {
      throw ExplainError.invalid("prefix \(prefix) has a slash: files go into the folder itself")
    }
    try WholeFile.makeDirectory(folder)
    func save(_ png: [UInt8], _ name: String) throws -> (name: String, path: String) {
      let file = (prefix.isEmpty ? "" : prefix + "-") + name + ".png"
      let path = folder.isEmpty ? file : folder.hasSuffix("/") ? folder + file : "\(folder)/\(file)"
      try WholeFile.save(png, to: path)
      return (name, path)
    }
    return try renderings.filter(wanted.contains).map { try save(png($0), $0.rawValue) }
      + figures.map { try save($0.picture.pngData(), $0.name) }
  }

  private func shades() throws -> GrayPicture {
    let map = try pictureImportance()
    let most = mask == nil ? importance.percentile(99) : 1
    // Of evidence at fewer than one pixel in a hundred, nothing is cut off.
    return try GrayPicture(most > 0 ? map.map { $0 / most } : map)
  }

  /// The perturbed input brought to the picture's size: what lies outside the network's view stays as it was.
  private func perturbedPicture() throws -> Picture {
    guard let perturbed else { throw ExplainError.unsupported("method \(method) does not change the picture") }
    let input = try preprocessing.picture(of: perturbed)
    let planes = try Tensor(Shape([3, input.height, input.width])) { output in
      for i in 0..<input.width * input.height {
        for channel in 0..<3 { output[channel * input.width * input.height + i] = Float(input.pixels[3 * i + channel]) }
      }
    }
    let projected = try preprocessing.project(
      planes, ontoPictureOfWidth: picture.width, height: picture.height, outside: -1)
    var result = picture
    let count = picture.width * picture.height
    projected.withPointer { values in
      for i in 0..<count where values[i] >= 0 {
        for channel in 0..<3 { result.pixels[3 * i + channel] = byte(rounding: values[channel * count + i]) }
      }
    }
    return result
  }
}

extension Tensor {
  /// The smallest element that so many percent of the elements do not exceed; NaN counts as the smallest.
  fileprivate func percentile(_ percent: Int) -> Float {
    let sorted = values.map { $0.isNaN ? -.infinity : $0 }.sorted()
    return sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * percent / 100)]
  }
}

extension GrayPicture {
  /// The shades as an RGB picture.
  var picture: Picture {
    Picture(checkedWidth: width, height: height) { output in
      for (i, shade) in pixels.enumerated() {
        for channel in 0..<3 { output[3 * i + channel] = shade }
      }
    }
  }
}
