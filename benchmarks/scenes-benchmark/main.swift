// How well explanations find objects whose pixels are known: a table over held-out scenes.
//
//     scenes-benchmark [METHOD[:option=value[:...]] ...]      every method if none is given
//
// Share: of the importance, inside the target's pixels grown by 8. Pointing: whether the most important pixel lies
// within 15 pixels of the target [zhang2016].

import ExplainCore

/// One object of a scene, with its pixels grown by two radii.
struct Object {
  let name: String
  let grown: Tensor
  let pointing: Tensor
}

/// A held-out scene.
struct Scene {
  let picture: Picture
  let objects: [Object]
}

/// What was found over some scenes.
struct Tally {
  var share = 0.0
  var hits = 0
  var count = 0

  mutating func add(_ importance: Tensor, _ object: Object) {
    let values = importance.values
    let inside = object.grown.values
    var (total, within) = (0.0, 0.0)
    for i in values.indices {
      total += Double(values[i])
      if inside[i] > 0 { within += Double(values[i]) }
    }
    let peak = values.indices.max { values[$0] < values[$1] } ?? 0
    share += total > 0 ? within / total : 0
    hits += values[peak] > 0 && object.pointing.values[peak] > 0 ? 1 : 0
    count += 1
  }

  var text: String {
    guard count > 0 else { return "-" }
    return "\((share / Double(count) * 1000).rounded() / 1000), \(hits)/\(count)"
  }
}

let folder = "benchmarks/scenes/"

func grown(_ mask: Picture, by radius: Int) throws -> Tensor {
  let pixels = (0..<mask.width * mask.height).map { Float(mask.pixels[3 * $0]) / 255 }
  return try Tensor(pixels, [mask.height, mask.width]).dilated(width: 2 * radius + 1, height: 2 * radius + 1)
}

func loadScenes() throws -> [Scene] {
  let bytes = try ClassNames.read(folder + "index.json").joined(separator: "\n")
  return try (JSON.parse(bytes)["scenes"]?.arrayValue ?? []).map { scene in
    let objects = try (scene["objects"]?.arrayValue ?? []).map { object -> Object in
      let mask = try Picture(contentsOf: folder + (object["mask"]?.stringValue ?? ""))
      return Object(
        name: object["class"]?.stringValue ?? "", grown: try grown(mask, by: 8), pointing: try grown(mask, by: 15))
    }
    return Scene(picture: try Picture(contentsOf: folder + (scene["file"]?.stringValue ?? "")), objects: objects)
  }
}

func row(_ text: String, _ scenes: [Scene], _ network: Network) throws {
  let parts = text.split(separator: ":").map(String.init)
  try measure(Methods.named(parts[0]), text, parts.dropFirst(), scenes, network)
}

func measure<Method: ExplanationMethod>(
  _ type: Method.Type, _ text: String, _ settings: ArraySlice<String>, _ scenes: [Scene], _ network: Network
) throws {
  var method = try Method(preset: nil)
  for setting in settings {
    let pair = setting.split(separator: "=", maxSplits: 1).map(String.init)
    try method.set(pair[0], to: pair.count > 1 ? pair[1] : "true")
  }
  var (one, first, second) = (Tally(), Tally(), Tally())
  var seconds = 0.0
  for scene in scenes {
    for (number, object) in scene.objects.enumerated() {
      let explanation = try network.explain(
        scene.picture, by: method, targets: [try network.classIndex(object.name)])
      let importance = try explanation.pictureImportance()
      seconds += explanation.seconds
      if scene.objects.count == 1 {
        one.add(importance, object)
      } else if number == 0 {
        first.add(importance, object)
      } else {
        second.add(importance, object)
      }
    }
  }
  let mean = (seconds / Double(max(1, one.count + first.count + second.count)) * 100).rounded() / 100
  print("| \(text) | \(one.text) | \(first.text) | \(second.text) | \(mean) |")
}

let network = try ModelRequest("scenes").load()
let scenes = try loadScenes()
var methods = Array(CommandLine.arguments.dropFirst())
if methods.isEmpty { for method in Methods.all { methods.append(method.about.name) } }
print("| method | one object: share, pointing | two, the first | two, the second | seconds |")
print("| --- | --- | --- | --- | --- |")
for method in methods { try row(method, scenes, network) }
