/*
 * Explains many pictures on several threads that share one model; writes PICTURE.cam.png beside each.
 *
 *     cc many_pictures.c $(pkg-config --cflags --libs explaincore) -pthread -o many_pictures
 *     ./many_pictures *.png
 */
#include <explaincore.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 4 };

static xpl_model *model; /* immutable: any number of threads may use it at once */
static char **pictures;
static int picture_count, next_picture, failures;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static xpl_status explain(const char *path, const char *output) {
  xpl_picture *picture = NULL, *overlay = NULL;
  xpl_method *method = NULL;
  xpl_explanation *explanation = NULL;
  xpl_status status = xpl_picture_read(path, &picture);
  if (status == XPL_OK) status = xpl_method_create("grad-cam", NULL, &method);
  if (status == XPL_OK) status = xpl_explain(model, picture, method, NULL, NULL, &explanation);
  if (status == XPL_OK) status = xpl_explanation_render(explanation, XPL_RENDERING_OVERLAY, &overlay);
  if (status == XPL_OK) status = xpl_picture_save(overlay, output);
  xpl_picture_free(overlay);
  xpl_explanation_free(explanation);
  xpl_method_free(method);
  xpl_picture_free(picture);
  return status;
}

static int taken(void) {
  int index;
  pthread_mutex_lock(&lock);
  index = next_picture++;
  pthread_mutex_unlock(&lock);
  return index;
}

static void *work(void *unused) {
  int index;
  (void)unused;
  while ((index = taken()) < picture_count) {
    const char *path = pictures[index];
    char *output = malloc(strlen(path) + sizeof ".cam.png");
    if (output == NULL) return NULL;
    strcat(strcpy(output, path), ".cam.png");
    if (explain(path, output) != XPL_OK) { /* the last error is this thread's own */
      fprintf(stderr, "%s: %s\n", path, xpl_last_error());
      pthread_mutex_lock(&lock);
      ++failures;
      pthread_mutex_unlock(&lock);
    }
    free(output);
  }
  return NULL;
}

int main(int argc, char **argv) {
  pthread_t threads[THREADS];
  int i, started = 0;
  pictures = argv + 1;
  picture_count = argc - 1;
  /* The pictures keep the processors busy: each call of the library shall use one thread only. */
  if (xpl_set_threads(1) != XPL_OK || xpl_model_load("scenes", NULL, &model) != XPL_OK)
    return fprintf(stderr, "%s: %s\n", argv[0], xpl_last_error()), 1;
  for (i = 0; i < THREADS; ++i) started += pthread_create(&threads[started], NULL, work, NULL) == 0;
  for (i = 0; i < started; ++i) pthread_join(threads[i], NULL);
  xpl_model_free(model);
  return failures > 0 || started == 0;
}
