/* The library as a whole: versions, names of statuses, threads, facts. */
#include "check.h"

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

  CHECK_OK(xpl_info(&json));
  CHECK(strstr(json, "\"version\":") != NULL && strstr(json, XPL_VERSION) != NULL);
  CHECK(strstr(json, "\"blas\":") != NULL && strstr(json, "\"scenes\"") != NULL);
  xpl_free(json);
  xpl_free(NULL);
  return 0;
}
