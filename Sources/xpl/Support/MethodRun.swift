import ExplainCore

/// One method, run on some pictures: what `explain` and its kin do.
struct MethodRun {
  private let method: any ExplanationMethod
  private let targets: [String]
  private let options: MethodRunOptions

  /// The path of a second picture, for methods that take one.
  var reference: String?
  /// Which of the pictures that all methods have are written, besides those of the method's own.
  var renderings = Explanation.Rendering.allCases

  /// - Parameters:
  ///   - method: with its options, which have been checked.
  ///   - targets: classes by number or name, with or without commas between them.
  init(_ method: any ExplanationMethod, targets: [String], _ options: MethodRunOptions) {
    self.method = method
    self.targets = targets
    self.options = options
  }

  /// Runs the method on each picture, and writes what it found.
  ///
  /// A picture that fails is reported and does not keep the others from being done.
  ///
  /// - Parameter folderSuffix: what the folder is called after the picture's own name, where the user named none.
  /// - Throws: `Status` if something failed or was interrupted, once that was said; `.invalidArgument` for an option
  ///   that does not fit; what loading the model and writing the report throw.
  func explain(_ paths: [String], folderSuffix: String) throws {
    let network = try prepared()
    let reference = try reference.map { try Picture(contentsOf: $0) }
    let targets = try network.classIndices(targets)
    let places = ResultPlace.of(pictures: paths, folder: options.output, suffix: folderSuffix)
    var reports: [JSON] = []
    var isInterrupted = false
    var isWhole = true
    for (path, place) in zip(paths, places) where !isInterrupted {
      guard !Interrupt.isRequested else {
        isInterrupted = true
        break
      }
      isWhole =
        try forEachPicture([path]) { path in
          let picture = try Picture(contentsOf: path)
          try place.prepare()
          let explanation = try explain(picture, path.fileName, by: network, targets, reference)
          isInterrupted = explanation.isInterrupted
          reports.append(try write(explanation, of: path, to: place))
        } && isWhole
    }
    try end(reports, isList: paths.count > 1, isInterrupted: isInterrupted)
    if !isWhole { throw Status.failed }
  }

  /// Runs a method that paints a class and looks at no picture.
  ///
  /// - Parameter folderSuffix: what the folder is called after the class, where the user named none.
  /// - Throws: as `explain`.
  func visualize(folderSuffix: String) throws {
    let network = try prepared()
    let targets = try network.classIndices(targets)
    let name = targets.map { network.className($0) }.joined(separator: "+")
    let place = ResultPlace(folder: options.output ?? "\(name.fitForFile)-\(folderSuffix)", prefix: "")
    try place.prepare()
    let explanation = try explain(network.preprocessing.neutralPicture(), name, by: network, targets, nil)
    try end([try write(explanation, of: nil, to: place)], isList: false, isInterrupted: explanation.isInterrupted)
  }

  /// What can go wrong before the work goes wrong here.
  private func prepared() throws -> Network {
    options.running.apply()
    try options.report.prepare()
    Interrupt.install()
    return try options.model.request.load()
  }

  private func end(_ reports: [JSON], isList: Bool, isInterrupted: Bool) throws {
    try options.report.write(reports, isList: isList)
    guard isInterrupted || Interrupt.isRequested else { return }
    Output.complain("interrupted")
    throw Status.interrupted
  }

  private func explain(
    _ picture: Picture, _ label: String, by network: Network, _ targets: [Int], _ reference: Picture?
  ) throws -> Explanation {
    let bar = ProgressBar(label: label, isQuiet: options.running.quiet)
    defer { bar.finish() }
    return try network.explain(
      picture, by: method, targets: targets, seed: options.seed, reference: reference
    ) { progress in
      bar.update(done: progress.step, of: progress.steps) { seconds in
        var parts = ["\(progress.step)/\(progress.steps)"]
        if progress.loss.isFinite { parts.append("loss \(Text.number(Double(progress.loss)))") }
        if progress.score.isFinite { parts.append("score \(Text.number(Double(progress.score)))") }
        if seconds > 0 { parts.append("\(Text.fixed(Double(progress.step) / seconds, 1)) it/s") }
        parts.append(ProgressBar.left(done: progress.step, of: progress.steps, seconds: seconds))
        return parts.joined(separator: "  ")
      }
      return Interrupt.isRequested ? .cancel : .proceed
    }
  }

  /// Writes the pictures, says what was found, and returns the report.
  private func write(_ explanation: Explanation, of path: String?, to place: ResultPlace) throws -> JSON {
    let files = try explanation.write(to: place.folder, prefix: place.prefix, renderings: renderings)
    if !options.running.quiet {
      for warning in explanation.warnings {
        Output.note("warning: \((path.map { "\($0): " } ?? "").onOneLine)\(warning.onOneLine)\n")
      }
      if options.report.isReadable {
        try Output.write(try ExplanationText.text(explanation, path: path, files: files.map(\.path)))
      }
    }
    return try explanation.json(pictureName: path, files: files)
  }
}

extension Network {
  /// The classes that texts name, each alone or with commas between them.
  ///
  /// Names of classes may have commas in them: a text that names a class as a whole is not taken apart.
  ///
  /// - Throws: `.invalidArgument` for a class that there is not, one that is named twice, or texts without any.
  fileprivate func classIndices(_ texts: [String]) throws -> [Int] {
    let indices = try texts.flatMap { text -> [Int] in
      if let index = try? classIndex(text) { return [index] }
      return try text.split(separator: ",").map { try classIndex(String($0.trimmingSpaces)) }
    }
    if let twice = indices.first(where: { index in indices.count { $0 == index } > 1 }) {
      throw ExplainError(.invalidArgument, "target \(className(twice)) is named twice")
    }
    guard texts.isEmpty || !indices.isEmpty else { throw ExplainError(.invalidArgument, "--target is empty") }
    return indices
  }
}

extension Preprocessing {
  /// The picture whose input is zero, as near as bytes come to that: the mean color, of the size of the input.
  fileprivate func neutralPicture() throws -> Picture {
    try picture(of: Tensor(repeating: 0, shape: Shape([3, height, width])))
  }
}

extension String {
  /// The last part of a path.
  var fileName: String { split(separator: "/").last.map(String.init) ?? self }

  /// As the name of a file: without slashes, spaces and what terminals do not print.
  fileprivate var fitForFile: String {
    String(onOneLine.map { $0 == "/" || $0 == " " || $0 == "?" ? "-" : $0 })
  }
}

extension Substring {
  fileprivate var trimmingSpaces: Substring {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return text
  }
}
