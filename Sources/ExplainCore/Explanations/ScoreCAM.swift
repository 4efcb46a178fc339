/// Score-CAM [wang2019]: the channels of a layer, weighed with the score of the picture seen through each of them.
///
///     H_k = up(A_k) scaled to 0...1,   alpha = softmax over k of f_c(x * H_k)
///     map = relu(sum over k of alpha_k A_k)
///
/// The logit of the paper's baseline would be subtracted from every score, which the softmax does not see. Masks are
/// upsampled with corners on corners, as pytorch-grad-cam does.
public struct ScoreCAM: ActivationMapMethod, Equatable {
  /// The method `score-cam`.
  public static let about = MethodDescription(
    name: "score-cam", summary: "a layer's channels, weighed with the score of the picture seen through them",
    needsGradient: false, isDeterministic: true, cost: "1 forward for each channel", source: "Wang and others 2019")

  /// The layer to look at.
  public var layer: String?

  /// The default settings.
  public init() {}

  /// Shows the network the picture through each channel, and weighs the channels.
  ///
  /// - Throws: as `ExplanationMethod.findings` has it.
  public func findings(about subject: Subject, progress: ProgressHandler?) throws -> Findings {
    let view = try view(of: subject, withGradient: false)
    let channels = view.activation.shape[1]
    var scores: [Float] = []
    var isInterrupted = false
    let batchSize = try subject.scoredBatchSize()
    while scores.count < channels, !isInterrupted {
      let taken = scores.count..<min(scores.count + batchSize, channels)
      let masks = try Self.masks(view.activation.sliced(along: 1, taken).value, for: subject.input)
      let seen = try Variable(constant: subject.input) * Variable(constant: masks)
      scores += try subject.scores(.logit, of: seen.value)
      if let progress, progress(Progress(step: scores.count, steps: channels)) == .cancel { isInterrupted = true }
    }
    let logits = Variable(constant: try Tensor(scores, [1, scores.count]))
    let weights = try logits.softmax().reshaped([1, scores.count, 1, 1])
    let shown = try view.activation.sliced(along: 1, 0..<scores.count)
    var findings = try findings((weights * shown).sum([1]).relu(), of: view, about: subject)
    (findings.iterations, findings.isInterrupted) = (scores.count, isInterrupted)
    return findings
  }

  /// Channels `[1, n, h, w]` as masks over the input, `[n, 1, H, W]` in 0...1; a channel of one value hides everything.
  private static func masks(_ activation: Tensor, for input: Tensor) throws -> Tensor {
    let full = try activation.resized(width: input.shape[3], height: input.shape[2], by: .alignCorners)
    let pixels = input.shape[2] * input.shape[3]
    return try Tensor(Shape([activation.shape[1], 1, input.shape[2], input.shape[3]])) { output in
      full.withPointer { values in
        for channel in 0..<activation.shape[1] {
          let plane = UnsafeBufferPointer(start: values + channel * pixels, count: pixels)
          let (low, high) = (plane.min() ?? 0, plane.max() ?? 0)
          // pytorch-grad-cam adds 1e-8 for channels of one value.
          let scale = 1 / (high - low + 1e-8)
          for i in 0..<pixels { output[channel * pixels + i] = (plane[i] - low) * scale }
        }
      }
    }
  }
}
