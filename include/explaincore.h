/*
 * ExplainCore: which pixels of a picture made an image classifier decide as it did?
 *
 *     xpl_model *model;
 *     xpl_picture *picture, *overlay;
 *     xpl_explanation *explanation;
 *     xpl_model_load("scenes", NULL, &model);
 *     xpl_picture_read("picture.png", &picture);
 *     xpl_explain_mask(model, picture, NULL, NULL, NULL, &explanation);
 *     xpl_explanation_render(explanation, XPL_RENDERING_OVERLAY, &overlay);
 *     xpl_picture_save(overlay, "overlay.png");
 *
 * Conventions, which hold wherever a function does not say otherwise:
 *
 * Errors. Functions return XPL_OK or another xpl_status; the thread's xpl_last_error() then says in one line what
 * was wrong. Results come through the last parameters: pointers and numbers are set to NULL or 0 first, so that after a
 * failure they are NULL or 0; buffers and structs of the caller are then as they were. (Of several results each that is
 * not NULL is set.) NULL for a parameter that is not described as optional is XPL_INVALID_ARGUMENT. Any function that
 * makes something may fail with XPL_OUT_OF_MEMORY. No function prints, exits or raises a signal over its input.
 *
 * Ownership. What a function creates belongs to the caller: handles go to their own xpl_*_free, memory goes to
 * xpl_free; all of these accept NULL, and what was freed must not be used again. Arguments are borrowed for the call
 * alone, but for callbacks and what is given as their `user`: a model keeps those until it is freed, xpl_set_log until
 * it is called again. Where a getter hands out a pointer, the pointer is part of the handle, not to be freed, and valid
 * until the handle is freed. Handles do not depend on one another: a model may be freed before the explanations that it
 * gave.
 *
 * Threads. Any function may be called from any thread, but none from a signal handler. Handles but xpl_method are
 * immutable: many threads may use one at once, as long as none of them frees it while others use it. Structs of the
 * caller are the caller's to guard. After fork the child may use the library and what it inherited, if no other thread
 * was in a call at that moment; where the parent had computed with several threads, the child computes with one.
 *
 * Text is UTF-8 and ends with a zero byte; text that is not UTF-8 is XPL_INVALID_ARGUMENT. That holds for paths too:
 * what lies under another name is read by the program, and handed over in memory.
 *
 * Structs of options and callbacks begin with their size, are filled by their xpl_*_init and grow only at their end,
 * so that programs and libraries of different ages fit together: fields that a program does not know keep their
 * defaults, and fields that the library does not know must be zero.
 *
 * Pictures have their rows from the top; coordinates count from the upper left corner, in pixels.
 */
#ifndef EXPLAINCORE_H
#define EXPLAINCORE_H

#include <stddef.h>
#include <stdint.h>

/** The version that this header belongs to: semantic versioning. */
#define XPL_VERSION_MAJOR 0
#define XPL_VERSION_MINOR 1
#define XPL_VERSION_PATCH 0
/** The version as text. */
#define XPL_VERSION "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------------------------------------- The library -- */

/** The version of the library in use as text, such as "0.1.0"; static memory. */
const char *xpl_version(void);

/** How a call ended. Later versions may add numbers. */
typedef enum xpl_status {
  /** It did what it was asked to. */
  XPL_OK = 0,
  /** An argument is NULL, out of its range, of the wrong size, or contradicts another one. */
  XPL_INVALID_ARGUMENT = 1,
  /** A file could not be opened, read or written. */
  XPL_IO = 2,
  /** A file is damaged, or not of the format that it claims. */
  XPL_BAD_FILE = 3,
  /** The input is valid but needs something that this library does not do. */
  XPL_UNSUPPORTED = 4,
  /** Memory could not be had. */
  XPL_OUT_OF_MEMORY = 5,
  /** A callback asked to stop; if it was that of progress, what was learned so far is handed out all the same. */
  XPL_CANCELLED = 6,
  /** A callback of a model of the caller's reported a failure. The library never gives this status by itself. */
  XPL_CALLBACK = 7,
  /** A mistake of this library. */
  XPL_INTERNAL = 8
} xpl_status;

/** The name of a status, such as "XPL_BAD_FILE"; "unknown status" for other numbers; static memory. */
const char *xpl_status_name(xpl_status status);

/**
 * What the last call on this thread that failed had to say: one line without a line end.
 *
 * Calls that succeed leave it alone; it is "" on a thread where none has failed. Valid until the next failure on this
 * thread, or the thread's end.
 */
const char *xpl_last_error(void);

/** Frees memory that is described as freed by xpl_free, and nothing else. NULL is left alone. */
void xpl_free(void *memory);

/**
 * Sets how many threads the library computes with, in the whole process, the calling one among them. Results do not
 * depend on it, to the bit. Calls that are under way may go on with the number before.
 *
 * @param threads 1 to 1024, or 0 for as many as there are processors, which it begins with.
 */
xpl_status xpl_set_threads(int32_t threads);

/** How many threads the library computes with: the number that was set, or that of the processors. */
xpl_status xpl_threads(int32_t *out_threads);

/**
 * Sets how much memory the pictures that go through a model together may take, in the whole process: bytes for their
 * values, beside the weights; 0 is what it begins with, 512 MiB. Methods that look at many pictures, and
 * xpl_classify_batch, take as many at once as fit, at least one. The more, the less time for each, up to a point. Of
 * models of callbacks, whose memory the library does not see, it assumes what VGG19 takes.
 *
 * Results may differ by roundings from one setting to another; for the same one they are the same bits.
 */
xpl_status xpl_set_batch_memory(size_t bytes);

/** How much memory the pictures that go through a model together may take. */
xpl_status xpl_batch_memory(size_t *out_bytes);

/**
 * Limits the instruction set that the library computes with, in the whole process, for tests and comparisons. Results
 * of different instruction sets differ in their last bits.
 *
 * It begins with what the environment variable EXPLAINCORE_CPU names. A limit beyond what the processor has is no
 * limit. Models that have computed something already may stay at what they began with.
 *
 * @param level "baseline", "avx2" or "avx512". Optional: NULL is no limit.
 * @return XPL_INVALID_ARGUMENT for another level; the limit is then as it was.
 */
xpl_status xpl_set_cpu_level(const char *level);

/**
 * Facts about the library and the machine as a JSON object, for logs and bug reports: `version architecture threads
 * processors kernels blas{core version} methods[] models[]`. Freed by xpl_free.
 */
xpl_status xpl_info(char **out_json);

/** How much a message matters. */
typedef enum xpl_log_level {
  /** What a call that succeeded did, and how long it took. */
  XPL_LOG_INFO = 0,
  /** What one should know before trusting a result that was handed out. */
  XPL_LOG_WARNING = 1,
  /** Why a call failed: what xpl_last_error says. (That a callback asked to stop is XPL_LOG_INFO.) */
  XPL_LOG_ERROR = 2
} xpl_log_level;

/**
 * Takes note of a message.
 *
 * It is called on the thread that called the library, by several threads at once if several are in a call. It may call
 * functions of this library, whose messages are then not reported. It must return: neither longjmp nor an exception
 * may leave it.
 *
 * @param message one line without a line end; valid during the call.
 * @param user    what was given beside the callback.
 */
typedef void (*xpl_log_callback)(xpl_log_level level, const char *message, void *user);

/**
 * Sets who takes note of the library's messages, in the whole process. Nobody does at first: the library is silent.
 *
 * Calls that are under way may still report to the one before.
 *
 * @param callback optional: NULL makes the library silent again.
 * @param user     handed to `callback`.
 */
xpl_status xpl_set_log(xpl_log_callback callback, void *user);

/* -------------------------------------------------------------------------------------------------- Pictures -- */

/** A picture: 8-bit RGB, 1 to 16384 pixels on a side, at most 100 million pixels. */
typedef struct xpl_picture xpl_picture;

/** The order of the bytes of a pixel. */
typedef enum xpl_pixel_format {
  XPL_PIXELS_RGB = 0,
  XPL_PIXELS_BGR = 1,
  /** Not premultiplied; laid over white. */
  XPL_PIXELS_RGBA = 2,
  /** Not premultiplied; laid over white. */
  XPL_PIXELS_BGRA = 3,
  /** One byte. */
  XPL_PIXELS_GRAY = 4
} xpl_pixel_format;

/**
 * Reads a file: PNG, JPEG, GIF (first frame) or WebP. EXIF orientation is applied, transparency laid over white.
 *
 * @return XPL_IO, XPL_BAD_FILE, XPL_UNSUPPORTED, XPL_OUT_OF_MEMORY.
 */
xpl_status xpl_picture_read(const char *path, xpl_picture **out_picture);

/**
 * Decodes such a file in memory.
 *
 * @param size bytes of the file.
 * @return as xpl_picture_read, but for XPL_IO.
 */
xpl_status xpl_picture_decode(const void *bytes, size_t size, xpl_picture **out_picture);

/**
 * Makes a picture of pixels in memory, which are copied.
 *
 * @param pixels the first byte of the upper left pixel.
 * @param size   bytes that may be read there: at least `stride * (height - 1)` and the bytes of one row.
 * @param width  1 to 16384 pixels.
 * @param height 1 to 16384 pixels, with the width at most 100 million pixels.
 * @param stride bytes from the start of a row to that of the next, at least those of a row; 0 where rows follow without
 *               padding.
 */
xpl_status xpl_picture_from_pixels(
    const void *pixels, size_t size, int32_t width, int32_t height, size_t stride, xpl_pixel_format format,
    xpl_picture **out_picture);

/** The picture's size in pixels. Either result is optional. */
xpl_status xpl_picture_size(const xpl_picture *picture, int32_t *out_width, int32_t *out_height);

/**
 * Copies the picture's pixels: red, green, blue, without padding.
 *
 * @param size bytes of `out_rgb`: `3 * width * height`, no fewer and no more.
 */
xpl_status xpl_picture_copy_pixels(const xpl_picture *picture, uint8_t *out_rgb, size_t size);

/** The picture as the bytes of a PNG file, freed by xpl_free, and their number. */
xpl_status xpl_picture_encode_png(const xpl_picture *picture, void **out_bytes, size_t *out_size);

/**
 * Writes the picture as a PNG file, which appears whole or not at all, in the place of one that is there: a link is
 * followed, and who may read and write the file stays as it was. A device, a pipe or a protected file is XPL_IO.
 */
xpl_status xpl_picture_save(const xpl_picture *picture, const char *path);

void xpl_picture_free(xpl_picture *picture);

/* ---------------------------------------------------------------------------------------------------- Models -- */

/** An image classifier with its weights, the names of its classes, and how pictures become its input. */
typedef struct xpl_model xpl_model;

/** What a network expects of a pixel, named after the frameworks whose networks expect it. */
typedef enum xpl_preprocess {
  /** What the model was published with. */
  XPL_PREPROCESS_DEFAULT = 0,
  /** RGB, 0 to 1, minus mean 0.485 0.456 0.406, divided by deviation 0.229 0.224 0.225. */
  XPL_PREPROCESS_TORCH = 1,
  /** BGR, 0 to 255, minus 103.939 116.779 123.68. */
  XPL_PREPROCESS_CAFFE = 2,
  /** RGB, -1 to 1. */
  XPL_PREPROCESS_TF = 3,
  /** RGB, 0 to 255. */
  XPL_PREPROCESS_NONE = 4
} xpl_preprocess;

/** How a picture of another shape is fitted to the network's input. */
typedef enum xpl_resize {
  /** As the model does by itself. */
  XPL_RESIZE_DEFAULT = 0,
  /** The whole picture is squeezed, so that every pixel can be explained. */
  XPL_RESIZE_STRETCH = 1,
  /** The short side goes to 256/224 of the input, and the center is cut out. */
  XPL_RESIZE_CROP = 2
} xpl_resize;

/** How exactly the weights of fully connected layers are kept; everything is computed in 32 bits. */
typedef enum xpl_weight_precision {
  /** As they were loaded. */
  XPL_WEIGHT_PRECISION_FLOAT32 = 0,
  /** Rounded to 11 significant bits. A weight of 65,520 or more in magnitude is XPL_UNSUPPORTED, with the layer's name. */
  XPL_WEIGHT_PRECISION_FLOAT16 = 1,
  /** Rounded to 8 significant bits, in the range of float32. */
  XPL_WEIGHT_PRECISION_BFLOAT16 = 2
} xpl_weight_precision;

/** What a model keeps in memory between passes. */
typedef enum xpl_memory {
  /** The weights of convolutions transformed for Winograd's method, for both directions. */
  XPL_MEMORY_FAST = 0,
  /** Large ones are transformed again in each pass. */
  XPL_MEMORY_SMALL = 1
} xpl_memory;

/**
 * How a model is loaded. Each field has a value that leaves the choice to the model, which init sets. Numbers must be
 * finite, and sides of the input are 1 to 4096 pixels; an ONNX file may allow one size alone.
 */
typedef struct xpl_model_options {
  /** sizeof(xpl_model_options); set by init. */
  uint32_t struct_size;
  /** What the network expects of a pixel, where `mean`, `deviation`, `scale` and `bgr` do not say otherwise. */
  xpl_preprocess preprocess;
  /** Path of a VGG's weights, a PyTorch checkpoint or safetensors; NULL looks in the folder hub/checkpoints of
   *  $TORCH_HOME, $XDG_CACHE_HOME/torch and ~/.cache/torch. Must be NULL for models that have their own. */
  const char *weights;
  /** Path of a text file with a class's name a line; NULL takes the model's own, or ImageNet's for 1000 classes. */
  const char *labels;
  /** Subtracted from each channel after scaling, in the network's order; NaN leaves it to `preprocess`: all or none. */
  float mean[3];
  /** Each channel is divided by it, in the network's order, not 0; NaN leaves it to `preprocess`: all or none. */
  float deviation[3];
  /** What a byte is multiplied by first, not 0; NaN leaves it to `preprocess`. */
  float scale;
  /** 1 if the network's first channel is blue, 0 if it is red; -1 leaves it to `preprocess`. */
  int32_t bgr;
  /** Columns of the network's input; 0 leaves it to the model; both or none. */
  int32_t width;
  /** Rows of the network's input; 0 leaves it to the model; both or none. */
  int32_t height;
  /** How a picture of another shape is fitted. */
  xpl_resize resize;
  /** 1 if shrinking averages over all pixels, as PIL does, 0 if not, as OpenCV; -1 leaves it to the model. */
  int32_t antialias;
  /** How exactly the weights of fully connected layers are kept. */
  xpl_weight_precision weight_precision;
  /** What is kept in memory between passes. */
  xpl_memory memory;
} xpl_model_options;

/**
 * Fills the struct with "leave it to the model".
 *
 * @param size sizeof(xpl_model_options), by which the library knows which fields the program knows.
 */
xpl_status xpl_model_options_init(xpl_model_options *options, size_t size);

/**
 * Loads a model.
 *
 * @param model   "scenes", which is part of the library; "vgg11", "vgg13", "vgg16", "vgg19", or these with "_bn",
 *                whose weights are a file; or the path of an ONNX file, which has a "/" or a "." in it.
 * @param options optional.
 * @return XPL_INVALID_ARGUMENT where there is no such model, with the nearest names; XPL_IO, XPL_BAD_FILE,
 *         XPL_UNSUPPORTED, XPL_OUT_OF_MEMORY.
 */
xpl_status xpl_model_load(const char *model, const xpl_model_options *options, xpl_model **out_model);

/**
 * Reads the `size` bytes of an ONNX file in memory, which are copied. Weights that the file keeps in other files are
 * XPL_UNSUPPORTED.
 *
 * @param name    the model's short name in reports and messages. Optional: NULL is "onnx".
 * @param options optional; `weights` must be NULL.
 * @return as xpl_model_load.
 */
xpl_status xpl_model_load_onnx(
    const void *bytes, size_t size, const char *name, const xpl_model_options *options, xpl_model **out_model);

/**
 * Makes the same model with other names of its classes; both share their weights, and either may be freed first.
 *
 * @param names copied.
 * @param count the class count.
 */
xpl_status xpl_model_rename_classes(
    const xpl_model *model, const char *const *names, size_t count, xpl_model **out_model);

/** The model's short name: "scenes", "vgg19", an ONNX file's name without its folder, or what the caller gave. */
xpl_status xpl_model_name(const xpl_model *model, const char **out_name);

/** The number of classes. */
xpl_status xpl_model_class_count(const xpl_model *model, int32_t *out_count);

/** The name of a class, 0 to the class count - 1; its number as text where names are not known. */
xpl_status xpl_model_class_name(const xpl_model *model, int32_t index, const char **out_name);

/**
 * The class that a text names: a number, or a name in any case, which may be shortened as long as it stays unique.
 *
 * @return XPL_INVALID_ARGUMENT where there is no such class, with the nearest names; 0 is handed out then.
 */
xpl_status xpl_model_class_index(const xpl_model *model, const char *text, int32_t *out_index);

/** The size of the network's input in pixels, to which pictures are brought. Either result is optional. */
xpl_status xpl_model_input_size(const xpl_model *model, int32_t *out_width, int32_t *out_height);

/**
 * How pictures become the network's input: (scale * byte - mean) / deviation, after resizing.
 *
 * @param size        sizeof(xpl_model_options), by which the library knows which fields the program knows.
 * @param out_options options that ask for just this; `weights`, `labels`, `preprocess` and how weights are kept are
 *                    as init leaves them.
 */
xpl_status xpl_model_preprocessing(const xpl_model *model, size_t size, xpl_model_options *out_options);

/**
 * Copies a picture as the network sees it, resized and normalized: [3, height, width] of the input size, the columns
 * last, without padding.
 *
 * @param count floats of `out_values`: 3 * height * width, no fewer and no more.
 */
xpl_status xpl_model_copy_input(
    const xpl_model *model, const xpl_picture *picture, float *out_values, size_t count);

/** 1 if the model gives gradients, 0 if not: then methods that need them are XPL_UNSUPPORTED. */
xpl_status xpl_model_is_differentiable(const xpl_model *model, int32_t *out_differentiable);

/** The number of layers that methods can look at; 0 for models of callbacks. */
xpl_status xpl_model_layer_count(const xpl_model *model, size_t *out_count);

/** The name of a layer, 0 to the layer count - 1 in the order of execution: what the option "layer" takes. */
xpl_status xpl_model_layer_name(const xpl_model *model, size_t index, const char **out_name);

/** The layer where class-activation methods look unless told otherwise; NULL where the model has none. */
xpl_status xpl_model_default_layer(const xpl_model *model, const char **out_name);

/** Weights of a model. Pointers are part of the model and valid as long as it is. */
typedef struct xpl_tensor {
  /** The size that xpl_model_tensor was given. Fields that an older library does not know are zero. */
  uint32_t struct_size;
  /** The number of extents, 0 to 8. */
  uint32_t rank;
  /** The layer's name with the part that the weights play, such as "features.0.weight". */
  const char *name;
  /** The extents, `rank` of them: [outputs, inputs, rows, columns] for a convolution. */
  const int64_t *shape;
  /** The number of values: the product of the extents. */
  size_t count;
  /** The values, the last extent's beside one another. */
  const float *values;
} xpl_tensor;

/** The number of tensors that a model computes with, as it was loaded; 0 for models of callbacks. */
xpl_status xpl_model_tensor_count(const xpl_model *model, size_t *out_count);

/**
 * Weights of a model. What it keeps in 16 bits is converted to 32 when it is first asked for; that copy then is part of
 * the model.
 *
 * @param index 0 to the tensor count - 1, in the order of execution.
 * @param size  sizeof(xpl_tensor), by which the library knows which fields the program knows.
 */
xpl_status xpl_model_tensor(const xpl_model *model, size_t index, size_t size, xpl_tensor *out_tensor);

void xpl_model_free(xpl_model *model);

/* --------------------------------------------------------------------------------------- Models by callbacks -- */

/** Pictures on their way through a model of the caller's. */
typedef struct xpl_batch {
  /** The size of the struct that the library handed out; fields beyond it are not there. */
  uint32_t struct_size;
  /** Pictures, 1 or more, at most the callbacks' `batch_limit`. */
  int32_t count;
  /** 3. */
  int32_t channels;
  /** Rows of the model's input. */
  int32_t height;
  /** Columns of the model's input. */
  int32_t width;
  /** 1 if xpl_backward_callback may be called for this pass: what it needs is worth keeping. */
  int32_t differentiable;
  /** The number of this pass: each call of xpl_forward_callback on a model has another. */
  uint64_t pass;
  /** Normalized pixels, [count, channels, height, width] without padding, the columns last. */
  const float *values;
} xpl_batch;

/**
 * Computes the scores of a batch.
 *
 * It is called on the thread that called the library, for one model on one thread at a time unless `thread_safe` says
 * otherwise. It may call functions of this library, but not with the model that it is part of. It must return: neither
 * longjmp nor an exception may leave it. The same batch must give the same scores: results are as repeatable as it is.
 *
 * @param batch      valid during the call.
 * @param out_scores to be filled, [count, class_count]: finite numbers of which a softmax makes the probabilities.
 *                   (Logits; a model that gives probabilities hands out their logarithms.)
 * @param user       what was given beside the callback.
 * @return XPL_OK; XPL_CANCELLED to end the library's call with that status, without a result; any other number for a
 *         failure: the library's call ends with XPL_CALLBACK, and its xpl_last_error names the number. Scores that are
 *         not finite are a failure too.
 */
typedef int (*xpl_forward_callback)(const xpl_batch *batch, float *out_scores, void *user);

/**
 * Computes the gradient of a sum of weighted scores with respect to the batch.
 *
 * It is called at most once a pass and follows a forward call with the same `pass` and the same pixels. Calls for other
 * passes may lie between: a model that keeps intermediate results keeps them with the number of their pass, and
 * computes them again where they are not there any more. Otherwise as xpl_forward_callback.
 *
 * @param batch           valid during the call.
 * @param scores_gradient the weights, [count, class_count]: the derivative with respect to the scores.
 * @param out_gradient    to be filled, [count, channels, height, width]: finite numbers.
 * @param user            what was given beside the callback.
 * @return as xpl_forward_callback.
 */
typedef int (*xpl_backward_callback)(
    const xpl_batch *batch, const float *scores_gradient, float *out_gradient, void *user);

/**
 * Takes leave of what was given as `user`: called once, on the thread that frees the last of the model and its renamed
 * copies. It must return, and may call functions of this library.
 */
typedef void (*xpl_release_callback)(void *user);

/** A model of the caller's. Fields that are not described as optional must be set after init. */
typedef struct xpl_model_callbacks {
  /** sizeof(xpl_model_callbacks); set by init. */
  uint32_t struct_size;
  /** Classes, 1 to 1000000. */
  int32_t class_count;
  /** Computes scores. */
  xpl_forward_callback forward;
  /** Computes gradients. Optional: without it methods that need a gradient are XPL_UNSUPPORTED. */
  xpl_backward_callback backward;
  /** Handed to the callbacks. Optional. */
  void *user;
  /** Called with `user` when the model is freed; not if no model came about. Optional. */
  xpl_release_callback release;
  /** The model's short name in reports, copied. Optional: NULL is "callbacks". */
  const char *name;
  /** `class_count` names, copied. Optional: NULL takes the options' labels, or ImageNet's for 1000 classes. */
  const char *const *class_names;
  /** The most pictures that a call takes, such as 1; larger batches are cut. 0, which init sets, is no limit. */
  int32_t batch_limit;
  /** 1 if the callbacks may be called by several threads at once; 0, which init sets, if one must wait for another. */
  int32_t thread_safe;
} xpl_model_callbacks;

/**
 * Sets every field to NULL or 0 but the size.
 *
 * @param size sizeof(xpl_model_callbacks), by which the library knows which fields the program knows.
 */
xpl_status xpl_model_callbacks_init(xpl_model_callbacks *callbacks, size_t size);

/**
 * Makes a model of callbacks, which every function takes like any other model.
 *
 * Methods that look into a network's layers, or that change the derivative of its activations, are XPL_UNSUPPORTED: a
 * model of callbacks has none to show.
 *
 * @param callbacks copied.
 * @param options   the size of the model's input and what it expects of a pixel: 224x224 and XPL_PREPROCESS_TORCH
 *                  unless set. `weights` must be NULL, and how weights are kept as init leaves it. Optional.
 * @return XPL_INVALID_ARGUMENT for a field out of its range, or labels that are not one a class; XPL_IO, XPL_BAD_FILE
 *         for the file of labels.
 */
xpl_status xpl_model_from_callbacks(
    const xpl_model_callbacks *callbacks, const xpl_model_options *options, xpl_model **out_model);

/* -------------------------------------------------------------------------------------------- Classification -- */

/** A class with its probability. This struct will not grow. */
typedef struct xpl_scored_class {
  /** 0 to the class count - 1. */
  int32_t index;
  /** Softmax probability, 0 to 1. */
  float probability;
  /** As xpl_model_class_name; part of the handle that it was asked of. */
  const char *name;
} xpl_scored_class;

/**
 * The most probable classes of a picture, best first.
 *
 * @param capacity  how many classes `out_classes` has room for; 1 or more.
 * @param out_count how many it was given: `capacity`, or fewer where the model has no more. Optional.
 * @return XPL_UNSUPPORTED for scores of a network that are not finite; XPL_CALLBACK or XPL_CANCELLED where a callback
 *         of the model says so; XPL_OUT_OF_MEMORY.
 */
xpl_status xpl_classify(
    const xpl_model *model, const xpl_picture *picture, size_t capacity, xpl_scored_class *out_classes,
    size_t *out_count);

/**
 * The most probable classes of several pictures, which go through the network together: faster than one by one, and
 * equal but for the rounding of float32.
 *
 * @param pictures    `count` of them, of any sizes.
 * @param count       1 to 1000000.
 * @param capacity    how many classes each picture has room for; 1 to the class count.
 * @param out_classes [count, capacity]: those of a picture beside one another, best first.
 * @return as xpl_classify.
 */
xpl_status xpl_classify_batch(
    const xpl_model *model, const xpl_picture *const *pictures, size_t count, size_t capacity,
    xpl_scored_class *out_classes);

/* -------------------------------------------------------------------------------------------- Learning masks -- */

/** How far a method is. */
typedef struct xpl_progress {
  /** The size of the struct that the library handed out; fields beyond it are not there. */
  uint32_t struct_size;
  /** Finished steps, from 1. */
  int32_t step;
  /** All steps; a run may end earlier. */
  int32_t steps;
  /** The loss in the last step; NaN for methods without one. */
  float loss;
  /** The target's score in the last step, a probability unless another score was chosen; NaN if unknown. */
  float score;
} xpl_progress;

/**
 * Called after each step, on the thread that called the method.
 *
 * It may call functions of this library. It must return: neither longjmp nor an exception may leave it.
 *
 * @param progress valid during the call.
 * @param user     what was given beside the callback.
 * @return 0 to go on; anything else to stop, whereupon the method hands out what was learned so far and returns
 *         XPL_CANCELLED.
 */
typedef int (*xpl_progress_callback)(const xpl_progress *progress, void *user);

/** Published settings, taken together. */
typedef enum xpl_mask_preset {
  /** The constants of J. Gildenblat's pytorch-explain-black-box. */
  XPL_MASK_PRESET_BLACKBOX = 0,
  /** The constants of Fong & Vedaldi, arXiv 1704.03296. */
  XPL_MASK_PRESET_PAPER = 1,
  /** Removes and keeps at once, over three weights of the area: points best of the three. */
  XPL_MASK_PRESET_HYBRID = 2
} xpl_mask_preset;

/** What a mask is learned for. */
typedef enum xpl_mask_game {
  /** The score shall vanish with as little removed as possible. */
  XPL_MASK_GAME_DELETION = 0,
  /** The score shall stay with as little kept as possible. */
  XPL_MASK_GAME_PRESERVATION = 1,
  /** Both at once. */
  XPL_MASK_GAME_HYBRID = 2
} xpl_mask_game;

/** What stands where a mask removes the picture. */
typedef enum xpl_perturbation {
  /** The mean of a Gaussian blur (11x11, sigma 5) and a median blur (11x11). */
  XPL_PERTURBATION_BLUR = 0,
  /** A Gaussian blur of `sigma`. */
  XPL_PERTURBATION_GAUSSIAN = 1,
  /** A median blur of `median_size`. */
  XPL_PERTURBATION_MEDIAN = 2,
  /** The picture's mean color. */
  XPL_PERTURBATION_MEAN_COLOR = 3,
  /** The color `constant`. */
  XPL_PERTURBATION_CONSTANT = 4,
  /** Zero after normalization: the mean color of the pictures that the network was trained on. */
  XPL_PERTURBATION_ZERO = 5,
  /** Gaussian noise of deviation 0.2 after normalization. */
  XPL_PERTURBATION_NOISE = 6,
  /** The picture `replacement`. */
  XPL_PERTURBATION_PICTURE = 7
} xpl_perturbation;

/** How a mask is brought to the resolution of the network's input. */
typedef enum xpl_upsampling {
  /** Bilinear, the corner cells on the corner pixels. */
  XPL_UPSAMPLING_ALIGNED_CORNERS = 0,
  /** Bilinear, half-pixel centers. */
  XPL_UPSAMPLING_BILINEAR = 1,
  /** Nearest, then a Gaussian of 5 pixels at an input of 224. */
  XPL_UPSAMPLING_SMOOTHED = 2
} xpl_upsampling;

/** How cells are taken together. */
typedef enum xpl_reduction { XPL_REDUCTION_MEAN = 0, XPL_REDUCTION_SUM = 1 } xpl_reduction;

/** Which number of the target a method looks at. */
typedef enum xpl_score {
  /** The softmax probability. */
  XPL_SCORE_PROBABILITY = 0,
  /** Its natural logarithm. */
  XPL_SCORE_LOG_PROBABILITY = 1,
  /** The network's output as it is. */
  XPL_SCORE_LOGIT = 2
} xpl_score;

/** A mask before the first step. */
typedef enum xpl_mask_start {
  /** Everything kept. */
  XPL_MASK_START_ONES = 0,
  /** Everything removed. */
  XPL_MASK_START_ZEROS = 1,
  /** Everything half removed. */
  XPL_MASK_START_HALF = 2,
  /** The smallest centered blurred disc that takes away 99 % of what removing everything takes away. */
  XPL_MASK_START_DISC = 3
} xpl_mask_start;

/** The most numbers that a list in an options struct holds. */
#define XPL_LIST_LIMIT 16

/**
 * How a mask is learned:
 *
 *     x'(m) = x * up(m) + perturbation * (1 - up(m)) + noise
 *     loss(m) = l1 * area(1 - m) + tv * variation(m, beta) + score(x'(m))      (game deletion)
 *
 * Where a field is out of its range, xpl_explain_mask fails and names it. Flags are 0 or 1.
 */
typedef struct xpl_mask_options {
  /** sizeof(xpl_mask_options); set by init. */
  uint32_t struct_size;
  /** The preset that the other fields were filled from; set by init. */
  xpl_mask_preset preset;
  /** The seed of every random choice: the same seed gives the same result, to the bit. */
  uint64_t seed;
  /** The classes to explain, which count as one; `target_count` of them. */
  const int32_t *targets;
  /** 0 to 1000; 0 explains the most probable class. */
  size_t target_count;
  /** The picture of XPL_PERTURBATION_PICTURE, brought to the network's input; otherwise NULL. */
  const xpl_picture *replacement;
  /** What the mask is learned for. */
  xpl_mask_game game;
  /** How many of `perturbations` count, 1 to 16. */
  int32_t perturbation_count;
  /** What stands where the mask removes; of several, each iteration draws one. */
  xpl_perturbation perturbations[XPL_LIST_LIMIT];
  /** Deviation of XPL_PERTURBATION_GAUSSIAN in pixels of an input 224 wide, 0 to 100. */
  float sigma;
  /** Width of XPL_PERTURBATION_MEDIAN in pixels, odd, 3 to 255. */
  int32_t median_size;
  /** Red, green and blue of XPL_PERTURBATION_CONSTANT, 0 to 255. */
  float constant[3];
  /** Cells of the mask across, 2 to 224. */
  int32_t mask_width;
  /** Cells of the mask down, 2 to 224. */
  int32_t mask_height;
  /** How the mask is brought to the input's resolution. */
  xpl_upsampling upsampling;
  /** How many of `l1` count, 1 to 16. */
  int32_t l1_count;
  /** Weights of the area, 0 to 1e6; each begins a run of its own, and the runs are averaged. */
  float l1[XPL_LIST_LIMIT];
  /** Weight of the total variation, 0 to 1e6. */
  float tv;
  /** Exponent of the total variation, 1 to 10. */
  float beta;
  /** Whether area and variation are means over the mask's cells, or sums. */
  xpl_reduction norm;
  /** Flag: both directions of the total variation are taken together. */
  int32_t coupled;
  /** Which number of the target is looked at. */
  xpl_score score;
  /** Flag: scores are divided by the untouched picture's. */
  int32_t relative;
  /** Deviation of the noise on the normalized picture, fresh each iteration, 0 to 10. */
  float noise;
  /** Deviation of the noise on the mask, fresh each iteration, 0 to 10. */
  float mask_noise;
  /** The picture moves about under the mask by up to half of this many pixels either way, 0 to 64. */
  int32_t jitter;
  /** Picture and mask move together, around the edges, by up to this many pixels either way, 0 to 64. */
  int32_t shift;
  /** Flag: picture and mask are mirrored together in half of the iterations. */
  int32_t mirrored;
  /** Noisy pictures that an iteration averages over, 1 to 64. */
  int32_t samples;
  /** The mask before the first step. */
  xpl_mask_start start;
  /** Adam's step size, 1e-8 to 100. */
  float learning_rate;
  /** Adam's memory of gradients, 0 to 0.999999. */
  float beta1;
  /** Adam's memory of squared gradients, 0 to 0.999999. */
  float beta2;
  /** Gradient steps of each run, 1 to 100000. */
  int32_t iterations;
  /** A run ends when 20 iterations improve the mean loss by less than this share, 0 to 1; 0 never ends it. */
  float flatness;
  /** Must be 0, as init sets it. */
  uint32_t reserved;
} xpl_mask_options;

/**
 * Fills the struct with a preset's settings.
 *
 * @param size sizeof(xpl_mask_options), by which the library knows which fields the program knows.
 */
xpl_status xpl_mask_options_init(xpl_mask_options *options, size_t size, xpl_mask_preset preset);

/* ------------------------------------------------------------------------------------- Any method, by name -- */

/**
 * A method with its options, its targets and its seed, all of which can be set by name: for command lines,
 * configuration files and other languages.
 *
 * The one handle that can be changed: while one thread sets something, no other should use it.
 */
typedef struct xpl_method xpl_method;

/**
 * All methods as a JSON list: `name summary source cost needs_gradient deterministic presets[]
 * options[{name values help default}]`. Freed by xpl_free.
 */
xpl_status xpl_methods(char **out_json);

/**
 * Makes a method with its default options, for the most probable class, with the seed 0.
 *
 * @param name   as xpl_methods lists it, such as "mask".
 * @param preset one of the method's presets, such as "hybrid". Optional: NULL takes the first.
 * @return XPL_INVALID_ARGUMENT where there is no such method or preset, with the nearest names.
 */
xpl_status xpl_method_create(const char *name, const char *preset, xpl_method **out_method);

/**
 * Sets an option.
 *
 * @param option as xpl_methods lists it: for the method mask, a field of xpl_mask_options with hyphens, such as
 *               "learning-rate".
 * @param value  as text: a decimal point in numbers, commas in lists, "true" or "false" for flags, names for choices.
 * @return XPL_INVALID_ARGUMENT with the nearest names, or what the option takes; the option is then as it was. Ranges
 *         are checked by xpl_explain.
 */
xpl_status xpl_method_set(xpl_method *method, const char *option, const char *value);

/**
 * The value of an option as text that xpl_method_set takes: the default where it was not set; "" where the option has
 * no value, which means that the method chooses. Freed by xpl_free.
 */
xpl_status xpl_method_get(const xpl_method *method, const char *option, char **out_value);

/**
 * Sets the classes to explain, which count as one.
 *
 * @param targets copied; NULL if there are none.
 * @param count   0 to 1000; 0 explains the most probable class.
 */
xpl_status xpl_method_set_targets(xpl_method *method, const int32_t *targets, size_t count);

/** Sets the seed of every random choice: the same seed gives the same result, to the bit. */
xpl_status xpl_method_set_seed(xpl_method *method, uint64_t seed);

/** Sets the second picture, for options that need one, such as the perturbation "picture"; NULL takes it away. */
xpl_status xpl_method_set_reference(xpl_method *method, const xpl_picture *reference);

void xpl_method_free(xpl_method *method);

/* ---------------------------------------------------------------------------------------------- Explanations -- */

/** What a method found out about one picture. */
typedef struct xpl_explanation xpl_explanation;

/**
 * Explains a class of a picture by a learned mask: which pixels must go for the class's score to vanish?
 *
 * @param options  optional: NULL takes the preset XPL_MASK_PRESET_BLACKBOX.
 * @param progress optional.
 * @param user     handed to `progress`.
 * @return XPL_CANCELLED if `progress` stopped the run: the explanation is then handed out all the same, and is the
 *         caller's to free. (If a callback of the model stopped it, there is none.) XPL_INVALID_ARGUMENT for a field
 *         out of its range; XPL_UNSUPPORTED if the model gives no gradient, or as a network scores that are
 *         not finite; XPL_CALLBACK; XPL_OUT_OF_MEMORY.
 */
xpl_status xpl_explain_mask(
    const xpl_model *model, const xpl_picture *picture, const xpl_mask_options *options,
    xpl_progress_callback progress, void *user, xpl_explanation **out_explanation);

/**
 * Explains a class of a picture by any method.
 *
 * @param progress optional.
 * @param user     handed to `progress`.
 * @return as xpl_explain_mask.
 */
xpl_status xpl_explain(
    const xpl_model *model, const xpl_picture *picture, const xpl_method *method, xpl_progress_callback progress,
    void *user, xpl_explanation **out_explanation);

/** The facts of an explanation. Pointers are part of the explanation. */
typedef struct xpl_summary {
  /** The size that xpl_explanation_summary was given. Fields that an older library does not know are zero. */
  uint32_t struct_size;
  /** Gradient steps that were run. */
  int32_t iterations;
  /** The seed of every random choice. */
  uint64_t seed;
  /** Wall-clock time in seconds. */
  double seconds;
  /** The center of mass of the evidence, in pixels of the picture; NaN without any evidence. */
  double center_x, center_y;
  /** The method's name, such as "mask". */
  const char *method;
  /** The model's name. */
  const char *model;
  /** The target's name; several classes are joined by "+". */
  const char *target_name;
  /** The classes that were explained, `target_count` of them. */
  const int32_t *targets;
  size_t target_count;
  /** The most probable classes of the picture, best first, `top_before_count` of them, at most 5. */
  const xpl_scored_class *top_before;
  size_t top_before_count;
  /** As before, of the changed picture; none for methods that do not change it. */
  const xpl_scored_class *top_after;
  size_t top_after_count;
  /** What the reader should know before trusting the result, `warning_count` sentences. */
  const char *const *warnings;
  size_t warning_count;
  /** How many series xpl_explanation_history has. */
  size_t history_count;
  /** 1 if the caller chose the target, 0 if it is the most probable class. */
  int32_t target_given;
  /** 1 if the progress callback stopped the run. */
  int32_t interrupted;
  /** The target's probability for the picture as it is; of several classes, the sum. */
  float score_before;
  /** The target's probability for the changed picture, likewise; NaN for methods that do not change it. */
  float score_after;
  /** How many numbers xpl_explanation_measure has. */
  size_t measure_count;
  /** How many pictures xpl_explanation_figure has. */
  size_t figure_count;
} xpl_summary;

/**
 * The facts of an explanation.
 *
 * @param size sizeof(xpl_summary), by which the library knows which fields the program knows.
 */
xpl_status xpl_explanation_summary(const xpl_explanation *explanation, size_t size, xpl_summary *out_summary);

/**
 * A series of numbers over the iterations: "loss", "score", then one each term of the loss.
 *
 * @param index 0 to the summary's `history_count` - 1.
 * @param out_name, out_values, out_count each optional. Name and values are part of the explanation.
 */
xpl_status xpl_explanation_history(
    const xpl_explanation *explanation, size_t index, const char **out_name, const float **out_values,
    size_t *out_count);

/**
 * A number of the method's own, such as "mean_score"; xpl_explanation_json has these and what is no number.
 *
 * @param index 0 to the summary's `measure_count` - 1.
 * @param out_name, out_value each optional. The name is part of the explanation; yes and no are 1 and 0.
 */
xpl_status xpl_explanation_measure(
    const xpl_explanation *explanation, size_t index, const char **out_name, double *out_value);

/** The maps of an explanation. */
typedef enum xpl_map {
  /** What was kept, at the resolution that was learned: 1 keeps a pixel, 0 perturbs it; XPL_UNSUPPORTED where the
   *  method learns none. */
  XPL_MAP_MASK = 0,
  /** Evidence for the target at the size of the network's input, 0 to 1: high is evidence. */
  XPL_MAP_IMPORTANCE = 1,
  /** The same at the picture's own size; 0 where the network did not look. */
  XPL_MAP_PICTURE_IMPORTANCE = 2,
  /** The method's map with its own sign, scale and size, which the importance was made of. */
  XPL_MAP_RAW = 3
} xpl_map;

/** The size of a map. Either result is optional. */
xpl_status xpl_explanation_map_size(
    const xpl_explanation *explanation, xpl_map map, int32_t *out_width, int32_t *out_height);

/**
 * Copies a map, row by row without padding.
 *
 * @param count floats of `out_values`: width * height, no fewer and no more.
 */
xpl_status xpl_explanation_copy_map(
    const xpl_explanation *explanation, xpl_map map, float *out_values, size_t count);

/** The pictures of an explanation, each of the explained picture's size. */
typedef enum xpl_rendering {
  /** The evidence in shades of gray: white is evidence. */
  XPL_RENDERING_MASK = 0,
  /** The evidence in colors from blue to red. */
  XPL_RENDERING_HEATMAP = 1,
  /** The heatmap over the picture. */
  XPL_RENDERING_OVERLAY = 2,
  /** The picture as the method changed it; XPL_UNSUPPORTED where it does not. */
  XPL_RENDERING_PERTURBED = 3
} xpl_rendering;

/** Makes one of the pictures, to be freed by xpl_picture_free. */
xpl_status xpl_explanation_render(
    const xpl_explanation *explanation, xpl_rendering rendering, xpl_picture **out_picture);

/**
 * A picture of the method's own beside these, such as "difference".
 *
 * @param index 0 to the summary's `figure_count` - 1.
 * @param out_name    part of the explanation. Optional.
 * @param out_picture to be freed by xpl_picture_free. Optional.
 */
xpl_status xpl_explanation_figure(
    const xpl_explanation *explanation, size_t index, const char **out_name, xpl_picture **out_picture);

/**
 * Writes mask.png, heatmap.png, cam.png (the overlay), perturbated.png where the method changes the picture, and its
 * own pictures, each of them whole or not at all.
 *
 * @param folder made with those above it if it is not there; files of these names that are in it are replaced.
 * @param prefix stands before each name with a hyphen, as in flute-cam.png; it has no slash. Optional: NULL is none.
 * @return XPL_IO, which names the file; those before it have been written then.
 */
xpl_status xpl_explanation_write(const xpl_explanation *explanation, const char *folder, const char *prefix);

/**
 * The explanation's report as a JSON object, freed by xpl_free; its `files` are empty.
 *
 * @param picture_name what the report calls the picture.
 */
xpl_status xpl_explanation_json(
    const xpl_explanation *explanation, const char *picture_name, char **out_json);

void xpl_explanation_free(xpl_explanation *explanation);

#ifdef __cplusplus
}
#endif

#endif
