#include "runtime/diag/diag.h"
#include "runtime/diag/error.h"

#include <criterion/criterion.h>

Test(error, set_fills_and_returns_minus_one)
{
    Error error = {0};
    cr_assert_eq(error_set(&error, ERROR_IO, "can't read %s", "a.csv"), -1);
    cr_assert_eq(error.code, ERROR_IO);
    cr_assert_str_eq(error.message, "can't read a.csv");
    error_set_hint(&error, "look at %d", 7);
    error_set_detail(&error, "detail");
    cr_assert_str_eq(error.hint, "look at 7");
    /* an earlier text may be an argument */
    cr_assert_eq(error_set(&error, ERROR_DATA, "again: %s", error.message), -1);
    cr_assert_str_eq(error.message, "again: can't read a.csv");
    cr_assert_null(error.hint, "a new error starts afresh");
    error_set_detail(&error, "%s", "one");
    error_set_detail(&error, "%s two", error.detail);
    cr_assert_str_eq(error.detail, "one two");
    error_deinit(&error);
    cr_assert_eq(error.code, ERROR_NONE);
}

Test(error, null_keeps_nothing)
{
    cr_assert_eq(error_set(NULL, ERROR_IO, "x"), -1);
    cr_assert_eq(error_wrap(NULL, "x"), -1);
    error_set_hint(NULL, "x");
    error_set_detail(NULL, "x");
    error_set_origin(NULL, SPAN_NONE);
    error_clear(NULL);
    Error error = {0};
    cr_assert_eq(error_set(&error, ERROR_IO, "x"), -1);
    error_move(NULL, &error);
    cr_assert_null(error.message);
}

Test(error, move_empties_the_old_one)
{
    Error a = {0};
    Error b = {0};
    (void)error_set(&a, ERROR_LOCK, "first");
    (void)error_set(&b, ERROR_SQL, "second");
    error_move(&a, &b);
    cr_assert_str_eq(a.message, "second");
    cr_assert_null(b.message);
    error_move(&a, &a);
    cr_assert_str_eq(a.message, "second");
    error_deinit(&a);
}

Test(error, may_be_a_warning)
{
    Error error = {0};
    Str out = {0};
    (void)error_set(&error, ERROR_DATA, "2 rows are late");
    error_render_as(&error, DIAG_WARNING, (DiagStyle){0}, &out);
    cr_assert_str_eq(str_text(&out), "warning: 2 rows are late\n");
    error_deinit(&error);
    str_deinit(&out);
}

Test(error, renders_context_innermost_first)
{
    Error error = {0};
    Str out = {0};
    (void)error_set(&error, ERROR_SQL, "relation \"x\" does not exist");
    error.sqlstate[0] = '4';
    error.sqlstate[1] = '2';
    error_set_detail(&error, "two\nlines");
    error_set_hint(&error, "run it");
    (void)error_wrap(&error, "building \"a.b\"");
    (void)error_wrap(&error, "running %s", "full");
    error_render(&error, (DiagStyle){0}, &out);
    cr_assert_str_eq(str_text(&out), "error[42]: relation \"x\" does not exist\n"
                                     "  detail: two\n"
                                     "    lines\n"
                                     "  hint: run it\n"
                                     "  while building \"a.b\"\n"
                                     "  while running full\n");
    str_deinit(&out);
    error_deinit(&error);
}

Test(error, an_empty_one_renders_too)
{
    Error error = {0};
    Str out = {0};
    error_render(&error, (DiagStyle){0}, &out);
    cr_assert_str_eq(str_text(&out), "error: unknown error\n");
    str_deinit(&out);
}

Test(error, keeps_the_origin_that_it_copied)
{
    Arena *arena = arena_new();
    SourceFile *file = source_new(arena, "a.csv", "1,2,3", 5);
    file->lines_before = 41;
    Error error = {0};
    error_set(&error, ERROR_DATA, "too many");
    error_keep_origin(&error, span_make(file, 4, 5));
    arena_free(arena);
    Str out = {0};
    error_render(&error, (DiagStyle){0}, &out);
    const char *expected = "a.csv:42:5: error: too many\n"
                           "   42 | 1,2,3\n"
                           "      |     ^\n";
    cr_assert_str_eq(str_text(&out), expected);
    Diags *diags = diags_new();
    diag_add_error(diags, &error);
    error_deinit(&error);
    str_clear(&out);
    diags_render(diags, (DiagStyle){0}, &out);
    cr_assert(
        text_starts_with(str_text(&out), "a.csv:42:5: error[F0901]: too many\n   42 | 1,2,3\n"));
    diags_free(diags);
    str_deinit(&out);
}
