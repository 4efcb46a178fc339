import ExplainCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A picture that the embedded model was not trained on, with each object's pixels.
struct HeldOutScene {
  let picture: Picture
  let objects: [Object]

  /// An object's pixels grown by two radii.
  struct Object {
    let index: Int
    /// By 8 pixels, which the cells of a mask blur.
    let grown: Tensor
    /// By 15 pixels, as the pointing game allows [zhang2016].
    let pointing: Tensor

    init(index: Int, mask: Picture) throws {
      let values = (0..<mask.width * mask.height).map { Float(mask.pixels[3 * $0]) / 255 }
      let pixels = try Tensor(values, [mask.height, mask.width])
      self.index = index
      grown = try pixels.dilated(width: 17, height: 17)
      pointing = try pixels.dilated(width: 31, height: 31)
    }
  }

  /// The first so many scenes with one object, and as many with two.
  static func load(first limit: Int) throws -> [HeldOutScene] {
    let folder = "benchmarks/scenes/"
    let text = try ClassNames.read(folder + "index.json").joined(separator: "\n")
    let scenes = try (JSON.parse(text)["scenes"]?.arrayValue ?? []).map { scene in
      HeldOutScene(
        picture: try Picture(contentsOf: folder + (scene["file"]?.stringValue ?? "")),
        objects: try (scene["objects"]?.arrayValue ?? []).map { object in
          try Object(
            index: object["index"]?.integerValue ?? 0,
            mask: Picture(contentsOf: folder + (object["mask"]?.stringValue ?? "")))
        })
    }
    return [1, 2].flatMap { count in scenes.filter { $0.objects.count == count }.prefix(limit) }
  }

  /// A class that is not in the picture, another one from scene to scene.
  func absentClass(_ number: Int, of count: Int) -> Int {
    let absent = (0..<count).filter { index in !objects.contains { $0.index == index } }
    return absent[(7 * number + 3) % absent.count]
  }
}

/// A method as the command line names it: `occlusion:patch=48:stride=16`.
struct Setting {
  let text: String
  let method: any ExplanationMethod

  init(_ text: String) throws {
    let parts = text.split(separator: ":").map(String.init)
    var method = try Methods.named(parts[0]).init(preset: nil)
    for part in parts.dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
      try method.set(pair[0], to: pair.count > 1 ? pair[1] : "true")
    }
    (self.text, self.method) = (text, method)
  }
}

extension Explanation {
  /// One of the method's own numbers.
  func measure(_ name: String) -> JSON? { measures.first { $0.name == name }?.value }

  func isMeasured(_ name: String) -> Bool { measure(name) == .bool(true) }
}

/// Prints a row at once: a table may take an hour.
func emit(_ text: String, terminator: String = "\n") {
  print(text, terminator: terminator)
  fflush(nil)
}

/// With so many decimals.
func rounded(_ value: Double, _ decimals: Int) -> String {
  let unit = (0..<decimals).reduce(1.0) { unit, _ in unit * 10 }
  let text = "\((value * unit).rounded() / unit)"
  let fraction = text.split(separator: ".").last?.count ?? 0
  return text + String(repeating: "0", count: max(0, decimals - fraction))
}

func median(_ values: [Double]) -> Double {
  values.isEmpty ? .nan : values.sorted()[values.count / 2]
}
