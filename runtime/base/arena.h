/**
 * Arena: memory with one lifetime. Allocation never fails (out of memory prints one line and
 * aborts), there is no single free, and everything ends with arena_free() or arena_clear().
 *
 * One thread at a time.
 */
#ifndef PDC_BASE_ARENA_H
#define PDC_BASE_ARENA_H

#include "runtime/base/macros.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Arena Arena;

/** A new, empty arena, owned by the caller. */
MUST_CHECK Arena *arena_new(void);

/** Frees the arena and all that was allocated in it; NULL is fine. */
void arena_free(Arena *arena);
DEFINE_CLEANUP(arena_freep, Arena, arena_free)

/** Frees what was allocated but keeps the arena for use again. */
void arena_clear(Arena *arena);

/** Zeroed memory, aligned for any type. */
void *arena_alloc(Arena *arena, size_t size_bytes);

/** Zeroed memory for `count` elements of `size_bytes`; the product is checked. */
void *arena_calloc(Arena *arena, size_t count, size_t size_bytes);

char *arena_strdup(Arena *arena, const char *text);
/** A NUL-terminated copy of the first `length` bytes. */
char *arena_strndup(Arena *arena, const char *text, size_t length);
void *arena_memdup(Arena *arena, const void *data, size_t size_bytes);
char *arena_printf(Arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
char *arena_vprintf(Arena *arena, const char *format, va_list args) PRINTF_LIKE(2, 0);

/** Bytes handed out so far, for figures and tests. */
size_t arena_used_bytes(const Arena *arena);

#define ARENA_NEW(arena, Type)          ((Type *)arena_alloc((arena), sizeof(Type)))
#define ARENA_ARRAY(arena, Type, count) ((Type *)arena_calloc((arena), (count), sizeof(Type)))

#endif
