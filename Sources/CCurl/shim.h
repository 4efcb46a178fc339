#pragma once
#include <curl/curl.h>

// libcurl is loaded when it is needed, and Swift cannot call variadic functions: each of these calls one, given its
// address, with one type of argument.

typedef CURLcode (*xpl_curl_setopt)(CURL *, CURLoption, ...);
typedef CURLcode (*xpl_curl_getinfo)(CURL *, CURLINFO, ...);
typedef size_t (*xpl_curl_write)(char *bytes, size_t size, size_t count, void *user);
typedef int (*xpl_curl_transfer)(
    void *user, curl_off_t download_total, curl_off_t downloaded, curl_off_t upload_total, curl_off_t uploaded);

static inline CURLcode xpl_curl_set_text(void *setopt, CURL *curl, CURLoption option, const char *value) {
  return ((xpl_curl_setopt)setopt)(curl, option, value);
}

static inline CURLcode xpl_curl_set_number(void *setopt, CURL *curl, CURLoption option, long value) {
  return ((xpl_curl_setopt)setopt)(curl, option, value);
}

static inline CURLcode xpl_curl_set_pointer(void *setopt, CURL *curl, CURLoption option, void *value) {
  return ((xpl_curl_setopt)setopt)(curl, option, value);
}

static inline CURLcode xpl_curl_set_write(void *setopt, CURL *curl, xpl_curl_write callback) {
  return ((xpl_curl_setopt)setopt)(curl, CURLOPT_WRITEFUNCTION, callback);
}

static inline CURLcode xpl_curl_set_transfer(void *setopt, CURL *curl, xpl_curl_transfer callback) {
  return ((xpl_curl_setopt)setopt)(curl, CURLOPT_XFERINFOFUNCTION, callback);
}

static inline long xpl_curl_response_code(void *getinfo, CURL *curl) {
  long code = 0;
  ((xpl_curl_getinfo)getinfo)(curl, CURLINFO_RESPONSE_CODE, &code);
  return code;
}

static inline curl_off_t xpl_curl_content_length(void *getinfo, CURL *curl) {
  curl_off_t length = -1;
  ((xpl_curl_getinfo)getinfo)(curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  return length;
}
