import CExplainCore
import ExplainCore

/// A choice of the library that has a number in the header.
protocol Choice: CaseIterable {
  associatedtype Code: RawRepresentable<UInt32>
  var code: Code { get }
}

extension Choice {
  /// The choice behind a number of the caller.
  init(_ code: Code, _ name: StaticString) throws {
    guard let choice = Self.allCases.first(where: { $0.code.rawValue == code.rawValue }) else {
      throw invalid("\(name) is \(Int32(bitPattern: code.rawValue)), which is not one of its constants")
    }
    self = choice
  }
}

extension Picture.PixelFormat: Choice {
  var code: xpl_pixel_format {
    switch self {
    case .rgb: XPL_PIXELS_RGB
    case .bgr: XPL_PIXELS_BGR
    case .rgba: XPL_PIXELS_RGBA
    case .bgra: XPL_PIXELS_BGRA
    case .gray: XPL_PIXELS_GRAY
    }
  }
}

extension ModelRequest.Convention: Choice {
  var code: xpl_preprocess {
    switch self {
    case .torch: XPL_PREPROCESS_TORCH
    case .caffe: XPL_PREPROCESS_CAFFE
    case .tensorflow: XPL_PREPROCESS_TF
    case .none: XPL_PREPROCESS_NONE
    }
  }
}

extension Preprocessing.Resize: Choice {
  var code: xpl_resize {
    switch self {
    case .stretch: XPL_RESIZE_STRETCH
    case .crop: XPL_RESIZE_CROP
    }
  }
}

extension WeightOptions.Precision: Choice {
  var code: xpl_weight_precision {
    switch self {
    case .float32: XPL_WEIGHT_PRECISION_FLOAT32
    case .float16: XPL_WEIGHT_PRECISION_FLOAT16
    case .bfloat16: XPL_WEIGHT_PRECISION_BFLOAT16
    }
  }
}

extension WeightOptions.Memory: Choice {
  var code: xpl_memory {
    switch self {
    case .fast: XPL_MEMORY_FAST
    case .small: XPL_MEMORY_SMALL
    }
  }
}

extension MaskOptions.Preset: Choice {
  var code: xpl_mask_preset {
    switch self {
    case .blackbox: XPL_MASK_PRESET_BLACKBOX
    case .paper: XPL_MASK_PRESET_PAPER
    case .hybrid: XPL_MASK_PRESET_HYBRID
    }
  }
}

extension MaskOptions.Game: Choice {
  var code: xpl_mask_game {
    switch self {
    case .deletion: XPL_MASK_GAME_DELETION
    case .preservation: XPL_MASK_GAME_PRESERVATION
    case .hybrid: XPL_MASK_GAME_HYBRID
    }
  }
}

extension MaskOptions.Perturbation: Choice {
  var code: xpl_perturbation {
    switch self {
    case .blur: XPL_PERTURBATION_BLUR
    case .gaussian: XPL_PERTURBATION_GAUSSIAN
    case .median: XPL_PERTURBATION_MEDIAN
    case .meanColor: XPL_PERTURBATION_MEAN_COLOR
    case .constant: XPL_PERTURBATION_CONSTANT
    case .zero: XPL_PERTURBATION_ZERO
    case .noise: XPL_PERTURBATION_NOISE
    case .picture: XPL_PERTURBATION_PICTURE
    }
  }
}

extension MaskOptions.Upsampling: Choice {
  var code: xpl_upsampling {
    switch self {
    case .alignedCorners: XPL_UPSAMPLING_ALIGNED_CORNERS
    case .bilinear: XPL_UPSAMPLING_BILINEAR
    case .smoothed: XPL_UPSAMPLING_SMOOTHED
    }
  }
}

extension MaskOptions.Start: Choice {
  var code: xpl_mask_start {
    switch self {
    case .ones: XPL_MASK_START_ONES
    case .zeros: XPL_MASK_START_ZEROS
    case .half: XPL_MASK_START_HALF
    case .disc: XPL_MASK_START_DISC
    }
  }
}

extension Reduction: Choice {
  var code: xpl_reduction {
    switch self {
    case .mean: XPL_REDUCTION_MEAN
    case .sum: XPL_REDUCTION_SUM
    }
  }
}

extension Score: Choice {
  var code: xpl_score {
    switch self {
    case .probability: XPL_SCORE_PROBABILITY
    case .logProbability: XPL_SCORE_LOG_PROBABILITY
    case .logit: XPL_SCORE_LOGIT
    }
  }
}

extension Explanation.Rendering: Choice {
  var code: xpl_rendering {
    switch self {
    case .mask: XPL_RENDERING_MASK
    case .heatmap: XPL_RENDERING_HEATMAP
    case .overlay: XPL_RENDERING_OVERLAY
    case .perturbed: XPL_RENDERING_PERTURBED
    }
  }
}
