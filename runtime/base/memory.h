/**
 * Memory: the heap, without failure. Where there is none left, one line is printed and the process
 * aborts; recovery is the same as after a kill.
 */
#ifndef PDC_BASE_MEMORY_H
#define PDC_BASE_MEMORY_H

#include "runtime/base/macros.h"

#include <stddef.h>

/** Zeroed memory, to be ended with free(). */
MUST_CHECK void *memory_alloc(size_t size_bytes);
/** As realloc(), for sizes above 0; what is new is not zeroed. */
MUST_CHECK void *memory_resize(void *memory, size_t size_bytes);
/** Prints that `size_bytes` could not be had, and aborts. */
NORETURN void memory_exhausted(size_t size_bytes);

#endif
