/* See winograd.h. */
#include "winograd.h"

/// `x` to the power of `n`; 0 to the power of 0 is 1.
static double power(double x, int n) { return n == 0 ? 1 : x * power(x, n - 1); }

winograd winograd_of(int outputs) {
  // The last point is infinity. The kernels take point 0 of the smaller tile with the other sign, which cancels.
  static const double four[] = {0, 0.625, -0.625, 1.5, -1.5}, two[] = {0, 1, -1};
  const double *points = outputs == 4 ? four : two;
  int finite = outputs + 1;
  winograd result = {.outputs = outputs, .points = finite + 1};
  for (int p = 0; p <= finite; ++p) {
    // The polynomial that is 0 at all other finite points, from its constant on, and its value at this one.
    double *row = result.input[p], value = 1, sign = outputs == 2 && p == 0 ? -1 : 1;
    int degree = 0;
    row[0] = 1;
    for (int q = 0; q < finite; ++q) {
      if (q == p) continue;
      row[++degree] = 0;
      for (int i = degree; i >= 0; --i) row[i] = (i > 0 ? row[i - 1] : 0) - points[q] * row[i];
      if (p < finite) value *= points[p] - points[q];
    }
    for (int i = 0; i <= degree; ++i) row[i] *= sign;
    for (int tap = 0; tap < 3; ++tap)
      result.weights[p][tap] = p < finite ? sign * power(points[p], tap) / value : tap == 2;
    for (int i = 0; i < outputs; ++i)
      result.output[i][p] = p < finite ? power(points[p], i) : i == outputs - 1;
  }
  return result;
}
