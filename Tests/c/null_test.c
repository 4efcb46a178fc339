/* NULL in every position of every function: an error where it is not optional, and results that are NULL then. */
#include "check.h"

/* The call fails, and says which parameter is NULL. */
#define CHECK_NULL(parameter, call) CHECK_FAILS(XPL_INVALID_ARGUMENT, parameter " is NULL", call)

int main(void) {
  static uint8_t bytes[12];
  xpl_model *model = NULL, *no_model;
  xpl_picture *picture = disc_picture(32, 32), *no_picture;
  xpl_explanation *explanation = NULL, *no_explanation;
  xpl_method *method = NULL, *no_method;
  xpl_mask_options options;
  xpl_model_callbacks callbacks;
  xpl_scored_class top[1];
  xpl_summary summary;
  const char *name;
  const float *values;
  char *text;
  void *memory;
  float map[1];
  int32_t number, other;
  size_t count;

  CHECK_OK(xpl_model_load("scenes", NULL, &model));
  CHECK_OK(xpl_mask_options_init(&options, sizeof options, XPL_MASK_PRESET_BLACKBOX));
  options.iterations = 1;
  CHECK_OK(xpl_method_create("mask", NULL, &method));
  CHECK_OK(xpl_explain_mask(model, picture, &options, NULL, NULL, &explanation));

  xpl_free(NULL);
  xpl_picture_free(NULL);
  xpl_model_free(NULL);
  xpl_explanation_free(NULL);
  xpl_method_free(NULL);

  CHECK_NULL("out_threads", xpl_threads(NULL));
  CHECK_NULL("out_json", xpl_info(NULL));

  no_picture = POISON;
  CHECK_NULL("path", xpl_picture_read(NULL, &no_picture));
  CHECK(no_picture == NULL);
  CHECK_NULL("out_picture", xpl_picture_read("x", NULL));
  no_picture = POISON;
  CHECK_NULL("bytes", xpl_picture_decode(NULL, 0, &no_picture));
  CHECK(no_picture == NULL);
  CHECK_NULL("bytes", xpl_picture_decode(NULL, 5, &no_picture));
  CHECK_NULL("out_picture", xpl_picture_decode(bytes, 5, NULL));
  no_picture = POISON;
  CHECK_NULL("pixels", xpl_picture_from_pixels(NULL, 12, 2, 2, 0, XPL_PIXELS_RGB, &no_picture));
  CHECK(no_picture == NULL);
  CHECK_NULL("out_picture", xpl_picture_from_pixels(bytes, 12, 2, 2, 0, XPL_PIXELS_RGB, NULL));
  number = other = 7;
  CHECK_NULL("picture", xpl_picture_size(NULL, &number, &other));
  CHECK(number == 0 && other == 0);
  CHECK_NULL("picture", xpl_picture_copy_pixels(NULL, bytes, sizeof bytes));
  CHECK_NULL("out_rgb", xpl_picture_copy_pixels(picture, NULL, 32 * 32 * 3));
  memory = POISON;
  count = 7;
  CHECK_NULL("picture", xpl_picture_encode_png(NULL, &memory, &count));
  CHECK(memory == NULL && count == 0);
  count = 7;
  CHECK_NULL("out_bytes", xpl_picture_encode_png(picture, NULL, &count));
  CHECK(count == 0);
  memory = POISON;
  CHECK_NULL("out_size", xpl_picture_encode_png(picture, &memory, NULL));
  CHECK(memory == NULL);
  CHECK_NULL("picture", xpl_picture_save(NULL, "x"));
  CHECK_NULL("path", xpl_picture_save(picture, NULL));

  CHECK_NULL("options", xpl_model_options_init(NULL, sizeof(xpl_model_options)));
  no_model = POISON;
  CHECK_NULL("model", xpl_model_load(NULL, NULL, &no_model));
  CHECK(no_model == NULL);
  CHECK_NULL("out_model", xpl_model_load("scenes", NULL, NULL));
  CHECK_NULL("callbacks", xpl_model_callbacks_init(NULL, sizeof(xpl_model_callbacks)));
  CHECK_OK(xpl_model_callbacks_init(&callbacks, sizeof callbacks));
  no_model = POISON;
  CHECK_NULL("callbacks", xpl_model_from_callbacks(NULL, NULL, &no_model));
  CHECK(no_model == NULL);
  CHECK_NULL("out_model", xpl_model_from_callbacks(&callbacks, NULL, NULL));
  name = POISON;
  CHECK_NULL("model", xpl_model_name(NULL, &name));
  CHECK(name == NULL);
  CHECK_NULL("out_name", xpl_model_name(model, NULL));
  number = 7;
  CHECK_NULL("model", xpl_model_class_count(NULL, &number));
  CHECK(number == 0);
  CHECK_NULL("out_count", xpl_model_class_count(model, NULL));
  name = POISON;
  CHECK_NULL("model", xpl_model_class_name(NULL, 0, &name));
  CHECK(name == NULL);
  CHECK_NULL("out_name", xpl_model_class_name(model, 0, NULL));
  number = 7;
  CHECK_NULL("model", xpl_model_class_index(NULL, "1", &number));
  CHECK(number == 0);
  CHECK_NULL("text", xpl_model_class_index(model, NULL, &number));
  CHECK_NULL("out_index", xpl_model_class_index(model, "1", NULL));
  number = other = 7;
  CHECK_NULL("model", xpl_model_input_size(NULL, &number, &other));
  CHECK(number == 0 && other == 0);
  count = 7;
  CHECK_NULL("model", xpl_classify(NULL, picture, 1, top, &count));
  CHECK(count == 0);
  CHECK_NULL("picture", xpl_classify(model, NULL, 1, top, &count));
  CHECK_NULL("out_classes", xpl_classify(model, picture, 1, NULL, &count));

  CHECK_NULL("options", xpl_mask_options_init(NULL, sizeof options, XPL_MASK_PRESET_BLACKBOX));
  CHECK_NULL("out_json", xpl_methods(NULL));
  no_method = POISON;
  CHECK_NULL("name", xpl_method_create(NULL, NULL, &no_method));
  CHECK(no_method == NULL);
  CHECK_NULL("out_method", xpl_method_create("mask", NULL, NULL));
  CHECK_NULL("method", xpl_method_set(NULL, "tv", "1"));
  CHECK_NULL("option", xpl_method_set(method, NULL, "1"));
  CHECK_NULL("value", xpl_method_set(method, "tv", NULL));
  CHECK_NULL("method", xpl_method_set_targets(NULL, NULL, 0));
  CHECK_NULL("method", xpl_method_set_seed(NULL, 0));
  CHECK_NULL("method", xpl_method_set_reference(NULL, picture));
  CHECK_OK(xpl_method_set_reference(method, NULL));
  no_explanation = POISON;
  CHECK_NULL("model", xpl_explain(NULL, picture, method, NULL, NULL, &no_explanation));
  CHECK(no_explanation == NULL);
  CHECK_NULL("picture", xpl_explain(model, NULL, method, NULL, NULL, &no_explanation));
  CHECK_NULL("method", xpl_explain(model, picture, NULL, NULL, NULL, &no_explanation));
  CHECK_NULL("out_explanation", xpl_explain(model, picture, method, NULL, NULL, NULL));
  no_explanation = POISON;
  CHECK_NULL("model", xpl_explain_mask(NULL, picture, &options, NULL, NULL, &no_explanation));
  CHECK(no_explanation == NULL);
  no_explanation = POISON;
  CHECK_NULL("picture", xpl_explain_mask(model, NULL, &options, NULL, NULL, &no_explanation));
  CHECK(no_explanation == NULL);
  CHECK_NULL("out_explanation", xpl_explain_mask(model, picture, &options, NULL, NULL, NULL));

  CHECK_NULL("explanation", xpl_explanation_summary(NULL, sizeof summary, &summary));
  CHECK_NULL("out_summary", xpl_explanation_summary(explanation, sizeof summary, NULL));
  name = POISON;
  values = POISON;
  count = 7;
  CHECK_NULL("explanation", xpl_explanation_history(NULL, 0, &name, &values, &count));
  CHECK(name == NULL && values == NULL && count == 0);
  number = other = 7;
  CHECK_NULL("explanation", xpl_explanation_map_size(NULL, XPL_MAP_MASK, &number, &other));
  CHECK(number == 0 && other == 0);
  CHECK_NULL("explanation", xpl_explanation_copy_map(NULL, XPL_MAP_MASK, map, 1));
  CHECK_NULL("out_values", xpl_explanation_copy_map(explanation, XPL_MAP_MASK, NULL, 28 * 28));
  no_picture = POISON;
  CHECK_NULL("explanation", xpl_explanation_render(NULL, XPL_RENDERING_MASK, &no_picture));
  CHECK(no_picture == NULL);
  CHECK_NULL("out_picture", xpl_explanation_render(explanation, XPL_RENDERING_MASK, NULL));
  CHECK_NULL("explanation", xpl_explanation_write(NULL, "x", NULL));
  CHECK_NULL("folder", xpl_explanation_write(explanation, NULL, NULL));
  text = POISON;
  CHECK_NULL("explanation", xpl_explanation_json(NULL, "x", &text));
  CHECK(text == NULL);
  text = POISON;
  CHECK_NULL("picture_name", xpl_explanation_json(explanation, NULL, &text));
  CHECK(text == NULL);
  CHECK_NULL("out_json", xpl_explanation_json(explanation, "x", NULL));

  xpl_explanation_free(explanation);
  xpl_method_free(method);
  xpl_picture_free(picture);
  xpl_model_free(model);
  return 0;
}
