/* Kernels that read or write matrices whose elements are kept as float32, float16 or bfloat16. */
#include "check.h"

#include <math.h>

static const char *const types[] = {[kernel_float32] = "float32", [kernel_float16] = "float16",
                                    [kernel_bfloat16] = "bfloat16"};

/// The value of 16 bits as the standards define it.
static double value_of(unsigned short bits, long type) {
  int fraction_bits = type == kernel_float16 ? 10 : 7, bias = type == kernel_float16 ? 15 : 127;
  int fraction = bits & ((1 << fraction_bits) - 1), exponent = (bits & 0x7FFF) >> fraction_bits;
  double magnitude = exponent == 2 * bias + 1 ? (fraction ? NAN : INFINITY)
                     : exponent == 0          ? ldexp(fraction, 1 - bias - fraction_bits)
                                              : ldexp(fraction + (1 << fraction_bits), exponent - bias - fraction_bits);
  return bits & 0x8000 ? -magnitude : magnitude;
}

/// What becomes of a float in 16 bits: the nearest value, of two the one whose last bit is 0.
static double rounded(float value, long type) {
  int digits = type == kernel_float16 ? 11 : 8, least = type == kernel_float16 ? -24 : -133, exponent;
  if (!isfinite(value)) return value;
  frexp(value, &exponent);
  double step = ldexp(1, exponent - digits < least ? least : exponent - digits), result = rint(value / step) * step;
  double greatest = type == kernel_float16 ? 65504 : 0x1.FEp127;
  return fabs(result) > greatest ? copysign(INFINITY, result) : result;
}

static double element(const void *elements, long type, long index) {
  return type == kernel_float32 ? ((const float *)elements)[index]
                                : value_of(((const unsigned short *)elements)[index], type);
}

/// Elements with magnitudes below 2, some of them subnormal, at an address that is a multiple of their size.
static void *some_elements(long count, long type) {
  if (type == kernel_float32) return some_floats(count);
  unsigned short *elements = some_halves(count);
  int fraction_bits = type == kernel_float16 ? 10 : 7, one = type == kernel_float16 ? 15 : 127;
  for (long i = 0; i < count; ++i) {
    long exponent = random_integer(0, 9) == 0 ? 0 : random_integer(one - 12, one);
    elements[i] = (unsigned short)((elements[i] & (0x8000 | ((1 << fraction_bits) - 1))) | exponent << fraction_bits);
  }
  return elements;
}

/* Products. */

static void check_rows(const kernel_table *kernels, long type, long columns, long rows) {
  begin_case("multiply_rows of %ld rows of %ld in %s", rows, columns, types[type]);
  kernel_matrix matrix = {some_elements(rows * columns, type), type, columns};
  float *vector = some_floats(columns), *target = some_floats(rows), *alone = some_floats(1);
  kernels->multiply_rows(matrix, vector, target, rows);
  for (long r = 0; r < rows; ++r) {
    sum expected = {0, 0};
    for (long i = 0; i < columns; ++i)
      add(&expected, vector[i], exactly(element(matrix.elements, type, r * columns + i)));
    // However the terms are grouped, each goes through its product, and few sums more than there are terms.
    expect_near("target", r, target[r], expected, (double)columns + 8);
    // The same bits as without the other rows.
    kernel_matrix row = {(const char *)matrix.elements + r * columns * (type == kernel_float32 ? 4 : 2), type, columns};
    kernels->multiply_rows(row, vector, alone, 1);
    expect_equal("target", r, target[r], alone[0]);
  }
  end_case();
}

void check_multiply_rows(const kernel_table *kernels) {
  static const long extents[] = {0, 1, 3, 4, 7, 16, 31, 33, 100, 2048, 2048 + 37};
  for (long type = kernel_float32; type <= kernel_bfloat16; ++type)
    for (int e = 0; e < 11; ++e)
      for (long rows = 0; rows <= 9; rows += 1 + (extents[e] > 100) * 2) check_rows(kernels, type, extents[e], rows);
}

void check_add_rows(const kernel_table *kernels) {
  for (long type = kernel_float32; type <= kernel_bfloat16; ++type)
    for (long count = 0; count <= most_values; ++count) {
      begin_case("add_rows of %ld in %s", count, types[type]);
      const void *rows[kernel_added_rows];
      for (int r = 0; r < kernel_added_rows; ++r) rows[r] = some_elements(count, type);
      float *factors = some_floats(kernel_added_rows), *target = some_floats(count), *before = some_copy(target, count);
      kernels->add_rows(rows, type, factors, target, count);
      for (long i = 0; i < count; ++i) {
        sum expected = exactly(before[i]);
        for (int r = 0; r < kernel_added_rows; ++r) add(&expected, factors[r], exactly(element(rows[r], type, i)));
        // No term goes through more roundings than its product and a sum for each row.
        expect_near("target", i, target[i], expected, kernel_added_rows + 1);
      }
      end_case();
    }
}

/* Conversions. */

void check_widen(const kernel_table *kernels) {
  for (long type = kernel_float32; type <= kernel_bfloat16; ++type)
    // The last case is all that 16 bits can hold.
    for (long count = 0; count <= most_values + 1; ++count) {
      long size = count <= most_values ? count : 0x10000;
      begin_case("widen of %ld in %s", size, types[type]);
      void *source = some_elements(size, type);
      float *target = some_floats(size);
      for (long i = 0; i < size && type != kernel_float32 && size == 0x10000; ++i)
        ((unsigned short *)source)[i] = (unsigned short)i;
      kernels->widen(source, type, target, size);
      for (long i = 0; i < size; ++i) expect_equal("target", i, target[i], element(source, type, i));
      end_case();
    }
}

/// A float of any magnitude that matters to `type`, often half way between two of its values, sometimes special.
static float float_for(long type, bool may_exceed) {
  // NaN, among them those that rounding could carry to another sign or cut down to infinity; infinity; and 0.
  static const union { unsigned bits; float value; } special[] = {
    {0x7FC00000}, {0x7FFFFFFF}, {0xFFFFFFFF}, {0x7F800001}, {0x7F800000}, {0xFF800000}, {0}, {0x80000000}};
  long kind = random_integer(0, 9), digits = type == kernel_float16 ? 11 : 8;
  long least = type == kernel_float16 ? -27 : -136, greatest = type == kernel_float16 ? 15 : 127;
  if (kind == 0) return special[random_integer(0, 7)].value;
  double mantissa = kind < 5 ? 1 + fabs(random_float()) / 2
                             : 1 + (double)random_integer(0, (1 << digits) - 1) / (1 << digits);
  double value = ldexp(mantissa, (int)random_integer(least, greatest - 1));
  if (may_exceed && kind == 1) value = ldexp(1 - ldexp(1, (int)-digits - (int)random_integer(0, 2)), (int)greatest + 1);
  return (float)(random_integer(0, 1) ? value : -value);
}

void check_narrow(const kernel_table *kernels) {
  for (long type = kernel_float16; type <= kernel_bfloat16; ++type)
    for (long count = 0; count <= 8 * most_values; ++count) {
      begin_case("narrow of %ld to %s", count, types[type]);
      float *source = some_floats(count);
      unsigned short *target = some_halves(count);
      bool exceeds = false;
      for (long i = 0; i < count; ++i) source[i] = float_for(type, count % 2 == 0);
      long result = kernels->narrow(source, type, target, count);
      for (long i = 0; i < count; ++i) {
        double expected = rounded(source[i], type), actual = value_of(target[i], type);
        expect_equal("target", i, (float)actual, expected);
        expect(isnan(expected) || !signbit(actual) == !signbit(expected), "another sign");
        exceeds |= isfinite(source[i]) && isinf(expected);
      }
      expect((result != 0) == exceeds, "what narrow says of values that became infinite");
      end_case();
    }
}
