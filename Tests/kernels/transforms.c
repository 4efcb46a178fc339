/* Winograd's transforms of pixels and of products, alone and together with the product in a convolution. */
#include "check.h"
#include "winograd.h"

#include <math.h>
#include <stddef.h>

static const long tile_widths[] = {4, 2};

/// Extents and places of tiles at and beyond all borders.
static kernel_tile_run random_run(long tile_width) {
  // Rows shorter than a vector, of which there are some in every instruction set, come as often as longer ones.
  long height = random_integer(1, 9), width = random_integer(0, 1) ? random_integer(1, 16) : random_integer(17, 60);
  return (kernel_tile_run){
    .plane_stride = height * width + random_integer(0, 1) * random_integer(0, 9), .height = height, .width = width,
    // Whole blocks, which have ways of their own, come as often as others.
    .channels = random_integer(0, 1) ? 16 : random_integer(1, 15),
    .row = random_integer(-7, height + 1), .column = random_integer(-7, width + 1),
    .tiles = random_integer(1, kernel_most_tiles), .tile_width = tile_width};
}

/// Floats of the planes of a run.
static long extent(const kernel_tile_run *run) {
  return (run->channels - 1) * run->plane_stride + run->height * run->width;
}

static long random_point_stride(const kernel_tile_run *run) {
  static const long gaps[] = {0, 5, 16};
  return 16 * run->tiles + gaps[random_integer(0, 2)];
}

/// `row matrix * values * column matrix transposed`, for up to 6 by 6 values in rows of 6.
static void transform(
    int rows, int inner_rows, const double row_matrix[][6], int columns, int inner_columns,
    const double column_matrix[][6], sum values[6][6], sum result[6][6]) {
  for (int i = 0; i < rows; ++i) {
    sum row[6] = {0};
    for (int x = 0; x < inner_columns; ++x)
      for (int y = 0; y < inner_rows; ++y) add(&row[x], row_matrix[i][y], values[y][x]);
    for (int j = 0; j < columns; ++j) {
      result[i][j] = (sum){0, 0};
      for (int x = 0; x < inner_columns; ++x) add(&result[i][j], column_matrix[j][x], row[x]);
    }
  }
}

/* Inputs. */

/// Each term of a sum goes through at most 5 roundings in each direction (of two products and three sums, where the
/// instruction set does not round them together).
enum { transform_roundings = 10 };

static void check_input(const kernel_table *kernels, long tile_width, bool has_mask, long rule) {
  kernel_tile_run run = random_run(tile_width);
  const winograd vertical = winograd_of(4), horizontal = winograd_of((int)tile_width);
  long readable = extent(&run) + random_integer(0, 1) * random_integer(0, 60);
  begin_case(
      "transform_input of %ld tiles of width %ld at (%ld, %ld) in %ld planes of %ld by %ld, %ld apart, rule %ld%s",
      run.tiles, tile_width, run.row, run.column, run.channels, run.height, run.width, run.plane_stride, rule,
      has_mask ? "" : " without a mask");
  float *planes = some_floats(readable), *mask = has_mask ? some_floats(readable) : NULL;
  add_some_nans(planes, readable);
  if (has_mask) add_some_nans(mask, readable);
  int points = 6 * horizontal.points;
  long point_stride = random_point_stride(&run), count = (points - 1) * point_stride + 16 * run.tiles;
  float *target = some_floats(count), *before = some_copy(target, count);
  kernels->transform_input(
      &run, &(kernel_input_transform){
                .planes = planes, .mask = mask, .rule = rule, .readable = readable,
                .next = random_integer(0, 1) * 16 * run.plane_stride, .target = target, .point_stride = point_stride,
                .scratch = some_floats(kernel_transform_scratch)});
  sum *expected = some_sums(count);
  for (long i = 0; i < count; ++i) expected[i] = (sum){before[i], 0};
  for (long t = 0; t < run.tiles; ++t)
    for (long c = 0; c < 16; ++c) {
      sum pixels[6][6] = {0}, result[6][6];
      for (long y = 0; y < 6 && c < run.channels; ++y)
        for (long x = 0; x < horizontal.points; ++x) {
          long row = run.row + y, column = run.column + tile_width * t + x;
          if (row < 0 || row >= run.height || column < 0 || column >= run.width) continue;
          long place = c * run.plane_stride + row * run.width + column;
          if (!has_mask || passes(planes[place], mask[place], rule)) pixels[y][x] = exactly(planes[place]);
        }
      transform(6, 6, vertical.input, horizontal.points, horizontal.points, horizontal.input, pixels, result);
      for (int p = 0; p < points; ++p)
        expected[p * point_stride + 16 * t + c] = result[p / horizontal.points][p % horizontal.points];
    }
  for (long i = 0; i < count; ++i) expect_near("target", i, target[i], expected[i], transform_roundings);
  end_case();
}

void check_transform_input(const kernel_table *kernels) {
  for (int w = 0; w < 2; ++w)
    for (int i = 0; i < 100; ++i) {
      check_input(kernels, tile_widths[w], false, kernel_mask_none);
      for (long rule = kernel_mask_none; rule <= kernel_mask_deconvolution; ++rule)
        check_input(kernels, tile_widths[w], true, rule);
    }
}

/* Outputs. */

static void check_output(const kernel_table *kernels, long tile_width, bool has_bias, bool rectifies) {
  kernel_tile_run run = random_run(tile_width);
  // A tile without any output is never asked for.
  run.row = random_integer(0, run.height - 1);
  run.column = random_integer(0, run.width - 1);
  const winograd vertical = winograd_of(4), horizontal = winograd_of((int)tile_width);
  begin_case(
      "transform_output of %ld tiles of width %ld at (%ld, %ld) in %ld planes of %ld by %ld, %ld apart%s%s", run.tiles,
      tile_width, run.row, run.column, run.channels, run.height, run.width, run.plane_stride,
      has_bias ? ", biased" : "", rectifies ? ", rectified" : "");
  int points = 6 * horizontal.points;
  long point_stride = random_point_stride(&run), product_count = (points - 1) * point_stride + 16 * run.tiles;
  long count = extent(&run);
  float *products = some_floats(product_count), *bias = has_bias ? some_floats(16) : NULL;
  add_some_nans(products, product_count);
  float *planes = some_floats(count), *before = some_copy(planes, count);
  kernels->transform_output(
      &run, &(kernel_output_transform){
                .products = products, .point_stride = point_stride, .bias = bias, .rectifies = rectifies,
                .planes = planes, .scratch = some_floats(kernel_transform_scratch)});
  sum *expected = some_sums(count);
  for (long i = 0; i < count; ++i) expected[i] = (sum){before[i], 0};
  for (long t = 0; t < run.tiles; ++t)
    for (long c = 0; c < run.channels; ++c) {
      sum values[6][6], result[6][6];
      for (int p = 0; p < points; ++p)
        values[p / horizontal.points][p % horizontal.points] = exactly(products[p * point_stride + 16 * t + c]);
      transform(4, 6, vertical.output, (int)tile_width, horizontal.points, horizontal.output, values, result);
      for (long y = 0; y < 4; ++y)
        for (long x = 0; x < tile_width; ++x) {
          long row = run.row + y, column = run.column + tile_width * t + x;
          if (row >= run.height || column >= run.width) continue;
          sum output = result[y][x];
          if (has_bias) add(&output, 1, exactly(bias[c]));
          // NaN stays NaN.
          if (rectifies && output.value < 0) output.value = 0;
          expected[c * run.plane_stride + row * run.width + column] = output;
        }
    }
  // One rounding more for the bias.
  for (long i = 0; i < count; ++i) expect_near("planes", i, planes[i], expected[i], transform_roundings + 1);
  end_case();
}

void check_transform_output(const kernel_table *kernels) {
  for (int w = 0; w < 2; ++w)
    for (int i = 0; i < 100; ++i)
      for (int kind = 0; kind < 4; ++kind) check_output(kernels, tile_widths[w], kind & 1, kind & 2);
}

/* Weights. */

static void check_weights(const kernel_table *kernels, long tile_width, bool is_turned) {
  const winograd vertical = winograd_of(4), horizontal = winograd_of((int)tile_width);
  long inputs = random_integer(0, 1) ? random_integer(1, 48) : 16 * random_integer(1, 3);
  long outputs = random_integer(0, 1) ? kernel_panel : random_integer(1, kernel_panel - 1);
  // The kernels are those of a larger matrix, of which the inputs or the outputs are the rows.
  long wide = 9 * ((is_turned ? outputs : inputs) + random_integer(0, 1) * random_integer(0, 40));
  long input_stride = is_turned ? wide : 9, output_stride = is_turned ? 9 : wide;
  long readable = (inputs - 1) * input_stride + (outputs - 1) * output_stride + random_integer(9, 19);
  begin_case(
      "transform_weights of %ld by %ld kernels for tiles of width %ld, %ld and %ld apart%s", inputs, outputs,
      tile_width, input_stride, output_stride, is_turned ? ", turned" : "");
  int points = 6 * horizontal.points;
  long packed = (inputs + 15) / 16 * 16, point_stride = packed * kernel_panel + random_integer(0, 1) * 16;
  long count = (points - 1) * point_stride + packed * kernel_panel;
  float *weights = some_floats(readable), *target = some_floats(count), *before = some_copy(target, count);
  kernels->transform_weights(&(kernel_weight_transform){
    .kernels = weights, .input_stride = input_stride, .output_stride = output_stride, .inputs = inputs,
    .outputs = outputs, .readable = readable, .is_turned = is_turned, .tile_width = tile_width, .target = target,
    .point_stride = point_stride, .scratch = some_floats(kernel_weight_scratch)});
  for (long i = 0; i < count; ++i) {
    long p = i / point_stride, k = i % point_stride / kernel_panel, j = i % point_stride % kernel_panel;
    const double *row = vertical.weights[p / horizontal.points], *column = horizontal.weights[p % horizontal.points];
    sum expected = {0, 0};
    if (k >= packed) {
      expected.value = before[i];
    } else if (k < inputs && j < outputs) {
      const float *kernel = weights + (k * input_stride + j * output_stride);
      for (int tap = 0; tap < 9; ++tap)
        add(&expected, row[tap / 3] * column[tap % 3], exactly(kernel[is_turned ? 8 - tap : tap]));
    }
    // Rounded once, after sums in double precision, whose own errors are far below a millionth of that.
    expected.magnitude = (expected.value < 0 ? -expected.value : expected.value) + 1e-6 * expected.magnitude;
    expect_near("target", i, target[i], expected, k < packed ? 1 : 0);
  }
  end_case();
}

void check_transform_weights(const kernel_table *kernels) {
  for (int w = 0; w < 2; ++w)
    for (int i = 0; i < 40; ++i) check_weights(kernels, tile_widths[w], i % 2);
}

/* A convolution by both transforms and the product: what they are for, whatever the matrices and layouts are. */

enum { convolved = 21, depth = 32, outputs = 16, side = 12 };

static void check_convolution_of(const kernel_table *kernels, int tile_width) {
  const winograd vertical = winograd_of(4), horizontal = winograd_of(tile_width);
  begin_case("a convolution in tiles of width %d", tile_width);
  const int points = 6 * horizontal.points, tiles = side / tile_width;
  float *image = some_floats(convolved * side * side), *weights = some_floats(outputs * convolved * 9);
  float *output = some_floats(outputs * side * side), *scratch = some_floats(kernel_transform_scratch);
  float *transformed = some_floats(points * depth * tiles), *products = some_floats(points * kernel_panel * tiles);
  float *panels = some_floats(points * depth * kernel_panel);
  for (int i = 0; i < points * depth * kernel_panel; ++i) panels[i] = 0;
  for (int k = 0; k < convolved; ++k)
    for (int j = 0; j < outputs; ++j)
      for (int p = 0; p < points; ++p) {
        sum value = {0, 0};
        for (int tap = 0; tap < 9; ++tap)
          add(&value,
              vertical.weights[p / horizontal.points][tap / 3] * horizontal.weights[p % horizontal.points][tap % 3],
              exactly(weights[(j * convolved + k) * 9 + tap]));
        panels[(p * depth + k) * kernel_panel + j] = (float)value.value;
      }
  for (int row = 0; row < side; row += 4) {
    kernel_tile_run run = {
      .plane_stride = side * side, .height = side, .width = side, .row = row - 1, .column = -1, .tiles = tiles,
      .tile_width = tile_width};
    for (int channel = 0; channel < depth; channel += 16) {
      run.channels = convolved - channel < 16 ? convolved - channel : 16;
      kernels->transform_input(
          &run, &(kernel_input_transform){
                    .planes = image + channel * side * side, .readable = (convolved - channel) * side * side,
                    .target = transformed + channel * tiles, .point_stride = depth * tiles, .scratch = scratch});
    }
    for (int p = 0; p < points; ++p)
      kernels->product(
          depth, tiles, transformed + p * depth * tiles, panels + p * depth * kernel_panel,
          products + p * kernel_panel * tiles, panels);
    run.row = row, run.column = 0, run.channels = outputs;
    kernels->transform_output(
        &run, &(kernel_output_transform){
                  .products = products, .point_stride = kernel_panel * tiles, .planes = output, .scratch = scratch});
  }
  for (int i = 0; i < outputs * side * side; ++i) {
    int j = i / (side * side), y = i / side % side, x = i % side;
    sum expected = {0, 0};
    for (int k = 0; k < convolved; ++k)
      for (int tap = 0; tap < 9; ++tap) {
        int row = y + tap / 3 - 1, column = x + tap % 3 - 1;
        if (row < 0 || row >= side || column < 0 || column >= side) continue;
        add(&expected, weights[(j * convolved + k) * 9 + tap], exactly(image[(k * side + row) * side + column]));
      }
    // The transforms take differences of values greater than the result. A wrong factor would be an error of 1e-2 of
    // the magnitude; 60 roundings are 4e-6 of it.
    expect_near("output", i, output[i], expected, 60);
  }
  end_case();
}

void check_convolution(const kernel_table *kernels) {
  for (int w = 0; w < 2; ++w) check_convolution_of(kernels, (int)tile_widths[w]);
}
