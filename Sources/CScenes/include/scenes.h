// The embedded `scenes` network: a safetensors file in the library's read-only data.
#ifndef EXPLAINCORE_SCENES_H
#define EXPLAINCORE_SCENES_H

#include <stddef.h>

const unsigned char *xpl_scenes_bytes(void);
size_t xpl_scenes_size(void);

#endif
