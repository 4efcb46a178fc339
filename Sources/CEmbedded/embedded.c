#include "embedded.h"

static const unsigned char scenes[] __attribute__((aligned(64))) = {
#embed "scenes.safetensors"
};

static const char imagenet[] = {
#embed "imagenet.txt"
};

const void *xpl_embedded_scenes(void) { return scenes; }
size_t xpl_embedded_scenes_size(void) { return sizeof scenes; }
const char *xpl_embedded_imagenet(void) { return imagenet; }
size_t xpl_embedded_imagenet_size(void) { return sizeof imagenet; }
