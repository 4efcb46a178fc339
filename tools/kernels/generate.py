"""Writes the kernels whose registers must be named one by one: matrix products and transpositions.

An array of accumulators in a loop stays in memory, at a third of the speed, so each size is a function of its own.

    python3 tools/kernels/generate.py
"""

import pathlib
import subprocess

TARGET = pathlib.Path(__file__).resolve().parents[2] / "Sources" / "KernelsBaseline"
HEADER = "// Written by tools/kernels/generate.py; change that.\n\nimport CKernelShim\n"
# 2 sums a tile, 2 loaded vectors and a repeated value: 14 tiles fill 31 of 32 registers, 6 fill 15 of 16 (and leave
# one for the product where there is no fused multiply-add).
MOST_TILES = {"wide": 14, "narrow": 6}


def product(tiles):
    lines = [
        "",
        f"/// Products of {tiles} tile{'s' if tiles > 1 else ''} with two vectors of outputs; see `ProductKernel`.",
        "@inline(never)",
        f"func product{tiles}(_ operands: ProductOperands) {{",
        "  var (input, panel, next) = (operands.input, operands.panel, operands.next)",
    ]
    for t in range(tiles):
        lines.append(f"  var (low{t}, high{t}) = (kernel_repeat(0), kernel_repeat(0))")
    lines += [
        "  var left = operands.depth",
        "  while left > 0 {",
        "    for k in 0..<16 {",
        "      let (low, high) = (kernel_load(panel), kernel_load(panel + kernel_lanes))",
        "      kernel_prefetch(next)",
    ]
    for t in range(tiles):
        at = "k" if t == 0 else f"k &+ {16 * t}"
        lines += [
            f"      let value{t} = kernel_repeat(input[{at}])",
            f"      low{t} = kernel_add_product(low{t}, value{t}, low)",
            f"      high{t} = kernel_add_product(high{t}, value{t}, high)",
        ]
    lines += [
        "      panel += kernel_panel",
        "      next += 16",
        "    }",
        "    input += operands.inputStride",
        "    left &-= 16",
        "  }",
        "  let (low, high) = (operands.low, operands.high)",
    ]
    for t in range(tiles):
        at = "" if t == 0 else f" + {16 * t}"
        lines += [f"  kernel_store(low{at}, low{t})", f"  kernel_store(high{at}, high{t})"]
    return "\n".join(lines + ["}", ""])


def choice(sizes):
    lines = [
        "",
        "/// The kernel for `tiles` tiles.",
        "@inline(__always)",
        "func product(_ tiles: Int, _ operands: ProductOperands) {",
        "  switch tiles {",
    ]
    lines += [f"  case {n}: product{n}(operands)" for n in sizes[:-1]]
    lines += [f"  default: product{sizes[-1]}(operands)", "  }", "}", ""]
    return "\n".join(lines)


def row_product(rows, vectors):
    """Products of some rows of weights with one or two vectors of positions."""
    sums = ["low", "high"][:vectors]
    lines = [
        "",
        f"/// Products of {rows} row{'s' if rows > 1 else ''} with {['one vector', 'two vectors'][vectors - 1]} of "
        "positions; see `multiplyWindows`.",
        "@inline(never)",
        f"func rows{rows}x{vectors}(_ operands: RowOperands) {{",
        "  var (weights, windows) = (operands.weights, operands.windows)",
    ]
    for r in range(rows):
        for name in sums:
            lines.append(f"  var {name}{r} = kernel_repeat(weights[{r}])")
    lines += [
        "  var left = operands.depth",
        "  while left > 0 {",
        f"    weights += {rows}",
        "    let low = kernel_load(windows)",
    ]
    if vectors == 2:
        lines.append("    let high = kernel_load(windows + kernel_lanes)")
    for r in range(rows):
        lines.append(f"    let value{r} = kernel_repeat(weights[{r}])")
        for name in sums:
            lines.append(f"    {name}{r} = kernel_add_product({name}{r}, value{r}, {name})")
    lines += [
        "    windows += kernel_positions",
        "    left &-= 1",
        "  }",
        "  let (least, greatest) = (kernel_repeat(operands.least), kernel_repeat(operands.greatest))",
        f"  {'var' if rows > 1 else 'let'} target = operands.target",
    ]
    for r in range(rows):
        if r > 0:
            lines.append("  target += operands.rowStride")
        for v, name in enumerate(sums):
            at = " + kernel_lanes" if v else ""
            lines.append(f"  kernel_store(target{at}, kernel_clamp({name}{r}, least, greatest))")
    return "\n".join(lines + ["}", ""])


def row_choice(sizes, vectors):
    lines = [
        "",
        f"/// The kernel for `rows` rows and {['one vector', 'two vectors'][vectors - 1]} of positions.",
        "@inline(__always)",
        f"func productBy{['One', 'Two'][vectors - 1]}(_ rows: Int, _ operands: RowOperands) {{",
        "  switch rows {",
    ]
    lines += [f"  case {n}: rows{n}x{vectors}(operands)" for n in sizes[:-1]]
    lines += [f"  default: rows{sizes[-1]}x{vectors}(operands)", "  }", "}", ""]
    return "\n".join(lines)


def transposition(lanes, isGated=False):
    rounds = lanes.bit_length() - 1
    name = lambda turn, i: "abcde"[turn] + str(i)
    lines = [
        "  @inline(__always)",
        "  func transposePositive(" if isGated else "  func transpose(",
        "    _ source: UnsafePointer<Float>, " + ("_ gate: UnsafePointer<Float>, " if isGated else "")
        + "_ sourceStride: Int,",
        "    _ target: UnsafeMutablePointer<Float>, _ targetStride: Int, _ next: Int = 0",
        "  ) {",
    ]
    lines.append("    if next != 0 {")
    for i in range(lanes):
        lines.append(f"      kernel_prefetch(source + (next &+ {i} &* sourceStride))")
        if isGated:
            lines.append(f"      kernel_prefetch(gate + (next &+ {i} &* sourceStride))")
    lines.append("    }")
    for i in range(lanes):
        value = f"kernel_load(source + {i} &* sourceStride)"
        if isGated:
            value = f"kernel_where_positive(kernel_load(gate + {i} &* sourceStride), {value})"
        lines.append(f"    let {name(0, i)} = {value}")
    half = lanes // 2
    for r in range(rounds):
        for i in range(half):
            a, b = name(r, i), name(r, i + half)
            lines.append(f"    let {name(r + 1, 2 * i)} = kernel_interleave_low({a}, {b})")
            lines.append(f"    let {name(r + 1, 2 * i + 1)} = kernel_interleave_high({a}, {b})")
    for i in range(lanes):
        lines.append(f"    kernel_store(target + {i} &* targetStride, {name(rounds, i)})")
    return "\n".join(lines + ["  }"])


narrow, wide = MOST_TILES["narrow"], MOST_TILES["wide"]
text = HEADER + "".join(product(n) for n in range(1, narrow + 1))
text += "\n#if KERNELS_AVX512\n\n/// Tiles of one product kernel, at most.\nvar mostTiles: Int { %d }\n" % wide
text += "".join(product(n) for n in range(narrow + 1, wide + 1)) + choice(range(1, wide + 1))
text += "\n#else\n\n/// Tiles of one product kernel, at most.\nvar mostTiles: Int { %d }\n" % narrow
text += choice(range(1, narrow + 1)) + "\n#endif\n"
(TARGET / "Products.swift").write_text(text)

both = (1, 2)
text = HEADER + "".join(row_product(n, v) for v in both for n in range(1, narrow + 1)) + "\n#if KERNELS_AVX512\n"
text += "".join(row_product(n, v) for v in both for n in range(narrow + 1, wide + 1))
text += "".join(row_choice(range(1, wide + 1), v) for v in both) + "\n#else\n"
text += "".join(row_choice(range(1, narrow + 1), v) for v in both) + "\n#endif\n"
(TARGET / "RowProducts.swift").write_text(text)

text = HEADER + """
// A square of `kernel_lanes` vectors, turned by rounds of perfect shuffles: rows and columns change places when the
// bits of an element's number have been rotated half way. Rows lie `sourceStride` and `targetStride` floats apart.
// `next` floats further lies what will be read next; 0 if that is not known.
// `transposePositive` lets a value pass where `gate`, laid out like the source, is positive, and is 0 elsewhere.

#if KERNELS_AVX512
%s
#elseif KERNELS_AVX2
%s
#else
%s
#endif
""" % tuple(
    transposition(lanes) + "\n\n" + transposition(lanes, isGated=True) for lanes in (16, 8, 4)
)
(TARGET / "Transposition.swift").write_text(text)

written = ["Products.swift", "RowProducts.swift", "Transposition.swift"]
subprocess.run(["swift", "format", "-i", *(TARGET / name for name in written)], check=True)
