/*
 * Classifies pixels in memory, as a camera, a decoder or a window system hands them out: here 32-bit BGRA with padding
 * at the end of each row, filled from a binary PPM file.
 *
 *     cc classify_pixels.c $(pkg-config --cflags --libs explaincore) -o classify_pixels
 *     convert picture.png picture.ppm && ./classify_pixels picture.ppm
 */
#include <explaincore.h>
#include <stdio.h>
#include <stdlib.h>

enum { CLASSES = 3, LARGEST = 10000 };

typedef struct bitmap {
  int width, height;
  size_t stride; /* bytes from one row to the next */
  unsigned char *bytes;
} bitmap;

/* Reads a PPM file of 8-bit samples without comments; `bytes` is NULL if it is none. */
static bitmap read_ppm(const char *path) {
  bitmap result = {0, 0, 0, NULL};
  FILE *file = fopen(path, "rb");
  int x, y, channel;
  if (file == NULL) return result;
  if (fscanf(file, "P6 %d %d 255", &result.width, &result.height) == 2 && fgetc(file) != EOF && result.width > 0
      && result.height > 0 && result.width <= LARGEST && result.height <= LARGEST) {
    result.stride = ((size_t)result.width * 4 + 63) / 64 * 64;
    result.bytes = calloc((size_t)result.height, result.stride);
  }
  for (y = 0; y < result.height && result.bytes != NULL; ++y) {
    for (x = 0; x < result.width; ++x) {
      unsigned char *pixel = result.bytes + (size_t)y * result.stride + (size_t)x * 4;
      for (channel = 2; channel >= 0; --channel) pixel[channel] = (unsigned char)fgetc(file);
      pixel[3] = 255;
    }
  }
  fclose(file);
  return result;
}

int main(int argc, char **argv) {
  bitmap image = {0, 0, 0, NULL};
  xpl_model *model = NULL;
  xpl_picture *picture = NULL;
  xpl_scored_class classes[CLASSES];
  xpl_status status;
  size_t count = 0, i;

  if (argc > 1) image = read_ppm(argv[1]);
  if (image.bytes == NULL) {
    fprintf(stderr, "usage: %s PICTURE.ppm\n", argv[0]);
    return 2;
  }
  status = xpl_picture_from_pixels(
      image.bytes, image.stride * (size_t)image.height, image.width, image.height, image.stride, XPL_PIXELS_BGRA,
      &picture);
  free(image.bytes); /* the picture has its own copy */
  if (status == XPL_OK) status = xpl_model_load("scenes", NULL, &model);
  if (status == XPL_OK) status = xpl_classify(model, picture, CLASSES, classes, &count);
  if (status != XPL_OK) fprintf(stderr, "%s: %s\n", xpl_status_name(status), xpl_last_error());
  for (i = 0; i < count; ++i) printf("%-20s %.4f\n", classes[i].name, classes[i].probability);
  xpl_picture_free(picture);
  xpl_model_free(model);
  return status == XPL_OK ? 0 : 1;
}
