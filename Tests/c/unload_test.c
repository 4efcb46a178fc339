/* Programs that load the library and close it: before a thread that used it ends, and a thousand times over. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#include <explaincore.h>

enum { CYCLES = 1000 };

static void *library;
static pthread_barrier_t used, closed;

static xpl_status fail(void) {
  xpl_status (*set_threads)(int32_t);
  void *symbol = dlsym(library, "xpl_set_threads");
  memcpy(&set_threads, &symbol, sizeof symbol);
  return set_threads(-1);
}

static void *use(void *unused) {
  (void)unused;
  /* The thread has a last error now, which is freed at its end by the library's code. */
  if (fail() != XPL_INVALID_ARGUMENT) return &library;
  pthread_barrier_wait(&used);
  pthread_barrier_wait(&closed);
  return NULL;
}

static int close_before_a_thread_ends(void) {
  pthread_t thread;
  void *result = &library;
  library = dlopen("libexplaincore.so.1", RTLD_NOW);
  if (library == NULL) return 2;
  pthread_barrier_init(&used, NULL, 2);
  pthread_barrier_init(&closed, NULL, 2);
  if (pthread_create(&thread, NULL, use, NULL) != 0) return 3;
  pthread_barrier_wait(&used);
  if (dlclose(library) != 0) return 4;
  pthread_barrier_wait(&closed);
  pthread_join(thread, &result);
  return result == NULL ? 0 : 5;
}

/* The process's largest resident size in KiB. */
static long memory(void) {
  struct rusage usage;
  return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : 0;
}

static int open_and_close(void) {
  long before = 0;
  int i;
  for (i = 0; i < CYCLES; ++i) {
    library = dlopen("libexplaincore.so.1", RTLD_NOW);
    if (library == NULL) return 6;
    if (fail() != XPL_INVALID_ARGUMENT) return 7;
    if (dlclose(library) != 0) return 8;
    /* What the first cycles take, memcheck for its own purposes, stays the same. */
    if (i == CYCLES / 2) before = memory();
  }
  /* A page lost in every cycle would be 2 MB. */
  return memory() - before < 1024 ? 0 : 9;
}

int main(void) {
  int failure = close_before_a_thread_ends();
  return failure != 0 ? failure : open_and_close();
}
