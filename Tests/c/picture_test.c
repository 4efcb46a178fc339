/* Pictures: pixel formats, strides, sizes that cannot be, files. The first argument is a folder to write into. */
#include "check.h"

static void check_pixels(const xpl_picture *picture, const uint8_t *expected, size_t size) {
  uint8_t pixels[64];
  CHECK(size <= sizeof pixels);
  CHECK_OK(xpl_picture_copy_pixels(picture, pixels, size));
  CHECK(memcmp(pixels, expected, size) == 0);
}

static void check_format(
    xpl_pixel_format format, const void *pixels, size_t size, size_t stride, const uint8_t *expected) {
  xpl_picture *picture = NULL;
  int32_t width = -1, height = -1;
  CHECK_OK(xpl_picture_from_pixels(pixels, size, 2, 2, stride, format, &picture));
  CHECK_OK(xpl_picture_size(picture, &width, &height));
  CHECK(width == 2 && height == 2);
  CHECK_OK(xpl_picture_size(picture, NULL, NULL));
  check_pixels(picture, expected, 12);
  xpl_picture_free(picture);
}

static void check_formats(void) {
  static const uint8_t rgb[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  static const uint8_t bgr[] = {3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10};
  static const uint8_t padded[] = {1, 2, 3, 4, 5, 6, 99, 99, 7, 8, 9, 10, 11, 12};
  static const uint8_t rgba[] = {1, 2, 3, 255, 4, 5, 6, 255, 7, 8, 9, 255, 10, 11, 12, 255};
  static const uint8_t bgra[] = {3, 2, 1, 255, 6, 5, 4, 255, 9, 8, 7, 255, 12, 11, 10, 255};
  static const uint8_t alpha[] = {1, 2, 3, 0, 0, 0, 0, 51, 200, 100, 0, 255, 255, 255, 255, 128};
  static const uint8_t over_white[] = {255, 255, 255, 204, 204, 204, 200, 100, 0, 255, 255, 255};
  static const uint8_t gray[] = {0, 7, 99, 128, 255};
  static const uint8_t gray_rgb[] = {0, 0, 0, 7, 7, 7, 128, 128, 128, 255, 255, 255};
  check_format(XPL_PIXELS_RGB, rgb, sizeof rgb, 0, rgb);
  check_format(XPL_PIXELS_RGB, rgb, sizeof rgb, 6, rgb);
  check_format(XPL_PIXELS_BGR, bgr, sizeof bgr, 0, rgb);
  /* The last row needs no padding. */
  check_format(XPL_PIXELS_RGB, padded, sizeof padded, 8, rgb);
  check_format(XPL_PIXELS_RGBA, rgba, sizeof rgba, 8, rgb);
  check_format(XPL_PIXELS_BGRA, bgra, sizeof bgra, 0, rgb);
  check_format(XPL_PIXELS_RGBA, alpha, sizeof alpha, 0, over_white);
  check_format(XPL_PIXELS_GRAY, gray, sizeof gray, 3, gray_rgb);
}

static void check_refusals(void) {
  static const uint8_t bytes[64] = {0};
  const struct {
    size_t size;
    int32_t width, height;
    size_t stride;
    int format;
    const char *words;
  } cases[] = {
      {64, 0, 2, 0, XPL_PIXELS_RGB, "0x2 pixels"},
      {64, 2, 0, 0, XPL_PIXELS_RGB, "2x0 pixels"},
      {64, -1, 2, 0, XPL_PIXELS_RGB, "-1x2 pixels"},
      {64, 2, INT32_MIN, 0, XPL_PIXELS_RGB, "16384"},
      {SIZE_MAX / 2, 16385, 1, 0, XPL_PIXELS_GRAY, "16385x1 pixels"},
      {64, INT32_MAX, INT32_MAX, 0, XPL_PIXELS_RGBA, "16384"},
      {SIZE_MAX / 2, 16384, 16384, 0, XPL_PIXELS_RGB, "100000000"},
      {SIZE_MAX / 2, 2, 16384, SIZE_MAX / 2, XPL_PIXELS_RGB, "take more"},
      {64, 2, 2, SIZE_MAX, XPL_PIXELS_RGB, "stride"},
      {SIZE_MAX, 2, 2, 0, XPL_PIXELS_RGB, "size is"},
      {64, 2, 2, 5, XPL_PIXELS_RGB, "stride of 5"},
      {11, 2, 2, 0, XPL_PIXELS_RGB, "11 bytes"},
      {0, 2, 2, 0, XPL_PIXELS_GRAY, "0 bytes"},
      {64, 2, 2, 0, 5, "format is 5"},
      {64, 2, 2, 0, -1, "format is -1"},
  };
  size_t i;
  for (i = 0; i < sizeof cases / sizeof *cases; ++i) {
    xpl_picture *picture = POISON;
    CHECK_FAILS(XPL_INVALID_ARGUMENT, cases[i].words,
        xpl_picture_from_pixels(bytes, cases[i].size, cases[i].width, cases[i].height, cases[i].stride,
            (xpl_pixel_format)cases[i].format, &picture));
    CHECK(picture == NULL);
  }
}

static void check_files(const char *folder) {
  char path[4096], too[4200];
  xpl_picture *picture = disc_picture(40, 30), *again = POISON;
  uint8_t first[40 * 30 * 3], second[40 * 30 * 3];
  void *png = NULL;
  size_t size = 0;
  FILE *file;

  CHECK_OK(xpl_picture_copy_pixels(picture, first, sizeof first));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "3600", xpl_picture_copy_pixels(picture, first, sizeof first - 1));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "3600", xpl_picture_copy_pixels(picture, first, sizeof first + 1));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "18446744073709551615", xpl_picture_copy_pixels(picture, first, UINT64_MAX));

  CHECK_OK(xpl_picture_encode_png(picture, &png, &size));
  CHECK(size > 8 && memcmp(png, "\x89PNG", 4) == 0);
  CHECK_OK(xpl_picture_decode(png, size, &again));
  CHECK_OK(xpl_picture_copy_pixels(again, second, sizeof second));
  CHECK(memcmp(first, second, sizeof first) == 0);
  xpl_picture_free(again);

  again = POISON;
  CHECK_FAILS(XPL_BAD_FILE, "truncated", xpl_picture_decode(png, size / 2, &again));
  CHECK(again == NULL);
  CHECK_FAILS(XPL_BAD_FILE, "empty", xpl_picture_decode(png, 0, &again));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "size", xpl_picture_decode(png, SIZE_MAX, &again));
  CHECK_FAILS(XPL_BAD_FILE, "not a picture", xpl_picture_decode("hello, world", 12, &again));

  snprintf(path, sizeof path, "%s/picture.png", folder);
  file = fopen(path, "wb");
  CHECK(file != NULL && fputs("in the way", file) >= 0 && fclose(file) == 0);
  CHECK_OK(xpl_picture_save(picture, path));
  CHECK_OK(xpl_picture_read(path, &again));
  CHECK_OK(xpl_picture_copy_pixels(again, second, sizeof second));
  CHECK(memcmp(first, second, sizeof first) == 0);
  xpl_picture_free(again);

  snprintf(path, sizeof path, "%s/broken.png", folder);
  file = fopen(path, "wb");
  CHECK(file != NULL && fwrite(png, 1, size / 2, file) == size / 2 && fclose(file) == 0);
  again = POISON;
  CHECK_FAILS(XPL_BAD_FILE, "broken.png", xpl_picture_read(path, &again));
  CHECK(again == NULL);
  CHECK_FAILS(XPL_IO, "directory", xpl_picture_read(folder, &again));
  snprintf(too, sizeof too, "%s/no/such/file.png", folder);
  CHECK_FAILS(XPL_IO, "file.png", xpl_picture_read(too, &again));
  CHECK_FAILS(XPL_IO, "file.png", xpl_picture_save(picture, too));
  CHECK_FAILS(XPL_INVALID_ARGUMENT, "UTF-8", xpl_picture_read("\xff.png", &again));
  xpl_free(png);
  xpl_picture_free(picture);
}

int main(int argc, char **argv) {
  CHECK(argc > 1);
  check_formats();
  check_refusals();
  check_files(argv[1]);
  return 0;
}
