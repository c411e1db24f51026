#include "runtime/base/vec.h"

#include "runtime/base/memory.h"

#include <stdint.h>
#include <string.h>

enum { FIRST_CAPACITY = 8 };

/* The capacity that follows `capacity`, so that `n + 1` elements fit and their bytes can be
 * counted. */
static size_t
next_capacity(size_t capacity, size_t n, size_t element_bytes)
{
    size_t next = capacity < FIRST_CAPACITY ? FIRST_CAPACITY : capacity;
    while (next <= n) {
        if (next > SIZE_MAX / 2 / element_bytes) {
            memory_exhausted(SIZE_MAX);
        }
        next *= 2;
    }
    return next;
}

void *
vec_grow_heap(void *items, size_t *capacity, size_t n, size_t element_bytes)
{
    *capacity = next_capacity(*capacity, n, element_bytes);
    return memory_resize(items, *capacity * element_bytes);
}

void *
vec_grow_arena(Arena *arena, void *items, size_t *capacity, size_t n, size_t element_bytes)
{
    *capacity = next_capacity(*capacity, n, element_bytes);
    void *grown = arena_calloc(arena, *capacity, element_bytes);
    if (n > 0) {
        memcpy(grown, items, n * element_bytes);
    }
    return grown;
}
