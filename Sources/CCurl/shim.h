#pragma once
#include <curl/curl.h>

// Swift cannot call variadic functions; these have one type of argument each.

static inline CURLcode xpl_curl_set_text(CURL *curl, CURLoption option, const char *value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode xpl_curl_set_number(CURL *curl, CURLoption option, long value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode xpl_curl_set_pointer(CURL *curl, CURLoption option, void *value) {
  return curl_easy_setopt(curl, option, value);
}

typedef size_t (*xpl_curl_write)(char *bytes, size_t size, size_t count, void *user);

static inline CURLcode xpl_curl_set_write(CURL *curl, xpl_curl_write callback) {
  return curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, callback);
}

typedef int (*xpl_curl_transfer)(
    void *user, curl_off_t download_total, curl_off_t downloaded, curl_off_t upload_total, curl_off_t uploaded);

static inline CURLcode xpl_curl_set_transfer(CURL *curl, xpl_curl_transfer callback) {
  return curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, callback);
}

static inline long xpl_curl_response_code(CURL *curl) {
  long code = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
  return code;
}
