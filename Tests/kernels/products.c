/* The matrix product. */
#include "check.h"

#include <math.h>

static void check_case(const kernel_table *kernels, long depth, long tiles) {
  begin_case("product of %ld tiles, depth %ld", tiles, depth);
  float *input = some_floats(depth * tiles), *panel = some_floats(depth * kernel_panel);
  long count = tiles * kernel_panel;
  float *target = some_floats(count);
  // One tile with a NaN makes that tile's products NaN and no other's.
  if (depth > 0) input[random_integer(0, depth * tiles - 1)] = NAN;
  // Fetching ahead touches nothing: `next` may be any address.
  kernels->product(depth, tiles, input, panel, target, target + count);
  for (long i = 0; i < count; ++i) {
    long v = i / (16 * tiles), t = i / 16 % tiles, j = i % 16;
    sum expected = {0, 0};
    for (long k = 0; k < depth; ++k)
      add(&expected, panel[k * kernel_panel + 16 * v + j], exactly(input[(k / 16 * tiles + t) * 16 + k % 16]));
    // No term goes through more roundings than its product and `depth - 1` sums.
    expect_near("target", i, target[i], expected, (double)depth);
  }
  end_case();
}

void check_product(const kernel_table *kernels) {
  static const long depths[] = {0, 16, 32, 80, 512};
  for (int d = 0; d < 5; ++d)
    for (long tiles = 1; tiles <= kernel_most_tiles; ++tiles) check_case(kernels, depths[d], tiles);
}
