/* Assertions for the test programs: the first that fails ends the program and says where. */
#ifndef CHECK_H
#define CHECK_H

#include <explaincore.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                                   \
  do {                                                                                                     \
    if (!(condition)) {                                                                                    \
      fprintf(stderr, "%s:%d: %s\n  last error: %s\n", __FILE__, __LINE__, #condition, xpl_last_error()); \
      exit(1);                                                                                             \
    }                                                                                                      \
  } while (0)

#define CHECK_OK(call) CHECK((call) == XPL_OK)

/* The call fails with the status, and the error says the words. */
#define CHECK_FAILS(expected, words, call)                 \
  do {                                                     \
    CHECK((call) == (expected));                           \
    CHECK(strstr(xpl_last_error(), (words)) != NULL);      \
    CHECK(strchr(xpl_last_error(), '\n') == NULL);         \
  } while (0)

/* A pointer that a failing call must set to NULL. */
#define POISON ((void *)(uintptr_t)0x10)

/* The embedded model for pictures of 96x96 instead of 224x224: as many steps in a fifth of the time, for memcheck. */
static inline xpl_model *small_scenes(void) {
  xpl_model *model = NULL;
  xpl_model_options options;
  CHECK_OK(xpl_model_options_init(&options, sizeof options));
  options.width = options.height = 96;
  CHECK_OK(xpl_model_load("scenes", &options, &model));
  return model;
}

/* A picture with a bright disc on a colored slope. */
static inline xpl_picture *disc_picture(int32_t width, int32_t height) {
  xpl_picture *picture = NULL;
  size_t size = (size_t)width * (size_t)height * 3;
  uint8_t *pixels = malloc(size);
  int32_t x, y;
  CHECK(pixels != NULL);
  for (y = 0; y < height; ++y) {
    for (x = 0; x < width; ++x) {
      uint8_t *pixel = pixels + 3 * ((size_t)y * (size_t)width + (size_t)x);
      double dx = x - 0.4 * width, dy = y - 0.6 * height;
      int inside = dx * dx + dy * dy < 0.04 * width * width;
      pixel[0] = inside ? 240 : (uint8_t)(255 * x / width);
      pixel[1] = inside ? (uint8_t)(x % 16 < 8 ? 200 : 40) : (uint8_t)(255 * y / height);
      pixel[2] = 60;
    }
  }
  CHECK_OK(xpl_picture_from_pixels(pixels, size, width, height, 0, XPL_PIXELS_RGB, &picture));
  free(pixels);
  return picture;
}

#endif
