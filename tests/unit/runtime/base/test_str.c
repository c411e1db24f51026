#include "runtime/base/str.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

Test(str, an_empty_one_has_a_text)
{
    Str str = {0};
    cr_assert_str_eq(str_text(&str), "");
    str_clear(&str);
    str_truncate(&str, 5);
    str_append(&str, "");
    cr_assert_str_eq(str_text(&str), "");
    str_deinit(&str);
    str_deinit(&str);
}

Test(str, appends)
{
    Str str = {0};
    str_append(&str, "ab");
    str_append_n(&str, "cdef", 2);
    str_append_n(&str, NULL, 0);
    str_append_char(&str, 'e');
    str_append_repeat(&str, '-', 3);
    str_append_repeat(&str, '-', 0);
    str_append_format(&str, "%s=%d", "x", 42);
    cr_assert_str_eq(str_text(&str), "abcde---x=42");
    cr_assert_eq(str.length, 12);
    str_truncate(&str, 3);
    cr_assert_str_eq(str_text(&str), "abc");
    str_truncate(&str, 99);
    cr_assert_eq(str.length, 3);
    str_clear(&str);
    cr_assert_str_eq(str_text(&str), "");
    str_deinit(&str);
}

Test(str, grows_by_any_step)
{
    Str str = {0};
    for (size_t i = 0; i < 500; i++) {
        str_append_repeat(&str, 'x', i);
        str_append_format(&str, "%s", "yz");
    }
    cr_assert_eq(str.length, 499 * 500 / 2 + 1000);
    cr_assert_eq(strlen(str_text(&str)), str.length);
    str_deinit(&str);
}

Test(str, holds_nul_bytes)
{
    Str str = {0};
    str_append_n(&str, "a\0b", 3);
    cr_assert_eq(str.length, 3);
    cr_assert_eq(str.data[2], 'b');
    str_deinit(&str);
}

Test(str, is_taken)
{
    Str str = {0};
    char *text = str_take(&str);
    cr_assert_str_eq(text, "");
    free(text);
    str_append(&str, "abc");
    text = str_take(&str);
    cr_assert_str_eq(text, "abc");
    cr_assert_null(str.data);
    free(text);
    Arena *arena = arena_new();
    str_append(&str, "def");
    cr_assert_str_eq(str_take_in(&str, arena), "def");
    cr_assert_null(str.data);
    arena_free(arena);
}

Test(text, compares)
{
    cr_assert(text_equal(NULL, NULL));
    cr_assert_not(text_equal(NULL, ""));
    cr_assert_not(text_equal("", NULL));
    cr_assert(text_equal("a", "a"));
    cr_assert_not(text_equal("a", "A"));
    cr_assert(text_equal_ignore_case("aBc", "AbC"));
    cr_assert(text_equal_ignore_case(NULL, NULL));
    cr_assert_not(text_equal_ignore_case("a", NULL));
    cr_assert_not(text_equal_ignore_case("ab", "a"));
    cr_assert_not(text_equal_ignore_case("a", "ab"));
    cr_assert_not(text_equal_ignore_case("[", "{"), "only letters fold");
    cr_assert(text_starts_with("abc", "ab"));
    cr_assert(text_starts_with("abc", ""));
    cr_assert_not(text_starts_with("a", "ab"));
    cr_assert(text_ends_with("abc", "bc"));
    cr_assert(text_ends_with("abc", ""));
    cr_assert_not(text_ends_with("c", "bc"));
}

Test(text, folds_ascii_only)
{
    Arena *arena = arena_new();
    cr_assert_str_eq(text_fold(arena, "AbZ\xc3\x84[9", 7), "abz\xc3\x84[9");
    cr_assert_str_eq(text_fold(arena, "ABC", 2), "ab");
    arena_free(arena);
}

Test(text, sorts_by_bytes)
{
    const char *words[] = {"b", "a", "B", "\xc3\xa4", ""};
    static const char *const sorted[] = {"", "B", "a", "b", "\xc3\xa4"};
    qsort(words, 5, sizeof(words[0]), text_compare_ptr);
    for (size_t i = 0; i < 5; i++) {
        cr_assert_str_eq(words[i], sorted[i]);
    }
}
