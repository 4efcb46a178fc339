import CKernelShim

/// Values that decide where a gradient passes a ReLU: those that the ReLU gave.
struct ReluGate {
  let outputs: UnsafePointer<Float>
  let rule: ReluRule

  /// The gate of the values from `count` on.
  func advanced(by count: Int) -> ReluGate { ReluGate(outputs: outputs + count, rule: rule) }
}

extension ReluRule {
  /// As kernels know it.
  var kernelRule: Int {
    switch self {
    case .standard: return kernel_mask_standard
    case .guided: return kernel_mask_guided
    case .deconvolution: return kernel_mask_deconvolution
    }
  }
}
