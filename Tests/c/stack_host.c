/*
 * A host whose threads have stacks of 64 KiB loads a plug-in that uses the library.
 *
 * It does not link the library itself: OpenBLAS keeps 60 KiB for each thread in some builds, which the C library takes
 * from the stack if OpenBLAS is there from the start, so that no such thread could be made at all.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { STACK = 64 * 1024 };

int main(int argc, char **argv) {
  void *(*work)(void *);
  void *plugin = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL, *symbol;
  pthread_attr_t attributes;
  pthread_t thread;
  if (plugin == NULL || (symbol = dlsym(plugin, "work")) == NULL) return fprintf(stderr, "%s\n", dlerror()), 2;
  memcpy(&work, &symbol, sizeof symbol);
  if (pthread_attr_init(&attributes) != 0 || pthread_attr_setstacksize(&attributes, STACK) != 0) return 3;
  if (pthread_create(&thread, &attributes, work, NULL) != 0) return 4;
  return pthread_join(thread, NULL) == 0 ? 0 : 5;
}
