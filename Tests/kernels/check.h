/* What the checks of the kernels share: memory that notices a touch beside it, random numbers, and comparisons.
 *
 * The first comparison that fails ends the program and says which entry, which case and which value. */
#ifndef CHECK_H
#define CHECK_H

#include <CKernelShim.h>
#include <stdbool.h>

/// Half a unit in the last place of 1, the greatest relative error of one float32 operation.
#define ROUNDING 0x1p-24

/// The sums that a reference makes: of the terms, and of their absolute values, of which the rounding errors of any
/// order of adding are a part.
typedef struct {
  double value, magnitude;
} sum;

static inline void add(sum *to, double factor, sum x) {
  // The kernels leave out what is multiplied by 0, and so does a reference, where x may be NaN.
  if (factor == 0) return;
  to->value += factor * x.value;
  to->magnitude += (factor < 0 ? -factor : factor) * x.magnitude;
}

static inline sum exactly(double value) { return (sum){value, value < 0 ? -value : value}; }

/// Counts go up to three vectors of the widest instruction set, and a few values that are left over.
enum { most_values = 3 * 16 + 5 };

/* Cases. */

/// Begins a case of the entry that is being checked, and says in words what it is.
void begin_case(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// Ends a case: looks for writes beside the memory that was given out, and takes it back.
void end_case(void);

/* Memory of a case. It lies directly before or behind memory that may not be touched, as `memory_is_at_end` says,
 * and ends or begins at any multiple of 4 bytes. */

/// Whether memory lies before what may not be touched, or behind.
extern bool memory_is_at_end;

/// Values from -1 to 1.
float *some_floats(long count);

/// Any 16 bits, at multiples of 2 bytes.
unsigned short *some_halves(long count);

/// A copy.
float *some_copy(const float *values, long count);

/// Sums for a reference.
sum *some_sums(long count);

/* Random numbers, the same ones in every run. */

/// From `low` to `high`.
long random_integer(long low, long high);

/// From -1 to 1.
float random_float(void);

/// Makes some of the values NaN.
void add_some_nans(float *values, long count);

/// Makes the values multiples of 1/2, many of them equal, and some of them NaN, infinite and -0.
void make_special(float *values, long count);

/// Whether the gradient passes a ReLU that gave `output`.
bool passes(float gradient, float output, long rule);

/* Comparisons. */

/// Fails unless both are NaN or `actual` is as near to `expected` as `roundings` roundings of its terms allow.
void expect_near(const char *what, long index, float actual, sum expected, double roundings);

/// Fails unless both are NaN or equal.
void expect_equal(const char *what, long index, float actual, double expected);

/// Fails with the words unless the condition holds.
void expect(bool condition, const char *words);

/* The checks, one for each entry of the table. */

void check_product(const kernel_table *kernels);
void check_transform_input(const kernel_table *kernels);
void check_transform_output(const kernel_table *kernels);
void check_transform_weights(const kernel_table *kernels);
void check_pack_windows(const kernel_table *kernels);
void check_multiply_windows(const kernel_table *kernels);
void check_pool(const kernel_table *kernels);
void check_spread(const kernel_table *kernels);
void check_maximum(const kernel_table *kernels);
void check_spread_maximum(const kernel_table *kernels);
void check_filter(const kernel_table *kernels);
void check_gate(const kernel_table *kernels);
void check_gate_between(const kernel_table *kernels);
void check_multiply_rows(const kernel_table *kernels);
void check_add_rows(const kernel_table *kernels);
void check_widen(const kernel_table *kernels);
void check_narrow(const kernel_table *kernels);

/// Of several entries together: a convolution.
void check_convolution(const kernel_table *kernels);

#endif
