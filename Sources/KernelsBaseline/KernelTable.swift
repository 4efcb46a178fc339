import CKernelShim

// One source for every instruction set: KernelsAVX2 and KernelsAVX512 hold links to these files and differ in their
// flags (see Package.swift). Kernels use pointers, vectors and Int alone. A specialized generic of the standard library
// would be a weak symbol: of several copies, in different instruction sets, the linker keeps one, and an older
// processor would stop at an instruction that it does not know. scripts/check-kernels looks for such symbols.

#if KERNELS_AVX512
  private let name: StaticString = "avx512"
#elseif KERNELS_AVX2
  private let name: StaticString = "avx2"
#else
  private let name: StaticString = "baseline"
#endif

/// The kernels of the instruction set that this target is compiled for.
@inline(never)
public func kernelTable() -> kernel_table {
  kernel_table(
    name: UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self),
    tiles_per_block: mostTiles == kernel_most_tiles ? kernel_most_tiles : 2 &* mostTiles,
    rows_per_block: mostTiles,
    product: { multiply($0, $1, $2, $3, $4, $5) },
    transform_input: { transformInput($0, $1) },
    transform_output: { transformOutput($0, $1) },
    transform_weights: { transformWeights($0) },
    pack_windows: { packWindows($0) },
    multiply_windows: { multiplyWindows($0) },
    pool: { pool($0, $1, $2, $3) },
    spread: { spread($0) },
    maximum: { maximum($0, $1, $2, $3) },
    spread_maximum: { spreadMaximum($0) },
    filter: { filter($0, $1, $2, $3, $4, $5) },
    gate: { gate($0, $1, $2, $3) },
    gate_between: { gateBetween($0, $1, $2, $3, $4) },
    multiply_rows: { multiplyRows($0, $1, $2, $3) },
    add_rows: { addRows($0, $1, $2, $3, $4) },
    widen: { widen($0, $1, $2, $3) },
    narrow: { narrow($0, $1, $2, $3) })
}
