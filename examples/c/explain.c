/*
 * Explains what the library's own model sees in a picture.
 *
 *     cc explain.c $(pkg-config --cflags --libs explaincore) -o explain
 *     ./explain picture.png overlay.png
 */
#include <explaincore.h>
#include <stdio.h>
#include <stdlib.h>

static int show_progress(const xpl_progress *progress, void *user) {
  (void)user;
  fprintf(stderr, "\r%d of %d, score %.4f ", (int)progress->step, (int)progress->steps, progress->score);
  return 0; /* anything else stops here and keeps what was learned so far */
}

int main(int argc, char **argv) {
  xpl_model *model = NULL;
  xpl_picture *picture = NULL, *overlay = NULL;
  xpl_explanation *explanation = NULL;
  xpl_mask_options options;
  xpl_summary summary;
  xpl_status status;
  size_t i;

  if (argc < 3) {
    fprintf(stderr, "usage: %s PICTURE OVERLAY.png [ITERATIONS]\n", argv[0]);
    return 2;
  }
  status = xpl_mask_options_init(&options, sizeof options, XPL_MASK_PRESET_HYBRID);
  if (argc > 3) options.iterations = atoi(argv[3]);

  if (status == XPL_OK) status = xpl_model_load("scenes", NULL, &model);
  if (status == XPL_OK) status = xpl_picture_read(argv[1], &picture);
  if (status == XPL_OK) status = xpl_explain_mask(model, picture, &options, show_progress, NULL, &explanation);
  if (status == XPL_OK) status = xpl_explanation_summary(explanation, sizeof summary, &summary);
  if (status == XPL_OK) status = xpl_explanation_render(explanation, XPL_RENDERING_OVERLAY, &overlay);
  if (status == XPL_OK) status = xpl_picture_save(overlay, argv[2]);

  if (status == XPL_OK) {
    fputc('\n', stderr);
    printf("%s: probability %.4f, %.4f without its evidence\n", summary.target_name, summary.score_before,
        summary.score_after);
    printf("before:");
    for (i = 0; i < summary.top_before_count; ++i)
      printf(" %s %.4f", summary.top_before[i].name, summary.top_before[i].probability);
    printf("\nafter:");
    for (i = 0; i < summary.top_after_count; ++i)
      printf(" %s %.4f", summary.top_after[i].name, summary.top_after[i].probability);
    printf("\n");
    for (i = 0; i < summary.warning_count; ++i) printf("warning: %s\n", summary.warnings[i]);
  } else {
    fprintf(stderr, "%s: %s\n", argv[0], xpl_last_error());
  }
  xpl_picture_free(overlay);
  xpl_explanation_free(explanation);
  xpl_picture_free(picture);
  xpl_model_free(model);
  return status == XPL_OK ? 0 : 1;
}
