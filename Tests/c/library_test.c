/* The library as a whole: versions, names of statuses, threads, facts. */
#include "check.h"
#include "tiny_onnx.h"

typedef struct messages {
  int count[3];
  char last[256];
} messages;

/* It may call the library, whose messages are not reported meanwhile. */
static void take_note(xpl_log_level level, const char *message, void *user) {
  messages *log = user;
  CHECK(level >= XPL_LOG_INFO && level <= XPL_LOG_ERROR);
  CHECK(strchr(message, '\n') == NULL);
  ++log->count[level];
  snprintf(log->last, sizeof log->last, "%s", message);
  CHECK(xpl_set_threads(-1) == XPL_INVALID_ARGUMENT);
}

static int stop(const xpl_progress *progress, void *user) {
  (void)progress;
  (void)user;
  return 1;
}

/* Levels of messages: what a result is to be trusted for, and a run that was stopped, which is no failure. */
static void check_levels(void) {
  messages log = {{0, 0, 0}, ""};
  xpl_model *model = NULL;
  xpl_picture *picture = NULL;
  xpl_method *method = NULL;
  xpl_explanation *explanation = NULL;
  const uint8_t black[3] = {0, 0, 0};
  xpl_summary summary;
  CHECK_OK(xpl_model_load_onnx(tiny_onnx, sizeof tiny_onnx, NULL, NULL, &model));
  CHECK_OK(xpl_picture_from_pixels(black, 3, 1, 1, 0, XPL_PIXELS_RGB, &picture));
  CHECK_OK(xpl_set_log(take_note, &log));
  CHECK(xpl_explain_mask(model, picture, NULL, stop, NULL, &explanation) == XPL_CANCELLED);
  CHECK(log.count[XPL_LOG_ERROR] == 0 && log.count[XPL_LOG_INFO] > 0);
  CHECK(strstr(log.last, "stopped by the progress callback") != NULL);
  xpl_explanation_free(explanation);
  /* The model has no ReLUs for it. */
  CHECK_OK(xpl_method_create("guided-backprop", NULL, &method));
  memset(log.count, 0, sizeof log.count);
  CHECK_OK(xpl_explain(model, picture, method, NULL, NULL, &explanation));
  CHECK_OK(xpl_explanation_summary(explanation, sizeof summary, &summary));
  CHECK(summary.warning_count == 1 && strstr(summary.warnings[0], "no ReLUs") != NULL);
  CHECK(log.count[XPL_LOG_WARNING] == 1);
  CHECK(log.count[XPL_LOG_ERROR] == 0);
  CHECK_OK(xpl_set_log(NULL, NULL));
  xpl_explanation_free(explanation);
  xpl_method_free(method);
  xpl_picture_free(picture);
  xpl_model_free(model);
}

static void check_log(void) {
  messages log = {{0, 0, 0}, ""};
  xpl_model *model = NULL;
  CHECK_OK(xpl_set_log(take_note, &log));
  CHECK(xpl_set_threads(-5) == XPL_INVALID_ARGUMENT);
  CHECK(log.count[XPL_LOG_ERROR] == 1 && strstr(log.last, "-5 threads") != NULL);
  CHECK_OK(xpl_model_load("scenes", NULL, &model));
  CHECK(log.count[XPL_LOG_INFO] == 1 && strncmp(log.last, "loaded scenes, 12 classes, in ", 30) == 0);
  xpl_model_free(model);
  CHECK_OK(xpl_set_log(NULL, &log));
  CHECK(xpl_set_threads(-5) == XPL_INVALID_ARGUMENT);
  CHECK(log.count[XPL_LOG_ERROR] == 1);
}

/* What the library says that it computes with. */
static int computes_with(const char *level) {
  char *json = NULL, words[64];
  int found;
  snprintf(words, sizeof words, "\"kernels\":\"%s\"", level);
  CHECK_OK(xpl_info(&json));
  found = strstr(json, words) != NULL;
  xpl_free(json);
  return found;
}

static void check_batch_memory(void) {
  size_t bytes = 0;
  CHECK_OK(xpl_batch_memory(&bytes));
  CHECK(bytes == (size_t)512 << 20);
  CHECK_OK(xpl_set_batch_memory(1));
  CHECK_OK(xpl_batch_memory(&bytes));
  CHECK(bytes == 1);
  CHECK_OK(xpl_set_batch_memory((size_t)-1));
  CHECK_OK(xpl_batch_memory(&bytes));
  CHECK(bytes >= (size_t)-1 / 2);
  CHECK_OK(xpl_set_batch_memory(0));
  CHECK_OK(xpl_batch_memory(&bytes));
  CHECK(bytes == (size_t)512 << 20);
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "out_bytes", xpl_batch_memory(NULL));
}

static void check_cpu_level(void) {
  CHECK_OK(xpl_set_cpu_level("baseline"));
  CHECK(computes_with("baseline"));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "baseline, avx2, avx512", xpl_set_cpu_level("avx3"));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "UTF-8", xpl_set_cpu_level("\xff"));
  CHECK(computes_with("baseline"));
  CHECK_OK(xpl_set_cpu_level(NULL));
  CHECK(computes_with("baseline") || computes_with("avx2") || computes_with("avx512"));
}

int main(void) {
  char version[32];
  char *json = POISON;
  int32_t threads = -1, before;
  int status;

  /* Before any failure. */
  CHECK(strcmp(xpl_last_error(), "") == 0);

  CHECK(strcmp(xpl_version(), XPL_VERSION) == 0);
  snprintf(version, sizeof version, "%d.%d.%d", XPL_VERSION_MAJOR, XPL_VERSION_MINOR, XPL_VERSION_PATCH);
  CHECK(strcmp(version, XPL_VERSION) == 0);

  for (status = XPL_OK; status <= XPL_INTERNAL; ++status)
    CHECK(strncmp(xpl_status_name((xpl_status)status), "XPL_", 4) == 0);
  CHECK(strcmp(xpl_status_name(XPL_BAD_FILE), "XPL_BAD_FILE") == 0);
  CHECK(strcmp(xpl_status_name((xpl_status)99), "unknown status") == 0);

  CHECK_OK(xpl_threads(&before));
  CHECK(before >= 1);
  CHECK_OK(xpl_set_threads(3));
  CHECK_OK(xpl_threads(&threads));
  CHECK(threads == 3);
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "1024", xpl_set_threads(-1));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "1024", xpl_set_threads(1025));
  CHECK_OK(xpl_threads(&threads));
  CHECK(threads == 3);
  CHECK_OK(xpl_set_threads(0));
  CHECK_OK(xpl_threads(&threads));
  CHECK(threads == before);

  check_batch_memory();

  CHECK_OK(xpl_info(&json));
  CHECK(strstr(json, "\"version\":") != NULL && strstr(json, XPL_VERSION) != NULL);
  CHECK(strstr(json, "\"blas\":") != NULL && strstr(json, "\"scenes\"") != NULL);
  xpl_free(json);
  xpl_free(NULL);
  check_log();
  check_levels();
  check_cpu_level();
  return 0;
}
