/* Models: loading, classes, options, classification. The first argument is a folder to write into. */
#include "check.h"
#include "tiny_onnx.h"

static void check_model(void) {
  xpl_model *model = NULL;
  const char *name = NULL;
  int32_t count = 0, index, width = 0, height = 0;

  CHECK_OK(xpl_model_load("scenes", NULL, &model));
  CHECK_OK(xpl_model_name(model, &name));
  CHECK(strcmp(name, "scenes") == 0);
  CHECK_OK(xpl_model_class_count(model, &count));
  CHECK(count == 12);
  CHECK_OK(xpl_model_input_size(model, &width, &height));
  CHECK(width == 224 && height == 224);
  CHECK_OK(xpl_model_input_size(model, NULL, NULL));

  for (index = 0; index < count; ++index) {
    int32_t found = -1;
    CHECK_OK(xpl_model_class_name(model, index, &name));
    CHECK(name[0] != '\0');
    CHECK_OK(xpl_model_class_index(model, name, &found));
    CHECK(found == index);
  }
  CHECK_OK(xpl_model_class_index(model, "3", &index));
  CHECK(index == 3);
  name = POISON;
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "0 to 11", xpl_model_class_name(model, 12, &name));
  CHECK(name == NULL);
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "0 to 11", xpl_model_class_name(model, INT32_MIN, &name));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "0 to 11", xpl_model_class_index(model, "12", &index));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "nearest", xpl_model_class_index(model, "sprial", &index));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "UTF-8", xpl_model_class_index(model, "\xc3(", &index));
  xpl_model_free(model);
  xpl_model_free(NULL);
}

static void check_classify(void) {
  xpl_model *model = NULL;
  xpl_picture *picture = disc_picture(300, 200);
  xpl_scored_class classes[20];
  size_t count = 0, i;
  double sum = 0;

  CHECK_OK(xpl_model_load("scenes", NULL, &model));
  CHECK_OK(xpl_classify(model, picture, 20, classes, &count));
  CHECK(count == 12);
  for (i = 0; i < count; ++i) {
    const char *name = NULL;
    sum += classes[i].probability;
    CHECK(i == 0 || classes[i].probability <= classes[i - 1].probability);
    CHECK_OK(xpl_model_class_name(model, classes[i].index, &name));
    CHECK(name == classes[i].name);
  }
  /* Twelve roundings of float32. */
  CHECK(fabs(sum - 1) < 1e-5);
  CHECK_OK(xpl_classify(model, picture, 2, classes + 15, NULL));
  CHECK(memcmp(classes + 15, classes, 2 * sizeof *classes) == 0);
  CHECK_OK(xpl_classify(model, picture, SIZE_MAX, classes, &count));
  CHECK(count == 12);
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "capacity", xpl_classify(model, picture, 0, classes, &count));
  CHECK(count == 0);
  xpl_picture_free(picture);
  xpl_model_free(model);
}

#define REFUSED(field, value, words)                                                 \
  do {                                                                               \
    xpl_model *model = POISON;                                                       \
    xpl_model_options options;                                                       \
    CHECK_OK(xpl_model_options_init(&options, sizeof options));                      \
    options.field = (value);                                                         \
    CHECK_FAILS(XPL_INVALID_ARGUMENT, words, xpl_model_load("scenes", &options, &model)); \
    CHECK(model == NULL);                                                            \
  } while (0)

static void check_options(const char *folder) {
  char path[4096];
  xpl_model *model = NULL;
  xpl_model_options options;
  const char *name;
  int32_t width = 0, height = 0, i;
  FILE *file;

  CHECK_OK(xpl_model_options_init(&options, sizeof options));
  CHECK(options.struct_size == sizeof options);
  CHECK(isnan(options.mean[2]) && isnan(options.deviation[0]) && isnan(options.scale) && options.bgr == -1);
  CHECK_OK(xpl_model_load("scenes", &options, &model));
  xpl_model_free(model);

  options.width = 160;
  options.height = 192;
  options.preprocess = XPL_PREPROCESS_TF;
  options.mean[0] = options.mean[1] = options.mean[2] = 0.5f;
  options.deviation[0] = options.deviation[1] = options.deviation[2] = 0.25f;
  options.scale = 1 / 255.0f;
  options.bgr = 1;
  options.antialias = 0;
  options.resize = XPL_RESIZE_CROP;
  snprintf(path, sizeof path, "%s/labels.txt", folder);
  file = fopen(path, "w");
  CHECK(file != NULL);
  for (i = 0; i < 12; ++i) fprintf(file, "class number %d\n", (int)i);
  CHECK(fclose(file) == 0);
  options.labels = path;
  CHECK_OK(xpl_model_load("scenes", &options, &model));
  CHECK_OK(xpl_model_input_size(model, &width, &height));
  CHECK(width == 160 && height == 192);
  CHECK_OK(xpl_model_class_name(model, 7, &name));
  CHECK(strcmp(name, "class number 7") == 0);
  xpl_model_free(model);
  file = fopen(path, "a");
  CHECK(file != NULL && fputs("one too many\n", file) >= 0 && fclose(file) == 0);
  CHECK_FAILS(XPL_BAD_FILE, "13 names", xpl_model_load("scenes", &options, &model));
  CHECK(model == NULL);

  REFUSED(width, 224, "224x0");
  REFUSED(height, -5, "0x-5");
  REFUSED(mean[1], 0.5f, "mean");
  REFUSED(deviation[1], 0.0f, "deviation");
  REFUSED(scale, INFINITY, "scale");
  REFUSED(scale, 0, "scale");
  REFUSED(mean[0], INFINITY, "mean");
  REFUSED(deviation[2], -INFINITY, "deviation");
  REFUSED(width, INT32_MAX, "2147483647x0");
  REFUSED(bgr, 2, "bgr");
  REFUSED(antialias, -2, "antialias");
  REFUSED(preprocess, (xpl_preprocess)5, "preprocess");
  REFUSED(resize, (xpl_resize)-1, "resize");
  REFUSED(labels, "\xff", "UTF-8");
  REFUSED(weights, "\xff", "UTF-8");
}

/* A program that was made with a later header: its struct is longer than the library's. */
static void check_sizes(void) {
  struct {
    xpl_model_options known;
    uint8_t later[64];
  } longer;
  xpl_model *model = POISON;
  xpl_model_options options;

  memset(&longer, 0xaa, sizeof longer);
  CHECK_OK(xpl_model_options_init(&longer.known, sizeof longer));
  CHECK(longer.known.struct_size == sizeof longer);
  CHECK(longer.later[0] == 0 && longer.later[63] == 0);
  CHECK_OK(xpl_model_load("scenes", &longer.known, &model));
  xpl_model_free(model);
  longer.later[63] = 1;
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "does not know", xpl_model_load("scenes", &longer.known, &model));
  CHECK(model == NULL);

  CHECK_FAILS(XPL_INVALID_ARGUMENT, "80 bytes", xpl_model_options_init(&options, 0));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "80 bytes", xpl_model_options_init(&options, 71));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "80 bytes", xpl_model_options_init(&options, SIZE_MAX));
  REFUSED(struct_size, 0, "xpl_model_options");
  REFUSED(struct_size, 71, "xpl_model_options");
  REFUSED(struct_size, UINT32_MAX, "xpl_model_options");

  /* A program that was made with the first header knows nothing of how weights are kept. */
  options.weight_precision = (xpl_weight_precision)7;
  options.memory = (xpl_memory)7;
  CHECK_OK(xpl_model_options_init(&options, 72));
  CHECK((int)options.weight_precision == 7 && (int)options.memory == 7);
  CHECK_OK(xpl_model_load("scenes", &options, &model));
  xpl_model_free(model);
}

/* The embedded weights have 16 bits in their file: kept in as many, they are the same. */
static void check_weights(void) {
  enum { CLASSES = 12 };
  const xpl_weight_precision precisions[] = {
    XPL_WEIGHT_PRECISION_FLOAT32, XPL_WEIGHT_PRECISION_FLOAT16, XPL_WEIGHT_PRECISION_BFLOAT16};
  float probabilities[3][CLASSES] = {{0}}, weights[3] = {0};
  xpl_picture *picture = disc_picture(224, 224);
  size_t i, j, count;

  for (i = 0; i < 3; ++i) {
    xpl_model *model = NULL;
    xpl_model_options options;
    xpl_scored_class classes[CLASSES];
    xpl_tensor tensor, again;
    CHECK_OK(xpl_model_options_init(&options, sizeof options));
    CHECK(options.weight_precision == XPL_WEIGHT_PRECISION_FLOAT32 && options.memory == XPL_MEMORY_FAST);
    options.weight_precision = precisions[i];
    options.memory = i == 1 ? XPL_MEMORY_SMALL : XPL_MEMORY_FAST;
    CHECK_OK(xpl_model_load("scenes", &options, &model));
    CHECK_OK(xpl_classify(model, picture, CLASSES, classes, &count));
    CHECK(count == CLASSES);
    for (j = 0; j < count; ++j) probabilities[i][classes[j].index] = classes[j].probability;
    CHECK_OK(xpl_model_tensor_count(model, &count));
    CHECK_OK(xpl_model_tensor(model, count - 2, sizeof tensor, &tensor));
    CHECK(strcmp(tensor.name, "classifier.0.weight") == 0 && tensor.rank == 2 && tensor.shape[0] == CLASSES);
    weights[i] = tensor.values[tensor.count - 1];
    /* What was handed out stays where it is. */
    CHECK_OK(xpl_model_tensor(model, count - 2, sizeof again, &again));
    CHECK(again.values == tensor.values);
    xpl_model_free(model);
  }
  for (j = 0; j < CLASSES; ++j) {
    CHECK(probabilities[1][j] == probabilities[0][j]);
    /* Weights rounded to 8 bits move logits by some thousandths of their size. */
    CHECK(fabsf(probabilities[2][j] - probabilities[0][j]) < 0.02f);
  }
  CHECK(memcmp(probabilities[2], probabilities[0], sizeof probabilities[0]) != 0);
  CHECK(weights[1] == weights[0] && fabsf(weights[2] - weights[0]) <= fabsf(weights[0]) / 256);
  REFUSED(weight_precision, (xpl_weight_precision)3, "weight_precision");
  REFUSED(memory, (xpl_memory)-1, "memory");
  xpl_picture_free(picture);
}

static void check_files(const char *folder) {
  char path[4096];
  xpl_model *model = POISON;
  xpl_model_options options;
  FILE *file;

  CHECK_FAILS(XPL_INVALID_ARGUMENT, "scenes", xpl_model_load("scene", NULL, &model));
  CHECK(model == NULL);
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "UTF-8", xpl_model_load("\xff", NULL, &model));
  CHECK_FAILS(XPL_IO, "missing.onnx", xpl_model_load("/missing.onnx", NULL, &model));
  snprintf(path, sizeof path, "%s/broken.onnx", folder);
  file = fopen(path, "wb");
  CHECK(file != NULL && fputs("this is no model", file) >= 0 && fclose(file) == 0);
  CHECK_FAILS(XPL_BAD_FILE, "broken.onnx", xpl_model_load(path, NULL, &model));
  CHECK_OK(xpl_model_options_init(&options, sizeof options));
  options.weights = path;
  CHECK_FAILS(XPL_BAD_FILE, "broken.onnx", xpl_model_load("vgg11", &options, &model));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "weights", xpl_model_load("scenes", &options, &model));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "weights", xpl_model_load(path, &options, &model));
  CHECK(model == NULL);
}

static void check_onnx(void) {
  xpl_model *model = POISON;
  xpl_model_options options;
  xpl_picture *picture = NULL;
  xpl_scored_class top;
  const char *name;
  static const uint8_t blue[3] = {0, 0, 200};
  static uint8_t damaged[sizeof tiny_onnx];
  int32_t width = 0, height = 0, differentiable = 0;
  size_t i;

  CHECK_OK(xpl_model_load_onnx(tiny_onnx, sizeof tiny_onnx, NULL, NULL, &model));
  CHECK_OK(xpl_model_name(model, &name));
  CHECK(strcmp(name, "onnx") == 0);
  CHECK_OK(xpl_model_input_size(model, &width, &height));
  CHECK(width == 8 && height == 8);
  CHECK_OK(xpl_model_is_differentiable(model, &differentiable));
  CHECK(differentiable == 1);
  xpl_model_free(model);

  CHECK_OK(xpl_model_options_init(&options, sizeof options));
  options.preprocess = XPL_PREPROCESS_NONE;
  options.scale = 1 / 255.0f;
  CHECK_OK(xpl_model_load_onnx(tiny_onnx, sizeof tiny_onnx, "tiny", &options, &model));
  CHECK_OK(xpl_picture_from_pixels(blue, 3, 1, 1, 0, XPL_PIXELS_RGB, &picture));
  CHECK_OK(xpl_classify(model, picture, 1, &top, NULL));
  /* Logits 0 and 3 * 200 / 255. */
  CHECK(top.index == 1 && fabs(top.probability - 1 / (1 + exp(-3 * 200 / 255.0))) < 1e-6);
  xpl_picture_free(picture);
  xpl_model_free(model);

  for (i = 0; i < sizeof tiny_onnx; ++i) {
    memcpy(damaged, tiny_onnx, sizeof damaged);
    damaged[i] ^= 0xff;
    /* Some bytes are names and weights, which may change; the others are refused. */
    if (xpl_model_load_onnx(damaged, sizeof damaged, NULL, NULL, &model) == XPL_OK) xpl_model_free(model);
    CHECK(xpl_model_load_onnx(tiny_onnx, i, NULL, NULL, &model) != XPL_OK && model == NULL);
  }
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "size", xpl_model_load_onnx(tiny_onnx, SIZE_MAX, NULL, NULL, &model));
  options.weights = "x";
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "weights",
      xpl_model_load_onnx(tiny_onnx, sizeof tiny_onnx, NULL, &options, &model));
}

static void check_renamed(void) {
  static const char *const names[] = {"red", "blue"};
  static const char *const broken[] = {"red", "\xff"};
  static const char *const missing[] = {"red", NULL};
  xpl_model *model = NULL, *renamed = NULL;
  const char *name = NULL;
  int32_t index = -1;
  CHECK_OK(xpl_model_load_onnx(tiny_onnx, sizeof tiny_onnx, NULL, NULL, &model));
  CHECK_OK(xpl_model_rename_classes(model, names, 2, &renamed));
  CHECK_OK(xpl_model_class_name(model, 1, &name));
  CHECK(strcmp(name, "1") == 0);
  xpl_model_free(model);
  CHECK_OK(xpl_model_class_name(renamed, 1, &name));
  CHECK(strcmp(name, "blue") == 0);
  CHECK_OK(xpl_model_class_index(renamed, "bl", &index));
  CHECK(index == 1);
  model = POISON;
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "2 classes", xpl_model_rename_classes(renamed, names, 1, &model));
  CHECK(model == NULL);
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "2 classes", xpl_model_rename_classes(renamed, names, SIZE_MAX, &model));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "UTF-8", xpl_model_rename_classes(renamed, broken, 2, &model));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "NULL", xpl_model_rename_classes(renamed, missing, 2, &model));
  xpl_model_free(renamed);
}

static void check_insides(void) {
  xpl_model *model = NULL;
  xpl_model_options options;
  xpl_picture *picture = disc_picture(8, 8);
  xpl_tensor tensor;
  const char *name = NULL;
  uint8_t pixels[3 * 64];
  float input[3 * 64];
  size_t count = 0, i;

  CHECK_OK(xpl_model_load_onnx(tiny_onnx, sizeof tiny_onnx, NULL, NULL, &model));
  CHECK_OK(xpl_model_preprocessing(model, sizeof options, &options));
  CHECK(options.struct_size == sizeof options && options.width == 8 && options.height == 8 && options.bgr == 0);
  CHECK(options.weights == NULL && options.labels == NULL && options.preprocess == XPL_PREPROCESS_DEFAULT);
  CHECK(options.mean[0] == 0.485f && options.deviation[2] == 0.225f && options.scale == 1 / 255.0f);
  CHECK(options.resize == XPL_RESIZE_STRETCH && options.antialias == 1);
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "xpl_model_options", xpl_model_preprocessing(model, 0, &options));

  CHECK_OK(xpl_picture_copy_pixels(picture, pixels, sizeof pixels));
  CHECK_OK(xpl_model_copy_input(model, picture, input, 3 * 64));
  for (i = 0; i < 3 * 64; ++i) {
    size_t channel = i / 64;
    double expected = (options.scale * pixels[3 * (i % 64) + channel] - options.mean[channel]) / options.deviation[channel];
    /* A few roundings of float32 at a size of about 2. */
    CHECK(fabs(input[i] - expected) < 1e-6);
  }
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "3x8x8", xpl_model_copy_input(model, picture, input, 64));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "3x8x8", xpl_model_copy_input(model, picture, input, SIZE_MAX));
  /* The options ask for just this. */
  xpl_model_free(model);
  CHECK_OK(xpl_model_load_onnx(tiny_onnx, sizeof tiny_onnx, NULL, &options, &model));

  CHECK_OK(xpl_model_layer_count(model, &count));
  CHECK(count == 3);
  CHECK_OK(xpl_model_layer_name(model, 0, &name));
  CHECK(strcmp(name, "mix") == 0);
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "3 layers", xpl_model_layer_name(model, 3, &name));
  CHECK(name == NULL);
  CHECK_OK(xpl_model_default_layer(model, &name));
  CHECK(name != NULL && strcmp(name, "mix") == 0);
  CHECK_OK(xpl_model_tensor_count(model, &count));
  CHECK(count == 1);
  CHECK_OK(xpl_model_tensor(model, 0, sizeof tensor, &tensor));
  CHECK(strcmp(tensor.name, "mix.weight") == 0 && tensor.rank == 4 && tensor.count == 6);
  CHECK(tensor.shape[0] == 2 && tensor.shape[1] == 3 && tensor.shape[2] == 1 && tensor.shape[3] == 1);
  CHECK(tensor.values[0] == 2 && tensor.values[1] == 0 && tensor.values[5] == 3);
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "1 tensors", xpl_model_tensor(model, SIZE_MAX, sizeof tensor, &tensor));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "xpl_tensor", xpl_model_tensor(model, 0, 8, &tensor));
  xpl_picture_free(picture);
  xpl_model_free(model);
}

/* More pictures than go through the network at once, of different sizes. */
static void check_batch(void) {
  enum { PICTURES = 11, BEST = 3 };
  xpl_model *model = NULL;
  xpl_picture *pictures[PICTURES];
  const xpl_picture *missing[2];
  xpl_scored_class together[PICTURES][BEST], alone[BEST];
  size_t i, k;
  CHECK_OK(xpl_model_load("scenes", NULL, &model));
  for (i = 0; i < PICTURES; ++i) pictures[i] = disc_picture(100 + 20 * (int32_t)i, 150);
  CHECK_OK(xpl_classify_batch(model, (const xpl_picture *const *)pictures, PICTURES, BEST, together[0]));
  for (i = 0; i < PICTURES; ++i) {
    CHECK_OK(xpl_classify(model, pictures[i], BEST, alone, NULL));
    for (k = 0; k < BEST; ++k) {
      CHECK(together[i][k].index == alone[k].index && together[i][k].name == alone[k].name);
      /* float32 sums in another order. */
      CHECK(fabsf(together[i][k].probability - alone[k].probability) < 1e-5f);
    }
  }
  missing[0] = pictures[0];
  missing[1] = NULL;
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "a picture is NULL", xpl_classify_batch(model, missing, 2, BEST, together[0]));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "count", xpl_classify_batch(model, missing, 0, BEST, together[0]));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "count", xpl_classify_batch(model, missing, SIZE_MAX, BEST, together[0]));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "1 to 12", xpl_classify_batch(model, missing, 1, 0, together[0]));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "1 to 12", xpl_classify_batch(model, missing, 1, 13, together[0]));
  for (i = 0; i < PICTURES; ++i) xpl_picture_free(pictures[i]);
  xpl_model_free(model);
}

int main(int argc, char **argv) {
  CHECK(argc > 1);
  check_model();
  check_classify();
  check_options(argv[1]);
  check_sizes();
  check_weights();
  check_files(argv[1]);
  check_onnx();
  check_renamed();
  check_insides();
  check_batch();
  return 0;
}
