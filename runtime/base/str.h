/**
 * Str: a growing, NUL-terminated byte string on the heap. `{0}` is an empty one; str_deinit() ends
 * it. Appending never fails (out of memory aborts).
 */
#ifndef PDC_BASE_STR_H
#define PDC_BASE_STR_H

#include "runtime/base/arena.h"
#include "runtime/base/macros.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Str Str;
struct Str {
    char *data; /* NULL while nothing was appended; use str_text() */
    size_t length;
    size_t capacity;
};

void str_deinit(Str *str);
/** Empties it but keeps the storage. */
void str_clear(Str *str);
/** The text, never NULL, owned by `str` and valid until it changes. */
const char *str_text(const Str *str);

void str_append(Str *str, const char *text);
void str_append_n(Str *str, const char *bytes, size_t length);
void str_append_char(Str *str, char c);
void str_append_repeat(Str *str, char c, size_t count);
void str_append_format(Str *str, const char *format, ...) PRINTF_LIKE(2, 3);
void str_append_vformat(Str *str, const char *format, va_list args) PRINTF_LIKE(2, 0);
/** Cuts the text to `length` bytes; no effect if it is shorter. */
void str_truncate(Str *str, size_t length);

/** Hands the text over to the caller, who frees it; `str` is empty afterwards. Never NULL. */
MUST_CHECK char *str_take(Str *str);
/** A copy of the text in `arena`; `str` is emptied and its storage released. */
char *str_take_in(Str *str, Arena *arena);

/* Small helpers on plain C strings. */
bool text_equal(const char *a, const char *b); /* NULL equals only NULL */
bool text_equal_ignore_case(const char *a, const char *b);
/** Is `text`, which is not NULL, among `words`? */
bool text_is_one_of(const char *text, const char *const *words, size_t n);
bool text_starts_with(const char *text, const char *prefix);
bool text_ends_with(const char *text, const char *suffix);
/** ASCII lower case in `arena`; other bytes stay. */
char *text_fold(Arena *arena, const char *text, size_t length);
/** For qsort() over an array of `const char *`. */
int text_compare_ptr(const void *a, const void *b);

#endif
