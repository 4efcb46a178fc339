// Files that the library carries in its read-only data.
#ifndef EXPLAINCORE_EMBEDDED_H
#define EXPLAINCORE_EMBEDDED_H

#include <stddef.h>

// The `scenes` network: a safetensors file, aligned to 64 bytes.
const void *xpl_embedded_scenes(void);
size_t xpl_embedded_scenes_size(void);

// Names of ImageNet's 1000 classes, a line each, as torchvision has them.
const char *xpl_embedded_imagenet(void);
size_t xpl_embedded_imagenet_size(void);

#endif
