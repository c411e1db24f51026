/**
 * Hash: XXH3-128 over a row of fields, rendered as 32 hex digits.
 *
 * Each field is hashed with its length, so that ("ab", "c") and ("a", "bc") differ. Not meant
 * against adversaries. A Hash is freed by hash_end(), which gives its digits.
 */
#ifndef PDC_KEY_HASH_H
#define PDC_KEY_HASH_H

#include "runtime/base/arena.h"
#include "runtime/base/macros.h"

#include <stddef.h>
#include <stdint.h>

enum { HASH_DIGITS = 32 };

typedef struct Hash Hash;

MUST_CHECK Hash *hash_begin(void);
/** Adds a field; NULL differs from "". */
void hash_text(Hash *hash, const char *text);
void hash_bytes(Hash *hash, const void *bytes, size_t length);
void hash_number(Hash *hash, uint64_t number);
/** Adds bytes without a length: parts of one field, as a file is read in. */
void hash_stream(Hash *hash, const void *bytes, size_t length);
/** Ends it. @param ret_digits  32 digits and a NUL */
void hash_end(Hash *hash, char ret_digits[HASH_DIGITS + 1]);
/** Ends it. @return the digits, in `arena` */
const char *hash_end_in(Hash *hash, Arena *arena);
void hash_free(Hash *hash);
DEFINE_CLEANUP(hash_freep, Hash, hash_free)

/** Of one text. */
const char *hash_of_text(const char *text, Arena *arena);

/** Content of a file. @return 0, or < 0 with errno set */
MUST_CHECK int hash_file(const char *path, char ret_digits[HASH_DIGITS + 1]);

#endif
