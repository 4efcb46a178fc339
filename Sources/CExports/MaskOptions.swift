// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation
// The names are the header's, which documents them.

import CExplainCore
import ExplainCore

@c @implementation
public func xpl_mask_options_init(
  _ options: UnsafeMutablePointer<xpl_mask_options>?, _ size: Int, _ preset: xpl_mask_preset
) -> xpl_status {
  exported { try xpl_mask_options(preset: preset).write(to: options, size: size, "options") }
}

extension xpl_mask_options {
  /// A preset's settings.
  init(preset: xpl_mask_preset) throws {
    self.init()
    self.preset = preset
    try take(MaskOptions(preset: MaskOptions.Preset(preset, "preset")))
  }

  /// The caller's struct: fields that the caller does not know are those of its preset.
  static func read(_ options: UnsafePointer<xpl_mask_options>?) throws -> xpl_mask_options {
    let preset = try read(options, "options", over: xpl_mask_options()).preset
    return try read(options, "options", over: xpl_mask_options(preset: preset))
  }

  /// All fields but those that every method has.
  private mutating func take(_ options: MaskOptions) throws {
    game = options.game.code
    perturbation_count = try int32(options.perturbations.count, "perturbation")
    try fill(&perturbations, with: options.perturbations.map(\.code), "perturbation")
    sigma = options.sigma
    median_size = try int32(options.medianSize, "median-size")
    guard options.constant.count == 3 else {
      throw invalid("constant has \(options.constant.count) numbers: 3 are needed")
    }
    constant = (options.constant[0], options.constant[1], options.constant[2])
    mask_width = try int32(options.maskWidth, "mask-width")
    mask_height = try int32(options.maskHeight, "mask-height")
    upsampling = options.upsampling.code
    l1_count = try int32(options.l1.count, "l1")
    try fill(&l1, with: options.l1, "l1")
    (tv, beta) = (options.tv, options.beta)
    norm = options.norm.code
    coupled = options.isCoupled ? 1 : 0
    score = options.score.code
    relative = options.isRelative ? 1 : 0
    (noise, mask_noise) = (options.noise, options.maskNoise)
    jitter = try int32(options.jitter, "jitter")
    shift = try int32(options.shift, "shift")
    mirrored = options.isMirrored ? 1 : 0
    samples = try int32(options.samples, "samples")
    start = options.start.code
    (learning_rate, beta1, beta2) = (options.learningRate, options.beta1, options.beta2)
    iterations = try int32(options.iterations, "iterations")
    flatness = options.flatness
  }

  /// What is to be explained, and how; ranges of the options are checked when a mask is learned.
  func request() throws -> Request {
    var request = Request(method: try settings())
    request.targets = try classes(targets, count: target_count)
    request.seed = seed
    request.reference = try replacement.map { try PictureHandle.borrowed($0, "replacement").picture }
    return request
  }

  private func settings() throws -> MaskOptions {
    var options = MaskOptions(preset: try MaskOptions.Preset(preset, "preset"))
    guard reserved == 0 else { throw invalid("reserved is \(reserved): it must be 0") }
    options.game = try MaskOptions.Game(game, "game")
    options.perturbations = try elements(
      perturbations, of: xpl_perturbation.self, count: perturbation_count, "perturbation_count"
    ).map { try MaskOptions.Perturbation($0, "perturbations") }
    options.sigma = sigma
    options.medianSize = Int(median_size)
    options.constant = [constant.0, constant.1, constant.2]
    (options.maskWidth, options.maskHeight) = (Int(mask_width), Int(mask_height))
    options.upsampling = try MaskOptions.Upsampling(upsampling, "upsampling")
    options.l1 = try elements(l1, of: Float.self, count: l1_count, "l1_count")
    (options.tv, options.beta) = (tv, beta)
    options.norm = try Reduction(norm, "norm")
    options.isCoupled = try flag(coupled, "coupled")
    options.score = try Score(score, "score")
    options.isRelative = try flag(relative, "relative")
    (options.noise, options.maskNoise) = (noise, mask_noise)
    (options.jitter, options.shift, options.samples) = (Int(jitter), Int(shift), Int(samples))
    options.isMirrored = try flag(mirrored, "mirrored")
    options.start = try MaskOptions.Start(start, "start")
    (options.learningRate, options.beta1, options.beta2) = (learning_rate, beta1, beta2)
    options.iterations = Int(iterations)
    options.flatness = flatness
    return options
  }
}
