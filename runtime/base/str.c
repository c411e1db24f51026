#include "runtime/base/str.h"

#include "runtime/base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY_BYTES = 64 };

void
str_deinit(Str *str)
{
    free(str->data);
    *str = (Str){0};
}

void
str_clear(Str *str)
{
    str_truncate(str, 0);
}

const char *
str_text(const Str *str)
{
    return str->data != NULL ? str->data : "";
}

/* Makes room for `more` bytes and the NUL behind them. */
static void
str_reserve(Str *str, size_t more)
{
    if (more >= SIZE_MAX / 2 - str->length) {
        memory_exhausted(more);
    }
    size_t needed = str->length + more + 1;
    if (needed <= str->capacity) {
        return;
    }
    size_t capacity = str->capacity < FIRST_CAPACITY_BYTES ? FIRST_CAPACITY_BYTES : str->capacity;
    while (capacity < needed) {
        capacity *= 2;
    }
    str->data = memory_resize(str->data, capacity);
    str->capacity = capacity;
}

void
str_append_n(Str *str, const char *bytes, size_t length)
{
    str_reserve(str, length);
    if (length > 0) {
        memcpy(str->data + str->length, bytes, length);
    }
    str->length += length;
    str->data[str->length] = '\0';
}

void
str_append(Str *str, const char *text)
{
    str_append_n(str, text, strlen(text));
}

void
str_append_char(Str *str, char c)
{
    str_append_n(str, &c, 1);
}

void
str_append_repeat(Str *str, char c, size_t count)
{
    str_reserve(str, count);
    memset(str->data + str->length, c, count);
    str->length += count;
    str->data[str->length] = '\0';
}

void
str_append_vformat(Str *str, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0) {
        BUG("a text can't be formatted: \"%s\"", format);
    }
    str_reserve(str, (size_t)length);
    vsnprintf(str->data + str->length, (size_t)length + 1, format, args);
    str->length += (size_t)length;
}

void
str_append_format(Str *str, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    str_append_vformat(str, format, args);
    va_end(args);
}

void
str_truncate(Str *str, size_t length)
{
    if (length < str->length) {
        str->length = length;
        str->data[length] = '\0';
    }
}

char *
str_take(Str *str)
{
    str_reserve(str, 0);
    char *text = str->data;
    text[str->length] = '\0';
    *str = (Str){0};
    return text;
}

char *
str_take_in(Str *str, Arena *arena)
{
    char *text = arena_strndup(arena, str_text(str), str->length);
    str_deinit(str);
    return text;
}

bool
text_equal(const char *a, const char *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    return strcmp(a, b) == 0;
}

/* ASCII only, whatever the locale says. */
static char
fold_char(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
text_equal_ignore_case(const char *a, const char *b)
{
    if (a == NULL || b == NULL) {
        return a == b;
    }
    while (*a != '\0' && fold_char(*a) == fold_char(*b)) {
        a++;
        b++;
    }
    return fold_char(*a) == fold_char(*b);
}

bool
text_is_one_of(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(text, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

bool
text_starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool
text_ends_with(const char *text, const char *suffix)
{
    size_t length = strlen(text);
    size_t suffix_length = strlen(suffix);
    return length >= suffix_length && strcmp(text + length - suffix_length, suffix) == 0;
}

char *
text_fold(Arena *arena, const char *text, size_t length)
{
    char *folded = arena_strndup(arena, text, length);
    for (size_t i = 0; i < length; i++) {
        folded[i] = fold_char(folded[i]);
    }
    return folded;
}

int
text_compare_ptr(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}
