#include "runtime/base/arena.h"

#include "runtime/base/memory.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_FIRST_BYTES = 4096, CHUNK_LAST_BYTES = 1024 * 1024 };

/* Under the address sanitizer each allocation is followed by bytes that must not be touched. */
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
enum { GUARD_BYTES = 16 };
#define GUARD(start, size_bytes)   ASAN_POISON_MEMORY_REGION((start), (size_bytes))
#define UNGUARD(start, size_bytes) ASAN_UNPOISON_MEMORY_REGION((start), (size_bytes))
#else
enum { GUARD_BYTES = 0 };
#define GUARD(start, size_bytes)   ((void)0)
#define UNGUARD(start, size_bytes) ((void)0)
#endif

typedef struct Chunk Chunk;
struct Chunk {
    Chunk *next;
    size_t size_bytes; /* of `data` */
    size_t used_bytes;
    alignas(max_align_t) unsigned char data[];
};

struct Arena {
    Chunk *chunks;     /* the first one is the one that is filled */
    size_t next_bytes; /* size of the next ordinary chunk */
    size_t used_bytes;
};

Arena *
arena_new(void)
{
    Arena *arena = memory_alloc(sizeof(Arena));
    arena->next_bytes = CHUNK_FIRST_BYTES;
    return arena;
}

void
arena_clear(Arena *arena)
{
    Chunk *chunk = arena->chunks;
    while (chunk != NULL) {
        Chunk *next = chunk->next;
        UNGUARD(chunk->data, chunk->size_bytes);
        free(chunk);
        chunk = next;
    }
    *arena = (Arena){.next_bytes = CHUNK_FIRST_BYTES};
}

void
arena_free(Arena *arena)
{
    if (arena != NULL) {
        arena_clear(arena);
        free(arena);
    }
}

static Chunk *
chunk_new(size_t size_bytes)
{
    Chunk *chunk = memory_alloc(sizeof(Chunk) + size_bytes);
    chunk->size_bytes = size_bytes;
    GUARD(chunk->data, size_bytes);
    return chunk;
}

/* Makes room for `size_bytes` in the first chunk. Big blocks get a chunk of their own, behind the
 * first one, so that the rest of that one is not lost. */
static Chunk *
arena_chunk_for(Arena *arena, size_t size_bytes)
{
    Chunk *first = arena->chunks;
    if (first != NULL && first->size_bytes - first->used_bytes >= size_bytes) {
        return first;
    }
    if (first != NULL && size_bytes > arena->next_bytes / 4) {
        Chunk *big = chunk_new(size_bytes);
        big->next = first->next;
        first->next = big;
        return big;
    }
    Chunk *chunk = chunk_new(size_bytes > arena->next_bytes ? size_bytes : arena->next_bytes);
    if (arena->next_bytes < CHUNK_LAST_BYTES) {
        arena->next_bytes *= 2;
    }
    chunk->next = first;
    arena->chunks = chunk;
    return chunk;
}

void *
arena_alloc(Arena *arena, size_t size_bytes)
{
    const size_t alignment = alignof(max_align_t);
    if (size_bytes > SIZE_MAX / 2) {
        memory_exhausted(size_bytes);
    }
    size_t rounded = (size_bytes + GUARD_BYTES + alignment - 1) / alignment * alignment;
    if (rounded == 0) {
        rounded = alignment;
    }
    Chunk *chunk = arena_chunk_for(arena, rounded);
    unsigned char *memory = chunk->data + chunk->used_bytes;
    chunk->used_bytes += rounded;
    arena->used_bytes += size_bytes;
    UNGUARD(memory, size_bytes);
    return memory; /* chunks come zeroed and no byte is handed out twice */
}

void *
arena_calloc(Arena *arena, size_t count, size_t size_bytes)
{
    if (size_bytes != 0 && count > SIZE_MAX / size_bytes) {
        memory_exhausted(SIZE_MAX);
    }
    return arena_alloc(arena, count * size_bytes);
}

void *
arena_memdup(Arena *arena, const void *data, size_t size_bytes)
{
    void *copy = arena_alloc(arena, size_bytes);
    if (size_bytes > 0) {
        memcpy(copy, data, size_bytes);
    }
    return copy;
}

char *
arena_strndup(Arena *arena, const char *text, size_t length)
{
    char *copy = arena_calloc(arena, length + 1, 1);
    if (length > 0) {
        memcpy(copy, text, length);
    }
    return copy;
}

char *
arena_strdup(Arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

char *
arena_vprintf(Arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0) {
        BUG("a text can't be formatted: \"%s\"", format);
    }
    char *text = arena_alloc(arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, args);
    return text;
}

char *
arena_printf(Arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

size_t
arena_used_bytes(const Arena *arena)
{
    return arena->used_bytes;
}
