extension Explanation {
  /// The report of one explanation.
  ///
  /// - Parameters:
  ///   - pictureName: the name that the caller knows the picture by; nil where no picture was given.
  ///   - files: paths of the pictures that were written.
  /// - Throws: `.outOfMemory`.
  public func json(pictureName: String?, files: [(name: String, path: String)] = []) throws -> JSON {
    let center = try centerOfMass()
    let picture: JSON = pictureName.map { .string($0) } ?? .null
    return .object([
      .init("version", .string(Library.version)),
      .init("method", .string(method)),
      .init("model", .string(model)),
      .init("picture", picture),
      .init(
        "target",
        .object([
          .init("index", target.indices.count == 1 ? JSON(target.indices[0]) : .array(target.indices.map { JSON($0) })),
          .init("name", .string(targetName)),
          .init("given", .bool(target.isGiven)),
        ])),
      .init("score_before", JSON(scoreBefore)),
      .init("score_after", scoreAfter.map { JSON($0) } ?? .null),
      .init("top_before", .array(topBefore.map(\.json))),
      .init("top_after", .array(topAfter.map(\.json))),
      .init("interrupted", .bool(isInterrupted)),
      .init("warnings", .array(warnings.map { .string($0) })),
      .init("options", options),
      .init("seed", JSON(seed)),
      .init("iterations", JSON(iterations)),
      .init("seconds", .number(seconds)),
      .init("history", .object(history.map { .init($0.name, JSON($0.values)) })),
      .init("mask", mask.map { JSON(map: $0) } ?? .null),
      .init("map", mask == nil ? JSON(map: map) : .null),
      .init("measures", .object(measures)),
      .init("center_of_mass", center.map { .array([.number($0.x), .number($0.y)]) } ?? .null),
      .init("files", .object(files.map { .init($0.name, .string($0.path)) })),
    ])
  }
}

extension JSON {
  /// A map `[height, width]`, row by row.
  fileprivate init(map: Tensor) {
    self = .object([
      .init("width", JSON(map.shape[1])),
      .init("height", JSON(map.shape[0])),
      .init("values", JSON(map.values)),
    ])
  }
}

extension ScoredClass {
  /// The class as it stands in reports.
  public var json: JSON {
    .object([
      .init("index", JSON(index)),
      .init("name", .string(name)),
      .init("probability", JSON(probability)),
    ])
  }
}
