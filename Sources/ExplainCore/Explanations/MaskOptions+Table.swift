extension MaskOptions: NamedOptions {
  /// Every option but the targets, the replacement picture and the seed, which all methods have in common.
  public static let table: [OptionDescription<MaskOptions>] = [
    .integer("iterations", "gradient steps of each run", \.iterations),
    .choice("game", "what the mask is learned for", \.game),
    .choices("perturbation", "what stands where the mask removes; of several, one is drawn", \.perturbations),
    .number("sigma", "deviation of perturbation gaussian, in pixels of an input 224 wide", \.sigma),
    .integer("median-size", "width of perturbation median, in pixels, odd", \.medianSize),
    .numbers("constant", "red, green and blue of perturbation constant, 0 to 255", \.constant),
    .integer("mask-width", "cells of the mask across", \.maskWidth),
    .integer("mask-height", "cells of the mask down", \.maskHeight),
    .choice("upsampling", "how the mask is brought to the picture's resolution", \.upsampling),
    .numbers("l1", "weight of the area; of several, each begins a run, and the runs are averaged", \.l1),
    .number("tv", "weight of the total variation", \.tv),
    .number("beta", "exponent of the total variation", \.beta),
    .choice("norm", "whether area and variation are means over the cells, or sums", \.norm),
    .flag("coupled", "take both directions of the total variation together", \.isCoupled),
    .choice("score", "which number of the target is looked at", \.score),
    .flag("relative", "divide scores by the untouched picture's", \.isRelative),
    .number("noise", "deviation of the noise on the normalized picture", \.noise),
    .number("mask-noise", "deviation of the noise on the mask", \.maskNoise),
    .integer("jitter", "pixels that the picture moves about under the mask", \.jitter),
    .integer("shift", "pixels that picture and mask move about together, around the edges", \.shift),
    .flag("mirrored", "mirror picture and mask in half of the iterations", \.isMirrored),
    .integer("samples", "noisy pictures that an iteration averages over", \.samples),
    .choice("start", "the mask before the first step", \.start),
    .number("learning-rate", "Adam's step size", \.learningRate),
    .number("beta1", "Adam's memory of gradients", \.beta1),
    .number("beta2", "Adam's memory of squared gradients", \.beta2),
    .number("flatness", "end a run when 20 iterations improve the loss by less than this share", \.flatness),
  ]

  /// The options as they stand in reports.
  func report() -> JSON {
    guard case .object(let members) = json() else { return .null }
    return .object([JSON.Member("preset", .string(preset.rawValue))] + members)
  }
}
