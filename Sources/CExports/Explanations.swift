// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation
// The names are the header's, which documents them.

import CExplainCore
import ExplainCore

/// `xpl_explanation`.
final class ExplanationHandle: Handle {
  let explanation: Explanation
  private let memory = CMemory()
  nonisolated(unsafe) let summary: xpl_summary
  nonisolated(unsafe) let history: [(name: UnsafePointer<CChar>, values: UnsafePointer<Float>, count: Int)]
  nonisolated(unsafe) let measures: [(name: UnsafePointer<CChar>, value: Double)]
  nonisolated(unsafe) let figureNames: [UnsafePointer<CChar>]

  init(_ explanation: Explanation) throws {
    self.explanation = explanation
    let measures = explanation.numericMeasures
    var summary = try xpl_summary(explanation, in: memory)
    (summary.measure_count, summary.figure_count) = (measures.count, explanation.figures.count)
    self.summary = summary
    self.measures = try measures.map { [memory] in (try memory.text($0.name), $0.value) }
    figureNames = try explanation.figures.map { [memory] in try memory.text($0.name) }
    history = try explanation.history.map { [memory] series in
      (try memory.text(series.name), try memory.list(series.values), series.values.count)
    }
  }

  /// One of the maps, `[height, width]`.
  func map(_ map: xpl_map) throws -> Tensor {
    switch map {
    case XPL_MAP_MASK:
      guard let mask = explanation.mask else {
        throw ExplainError(.unsupported, "method \(explanation.method) learns no mask")
      }
      return mask
    case XPL_MAP_IMPORTANCE: return explanation.importance
    case XPL_MAP_PICTURE_IMPORTANCE: return try explanation.pictureImportance()
    case XPL_MAP_RAW: return explanation.map
    default: throw invalid("map is \(Int32(bitPattern: map.rawValue)), which is not one of its constants")
    }
  }

  /// Columns and rows of one of the maps.
  func size(of map: xpl_map) throws -> (width: Int, height: Int) {
    if map == XPL_MAP_PICTURE_IMPORTANCE { return (explanation.picture.width, explanation.picture.height) }
    let shape = try self.map(map).shape
    return (shape[1], shape[0])
  }
}

extension xpl_summary {
  init(_ explanation: Explanation, in memory: CMemory) throws {
    func list(_ classes: [ScoredClass]) throws -> UnsafePointer<xpl_scored_class> {
      try memory.list(
        classes.map {
          xpl_scored_class(
            index: try int32($0.index, "the class"), probability: $0.probability, name: try memory.text($0.name))
        })
    }
    let center = try explanation.centerOfMass() ?? (.nan, .nan)
    self.init()
    iterations = try int32(explanation.iterations, "the number of iterations")
    seed = explanation.seed
    seconds = explanation.seconds
    (center_x, center_y) = center
    method = try memory.text(explanation.method)
    model = try memory.text(explanation.model)
    target_name = try memory.text(explanation.targetName)
    targets = try memory.list(explanation.target.indices.map { try int32($0, "the target") })
    target_count = explanation.target.indices.count
    (top_before, top_before_count) = (try list(explanation.topBefore), explanation.topBefore.count)
    (top_after, top_after_count) = (try list(explanation.topAfter), explanation.topAfter.count)
    warnings = try memory.list(explanation.warnings.map { Optional(try memory.text($0)) })
    warning_count = explanation.warnings.count
    history_count = explanation.history.count
    target_given = explanation.target.isGiven ? 1 : 0
    interrupted = explanation.isInterrupted ? 1 : 0
    (score_before, score_after) = (explanation.scoreBefore, explanation.scoreAfter ?? .nan)
  }
}

@c @implementation
public func xpl_explanation_summary(
  _ explanation: OpaquePointer?, _ size: Int, _ outSummary: UnsafeMutablePointer<xpl_summary>?
) -> xpl_status {
  exported {
    let handle = try ExplanationHandle.borrowed(explanation, "explanation")
    try handle.summary.write(to: outSummary, size: size, "out_summary")
  }
}

@c @implementation
public func xpl_explanation_history(
  _ explanation: OpaquePointer?, _ index: Int, _ outName: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
  _ outValues: UnsafeMutablePointer<UnsafePointer<Float>?>?, _ outCount: UnsafeMutablePointer<Int>?
) -> xpl_status {
  outName?.pointee = nil
  outValues?.pointee = nil
  outCount?.pointee = 0
  return exported {
    let history = try ExplanationHandle.borrowed(explanation, "explanation").history
    let series = try element(index, of: history, "the explanation", "series")
    outName?.pointee = series.name
    outValues?.pointee = series.values
    outCount?.pointee = series.count
  }
}

@c @implementation
public func xpl_explanation_measure(
  _ explanation: OpaquePointer?, _ index: Int, _ outName: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
  _ outValue: UnsafeMutablePointer<Double>?
) -> xpl_status {
  outName?.pointee = nil
  outValue?.pointee = 0
  return exported {
    let measures = try ExplanationHandle.borrowed(explanation, "explanation").measures
    let measure = try element(index, of: measures, "the explanation", "measures")
    outName?.pointee = measure.name
    outValue?.pointee = measure.value
  }
}

@c @implementation
public func xpl_explanation_figure(
  _ explanation: OpaquePointer?, _ index: Int, _ outName: UnsafeMutablePointer<UnsafePointer<CChar>?>?,
  _ outPicture: UnsafeMutablePointer<OpaquePointer?>?
) -> xpl_status {
  outName?.pointee = nil
  outPicture?.pointee = nil
  return exported {
    let handle = try ExplanationHandle.borrowed(explanation, "explanation")
    let name = try element(index, of: handle.figureNames, "the explanation", "figures")
    outName?.pointee = name
    outPicture?.pointee = PictureHandle(handle.explanation.figures[index].picture).given()
  }
}

@c @implementation
public func xpl_explanation_map_size(
  _ explanation: OpaquePointer?, _ map: xpl_map, _ outWidth: UnsafeMutablePointer<Int32>?,
  _ outHeight: UnsafeMutablePointer<Int32>?
) -> xpl_status {
  outWidth?.pointee = 0
  outHeight?.pointee = 0
  return exported {
    let size = try ExplanationHandle.borrowed(explanation, "explanation").size(of: map)
    outWidth?.pointee = try int32(size.width, "the width")
    outHeight?.pointee = try int32(size.height, "the height")
  }
}

@c @implementation
public func xpl_explanation_copy_map(
  _ explanation: OpaquePointer?, _ map: xpl_map, _ outValues: UnsafeMutablePointer<Float>?, _ count: Int
) -> xpl_status {
  exported {
    let handle = try ExplanationHandle.borrowed(explanation, "explanation")
    let out = try required(outValues, "out_values")
    let (width, height) = try handle.size(of: map)
    guard count == width * height else {
      throw invalid("count is \(UInt(bitPattern: count)): the map has \(width)x\(height) values")
    }
    try handle.map(map).withPointer { out.update(from: $0, count: count) }
  }
}

@c @implementation
public func xpl_explanation_render(
  _ explanation: OpaquePointer?, _ rendering: xpl_rendering, _ outPicture: UnsafeMutablePointer<OpaquePointer?>?
) -> xpl_status {
  outPicture?.pointee = nil
  return exported {
    let out = try required(outPicture, "out_picture")
    let explanation = try ExplanationHandle.borrowed(explanation, "explanation").explanation
    let picture = try explanation.rendered(Explanation.Rendering(rendering, "rendering"))
    out.pointee = PictureHandle(picture).given()
  }
}

@c @implementation
public func xpl_explanation_write(
  _ explanation: OpaquePointer?, _ folder: UnsafePointer<CChar>?, _ prefix: UnsafePointer<CChar>?
) -> xpl_status {
  exported {
    let explanation = try ExplanationHandle.borrowed(explanation, "explanation").explanation
    _ = try explanation.write(
      to: text(folder, "folder"), prefix: prefix.map { try text($0, "prefix") } ?? "")
  }
}

@c @implementation
public func xpl_explanation_json(
  _ explanation: OpaquePointer?, _ pictureName: UnsafePointer<CChar>?,
  _ outJSON: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> xpl_status {
  outJSON?.pointee = nil
  return exported {
    let out = try required(outJSON, "out_json")
    let explanation = try ExplanationHandle.borrowed(explanation, "explanation").explanation
    out.pointee = try copied(explanation.json(pictureName: text(pictureName, "picture_name")).serialized())
  }
}

@c @implementation
public func xpl_explanation_free(_ explanation: OpaquePointer?) { ExplanationHandle.free(explanation) }
