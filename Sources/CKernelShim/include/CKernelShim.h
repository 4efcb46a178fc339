// What the kernels need of C: vectors as wide as the instruction set that a target is compiled for, with the
// instructions that Swift has no certain spelling for, and the table that each target hands out.
//
// Everything is inlined, so that no symbol of one instruction set can be called from code of another.
#pragma once

#if defined(__AVX512F__)
enum { kernel_lanes = 16 };
typedef float kernel_vector __attribute__((ext_vector_type(16)));
typedef float kernel_unaligned_vector __attribute__((ext_vector_type(16), aligned(4)));
typedef double kernel_double_vector __attribute__((ext_vector_type(8)));
typedef float kernel_half_vector __attribute__((ext_vector_type(8), aligned(4)));
#elif defined(__AVX2__)
enum { kernel_lanes = 8 };
typedef float kernel_vector __attribute__((ext_vector_type(8)));
typedef float kernel_unaligned_vector __attribute__((ext_vector_type(8), aligned(4)));
typedef double kernel_double_vector __attribute__((ext_vector_type(4)));
typedef float kernel_half_vector __attribute__((ext_vector_type(4), aligned(4)));
#else
enum { kernel_lanes = 4 };
typedef float kernel_vector __attribute__((ext_vector_type(4)));
typedef float kernel_unaligned_vector __attribute__((ext_vector_type(4), aligned(4)));
typedef double kernel_double_vector __attribute__((ext_vector_type(2)));
typedef float kernel_half_vector __attribute__((ext_vector_type(2), aligned(4)));
#endif

#define KERNEL_INLINE static inline __attribute__((always_inline))

/// Lanes at any address.
KERNEL_INLINE kernel_vector kernel_load(const float *_Nonnull from) { return *(const kernel_unaligned_vector *)from; }

KERNEL_INLINE void kernel_store(float *_Nonnull to, kernel_vector value) { *(kernel_unaligned_vector *)to = value; }

/// One value in every lane.
KERNEL_INLINE kernel_vector kernel_repeat(float value) { return (kernel_vector)value; }

/// `sum + a * b`: one instruction and one rounding where the instruction set has it.
KERNEL_INLINE kernel_vector kernel_add_product(kernel_vector sum, kernel_vector a, kernel_vector b) {
#if defined(__FMA__) || defined(__aarch64__)
  return __builtin_elementwise_fma(a, b, sum);
#else
  return sum + a * b;
#endif
}

/// Half a vector of floats at any address, in double precision.
KERNEL_INLINE kernel_double_vector kernel_load_double(const float *_Nonnull from) {
  return __builtin_convertvector(*(const kernel_half_vector *)from, kernel_double_vector);
}

/// Rounds to floats.
KERNEL_INLINE void kernel_store_double(float *_Nonnull to, kernel_double_vector value) {
  *(kernel_half_vector *)to = __builtin_convertvector(value, kernel_half_vector);
}

/// `sum + factor * x` in double precision.
KERNEL_INLINE kernel_double_vector kernel_add_double(
    kernel_double_vector sum, double factor, kernel_double_vector x) {
#if defined(__FMA__) || defined(__aarch64__)
  return __builtin_elementwise_fma((kernel_double_vector)factor, x, sum);
#else
  return sum + factor * x;
#endif
}

/// `factor * x` in double precision.
KERNEL_INLINE kernel_double_vector kernel_scale_double(double factor, kernel_double_vector x) { return factor * x; }

/// `value` where `condition` is positive, else 0; NaN is not positive.
KERNEL_INLINE kernel_vector kernel_where_positive(kernel_vector condition, kernel_vector value) {
  return condition > 0 ? value : (kernel_vector)0;
}

/// `value` where it is not negative, else 0: NaN stays NaN, as in PyTorch.
KERNEL_INLINE kernel_vector kernel_rectify(kernel_vector value) { return value < 0 ? (kernel_vector)0 : value; }

/// `value` where `a` and `b` are equal, else `otherwise`; NaN equals nothing.
KERNEL_INLINE kernel_vector kernel_where_equal(
    kernel_vector a, kernel_vector b, kernel_vector value, kernel_vector otherwise) {
  return a == b ? value : otherwise;
}

/// The greater of two values; NaN counts as the greatest.
KERNEL_INLINE kernel_vector kernel_maximum(kernel_vector a, kernel_vector b) {
  kernel_vector greater = a >= b ? a : b;
  return a != a ? a : greater;
}

/// `value`, or the bound that it lies beyond; NaN stays NaN.
KERNEL_INLINE kernel_vector kernel_clamp(kernel_vector value, kernel_vector least, kernel_vector greatest) {
  kernel_vector raised = value < least ? least : value;
  return raised > greatest ? greatest : raised;
}

/// The even lanes of two vectors, one behind the other.
KERNEL_INLINE kernel_vector kernel_even(kernel_vector a, kernel_vector b) {
#if defined(__AVX512F__)
  return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
#elif defined(__AVX2__)
  return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
#else
  return __builtin_shufflevector(a, b, 0, 2, 4, 6);
#endif
}

/// The odd lanes of two vectors, one behind the other.
KERNEL_INLINE kernel_vector kernel_odd(kernel_vector a, kernel_vector b) {
#if defined(__AVX512F__)
  return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
#elif defined(__AVX2__)
  return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
#else
  return __builtin_shufflevector(a, b, 1, 3, 5, 7);
#endif
}

/// The lower halves of two vectors, lane by lane in turn.
KERNEL_INLINE kernel_vector kernel_interleave_low(kernel_vector a, kernel_vector b) {
#if defined(__AVX512F__)
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
#elif defined(__AVX2__)
  return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
#else
  return __builtin_shufflevector(a, b, 0, 4, 1, 5);
#endif
}

/// The upper halves of two vectors, lane by lane in turn.
KERNEL_INLINE kernel_vector kernel_interleave_high(kernel_vector a, kernel_vector b) {
#if defined(__AVX512F__)
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
#elif defined(__AVX2__)
  return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#else
  return __builtin_shufflevector(a, b, 2, 6, 3, 7);
#endif
}

/// The sum of all lanes: the upper half is added to the lower one until one is left.
KERNEL_INLINE float kernel_sum(kernel_vector value) {
#if defined(__AVX512F__)
  float __attribute__((ext_vector_type(8))) eight = value.lo + value.hi;
  float __attribute__((ext_vector_type(4))) four = eight.lo + eight.hi;
#elif defined(__AVX2__)
  float __attribute__((ext_vector_type(4))) four = value.lo + value.hi;
#else
  float __attribute__((ext_vector_type(4))) four = value;
#endif
  return (four.x + four.z) + (four.y + four.w);
}

/// Asks for a cache line that will be read soon, into the second-level cache.
KERNEL_INLINE void kernel_prefetch(const void *_Nonnull line) { __builtin_prefetch(line, 0, 2); }

/// How the elements of a matrix are kept.
enum { kernel_float32 = 0, kernel_float16 = 1, kernel_bfloat16 = 2 };

typedef unsigned kernel_words __attribute__((ext_vector_type(kernel_lanes)));
typedef unsigned short kernel_halves __attribute__((ext_vector_type(kernel_lanes), aligned(2)));
#if defined(__F16C__) || defined(__aarch64__)
typedef _Float16 kernel_float16_vector __attribute__((ext_vector_type(kernel_lanes)));
#endif

/// Lanes of the upper halves of floats.
KERNEL_INLINE kernel_vector kernel_load_bfloat16(const void *_Nonnull from) {
  return (kernel_vector)(__builtin_convertvector(*(const kernel_halves *)from, kernel_words) << 16);
}

/// Lanes of IEEE halves.
KERNEL_INLINE kernel_vector kernel_load_float16(const void *_Nonnull from) {
  kernel_halves halves = *(const kernel_halves *)from;
#if defined(__F16C__) || defined(__aarch64__)
  return __builtin_convertvector((kernel_float16_vector)halves, kernel_vector);
#else
  kernel_words bits = __builtin_convertvector(halves, kernel_words);
  kernel_words sign = (bits & 0x8000u) << 16;
  // The exponent's bias goes from 15 to 127; one of ones stays one of ones.
  kernel_words magnitude = ((bits & 0x7FFFu) << 13) + (112u << 23);
  kernel_words endless = magnitude + (112u << 23);
  // A subnormal counts steps of 2^-24 above 2^-14, once it has that exponent.
  kernel_words tiny = (kernel_words)((kernel_vector)(magnitude + (1u << 23)) - 0x1p-14f);
  magnitude = magnitude >= (143u << 23) ? endless : magnitude;
  magnitude = magnitude < (113u << 23) ? tiny : magnitude;
  return (kernel_vector)(sign | magnitude);
#endif
}

/// Keeps the upper halves, rounded to the nearest, ties to even.
KERNEL_INLINE void kernel_store_bfloat16(void *_Nonnull to, kernel_vector value) {
  kernel_words bits = (kernel_words)value;
  kernel_words rounded = (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
  // Rounding could carry a NaN into its sign.
  rounded = (bits & 0x7FFFFFFFu) > 0x7F800000u ? ((bits >> 16) | 0x40u) : rounded;
  *(kernel_halves *)to = __builtin_convertvector(rounded, kernel_halves);
}

/// Keeps IEEE halves, rounded to the nearest, ties to even.
KERNEL_INLINE void kernel_store_float16(void *_Nonnull to, kernel_vector value) {
#if defined(__F16C__) || defined(__aarch64__)
  *(kernel_halves *)to = (kernel_halves)__builtin_convertvector(value, kernel_float16_vector);
#else
  kernel_words bits = (kernel_words)value;
  kernel_words magnitude = bits & 0x7FFFFFFFu;
  kernel_words rounded = (magnitude - (112u << 23) + 0xFFFu + ((magnitude >> 13) & 1u)) >> 13;
  // A float between 1/2 and 1 has steps of 2^-24, a subnormal half's; the processor rounds to them.
  kernel_words tiny = (kernel_words)((kernel_vector)magnitude + 0.5f) - (126u << 23);
  rounded = magnitude < (113u << 23) ? tiny : rounded;
  // From 65520 on it is infinite.
  rounded = magnitude >= 0x477FF000u ? (kernel_words)0x7C00u : rounded;
  rounded = magnitude > 0x7F800000u ? (0x7E00u | ((magnitude >> 13) & 0x3FFu)) : rounded;
  *(kernel_halves *)to = __builtin_convertvector(rounded | ((bits >> 16) & 0x8000u), kernel_halves);
#endif
}

/// 1 where a value is finite, but not below `limit` in its magnitude, else 0.
KERNEL_INLINE kernel_vector kernel_exceeds(kernel_vector value, float limit) {
  kernel_words magnitude = (kernel_words)value & 0x7FFFFFFFu;
  return (((kernel_vector)magnitude >= limit) & (magnitude < 0x7F800000u)) ? (kernel_vector)1 : (kernel_vector)0;
}

/// Bytes of an element that is kept as `type`.
KERNEL_INLINE long kernel_element_size(long type) { return type == kernel_float32 ? 4 : 2; }

/// Lanes of elements that are kept as `type`: a constant, where kernels are inlined for each of them.
KERNEL_INLINE kernel_vector kernel_load_elements(const void *_Nonnull from, long type) {
  if (type == kernel_float16) return kernel_load_float16(from);
  if (type == kernel_bfloat16) return kernel_load_bfloat16(from);
  return kernel_load((const float *)from);
}

/// Keeps lanes in 16 bits as `type`.
KERNEL_INLINE void kernel_store_halves(void *_Nonnull to, kernel_vector value, long type) {
  if (type == kernel_float16) return kernel_store_float16(to, value);
  kernel_store_bfloat16(to, value);
}

/// The first `count` lanes, and 0 in the others.
KERNEL_INLINE kernel_vector kernel_load_first(const void *_Nonnull from, long type, long count) {
  union { float floats[kernel_lanes]; unsigned short halves[kernel_lanes]; } lanes;
  for (long i = 0; i < kernel_lanes; i++) {
    if (type == kernel_float32) {
      lanes.floats[i] = i < count ? ((const float *)from)[i] : 0;
    } else {
      lanes.halves[i] = i < count ? ((const unsigned short *)from)[i] : 0;
    }
  }
  return kernel_load_elements(&lanes, type);
}

KERNEL_INLINE void kernel_store_first(float *_Nonnull to, kernel_vector value, long count) {
  float lanes[kernel_lanes];
  kernel_store(lanes, value);
  for (long i = 0; i < count; i++) to[i] = lanes[i];
}

KERNEL_INLINE void kernel_store_first_halves(void *_Nonnull to, kernel_vector value, long type, long count) {
  unsigned short lanes[kernel_lanes];
  kernel_store_halves(lanes, value, type);
  for (long i = 0; i < count; i++) ((unsigned short *)to)[i] = lanes[i];
}

/// The instruction sets that there are kernels for, each including the ones before.
enum { kernel_level_baseline = 0, kernel_level_avx2 = 1, kernel_level_avx512 = 2 };

/// The best of them that this processor, and the operating system, can run.
KERNEL_INLINE int kernel_best_level(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("f16c"))
    return kernel_level_baseline;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512cd"))
    return kernel_level_avx512;
  return kernel_level_avx2;
#else
  return kernel_level_baseline;
#endif
}

/// Channels of one block: the innermost extent of the packed layouts, for every instruction set.
enum { kernel_channel_block = 16 };
/// Outputs of one panel of weights.
enum { kernel_panel = 32 };
/// Tiles in a block, at most.
enum { kernel_most_tiles = 14 };

/// Floats beyond the count that `kernel_table.filter` may touch.
enum { kernel_filter_slack = 64 };

/// How a gradient passes a ReLU.
enum { kernel_mask_none = 0, kernel_mask_standard = 1, kernel_mask_guided = 2, kernel_mask_deconvolution = 3 };

/// Neighboring tiles in one row of tiles, over one block of channels.
typedef struct {
  /// Floats from one channel's plane to the next, and the planes' extents.
  long plane_stride, height, width;
  /// Channels of the block that exist; the others are 0, or are not written.
  long channels;
  /// Row and column of the first pixel of the first tile, which may lie outside (in the padding).
  long row, column;
  /// Number of tiles, at most `kernel_most_tiles`.
  long tiles;
  /// Columns of a tile, 4 or 2; it has 4 rows, and 6 by 6 or 6 by 4 points.
  long tile_width;
} kernel_tile_run;

/// What the input transform reads besides, and where it writes.
typedef struct {
  /// The planes of the block's channels.
  const float *_Nonnull planes;
  /// Values like `planes` that say where a ReLU passes the gradient, and by which rule.
  const float *_Nullable mask;
  long rule;
  /// Floats that may be read from `planes`, and from `mask`, on: vectors may reach beyond a row, but not beyond these.
  long readable;
  /// Floats from what is read to what will be read next, which is fetched meanwhile; 0 fetches nothing new.
  long next;
  /// Tile `t`, channel `c` of point `p` goes to `target[p * point_stride + 16 * t + c]`.
  float *_Nonnull target;
  long point_stride;
  /// `kernel_transform_scratch` floats.
  float *_Nonnull scratch;
} kernel_input_transform;

/// What the output transform reads, and what it does to the values before it writes them.
typedef struct {
  /// Tile `t`, channel `c` of point `p` at `products[p * point_stride + 16 * t + c]`.
  const float *_Nonnull products;
  long point_stride;
  /// 16 biases.
  const float *_Nullable bias;
  /// Whether a ReLU follows.
  long rectifies;
  /// The planes of the block's channels.
  float *_Nonnull planes;
  /// `kernel_transform_scratch` floats.
  float *_Nonnull scratch;
} kernel_output_transform;

/// 6 rows of the pixels under 14 tiles in 16 channels, and room to turn 16 by 16 values.
enum { kernel_transform_scratch = 6 * (4 * kernel_most_tiles + 2) * 16 + 6 * 6 * 16 + 16 * 16 };

/// Kernels of 3 by 3 for one panel of outputs, and where they go.
typedef struct {
  /// The kernel of the first input and output.
  const float *_Nonnull kernels;
  /// Floats from a kernel to that of the next input, and of the next output: one of them is 9.
  long input_stride, output_stride;
  /// Inputs, and outputs of the panel, that exist: the others, up to a whole block and a whole panel, become 0.
  long inputs, outputs;
  /// Floats that may be read from `kernels` on.
  long readable;
  /// Whether the kernels are turned by 180 degrees.
  long is_turned;
  /// Columns of a tile, 4 or 2.
  long tile_width;
  /// Point `p` of input `k`, output `j` goes to `target[p * point_stride + 32 * k + j]`.
  float *_Nonnull target;
  long point_stride;
  /// `kernel_weight_scratch` floats.
  float *_Nonnull scratch;
} kernel_weight_transform;

/// The taps of 16 by 32 kernels, and what a square of vectors writes too much.
enum { kernel_weight_scratch = (9 * 16 + 16) * 32 };

/// One row of windows of 2 by 2 pixels, and the maxima that a pooling made of them.
typedef struct {
  /// `2 * count` pixels each.
  const float *_Nonnull upper, *_Nonnull lower;
  const float *_Nonnull maxima;
  /// The maxima's gradients.
  const float *_Nonnull gradient;
  /// Where the pixels' gradients go.
  float *_Nonnull upper_target, *_Nonnull lower_target;
  /// Windows.
  long count;
} kernel_pooled_row;

/// One tap of a maximum over windows, for one row of outputs: pixel `stride * i` belongs to output `i`.
typedef struct {
  const float *_Nonnull pixels;
  /// 1 or more.
  long stride;
  /// The maxima, complete.
  const float *_Nonnull maxima;
  /// The maxima's gradients as long as no pixel has taken them.
  float *_Nonnull gradient;
  /// The pixels' gradients, to which they are added.
  float *_Nonnull target;
  /// Outputs.
  long count;
} kernel_maximum_tap;

/// Rows one behind the other.
typedef struct {
  const void *_Nonnull elements;
  /// `kernel_float32` or another.
  long type;
  long columns;
} kernel_matrix;

/// Rows that `kernel_table.add_rows` adds up at a time.
enum { kernel_added_rows = 8 };

/// Positions of a convolution's output that are computed together.
enum { kernel_positions = 32 };
/// Floats behind the last row of packed windows that may be written.
enum { kernel_packing_slack = 16 };

/// One tap of a convolution's windows, and the positions at which it lies inside the image.
typedef struct {
  /// Floats from a window's first pixel to the tap's.
  long offset;
  long first_row, end_row, first_column, end_column;
  /// Whether it is the first tap of its row: it fetches pixels for the others.
  long leads;
} kernel_tap;

/// A vector of positions to copy from a channel's plane to packed windows.
typedef struct {
  /// Where the plane's pixels and the windows' values lie, from the channel's first on.
  long source, target;
  /// How many values there are; the vector's others are written again later. 0 writes zeros.
  long count;
  /// Floats from the pixels to others that are fetched into the cache meanwhile.
  long ahead;
} kernel_window_copy;

/// Windows of neighboring positions, in the order of pictures, rows and columns.
typedef struct {
  /// The planes that windows lie on, of the first picture, and the floats that may be read from there on.
  const float *_Nonnull planes;
  long readable;
  /// Values like `planes` that say where a ReLU passes the gradient, and by which rule.
  const float *_Nullable mask;
  long rule;
  long channels, plane_stride, picture_stride;
  const kernel_tap *_Nonnull taps;
  long tap_count;
  /// Positions of a picture, and floats from a position's first pixel to that of the next row, of the next column.
  long rows, columns, row_step, column_step;
  /// The first position.
  long picture, row, column;
  /// How many there are, in panels of `kernel_positions`, of which the last is filled up with 0.
  long positions;
  /// How many channels ahead pixels are fetched into the cache.
  long ahead;
  /// Position `p` of a panel, channel `c`, tap `t` goes to `target[panel * panel_stride + 32 * (c * tap_count + t) + p]`.
  float *_Nonnull target;
  long panel_stride;
  /// Room for what is copied in each channel: for each tap and panel, vectors for all positions and three more for each
  /// row of positions, and for what the panel is filled up with.
  kernel_window_copy *_Nonnull copies;
} kernel_windows;

/// A product of some outputs' weights with packed windows.
typedef struct {
  /// At most `kernel_table.rows_per_block` outputs.
  long rows;
  /// Channels times taps.
  long depth;
  /// A bias for each row, then `depth` times a weight for each row.
  const float *_Nonnull weights;
  /// `[depth][32]`.
  const float *_Nonnull windows;
  /// Bounds of a clip that follows.
  float least, greatest;
  /// How many positions are wanted.
  long positions;
  /// Row `r`, position `p` goes to `target[r * row_stride + p]`.
  float *_Nonnull target;
  long row_stride;
  /// `kernel_most_tiles * kernel_positions` floats.
  float *_Nonnull scratch;
} kernel_row_product;

/// The kernels of one instruction set.
typedef struct {
  const char *_Nonnull name;
  /// Tiles of a block that the product kernels like best.
  long tiles_per_block;
  /// Outputs that `multiply_windows` takes at once, at most.
  long rows_per_block;

  /// `target[v][t][j] = sum over k of tiles[k / 16][t][k % 16] * panel[k][16 * v + j]`, `depth` a multiple of 16,
  /// `v` of 2; one line of `next` is prefetched for each `k`.
  void (*_Nonnull product)(
      long depth, long tiles, const float *_Nonnull input, const float *_Nonnull panel, float *_Nonnull target,
      const float *_Nonnull next);

  void (*_Nonnull transform_input)(const kernel_tile_run *_Nonnull run, const kernel_input_transform *_Nonnull transform);

  void (*_Nonnull transform_output)(const kernel_tile_run *_Nonnull run, const kernel_output_transform *_Nonnull transform);

  /// Winograd's transform of weights, in double precision and then rounded.
  void (*_Nonnull transform_weights)(const kernel_weight_transform *_Nonnull transform);

  void (*_Nonnull pack_windows)(const kernel_windows *_Nonnull windows);

  void (*_Nonnull multiply_windows)(const kernel_row_product *_Nonnull product);

  /// The maxima of a row of windows of 2 by 2; NaN counts as the greatest.
  void (*_Nonnull pool)(const float *_Nonnull upper, const float *_Nonnull lower, float *_Nonnull target, long count);

  /// Gives each gradient to the first of its window's pixels that is the maximum, and 0 to the others.
  void (*_Nonnull spread)(const kernel_pooled_row *_Nonnull row);

  /// `target[i]` becomes the greater of itself and `pixels[stride * i]`; NaN counts as the greatest.
  void (*_Nonnull maximum)(const float *_Nonnull pixels, long stride, float *_Nonnull target, long count);

  /// Moves each gradient whose maximum the tap's pixel is to that pixel.
  void (*_Nonnull spread_maximum)(const kernel_maximum_tap *_Nonnull tap);

  /// `target[i] = sum over t below taps of factors[t] * source[i + offsets[t]]`; up to `kernel_filter_slack` more are
  /// read and written.
  void (*_Nonnull filter)(
      const float *_Nonnull source, const long *_Nonnull offsets, const float *_Nonnull factors, long taps,
      float *_Nonnull target, long count);

  /// Sets the gradient of a ReLU's output to 0 where it does not pass.
  void (*_Nonnull gate)(float *_Nonnull gradient, const float *_Nonnull outputs, long rule, long count);

  /// Sets the gradient of a clip's output to 0 where the output is not between `low` and `high`.
  void (*_Nonnull gate_between)(
      float *_Nonnull gradient, const float *_Nonnull outputs, float low, float high, long count);

  /// `target[r] = sum over i of matrix[r][i] * vector[i]`, in the same order for each row however many there are.
  void (*_Nonnull multiply_rows)(
      kernel_matrix matrix, const float *_Nonnull vector, float *_Nonnull target, long rows);

  /// `target[i] += sum over r below kernel_added_rows of factors[r] * rows[r][i]`, of rows kept as `type`.
  void (*_Nonnull add_rows)(
      const void *_Nonnull const *_Nonnull rows, long type, const float *_Nonnull factors, float *_Nonnull target,
      long count);

  /// Floats of elements that are kept as `type`.
  void (*_Nonnull widen)(const void *_Nonnull source, long type, float *_Nonnull target, long count);

  /// Keeps floats in 16 bits as `type`, rounded to the nearest.
  ///
  /// Returns 0, or something else where finite values have become infinite.
  long (*_Nonnull narrow)(const float *_Nonnull source, long type, void *_Nonnull target, long count);
} kernel_table;
