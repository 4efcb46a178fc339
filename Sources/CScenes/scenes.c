#include "scenes.h"

static const unsigned char bytes[] __attribute__((aligned(64))) = {
#embed "scenes.safetensors"
};

const unsigned char *xpl_scenes_bytes(void) { return bytes; }
size_t xpl_scenes_size(void) { return sizeof bytes; }
