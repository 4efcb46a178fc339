/*
 * Explains a model that is not the library's: two functions give its scores and their gradient.
 *
 * The model calls a picture "warm" the more red, and "cold" the more blue there is in the middle of it.
 *
 *     cc own_model.c $(pkg-config --cflags --libs explaincore) -o own_model
 *     ./own_model picture.png overlay.png
 */
#include <explaincore.h>
#include <stdio.h>

enum { SIDE = 64, PIXELS = SIDE * SIDE, WARM = 0, COLD = 1, CLASSES = 2 };

/* What a pixel of a channel (red, green, blue) adds to a class's score. */
static float weight(int class_index, int channel, int y, int x) {
  int in_the_middle = y >= SIDE / 4 && y < 3 * SIDE / 4 && x >= SIDE / 4 && x < 3 * SIDE / 4;
  return in_the_middle && channel == (class_index == WARM ? 0 : 2) ? 8.0f / PIXELS : 0;
}

static int forward(const xpl_batch *batch, float *out_scores, void *user) {
  const float *value = batch->values;
  int n, k, channel, i;
  (void)user;
  for (n = 0; n < batch->count; ++n, value += 3 * PIXELS) {
    for (k = 0; k < CLASSES; ++k) {
      float score = 0;
      for (channel = 0; channel < 3; ++channel)
        for (i = 0; i < PIXELS; ++i) score += weight(k, channel, i / SIDE, i % SIDE) * value[channel * PIXELS + i];
      *out_scores++ = score;
    }
  }
  return XPL_OK; /* XPL_CANCELLED stops the library's call; any other number is a failure */
}

/* The model is linear: its gradient does not depend on the batch. */
static int backward(const xpl_batch *batch, const float *scores_gradient, float *out_gradient, void *user) {
  int n, channel, i;
  (void)user;
  for (n = 0; n < batch->count; ++n, scores_gradient += CLASSES)
    for (channel = 0; channel < 3; ++channel)
      for (i = 0; i < PIXELS; ++i)
        *out_gradient++ = scores_gradient[WARM] * weight(WARM, channel, i / SIDE, i % SIDE)
                          + scores_gradient[COLD] * weight(COLD, channel, i / SIDE, i % SIDE);
  return XPL_OK;
}

int main(int argc, char **argv) {
  static const char *const names[CLASSES] = {"warm", "cold"};
  xpl_model_callbacks callbacks;
  xpl_model_options options;
  xpl_model *model = NULL;
  xpl_picture *picture = NULL, *overlay = NULL;
  xpl_method *method = NULL;
  xpl_explanation *explanation = NULL;
  xpl_status status;

  if (argc < 3) return fprintf(stderr, "usage: %s PICTURE OVERLAY.png\n", argv[0]), 2;
  xpl_model_callbacks_init(&callbacks, sizeof callbacks);
  callbacks.class_count = CLASSES;
  callbacks.class_names = names;
  callbacks.forward = forward;
  callbacks.backward = backward; /* NULL where there is no gradient: methods such as rise do without */
  xpl_model_options_init(&options, sizeof options);
  options.width = options.height = SIDE;

  status = xpl_model_from_callbacks(&callbacks, &options, &model);
  if (status == XPL_OK) status = xpl_picture_read(argv[1], &picture);
  if (status == XPL_OK) status = xpl_method_create("integrated-gradients", NULL, &method);
  if (status == XPL_OK) status = xpl_explain(model, picture, method, NULL, NULL, &explanation);
  if (status == XPL_OK) status = xpl_explanation_render(explanation, XPL_RENDERING_OVERLAY, &overlay);
  if (status == XPL_OK) status = xpl_picture_save(overlay, argv[2]);
  if (status != XPL_OK) fprintf(stderr, "%s: %s\n", argv[0], xpl_last_error());
  xpl_picture_free(overlay);
  xpl_explanation_free(explanation);
  xpl_method_free(method);
  xpl_picture_free(picture);
  xpl_model_free(model);
  return status == XPL_OK ? 0 : 1;
}
