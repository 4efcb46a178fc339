/* A process that has used the library forks: parent and children go on using it, also children of children. */
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "check.h"

enum { CELLS = 28 * 28, GENERATIONS = 3 };

static xpl_model *model;
static xpl_picture *picture;
static float expected[CELLS];

static void learn(float *mask) {
  xpl_mask_options options;
  xpl_explanation *explanation = NULL;
  CHECK_OK(xpl_mask_options_init(&options, sizeof options, XPL_MASK_PRESET_BLACKBOX));
  options.iterations = 3;
  CHECK_OK(xpl_explain_mask(model, picture, &options, NULL, NULL, &explanation));
  CHECK_OK(xpl_explanation_copy_map(explanation, XPL_MAP_MASK, mask, CELLS));
  xpl_explanation_free(explanation);
}

/* Bytes that the process holds; 0 where that is not known, as under memcheck. */
static size_t held(void) {
#if defined __GLIBC__ && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
  return mallinfo2().uordblks;
#else
  return 0;
#endif
}

/* What goes on for ever must not hold more and more: threads that a fork has left behind take up no work. */
static void check_memory(float *mask) {
  size_t before = held(), after;
  int i;
  for (i = 0; before > 0 && i < 8; ++i) learn(mask);
  after = held();
  /* Of 24 iterations; a task for a thread that is not there would be 64 bytes, and there are 20 in an iteration. */
  CHECK(after < before + 8192);
}

/* A child uses what it inherited and what it makes itself, as does its own child, and says 0 if all of it is well. */
static void check_child(int generation) {
  pid_t process = fork();
  int status = -1;
  CHECK(process >= 0);
  if (process == 0) {
    static float mask[CELLS];
    xpl_model *own = NULL;
    xpl_scored_class top;
    /* A child that hangs is ended by the alarm; memcheck is slow. */
    alarm(900);
    learn(mask);
    check_memory(mask);
    CHECK(memcmp(mask, expected, sizeof mask) == 0);
    own = small_scenes();
    CHECK_OK(xpl_classify(own, picture, 1, &top, NULL));
    xpl_model_free(own);
    if (generation > 1) check_child(generation - 1);
    _exit(0);
  }
  CHECK(waitpid(process, &status, 0) == process);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void) {
  static float mask[CELLS];
  model = small_scenes();
  picture = disc_picture(200, 200);
  CHECK_OK(xpl_set_threads(3));
  learn(expected);
  check_child(GENERATIONS);
  learn(mask);
  CHECK(memcmp(mask, expected, sizeof mask) == 0);
  check_child(1);
  xpl_picture_free(picture);
  xpl_model_free(model);
  return 0;
}
