#include "runtime/base/lookup3.h"
#include "runtime/base/str.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

Test(lookup3, numbers_hash_as_in_postgresql)
{
    static const struct {
        int64_t number, seed, hash;
    } cases[] = {
#define HASH_INT64(number, seed, hash) {number, seed, hash},
#define HASH_TEXT(text, times, seed, hash)
#include "tests/unit/runtime/base/lookup3.def"
#undef HASH_INT64
#undef HASH_TEXT
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        uint64_t hash = lookup3_hash_int64(cases[i].number, (uint64_t)cases[i].seed);
        cr_assert_eq(hash, (uint64_t)cases[i].hash, "%" PRId64 " seed %" PRId64, cases[i].number,
                     cases[i].seed);
    }
}

Test(lookup3, texts_hash_as_in_postgresql)
{
    static const struct {
        const char *text;
        size_t times;
        int64_t seed, hash;
    } cases[] = {
#define HASH_INT64(number, seed, hash)
#define HASH_TEXT(text, times, seed, hash) {text, times, seed, hash},
#include "tests/unit/runtime/base/lookup3.def"
#undef HASH_INT64
#undef HASH_TEXT
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        Str text = {0};
        for (size_t n = 0; n < cases[i].times; n++) {
            str_append(&text, cases[i].text);
        }
        uint64_t hash = lookup3_hash_bytes(text.data, text.length, (uint64_t)cases[i].seed);
        cr_assert_eq(hash, (uint64_t)cases[i].hash, "\"%s\" x %zu seed %" PRId64, cases[i].text,
                     cases[i].times, cases[i].seed);
        str_deinit(&text);
    }
}

/** Where the bytes lie in memory is of no account, and no byte behind them is read (the sanitizer
 * watches the heap). */
Test(lookup3, bytes_may_lie_anywhere)
{
    const char *text = "the quick brown fox jumps over the lazy dog";
    for (size_t length = 0; length <= strlen(text); length++) {
        uint64_t expected = lookup3_hash_bytes(text, length, 7);
        for (size_t offset = 0; offset < 8; offset++) {
            char *exact = malloc(offset + length > 0 ? offset + length : 1);
            cr_assert(exact);
            memcpy(exact + offset, text, length);
            cr_assert_eq(lookup3_hash_bytes(exact + offset, length, 7), expected);
            free(exact);
        }
    }
}

Test(lookup3, every_byte_counts_also_zeros)
{
    unsigned char bytes[40] = {0};
    for (size_t length = 1; length <= sizeof(bytes); length++) {
        uint64_t before = lookup3_hash_bytes(bytes, length, 1);
        cr_assert_neq(before, lookup3_hash_bytes(bytes, length - 1, 1), "%zu zeros", length);
        for (size_t i = 0; i < length; i++) {
            bytes[i] = 1;
            cr_assert_neq(before, lookup3_hash_bytes(bytes, length, 1), "byte %zu of %zu", i,
                          length);
            bytes[i] = 0;
        }
    }
}
