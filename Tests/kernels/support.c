/* See check.h. */
#include "check.h"

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char words[256];

static _Noreturn void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "%s: ", words);
  vfprintf(stderr, format, arguments);
  fprintf(stderr, "\n");
  va_end(arguments);
  exit(1);
}

void expect(bool condition, const char *what) {
  if (!condition) fail("%s", what);
}

void expect_near(const char *what, long index, float actual, sum expected, double roundings) {
  if (isnan(actual) && isnan(expected.value)) return;
  // The smallest normal number: a product may be rounded below it.
  double tolerance = roundings * ROUNDING * expected.magnitude + 0x1p-126;
  if (fabs(actual - expected.value) <= tolerance) return;
  fail("%s[%ld] is %.9g, not %.9g (within %.2g)", what, index, actual, expected.value, tolerance);
}

void expect_equal(const char *what, long index, float actual, double expected) {
  if (actual == expected || (isnan(actual) && isnan(expected))) return;
  fail("%s[%ld] is %.9g, not %.9g", what, index, actual, expected);
}

/* Memory. */

typedef struct {
  char *pages;
  size_t size;
  /// What was given out, between margins filled with `MARGIN`.
  char *memory, *end;
} region;

enum { MOST_REGIONS = 32, MARGIN = 0xA5 };

static region regions[MOST_REGIONS];
static int region_count;
bool memory_is_at_end;

static void *some_memory(long count, size_t size) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes = (size_t)count * size;
  size_t inside = (bytes + page - 1) / page * page;
  if (region_count == MOST_REGIONS) fail("too many buffers");
  region *r = &regions[region_count++];
  r->size = inside + 2 * page;
  r->pages = mmap(NULL, r->size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (r->pages == MAP_FAILED || (inside > 0 && mprotect(r->pages + page, inside, PROT_READ | PROT_WRITE) != 0))
    fail("no memory");
  memset(r->pages + page, MARGIN, inside);
  r->memory = r->pages + page + (memory_is_at_end ? inside - bytes : 0);
  r->end = r->memory + bytes;
  return r->memory;
}

static void expect_margin(const char *from, const char *to) {
  for (; from < to; ++from)
    if (*(const unsigned char *)from != MARGIN) fail("a write beside the memory that was given");
}

/// Memory that may not be touched was touched.
static void stop_at_touch(int signal, siginfo_t *information, void *context) {
  (void)signal, (void)context;
  const char *address = information->si_addr, *meaning = "an address that was not given";
  for (int i = 0; i < region_count; ++i)
    if (address >= regions[i].pages && address < regions[i].pages + regions[i].size)
      meaning = address < regions[i].memory ? "before the memory that was given" : "behind the memory that was given";
  // The program is where it cannot go on: what is not safe in a handler does no more harm.
  fprintf(stderr, "%s: a touch %s\n", words, meaning);
  _exit(1);
}

void begin_case(const char *format, ...) {
  struct sigaction action = {.sa_sigaction = stop_at_touch, .sa_flags = SA_SIGINFO};
  sigaction(SIGSEGV, &action, NULL);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(words, sizeof words, format, arguments);
  va_end(arguments);
}

void end_case(void) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  for (int i = 0; i < region_count; ++i) {
    expect_margin(regions[i].pages + page, regions[i].memory);
    expect_margin(regions[i].end, regions[i].pages + regions[i].size - page);
    munmap(regions[i].pages, regions[i].size);
  }
  region_count = 0;
}

float *some_floats(long count) {
  float *values = some_memory(count, sizeof(float));
  for (long i = 0; i < count; ++i) values[i] = random_float();
  return values;
}

unsigned short *some_halves(long count) {
  unsigned short *values = some_memory(count, sizeof *values);
  for (long i = 0; i < count; ++i) values[i] = (unsigned short)random_integer(0, 0xFFFF);
  return values;
}

float *some_copy(const float *values, long count) {
  return memcpy(some_memory(count, sizeof(float)), values, (size_t)count * sizeof(float));
}

sum *some_sums(long count) { return memset(some_memory(count, sizeof(sum)), 0, (size_t)count * sizeof(sum)); }

/* Random numbers. */

static uint32_t random_bits(void) {
  // A linear congruential generator; Knuth, "The Art of Computer Programming", volume 2, gives the factor as MMIX's.
  static uint64_t state = 1;
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(state >> 32);
}

long random_integer(long low, long high) { return low + (long)(random_bits() % (uint32_t)(high - low + 1)); }

float random_float(void) { return (float)(random_bits() >> 8) * 0x1p-23f - 1; }

void add_some_nans(float *values, long count) {
  for (long i = 0; i < count; ++i)
    if (random_integer(0, 99) == 0) values[i] = NAN;
}

void make_special(float *values, long count) {
  static const float special[] = {NAN, INFINITY, -INFINITY, -0.0f};
  for (long i = 0; i < count; ++i)
    values[i] = random_integer(0, 9) == 0 ? special[random_integer(0, 3)] : (float)random_integer(-3, 3) / 2;
}

bool passes(float gradient, float output, long rule) {
  switch (rule) {
    case kernel_mask_standard: return output > 0;
    case kernel_mask_guided: return output > 0 && gradient > 0;
    case kernel_mask_deconvolution: return gradient > 0;
    default: return true;
  }
}
