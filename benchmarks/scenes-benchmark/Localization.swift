import ExplainCore

/// Whether the importance lies on the object that was asked for.
enum Localization {
  /// Sums over some objects.
  ///
  /// Share: of the importance, within the target's pixels grown by 8. Pointing: whether the most important pixel lies
  /// within 15 pixels of the target's [zhang2016].
  private struct Tally {
    var share = 0.0
    var hits = 0
    var count = 0

    mutating func add(_ importance: Tensor, _ object: HeldOutScene.Object) {
      let (values, inside) = (importance.values, object.grown.values)
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

    var text: String { count > 0 ? "\(rounded(share / Double(count), 3)) | \(hits)/\(count)" : "- | -" }
  }

  /// Every method that says where, with fewer steps than by default where the defaults take many seconds.
  static let standard = [
    "mask", "mask:preset=hybrid", "saliency", "input-x-gradient", "guided-backprop", "deconvnet",
    "smoothgrad", "integrated-gradients", "grad-cam", "guided-grad-cam", "grad-cam++", "layer-cam", "eigen-cam",
    "score-cam", "occlusion:stride=16", "rise:masks=500", "extremal:areas=0.1:iterations=100:area-growth=1.028",
    "perturbator:iterations=100",
  ]

  static func print(_ settings: [String], _ scenes: [HeldOutScene], _ network: Network) throws {
    emit("| method | one object: share | pointing | two, the first: share | pointing |", terminator: "")
    emit(" two, the second: share | pointing | seconds |")
    emit("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for text in settings.isEmpty ? standard : settings {
      var (one, first, second) = (Tally(), Tally(), Tally())
      var seconds: [Double] = []
      let method = try Setting(text).method
      for scene in scenes {
        for (number, object) in scene.objects.enumerated() {
          let explanation = try network.explain(scene.picture, by: method, targets: [object.index])
          let importance = try explanation.pictureImportance()
          seconds.append(explanation.seconds)
          switch (scene.objects.count, number) {
          case (1, _): one.add(importance, object)
          case (_, 0): first.add(importance, object)
          default: second.add(importance, object)
          }
        }
      }
      emit("| `\(text)` | \(one.text) | \(first.text) | \(second.text) | \(rounded(median(seconds), 2)) |")
    }
  }
}
