/* What stack_host.c runs on a small stack: reading, classifying, every kind of method, reports. */
#include "check.h"
#include "tiny_onnx.h"

/* Options that make each method quick. */
static const char *const methods[][3] = {
    {"mask", "iterations", "2"}, {"extremal", "iterations", "2"}, {"perturbator", "iterations", "2"},
    {"occlusion", "stride", "32"}, {"rise", "masks", "16"}, {"saliency", NULL, NULL},
    {"input-x-gradient", NULL, NULL}, {"smoothgrad", "samples", "2"}, {"integrated-gradients", "steps", "2"},
    {"guided-backprop", NULL, NULL}, {"deconvnet", NULL, NULL}, {"grad-cam", NULL, NULL},
    {"guided-grad-cam", NULL, NULL}, {"grad-cam++", NULL, NULL}, {"layer-cam", NULL, NULL},
    {"score-cam", NULL, NULL}, {"eigen-cam", NULL, NULL}, {"fool", "iterations", "2"}, {"fgsm", NULL, NULL},
    {"pgd", NULL, NULL}, {"visualize", "iterations", "2"}, {"detect", "iterations", "2"}};

/* The list above has all of them. */
static void check_all_are_there(const char *json) {
  size_t listed = 0, i;
  for (i = 0; i < sizeof methods / sizeof *methods; ++i) {
    char name[64];
    snprintf(name, sizeof name, "{\"name\":\"%s\"", methods[i][0]);
    CHECK(strstr(json, name) != NULL);
  }
  while ((json = strstr(json, "\"needs_gradient\"")) != NULL) ++listed, ++json;
  CHECK(listed == i);
}

static void explain(const xpl_model *model, const xpl_picture *picture, const char *const *method) {
  const int32_t target = 3;
  xpl_method *settings = NULL;
  xpl_explanation *explanation = NULL;
  xpl_picture *overlay = NULL;
  char *json = NULL;
  void *png = NULL;
  size_t size = 0;
  CHECK_OK(xpl_method_create(method[0], NULL, &settings));
  if (method[1] != NULL) CHECK_OK(xpl_method_set(settings, method[1], method[2]));
  CHECK_OK(xpl_method_set_targets(settings, &target, 1));
  CHECK_OK(xpl_explain(model, picture, settings, NULL, NULL, &explanation));
  CHECK_OK(xpl_explanation_json(explanation, "disc", &json));
  CHECK_OK(xpl_explanation_render(explanation, XPL_RENDERING_OVERLAY, &overlay));
  CHECK_OK(xpl_picture_encode_png(overlay, &png, &size));
  xpl_free(json);
  xpl_picture_free(overlay);
  CHECK_OK(xpl_picture_decode(png, size, &overlay));
  xpl_free(png);
  xpl_picture_free(overlay);
  xpl_explanation_free(explanation);
  xpl_method_free(settings);
}

void *work(void *unused);

void *work(void *unused) {
  xpl_model *model = NULL;
  xpl_picture *picture = disc_picture(120, 90);
  char *json = NULL;
  size_t i;
  (void)unused;
  CHECK_OK(xpl_info(&json));
  xpl_free(json);
  CHECK_OK(xpl_methods(&json));
  check_all_are_there(json);
  xpl_free(json);
  CHECK_OK(xpl_model_load_onnx(tiny_onnx, sizeof tiny_onnx, NULL, NULL, &model));
  xpl_model_free(model);
  model = small_scenes();
  for (i = 0; i < sizeof methods / sizeof *methods; ++i) explain(model, picture, methods[i]);
  xpl_picture_free(picture);
  xpl_model_free(model);
  return NULL;
}
