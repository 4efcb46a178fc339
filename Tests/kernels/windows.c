/* Convolutions as matrix products: windows are packed, and multiplied by the weights of some outputs. */
#include "check.h"

#include <math.h>
#include <stddef.h>

/// A convolution of one of the shapes that networks have, over planes of some pictures.
typedef struct {
  long pictures, channels, height, width, kernel, stride, dilation, padding;
} convolution;

static convolution random_convolution(void) {
  static const long kernels[] = {1, 2, 3, 5}, strides[] = {1, 1, 2, 2, 3, 4};
  convolution c = {
    .pictures = random_integer(1, 3), .channels = random_integer(1, 3), .kernel = kernels[random_integer(0, 3)],
    .stride = strides[random_integer(0, 5)], .dilation = random_integer(0, 3) ? 1 : 2, .padding = random_integer(0, 2)};
  long span = (c.kernel - 1) * c.dilation + 1;
  c.height = span + random_integer(0, 8);
  c.width = span + random_integer(0, 1) * random_integer(0, 60) + random_integer(0, 8);
  return c;
}

/// Outputs along an extent, and the first one, or the one behind the last, of which a tap `offset` lies inside.
static long outputs_of(const convolution *c, long extent) {
  return (extent + 2 * c->padding - (c->kernel - 1) * c->dilation - 1) / c->stride + 1;
}

static void inside(const convolution *c, long offset, long extent, long *first, long *end) {
  long outputs = outputs_of(c, extent);
  for (*first = 0; *first < outputs && *first * c->stride + offset < 0; ++*first) {}
  for (*end = *first; *end < outputs && *end * c->stride + offset < extent; ++*end) {}
}

static void check_windows(const kernel_table *kernels, bool has_mask, long rule) {
  convolution c = random_convolution();
  long rows = outputs_of(&c, c.height), columns = outputs_of(&c, c.width), plane = c.height * c.width;
  long gap = random_integer(0, 1) * random_integer(0, 9), picture_stride = c.channels * plane + gap;
  long readable = (c.pictures - 1) * picture_stride + c.channels * plane;
  long first = random_integer(0, c.pictures * rows * columns - 1), left = c.pictures * rows * columns - first;
  long positions = random_integer(0, 1) ? kernel_positions : random_integer(1, kernel_positions);
  if (positions > left) positions = left;
  begin_case(
      "pack_windows of %ld positions from %ld on, %ld by %ld taps, stride %ld, dilation %ld, padding %ld, %ld planes "
      "of %ld by %ld, rule %ld%s",
      positions, first, c.kernel, c.kernel, c.stride, c.dilation, c.padding, c.channels, c.height, c.width, rule,
      has_mask ? "" : " without a mask");
  kernel_tap taps[25];
  long tap_count = c.kernel * c.kernel;
  for (long t = 0; t < tap_count; ++t) {
    long y = t / c.kernel * c.dilation - c.padding, x = t % c.kernel * c.dilation - c.padding;
    taps[t].offset = y * c.width + x;
    inside(&c, y, c.height, &taps[t].first_row, &taps[t].end_row);
    inside(&c, x, c.width, &taps[t].first_column, &taps[t].end_column);
    taps[t].leads = t % c.kernel == 0;
  }
  float *planes = some_floats(readable), *mask = has_mask ? some_floats(readable) : NULL;
  add_some_nans(planes, readable);
  if (has_mask) add_some_nans(mask, readable);
  long count = c.channels * tap_count * kernel_positions;
  float *target = some_floats(count + kernel_packing_slack);
  // Vectors of 4 floats, the shortest that there are, for all positions, and three more for each row of positions.
  long copies = tap_count * (kernel_positions / 4 + 3 * (positions / columns + 3));
  kernels->pack_windows(&(kernel_windows){
    .planes = planes, .readable = readable, .mask = mask, .rule = rule, .channels = c.channels, .plane_stride = plane,
    .picture_stride = picture_stride, .taps = taps, .tap_count = tap_count, .rows = rows, .columns = columns,
    .row_step = c.stride * c.width, .column_step = c.stride, .picture = first / (rows * columns),
    .row = first / columns % rows, .column = first % columns, .positions = positions,
    .ahead = random_integer(0, 2), .target = target, .panel_stride = count,
    .copies = (void *)some_floats(copies * (long)(sizeof(kernel_window_copy) / sizeof(float)))});
  for (long i = 0; i < count; ++i) {
    long channel = i / kernel_positions / tap_count, t = i / kernel_positions % tap_count;
    long position = first + i % kernel_positions;
    long y = position / columns % rows * c.stride + t / c.kernel * c.dilation - c.padding;
    long x = position % columns * c.stride + t % c.kernel * c.dilation - c.padding;
    float expected = 0;
    if (i % kernel_positions < positions && y >= 0 && y < c.height && x >= 0 && x < c.width) {
      long place = position / (rows * columns) * picture_stride + channel * plane + y * c.width + x;
      if (!has_mask || passes(planes[place], mask[place], rule)) expected = planes[place];
    }
    expect_equal("target", i, target[i], expected);
  }
  end_case();
}

void check_pack_windows(const kernel_table *kernels) {
  for (int i = 0; i < 150; ++i) {
    check_windows(kernels, false, kernel_mask_none);
    for (long rule = kernel_mask_none; rule <= kernel_mask_deconvolution; ++rule) check_windows(kernels, true, rule);
  }
}

static void check_product_of(const kernel_table *kernels, long rows, long depth, long positions) {
  static const float bounds[][2] = {{-INFINITY, INFINITY}, {0, INFINITY}, {0, 6}, {-0.5f, 0.25f}};
  const float *bound = bounds[random_integer(0, 3)];
  begin_case(
      "the product of %ld rows with %ld positions, depth %ld, from %g to %g", rows, positions, depth, bound[0],
      bound[1]);
  float *weights = some_floats(rows * (depth + 1)), *windows = some_floats(depth * kernel_positions);
  long row_stride = positions + random_integer(0, 1) * random_integer(0, 20);
  long count = (rows - 1) * row_stride + positions;
  float *target = some_floats(count), *before = some_copy(target, count);
  // A NaN among the windows makes the sums of its position NaN and no other's.
  if (depth > 0) windows[random_integer(0, depth * kernel_positions - 1)] = NAN;
  kernels->multiply_windows(&(kernel_row_product){
    .rows = rows, .depth = depth, .weights = weights, .windows = windows, .least = bound[0], .greatest = bound[1],
    .positions = positions, .target = target, .row_stride = row_stride,
    .scratch = some_floats(kernel_most_tiles * kernel_positions)});
  for (long i = 0; i < count; ++i) {
    long r = i / row_stride, p = i % row_stride;
    if (p >= positions) {
      expect_equal("target", i, target[i], before[i]);
      continue;
    }
    sum expected = exactly(weights[r]);
    for (long k = 0; k < depth; ++k)
      add(&expected, weights[rows * (k + 1) + r], exactly(windows[k * kernel_positions + p]));
    // NaN stays NaN.
    if (expected.value < bound[0]) expected.value = bound[0];
    if (expected.value > bound[1]) expected.value = bound[1];
    // No term goes through more roundings than its product and a sum for each of them.
    expect_near("target", i, target[i], expected, (double)depth + 1);
  }
  end_case();
}

void check_multiply_windows(const kernel_table *kernels) {
  static const long depths[] = {0, 1, 2, 27, 100};
  for (int d = 0; d < 5; ++d)
    for (long rows = 1; rows <= kernels->rows_per_block; ++rows)
      for (long positions = 1; positions <= kernel_positions; positions += random_integer(1, 3))
        check_product_of(kernels, rows, depths[d], positions);
}
