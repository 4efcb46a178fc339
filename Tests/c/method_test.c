/* Methods by name: what they are listed with, options as text, and the same result as the struct gives. */
#include "check.h"

enum { CELLS = 28 * 28 };

static xpl_model *model;
static xpl_picture *picture;

static void check_list(void) {
  char *json = NULL;
  CHECK_OK(xpl_methods(&json));
  CHECK(json[0] == '[' && strstr(json, "\"name\":\"mask\"") != NULL);
  CHECK(strstr(json, "\"presets\":[\"blackbox\",\"paper\",\"hybrid\"]") != NULL);
  CHECK(strstr(json, "{\"name\":\"iterations\",\"values\":\"INTEGER\"") != NULL);
  xpl_free(json);
}

static void check_refusals(void) {
  xpl_method *method = POISON;
  xpl_explanation *explanation = POISON;
  static const int32_t large[] = {12};
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "mask", xpl_method_create("masc", NULL, &method));
  CHECK(method == NULL);
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "hybrid", xpl_method_create("mask", "hybird", &method));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "UTF-8", xpl_method_create("mask", "\xff", &method));
  CHECK_OK(xpl_method_create("mask", NULL, &method));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "learning-rate", xpl_method_set(method, "learnin-rate", "1"));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "whole number", xpl_method_set(method, "iterations", "many"));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "UTF-8", xpl_method_set(method, "\xff", "1"));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "UTF-8", xpl_method_set(method, "tv", "\xff"));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "1000", xpl_method_set_targets(method, large, 1001));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "1000", xpl_method_set_targets(method, large, SIZE_MAX));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "targets", xpl_method_set_targets(method, NULL, 1));
  CHECK_OK(xpl_method_set_targets(method, large, 1));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "0 to 11", xpl_explain(model, picture, method, NULL, NULL, &explanation));
  CHECK(explanation == NULL);
  CHECK_OK(xpl_method_set_targets(method, NULL, 0));
  CHECK_OK(xpl_method_set(method, "tv", "nan"));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "tv", xpl_explain(model, picture, method, NULL, NULL, &explanation));
  CHECK_OK(xpl_method_set(method, "tv", "0.2"));
  CHECK_OK(xpl_method_set(method, "perturbation", "picture"));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "picture", xpl_explain(model, picture, method, NULL, NULL, &explanation));
  xpl_method_free(method);
}

/* The same wishes by the struct and by name: the same bits. */
static void check_same(void) {
  static const int32_t targets[] = {2, 5};
  static float by_struct[CELLS], by_name[CELLS];
  xpl_mask_options options;
  xpl_method *method = NULL;
  xpl_explanation *explanation = NULL;
  xpl_picture *replacement = disc_picture(20, 30);

  CHECK_OK(xpl_mask_options_init(&options, sizeof options, XPL_MASK_PRESET_PAPER));
  options.iterations = 3;
  options.perturbation_count = 2;
  options.perturbations[0] = XPL_PERTURBATION_MEAN_COLOR;
  options.perturbations[1] = XPL_PERTURBATION_PICTURE;
  options.replacement = replacement;
  options.l1_count = 2;
  options.l1[0] = 0.001f;
  options.l1[1] = 0.002f;
  options.coupled = 0;
  options.start = XPL_MASK_START_HALF;
  options.targets = targets;
  options.target_count = 2;
  options.seed = 7;
  CHECK_OK(xpl_explain_mask(model, picture, &options, NULL, NULL, &explanation));
  CHECK_OK(xpl_explanation_copy_map(explanation, XPL_MAP_MASK, by_struct, CELLS));
  xpl_explanation_free(explanation);

  CHECK_OK(xpl_method_create("mask", "paper", &method));
  CHECK_OK(xpl_method_set(method, "iterations", "3"));
  CHECK_OK(xpl_method_set(method, "perturbation", "mean-color,picture"));
  CHECK_OK(xpl_method_set_reference(method, replacement));
  xpl_picture_free(replacement);
  CHECK_OK(xpl_method_set(method, "l1", "0.001,0.002"));
  CHECK_OK(xpl_method_set(method, "coupled", "false"));
  CHECK_OK(xpl_method_set(method, "start", "half"));
  CHECK_OK(xpl_method_set_targets(method, targets, 2));
  CHECK_OK(xpl_method_set_seed(method, 7));
  CHECK_OK(xpl_explain(model, picture, method, NULL, NULL, &explanation));
  CHECK_OK(xpl_explanation_copy_map(explanation, XPL_MAP_MASK, by_name, CELLS));
  CHECK(memcmp(by_struct, by_name, sizeof by_name) == 0);
  xpl_explanation_free(explanation);

  CHECK_OK(xpl_method_set_seed(method, 8));
  CHECK_OK(xpl_explain(model, picture, method, NULL, NULL, &explanation));
  CHECK_OK(xpl_explanation_copy_map(explanation, XPL_MAP_MASK, by_name, CELLS));
  CHECK(memcmp(by_struct, by_name, sizeof by_name) != 0);
  xpl_explanation_free(explanation);
  xpl_method_free(method);
}

/* What is set is what is there, and what is there can be set. */
static void check_get(void) {
  static const char *const texts[][2] = {
      {"iterations", "17"}, {"learning-rate", "0.25"}, {"l1", "0.001,0.5"}, {"coupled", "false"},
      {"perturbation", "gaussian,noise"}, {"score", "logit"}};
  xpl_method *method = NULL;
  char *value = POISON;
  size_t i;
  CHECK_OK(xpl_method_create("mask", NULL, &method));
  CHECK_OK(xpl_method_get(method, "iterations", &value));
  CHECK(strcmp(value, "500") == 0);
  xpl_free(value);
  for (i = 0; i < sizeof texts / sizeof *texts; ++i) {
    CHECK_OK(xpl_method_set(method, texts[i][0], texts[i][1]));
    CHECK_OK(xpl_method_get(method, texts[i][0], &value));
    CHECK(strcmp(value, texts[i][1]) == 0);
    CHECK_OK(xpl_method_set(method, texts[i][0], value));
    xpl_free(value);
  }
  value = POISON;
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "iterations", xpl_method_get(method, "iteration", &value));
  CHECK(value == NULL);
  xpl_method_free(method);
  /* No layer is chosen yet. */
  CHECK_OK(xpl_method_create("grad-cam", NULL, &method));
  CHECK_OK(xpl_method_get(method, "layer", &value));
  CHECK(strcmp(value, "") == 0);
  xpl_free(value);
  CHECK_OK(xpl_method_set(method, "layer", ""));
  xpl_method_free(method);
}

/* Numbers and pictures of a method's own. */
static void check_extras(void) {
  xpl_method *method = NULL;
  xpl_explanation *explanation = NULL;
  xpl_picture *figure = POISON;
  xpl_summary summary;
  const char *name;
  double value;
  size_t i;
  void *bytes = NULL;
  CHECK_OK(xpl_method_create("fgsm", NULL, &method));
  CHECK_OK(xpl_explain(model, picture, method, NULL, NULL, &explanation));
  CHECK_OK(xpl_explanation_summary(explanation, sizeof summary, &summary));
  CHECK(summary.measure_count > 0 && summary.figure_count > 0);
  for (i = 0; i < summary.measure_count; ++i) {
    CHECK_OK(xpl_explanation_measure(explanation, i, &name, &value));
    CHECK(name[0] != '\0' && isfinite(value));
    CHECK_OK(xpl_explanation_measure(explanation, i, NULL, NULL));
  }
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "measures", xpl_explanation_measure(explanation, i, &name, &value));
  CHECK(name == NULL && value == 0);
  for (i = 0; i < summary.figure_count; ++i) {
    CHECK_OK(xpl_explanation_figure(explanation, i, &name, &figure));
    CHECK(name[0] != '\0');
    CHECK_OK(xpl_picture_encode_png(figure, &bytes, &(size_t){0}));
    xpl_free(bytes);
    xpl_picture_free(figure);
    CHECK_OK(xpl_explanation_figure(explanation, i, NULL, NULL));
  }
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "figures", xpl_explanation_figure(explanation, SIZE_MAX, &name, &figure));
  CHECK(name == NULL && figure == NULL);
  xpl_explanation_free(explanation);
  xpl_method_free(method);
}

int main(void) {
  model = small_scenes();
  picture = disc_picture(300, 200);
  check_list();
  check_refusals();
  check_same();
  check_get();
  check_extras();
  xpl_picture_free(picture);
  xpl_model_free(model);
  return 0;
}
