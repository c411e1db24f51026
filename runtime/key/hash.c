#include "runtime/key/hash.h"

#include "runtime/base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct Hash {
    XXH3_state_t *state;
};

Hash *
hash_begin(void)
{
    Hash *hash = memory_alloc(sizeof *hash);
    hash->state = XXH3_createState();
    if (hash->state == NULL) {
        memory_exhausted(sizeof *hash);
    }
    XXH3_128bits_reset(hash->state);
    return hash;
}

void
hash_stream(Hash *hash, const void *bytes, size_t length)
{
    XXH3_128bits_update(hash->state, bytes, length);
}

/** A number in an order of bytes that is the same on every machine. */
static void
add_number(Hash *hash, uint64_t number)
{
    unsigned char bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)(number >> (8 * i));
    }
    hash_stream(hash, bytes, sizeof bytes);
}

void
hash_bytes(Hash *hash, const void *bytes, size_t length)
{
    add_number(hash, (uint64_t)length);
    hash_stream(hash, bytes, length);
}

void
hash_text(Hash *hash, const char *text)
{
    if (text == NULL) {
        add_number(hash, UINT64_MAX);
        return;
    }
    hash_bytes(hash, text, strlen(text));
}

void
hash_number(Hash *hash, uint64_t number)
{
    add_number(hash, sizeof number);
    add_number(hash, number);
}

void
hash_end(Hash *hash, char ret_digits[HASH_DIGITS + 1])
{
    XXH128_hash_t digest = XXH3_128bits_digest(hash->state);
    snprintf(ret_digits, HASH_DIGITS + 1, "%016llx%016llx", (unsigned long long)digest.high64,
             (unsigned long long)digest.low64);
    hash_free(hash);
}

const char *
hash_end_in(Hash *hash, Arena *arena)
{
    char digits[HASH_DIGITS + 1];
    hash_end(hash, digits);
    return arena_strdup(arena, digits);
}

void
hash_free(Hash *hash)
{
    if (hash != NULL) {
        XXH3_freeState(hash->state);
        free(hash);
    }
}

const char *
hash_of_text(const char *text, Arena *arena)
{
    Hash *hash = hash_begin();
    hash_text(hash, text);
    return hash_end_in(hash, arena);
}

/** Reads to the end of the file. @return 0, or < 0 with errno set */
static int
stream_file(FILE *file, Hash *hash)
{
    enum { BLOCK_BYTES = 1 << 16 };
    char *block = memory_alloc(BLOCK_BYTES);
    size_t length;
    while ((length = fread(block, 1, BLOCK_BYTES, file)) > 0) {
        hash_stream(hash, block, length);
    }
    int problem = ferror(file) ? errno : 0;
    free(block);
    errno = problem;
    return problem == 0 ? 0 : -1;
}

int
hash_file(const char *path, char ret_digits[HASH_DIGITS + 1])
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return -1;
    }
    CLEANUP(hash_freep) Hash *hash = hash_begin();
    int result = stream_file(file, hash);
    int problem = errno;
    fclose(file);
    if (result == 0) {
        hash_end(TAKE(hash), ret_digits);
    }
    errno = problem;
    return result;
}
