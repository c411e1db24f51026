#include "runtime/base/memory.h"

#include <stdio.h>
#include <stdlib.h>

void
memory_exhausted(size_t size_bytes)
{
    fprintf(stderr, "out of memory: %zu bytes could not be allocated\n", size_bytes);
    abort();
}

void *
memory_alloc(size_t size_bytes)
{
    void *memory = calloc(1, size_bytes > 0 ? size_bytes : 1);
    if (memory == NULL) {
        memory_exhausted(size_bytes);
    }
    return memory;
}

void *
memory_resize(void *memory, size_t size_bytes)
{
    void *resized = realloc(memory, size_bytes);
    if (resized == NULL) {
        memory_exhausted(size_bytes);
    }
    return resized;
}
