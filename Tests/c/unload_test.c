/* A program that loads the library, uses it on a thread, and closes it before the thread ends. */
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include <explaincore.h>

static void *library;
static pthread_barrier_t used, closed;

static void *use(void *unused) {
  xpl_status (*set_threads)(int32_t);
  void *symbol = dlsym(library, "xpl_set_threads");
  (void)unused;
  memcpy(&set_threads, &symbol, sizeof symbol);
  /* The thread has a last error now, which is freed at its end by the library's code. */
  if (set_threads(-1) != XPL_INVALID_ARGUMENT) return &library;
  pthread_barrier_wait(&used);
  pthread_barrier_wait(&closed);
  return NULL;
}

int main(void) {
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
