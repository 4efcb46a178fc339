/* Threads: each has its own last error, all may share a model, and results do not depend on how many there are. */
#include <dirent.h>
#include <pthread.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

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

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int explaining;

/* Adds to the number of running explanations, and tells it. */
static int count_explaining(int change) {
  int result;
  pthread_mutex_lock(&lock);
  result = explaining += change;
  pthread_mutex_unlock(&lock);
  return result;
}

static void *learn_and_tell(void *mask) {
  learn(mask);
  count_explaining(-1);
  return NULL;
}

static int threads_of_the_process(void) {
  DIR *tasks = opendir("/proc/self/task");
  struct dirent *entry;
  int count = 0;
  if (tasks == NULL) return 0;
  while ((entry = readdir(tasks)) != NULL) count += entry->d_name[0] != '.';
  closedir(tasks);
  return count;
}

static void wait_milliseconds(long milliseconds) {
  struct timespec time = {0, milliseconds * 1000000};
  nanosleep(&time, NULL);
}

/* Explanations share the library's threads: of these there are about as many as processors, however many calls run. */
static void check_threads_are_shared(void) {
  static float masks[THREADS][CELLS], alone[CELLS];
  pthread_t threads[THREADS];
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  int before, most = 0, count;
  size_t i;
  learn(alone);
  before = threads_of_the_process();
  count_explaining(THREADS);
  for (i = 0; i < THREADS; ++i) CHECK(pthread_create(&threads[i], NULL, learn_and_tell, masks[i]) == 0);
  while (count_explaining(0) > 0) {
    count = threads_of_the_process();
    if (count > most) most = count;
    wait_milliseconds(2);
  }
  for (i = 0; i < THREADS; ++i) CHECK(pthread_join(threads[i], NULL) == 0);
  for (i = 0; i < THREADS; ++i) CHECK(memcmp(masks[i], alone, sizeof alone) == 0);
  /* Those of this test, and a pool that may not have been full before, with two that manage it. */
  CHECK(most <= before + THREADS + processors + 2);
}

static double processor_seconds(void) {
  struct rusage usage;
  CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + 1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* When the last handle has been freed, nothing runs any more. */
static void check_nothing_goes_on(void) {
  double before;
  /* Threads that had just finished a task. */
  wait_milliseconds(50);
  before = processor_seconds();
  wait_milliseconds(300);
  CHECK(processor_seconds() - before < 0.03);
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
  check_threads_are_shared();
  check_host_setting();
  xpl_picture_free(picture);
  xpl_model_free(model);
  check_nothing_goes_on();
  return 0;
}
