import ExplainCore

/// Whether pictures are taken for a class that is not in them, once they are attacked and rounded to 8 bits.
enum Fooling {
  static func print(_ settings: [String], _ scenes: [HeldOutScene], _ network: Network) throws {
    emit("| attack | fooled | with L-inf below 16/255 | L-inf * 255, median | largest | seconds |")
    emit("| --- | --- | --- | --- | --- | --- |")
    for text in settings.isEmpty ? ["fool", "fgsm:targeted", "pgd:targeted"] : settings {
      var (fooled, hardly) = (0, 0)
      var (changes, seconds): ([Double], [Double]) = ([], [])
      let method = try Setting(text).method
      for (number, scene) in scenes.enumerated() {
        let target = scene.absentClass(number, of: network.classCount)
        let explanation = try network.explain(scene.picture, by: method, targets: [target])
        let change = 255 * (explanation.measure("linf")?.doubleValue ?? .infinity)
        if explanation.isMeasured("succeeded_after_rounding") {
          fooled += 1
          if change < 16 { hardly += 1 }
        }
        changes.append(change)
        seconds.append(explanation.seconds)
      }
      let counts = [fooled, hardly].map { "\($0)/\(scenes.count)" }.joined(separator: " | ")
      let sizes = [median(changes), changes.max() ?? 0].map { rounded($0, 1) }.joined(separator: " | ")
      emit("| `\(text)` | \(counts) | \(sizes) | \(rounded(median(seconds), 2)) |")
    }
  }
}

/// Whether an attack's own mask, blurred away, brings the class back that the picture was taken for before.
enum Detection {
  static func print(_ settings: [String], _ scenes: [HeldOutScene], _ network: Network) throws {
    emit("| setting | objects | attacked | class brought back | distance of the masks | seconds |")
    emit("| --- | --- | --- | --- | --- | --- |")
    for text in settings.isEmpty ? ["detect"] : settings {
      let method = try Setting(text).method
      for count in 1...2 {
        var (attacked, recovered) = (0, 0)
        var (distances, seconds): ([Double], [Double]) = ([], [])
        let some = scenes.filter { $0.objects.count == count }
        for (number, scene) in some.enumerated() {
          let target = scene.absentClass(number, of: network.classCount)
          let explanation = try network.explain(scene.picture, by: method, targets: [target])
          if explanation.isMeasured("attacked") { attacked += 1 }
          if explanation.isMeasured("recovered") { recovered += 1 }
          distances.append(explanation.measure("mask_distance")?.doubleValue ?? 0)
          seconds.append(explanation.seconds)
        }
        let counts = "\(attacked)/\(some.count) | \(recovered)/\(attacked)"
        emit("| `\(text)` | \(count) | \(counts) | \(rounded(median(distances), 3)) |", terminator: "")
        emit(" \(rounded(median(seconds), 2)) |")
      }
    }
  }
}

/// Whether painted classes are recognized.
enum Visualization {
  static func print(_ scenes: [HeldOutScene], _ network: Network) throws {
    emit("| class | taken for | probability | restarts | seconds |")
    emit("| --- | --- | --- | --- | --- |")
    guard let picture = scenes.first?.picture else { return }
    for index in 0..<network.classCount {
      let explanation = try network.explain(picture, by: ClassVisualization(), targets: [index])
      let restarts = explanation.measure("restarts")?.integerValue ?? 0
      let top = explanation.topAfter[0]
      emit(
        "| \(explanation.targetName) | \(top.name) | \(rounded(Double(top.probability), 4)) |", terminator: "")
      emit(" \(restarts) | \(rounded(explanation.seconds, 2)) |")
    }
  }
}
