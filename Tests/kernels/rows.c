/* Kernels that go along rows of values. */
#include "check.h"

#include <math.h>

/* Maxima. NaN counts as the greatest. */

static float greater(float a, float b) { return isnan(a) || a >= b ? a : b; }

void check_pool(const kernel_table *kernels) {
  for (long count = 0; count <= most_values; ++count) {
    begin_case("pool to %ld", count);
    float *upper = some_floats(2 * count), *lower = some_floats(2 * count), *target = some_floats(count);
    make_special(upper, 2 * count);
    make_special(lower, 2 * count);
    kernels->pool(upper, lower, target, count);
    for (long i = 0; i < count; ++i) {
      float above = greater(upper[2 * i], upper[2 * i + 1]), below = greater(lower[2 * i], lower[2 * i + 1]);
      expect_equal("target", i, target[i], greater(above, below));
    }
    end_case();
  }
}

void check_spread(const kernel_table *kernels) {
  for (long count = 0; count <= most_values; ++count) {
    begin_case("spread from %ld", count);
    float *upper = some_floats(2 * count), *lower = some_floats(2 * count), *maxima = some_floats(count);
    float *gradient = some_floats(count);
    float *upper_target = some_floats(2 * count), *lower_target = some_floats(2 * count);
    make_special(upper, 2 * count);
    make_special(lower, 2 * count);
    kernels->pool(upper, lower, maxima, count);
    kernels->spread(&(kernel_pooled_row){upper, lower, maxima, gradient, upper_target, lower_target, count});
    for (long i = 0; i < count; ++i) {
      float pixels[] = {upper[2 * i], upper[2 * i + 1], lower[2 * i], lower[2 * i + 1]};
      // The first that is the maximum; which one where it is NaN, to which nothing is equal, is not said.
      long first = 0;
      while (first < 3 && pixels[first] != maxima[i]) first++;
      for (long p = 0; p < 4; ++p) {
        const float *target = p < 2 ? upper_target : lower_target;
        expect_equal("target", 2 * i + p % 2, target[2 * i + p % 2], p == first ? gradient[i] : 0);
      }
    }
    end_case();
  }
}

/// Strides for which there are vectors, and others.
static const long strides[] = {1, 2, 3, 4};

/// Pixels under `count` outputs, the last one included and no other.
static long extent(long count, long stride) { return count > 0 ? stride * (count - 1) + 1 : 0; }

void check_maximum(const kernel_table *kernels) {
  for (int s = 0; s < 4; ++s)
    for (long count = 0; count <= most_values; ++count) {
      begin_case("maximum of %ld at stride %ld", count, strides[s]);
      float *pixels = some_floats(extent(count, strides[s])), *target = some_floats(count);
      make_special(pixels, extent(count, strides[s]));
      make_special(target, count);
      float *before = some_copy(target, count);
      kernels->maximum(pixels, strides[s], target, count);
      for (long i = 0; i < count; ++i)
        expect_equal("target", i, target[i], greater(before[i], pixels[strides[s] * i]));
      end_case();
    }
}

void check_spread_maximum(const kernel_table *kernels) {
  for (int s = 0; s < 4; ++s)
    for (long count = 0; count <= most_values; ++count) {
      long stride = strides[s], size = extent(count, stride);
      begin_case("spread_maximum of %ld at stride %ld", count, stride);
      float *pixels = some_floats(size), *maxima = some_floats(count), *gradient = some_floats(count);
      float *target = some_floats(size);
      make_special(pixels, size);
      make_special(maxima, count);
      float *gradient_before = some_copy(gradient, count), *target_before = some_copy(target, size);
      kernels->spread_maximum(&(kernel_maximum_tap){pixels, stride, maxima, gradient, target, count});
      for (long p = 0; p < size; ++p) {
        long i = p / stride;
        bool belongs = p % stride == 0, takes = belongs && pixels[p] == maxima[i];
        expect_equal("target", p, target[p], target_before[p] + (takes ? gradient_before[i] : 0));
        if (belongs) expect_equal("gradient", i, gradient[i], takes ? 0 : gradient_before[i]);
      }
      end_case();
    }
}

/* Sums. */

void check_filter(const kernel_table *kernels) {
  static const long sizes[] = {0, 1, 2, 9, 49};
  enum { before = 20, behind = 200 };
  for (int s = 0; s < 5; ++s)
    for (long count = 0; count <= most_values; ++count) {
      long taps = sizes[s], offsets[49], least = 0, greatest = 0;
      begin_case("filter of %ld taps to %ld", taps, count);
      for (long t = 0; t < taps; ++t) {
        offsets[t] = random_integer(-before, behind);
        least = t == 0 || offsets[t] < least ? offsets[t] : least;
        greatest = t == 0 || offsets[t] > greatest ? offsets[t] : greatest;
      }
      float *first = some_floats(greatest - least + count + kernel_filter_slack), *factors = some_floats(taps);
      float *source = first - least, *target = some_floats(count + kernel_filter_slack);
      kernels->filter(source, offsets, factors, taps, target, count);
      for (long i = 0; i < count; ++i) {
        sum expected = {0, 0};
        for (long t = 0; t < taps; ++t) add(&expected, factors[t], exactly(source[i + offsets[t]]));
        // No term goes through more roundings than its product and `taps - 1` sums.
        expect_near("target", i, target[i], expected, (double)taps);
      }
      end_case();
    }
}

/* Gates. NaN does not pass, and a gate of NaN lets nothing pass. */

void check_gate(const kernel_table *kernels) {
  for (long rule = kernel_mask_none; rule <= kernel_mask_deconvolution; ++rule)
    for (long count = 0; count <= most_values; ++count) {
      begin_case("gate of %ld by rule %ld", count, rule);
      float *gradient = some_floats(count), *outputs = some_floats(count);
      make_special(gradient, count);
      make_special(outputs, count);
      float *before = some_copy(gradient, count);
      kernels->gate(gradient, outputs, rule, count);
      for (long i = 0; i < count; ++i)
        expect_equal("gradient", i, gradient[i], passes(before[i], outputs[i], rule) ? before[i] : 0);
      end_case();
    }
}

void check_gate_between(const kernel_table *kernels) {
  static const float limits[][2] = {{0, 1}, {-1, 0.5f}, {0, INFINITY}, {-INFINITY, INFINITY}};
  for (int l = 0; l < 4; ++l)
    for (long count = 0; count <= most_values; ++count) {
      float low = limits[l][0], high = limits[l][1];
      begin_case("gate_between of %ld, from %g to %g", count, low, high);
      float *gradient = some_floats(count), *outputs = some_floats(count);
      make_special(outputs, count);
      float *before = some_copy(gradient, count);
      kernels->gate_between(gradient, outputs, low, high, count);
      for (long i = 0; i < count; ++i)
        expect_equal("gradient", i, gradient[i], outputs[i] > low && outputs[i] < high ? before[i] : 0);
      end_case();
    }
}
