/* Compares every entry of a table of kernels with plain loops.
 *
 *     kernels NAME
 *
 * NAME is what the table calls itself. Prints the entries; the first value that is wrong, and the first touch of
 * memory that the header does not allow, ends the program. Tests/kernels/run.py compiles and runs it. */
#include "check.h"

#include <stdio.h>
#include <string.h>

kernel_table kernel_table_to_check(void);

static const struct {
  const char *name;
  void (*check)(const kernel_table *kernels);
} checks[] = {
  {"product", check_product},
  {"transform_input", check_transform_input},
  {"transform_output", check_transform_output},
  {"transform_weights", check_transform_weights},
  {"pack_windows", check_pack_windows},
  {"multiply_windows", check_multiply_windows},
  {"pool", check_pool},
  {"spread", check_spread},
  {"maximum", check_maximum},
  {"spread_maximum", check_spread_maximum},
  {"filter", check_filter},
  {"gate", check_gate},
  {"gate_between", check_gate_between},
  {"multiply_rows", check_multiply_rows},
  {"add_rows", check_add_rows},
  {"widen", check_widen},
  {"narrow", check_narrow},
  {"a convolution", check_convolution},
};

enum { check_count = sizeof checks / sizeof checks[0] };

// Besides the entries, a table has a name and two numbers, and the checks end with one of several entries.
_Static_assert(
    sizeof(kernel_table) == (check_count - 1 + 3) * sizeof(void *), "an entry of the table has no check in main.c");

int main(int count, char **arguments) {
  const kernel_table kernels = kernel_table_to_check();
  begin_case("table");
  expect(count == 2 && strcmp(kernels.name, arguments[1]) == 0, "another name");
  expect(kernels.tiles_per_block >= 1 && kernels.tiles_per_block <= kernel_most_tiles, "tiles_per_block");
  for (int i = 0; i < check_count; ++i) {
    for (int place = 0; place < 2; ++place) {
      memory_is_at_end = place == 1;
      checks[i].check(&kernels);
    }
    printf("%s\n", checks[i].name);
  }
  return 0;
}
