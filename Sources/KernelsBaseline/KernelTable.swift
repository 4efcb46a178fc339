import CKernelShim

// One source for every instruction set: KernelsAVX2 and KernelsAVX512 hold links to these files and differ in their
// flags (see Package.swift). Kernels use pointers, vectors and Int alone. A specialized generic of the standard library
// would be a weak symbol: of several copies, in different instruction sets, the linker keeps one, and an older
// processor would stop at an instruction it does not know. scripts/check-kernels looks for such symbols.

#if KERNELS_AVX512
  private let name: StaticString = "avx512"
#elseif KERNELS_AVX2
  private let name: StaticString = "avx2"
#else
  private let name: StaticString = "baseline"
#endif

private let product:
  @convention(c) (
    Int, Int, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, UnsafePointer<Float>
  ) -> Void = { multiply($0, $1, $2, $3, $4, $5) }

private let inputTransform:
  @convention(c) (UnsafePointer<kernel_tile_run>, UnsafePointer<kernel_input_transform>) -> Void = {
    transformInput($0, $1)
  }

private let outputTransform:
  @convention(c) (UnsafePointer<kernel_tile_run>, UnsafePointer<kernel_output_transform>) -> Void = {
    transformOutput($0, $1)
  }

/// The kernels of the instruction set that this target is compiled for.
@inline(never)
public func kernelTable() -> kernel_table {
  kernel_table(
    name: UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self),
    tiles_per_block: mostTiles == kernel_most_tiles ? kernel_most_tiles : 2 &* mostTiles,
    product: product, transform_input: inputTransform, transform_output: outputTransform)
}
