/* Threads: each has its own last error, all may share a model, and results do not depend on how many there are. */
#include <pthread.h>

#include "check.h"

/* OpenBLAS, which the library is linked to, as a host program would use it. */
extern int openblas_get_num_threads(void);
extern void openblas_set_num_threads(int);

enum { THREADS = 8, CELLS = 28 * 28 };

static xpl_model *model;
static xpl_picture *picture;
/* Enough for threads to meet one another; memcheck is slow. */
static int32_t iterations = 5;

static void *fail_elsewhere(void *unused) {
  (void)unused;
  CHECK(strcmp(xpl_last_error(), "") == 0);
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "1024", xpl_set_threads(-1));
  return NULL;
}

static void check_last_error(void) {
  pthread_t thread;
  char here[256];
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "out_threads", xpl_threads(NULL));
  snprintf(here, sizeof here, "%s", xpl_last_error());
  CHECK(pthread_create(&thread, NULL, fail_elsewhere, NULL) == 0);
  CHECK(pthread_join(thread, NULL) == 0);
  CHECK(strcmp(xpl_last_error(), here) == 0);
  /* A success does not touch it. */
  CHECK_OK(xpl_set_threads(0));
  CHECK(strcmp(xpl_last_error(), here) == 0);
}

static void *learn(void *mask) {
  xpl_mask_options options;
  xpl_explanation *explanation = NULL;
  CHECK_OK(xpl_mask_options_init(&options, sizeof options, XPL_MASK_PRESET_BLACKBOX));
  options.iterations = iterations;
  options.seed = 42;
  CHECK_OK(xpl_explain_mask(model, picture, &options, NULL, NULL, &explanation));
  CHECK_OK(xpl_explanation_copy_map(explanation, XPL_MAP_MASK, mask, CELLS));
  xpl_explanation_free(explanation);
  return NULL;
}

static void check_same_bytes(void) {
  static float masks[THREADS][CELLS], alone[CELLS], on_one[CELLS], on_three[CELLS];
  pthread_t threads[THREADS];
  size_t i;
  learn(alone);
  for (i = 0; i < THREADS; ++i) CHECK(pthread_create(&threads[i], NULL, learn, masks[i]) == 0);
  for (i = 0; i < THREADS; ++i) CHECK(pthread_join(threads[i], NULL) == 0);
  for (i = 0; i < THREADS; ++i) CHECK(memcmp(masks[i], alone, sizeof alone) == 0);
  CHECK_OK(xpl_set_threads(1));
  learn(on_one);
  CHECK_OK(xpl_set_threads(3));
  learn(on_three);
  CHECK_OK(xpl_set_threads(0));
  CHECK(memcmp(on_one, alone, sizeof alone) == 0);
  CHECK(memcmp(on_three, alone, sizeof alone) == 0);
  /* It learned something: the mask is not as it began. */
  for (i = 0; i < CELLS && alone[i] == 1; ++i) {
  }
  CHECK(i < CELLS);
}

static int stop(const xpl_progress *progress, void *user) {
  (void)progress;
  (void)user;
  return 1;
}

/* The host's setting of OpenBLAS is as it was after calls that succeed, end early, fail, and run at once. */
static void check_host_setting(void) {
  static float masks[THREADS][CELLS];
  pthread_t threads[THREADS];
  int setting;
  iterations = 1;
  for (setting = 2; setting >= 1; --setting) {
    xpl_explanation *explanation = NULL;
    xpl_mask_options options;
    size_t i;
    openblas_set_num_threads(setting);
    CHECK(openblas_get_num_threads() == setting);
    learn(masks[0]);
    CHECK(openblas_get_num_threads() == setting);
    CHECK(xpl_explain_mask(model, picture, NULL, stop, NULL, &explanation) == XPL_CANCELLED);
    CHECK(openblas_get_num_threads() == setting);
    xpl_explanation_free(explanation);
    CHECK_OK(xpl_mask_options_init(&options, sizeof options, XPL_MASK_PRESET_BLACKBOX));
    options.tv = NAN;
    CHECK_FAILS(XPL_INVALID_ARGUMENT, "tv", xpl_explain_mask(model, picture, &options, NULL, NULL, &explanation));
    CHECK(openblas_get_num_threads() == setting);
    for (i = 0; i < THREADS; ++i) CHECK(pthread_create(&threads[i], NULL, learn, masks[i]) == 0);
    for (i = 0; i < THREADS; ++i) CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(openblas_get_num_threads() == setting);
  }
}

int main(void) {
  model = small_scenes();
  picture = disc_picture(300, 200);
  check_last_error();
  check_same_bytes();
  check_host_setting();
  xpl_picture_free(picture);
  xpl_model_free(model);
  return 0;
}
