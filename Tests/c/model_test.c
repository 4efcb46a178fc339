/* Models: loading, classes, options, classification. The first argument is a folder to write into. */
#include "check.h"

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

  REFUSED(width, 224, "224x0");
  REFUSED(height, -5, "0x-5");
  REFUSED(mean[1], 0.5f, "mean");
  REFUSED(deviation[1], 0.0f, "deviation");
  REFUSED(scale, INFINITY, "scale");
  REFUSED(scale, 0, "scale");
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

  CHECK_FAILS(XPL_INVALID_ARGUMENT, "72 bytes", xpl_model_options_init(&options, 0));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "72 bytes", xpl_model_options_init(&options, 71));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "72 bytes", xpl_model_options_init(&options, SIZE_MAX));
  REFUSED(struct_size, 0, "xpl_model_options");
  REFUSED(struct_size, 71, "xpl_model_options");
  REFUSED(struct_size, UINT32_MAX, "xpl_model_options");
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
  CHECK(model == NULL);
}

int main(int argc, char **argv) {
  CHECK(argc > 1);
  check_model();
  check_classify();
  check_options(argv[1]);
  check_sizes();
  check_files(argv[1]);
  return 0;
}
