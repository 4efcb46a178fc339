/*
 * Learns a mask until it is done, the time is up, or Ctrl-C is pressed, and writes what was learned by then.
 *
 *     cc progress.c $(pkg-config --cflags --libs explaincore) -o progress
 *     ./progress picture.png overlay.png 10
 */
#include <explaincore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number) {
  (void)signal_number;
  interrupted = 1;
}

/* What the callback needs goes through `user`: no globals, so that several runs may go on at once. */
typedef struct deadline {
  time_t end;
  int steps;
} deadline;

static int show_progress(const xpl_progress *progress, void *user) {
  deadline *limit = user;
  limit->steps = progress->step;
  fprintf(stderr, "\rstep %d of %d, loss %.4f ", (int)progress->step, (int)progress->steps, progress->loss);
  return interrupted || time(NULL) >= limit->end; /* not 0: stop */
}

int main(int argc, char **argv) {
  xpl_model *model = NULL;
  xpl_picture *picture = NULL, *overlay = NULL;
  xpl_explanation *explanation = NULL;
  xpl_mask_options options;
  xpl_status status;
  deadline limit = {0, 0};
  int stopped = 0;

  if (argc < 4) {
    fprintf(stderr, "usage: %s PICTURE OVERLAY.png SECONDS\n", argv[0]);
    return 2;
  }
  signal(SIGINT, interrupt);
  limit.end = time(NULL) + atoi(argv[3]);

  status = xpl_mask_options_init(&options, sizeof options, XPL_MASK_PRESET_BLACKBOX);
  options.iterations = 100000;
  if (status == XPL_OK) status = xpl_model_load("scenes", NULL, &model);
  if (status == XPL_OK) status = xpl_picture_read(argv[1], &picture);
  if (status == XPL_OK) status = xpl_explain_mask(model, picture, &options, show_progress, &limit, &explanation);
  if (status == XPL_CANCELLED && explanation != NULL) { /* it is there all the same */
    stopped = 1;
    status = XPL_OK;
  }
  if (status == XPL_OK) status = xpl_explanation_render(explanation, XPL_RENDERING_OVERLAY, &overlay);
  if (status == XPL_OK) status = xpl_picture_save(overlay, argv[2]);

  fputc('\n', stderr);
  if (status == XPL_OK)
    printf("%s after %d steps\n", stopped ? "stopped" : "finished", limit.steps);
  else
    fprintf(stderr, "%s: %s\n", argv[0], xpl_last_error());
  xpl_picture_free(overlay);
  xpl_explanation_free(explanation);
  xpl_picture_free(picture);
  xpl_model_free(model);
  return status == XPL_OK ? 0 : 1;
}
