#include "runtime/base/utf8.h"
#include "runtime/diag/diag.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static SourceFile *
make(Arena *arena, const char *path, const char *text)
{
    return source_new(arena, path, text, strlen(text));
}

/* The message at the first `word` of `text`, as it is printed with `width` columns. */
static char *
show(const char *text, const char *word, size_t n, size_t width)
{
    Arena *arena = arena_new();
    Diags *diags = diags_new();
    Str out = {0};
    SourceFile *file = make(arena, "shop.flow", text);
    size_t start = (size_t)(strstr(text, word) - text);
    diag_add(diags, DIAG_ENGINE_ERROR, span_make(file, start, start + n), "wrong");
    diags_render(diags, (DiagStyle){.width = width}, &out);
    diags_free(diags);
    arena_free(arena);
    return str_take(&out);
}

Test(diag, shows_place_line_and_caret)
{
    static const struct {
        const char *text, *word;
        size_t n;
        const char *expected;
    } cases[] = {
        {"select *\n  from raw.order\n", "raw", 9,
         "shop.flow:2:8: error[F0901]: wrong\n"
         "    2 |   from raw.order\n"
         "      |        ^~~~~~~~~\n"},
        {"abc", "a", 1, "shop.flow:1:1: error[F0901]: wrong\n    1 | abc\n      | ^\n"},
        {"abc", "abc", 3, "shop.flow:1:1: error[F0901]: wrong\n    1 | abc\n      | ^~~\n"},
        /* an empty span, also at the very end */
        {"abc", "c", 0, "shop.flow:1:3: error[F0901]: wrong\n    1 | abc\n      |   ^\n"},
        {"abc\n", "\n", 0, "shop.flow:1:4: error[F0901]: wrong\n    1 | abc\n      |    ^\n"},
        {"", "", 0, "shop.flow:1:1: error[F0901]: wrong\n    1 | \n      | ^\n"},
        /* a span of several lines marks the first one, without the blanks at its end */
        {"a (b  \n c)", "(", 8, "shop.flow:1:3: error[F0901]: wrong\n    1 | a (b\n      |   ^~\n"},
        /* a tab is as wide as the spaces that stand for it */
        {"\tx\ty", "y", 1,
         "shop.flow:1:4: error[F0901]: wrong\n    1 |     x   y\n      |         ^\n"},
        /* wide, combining and invalid characters */
        {"\xe4\xb8\xad\xe6\x96\x87 x", "\xe6", 3,
         "shop.flow:1:2: error[F0901]: wrong\n    1 | \xe4\xb8\xad\xe6\x96\x87 x\n      |   ^~\n"},
        {"e\xcc\x81 x", "x", 1,
         "shop.flow:1:4: error[F0901]: wrong\n    1 | e\xcc\x81 x\n      |   ^\n"},
        {"\xff\x1b[2J x", "x", 1,
         "shop.flow:1:7: error[F0901]: wrong\n"
         "    1 | \xef\xbf\xbd\xef\xbf\xbd[2J x\n"
         "      |       ^\n"},
        {"a\xe2\x80\xae"
         "b",
         "b", 1,
         "shop.flow:1:3: error[F0901]: wrong\n    1 | a\xef\xbf\xbd"
         "b\n      |   ^\n"},
        {"a\r\nb\r\n", "b", 1, "shop.flow:2:1: error[F0901]: wrong\n    2 | b\n      | ^\n"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *shown = show(cases[i].text, cases[i].word, cases[i].n, 80);
        cr_assert_str_eq(shown, cases[i].expected, "case %zu:\n%s", i, shown);
        free(shown);
    }
}

Test(diag, cuts_long_lines_around_the_mark)
{
    static const size_t places[] = {0, 1, 20, 39, 40, 41, 500, 950, 969, 990, 998};
    char text[1001];
    for (size_t p = 0; p < sizeof(places) / sizeof(places[0]); p++) {
        for (size_t width = 0; width <= 120; width += 20) {
            memset(text, 'a', 1000);
            text[1000] = '\0';
            memcpy(text + places[p], "XY", 2);
            char *shown = show(text, "XY", 2, width);
            char *line = strchr(shown, '\n') + 1;
            char *marks = strchr(line, '\n') + 1;
            size_t limit = width == 0 ? 120 : width < 40 ? 40 : width;
            cr_assert_leq(utf8_width(line, (size_t)(marks - line - 1)), limit, "%s", shown);
            /* X stands over the caret */
            const char *x = strchr(line, 'X');
            cr_assert_not_null(x);
            cr_assert_eq(utf8_width(line, (size_t)(x - line)), (size_t)(strchr(marks, '^') - marks),
                         "place %zu\n%s", places[p], shown);
            cr_assert_not_null(strstr(marks, "^~\n"), "%s", shown);
            cr_assert_not_null(strstr(line, "\xe2\x80\xa6"));
            free(shown);
        }
    }
}

Test(diag, a_mark_longer_than_the_line_is_cut)
{
    char text[500];
    memset(text, 'b', 499);
    text[499] = '\0';
    char *shown = show(text, "b", 499, 40);
    const char *marks = strstr(shown, "      | ");
    cr_assert_eq(strlen(marks), 40, "%s", shown); /* the `…` itself is not marked */
    free(shown);
}

Test(diag, sorts_by_first_use_of_a_file_then_by_place)
{
    Arena *arena = arena_new();
    Diags *diags = diags_new();
    SourceFile *b = make(arena, "b", "0123456789");
    SourceFile *a = make(arena, "a", "0123456789");
    diag_add(diags, DIAG_ENGINE_ERROR, span_make(b, 5, 6), "b5");
    diag_add(diags, DIAG_ENGINE_ERROR, span_make(a, 7, 8), "a7");
    diag_add(diags, DIAG_ENGINE_ERROR, span_make(a, 2, 3), "a2");
    diag_add(diags, DIAG_ENGINE_ERROR, span_make(b, 1, 3), "b1");
    diag_add(diags, DIAG_ENGINE_ERROR, span_make(b, 5, 7), "b5 again");
    diag_add(diags, DIAG_ENGINE_ERROR, SPAN_NONE, "nowhere");
    static const char *const expected[] = {"b1", "b5", "b5 again", "a2", "a7", "nowhere"};
    DiagView view;
    for (size_t i = 0; i < 6; i++) {
        cr_assert(diags_view(diags, i, &view));
        cr_assert_str_eq(view.message, expected[i]);
        cr_assert_str_eq(view.info->code, "F0901");
    }
    cr_assert_not(diags_view(diags, 6, &view));
    cr_assert_eq(diags_error_count(diags), 6);
    cr_assert_eq(diags_warning_count(diags), 0);
    diags_free(diags);
    arena_free(arena);
}

Test(diag, many_in_reverse_order_are_sorted)
{
    Arena *arena = arena_new();
    Diags *diags = diags_new();
    char *text = arena_calloc(arena, 1001, 1);
    memset(text, 'x', 1000);
    SourceFile *file = make(arena, "a", text);
    for (size_t i = 1000; i > 0; i--) {
        diag_add(diags, DIAG_ENGINE_ERROR, span_make(file, i - 1, i), "m");
    }
    DiagView view;
    for (size_t i = 0; i < 1000; i++) {
        cr_assert(diags_view(diags, i, &view));
        cr_assert_eq(view.span.start, i);
    }
    diags_free(diags);
    arena_free(arena);
}

Test(diag, a_repeated_message_is_dropped_with_its_notes)
{
    Arena *arena = arena_new();
    Diags *diags = diags_new();
    Str out = {0};
    SourceFile *file = make(arena, "a", "abc");
    for (int i = 0; i < 2; i++) {
        diag_add(diags, DIAG_ENGINE_ERROR, span_make(file, 1, 2), "wrong");
        diag_note(diags, span_make(file, 0, 1), "first declared %s", "here");
        diag_note(diags, SPAN_NONE, "no place");
        diag_hint(diags, "did you mean \"%s\"?", "x");
    }
    diags_render(diags, (DiagStyle){0}, &out);
    cr_assert_str_eq(str_text(&out), "a:1:2: error[F0901]: wrong\n"
                                     "    1 | abc\n"
                                     "      |  ^\n"
                                     "a:1:1: note: first declared here\n"
                                     "    1 | abc\n"
                                     "      | ^\n"
                                     "  note: no place\n"
                                     "  hint: did you mean \"x\"?\n");
    str_deinit(&out);
    diags_free(diags);
    arena_free(arena);
}

Test(diag, notes_without_a_message_are_ignored)
{
    Diags *diags = diags_new();
    diag_note(diags, SPAN_NONE, "x");
    diag_hint(diags, "x");
    cr_assert_eq(diags_error_count(diags), 0);
    diags_free(diags);
    diags_free(NULL);
}

Test(diag, a_long_line_number_widens_the_gutter)
{
    Arena *arena = arena_new();
    Diags *diags = diags_new();
    Str out = {0};
    SourceFile *file = make(arena, "a", "abc");
    file->lines_before = 1234566;
    diag_add(diags, DIAG_ENGINE_ERROR, span_make(file, 1, 2), "wrong");
    diags_render(diags, (DiagStyle){0}, &out);
    cr_assert_str_eq(str_text(&out), "a:1234567:2: error[F0901]: wrong\n"
                                     "1234567 | abc\n"
                                     "        |  ^\n");
    str_deinit(&out);
    diags_free(diags);
    arena_free(arena);
}

Test(diag, outlives_the_place_that_an_error_kept)
{
    Arena *arena = arena_new();
    Diags *diags = diags_new();
    Error error = {0};
    Str out = {0};
    (void)error_set(&error, ERROR_DATA, "not a number");
    error_keep_origin(&error, span_make(make(arena, "a.csv", "1,x"), 2, 3));
    arena_free(arena);
    diag_add_error(diags, &error);
    error_deinit(&error);
    diags_render(diags, (DiagStyle){0}, &out);
    cr_assert_str_eq(str_text(&out), "a.csv:1:3: error[F0901]: not a number\n"
                                     "    1 | 1,x\n"
                                     "      |   ^\n");
    str_deinit(&out);
    diags_free(diags);
}

Test(diag, missing_and_null_arguments_do_no_harm)
{
    Diags *diags = diags_new();
    DiagView view;
    diag_add(diags, DIAG_CONFIG_TYPE, SPAN_NONE, "a", NULL);
    cr_assert(diags_view(diags, 0, &view));
    cr_assert_str_eq(view.message, "`a` must be , not ?");
    diags_free(diags);
}

Test(diag, shows_no_more_than_max_errors)
{
    static const struct {
        size_t max;
        const char *end;
    } cases[] = {{0, "m4\n"},
                 {5, "m4\n"},
                 {4, "m3\n1 more error is not shown\n"},
                 {1, "m0\n4 more errors are not shown\n"}};
    for (size_t c = 0; c < 4; c++) {
        Diags *diags = diags_new();
        Str out = {0};
        for (int i = 0; i < 5; i++) {
            char text[3] = {'m', (char)('0' + i), '\0'};
            diag_add(diags, DIAG_ENGINE_ERROR, SPAN_NONE, text);
        }
        diags_render(diags, (DiagStyle){.max_errors = cases[c].max}, &out);
        cr_assert(text_ends_with(str_text(&out), cases[c].end), "%s", str_text(&out));
        str_deinit(&out);
        diags_free(diags);
    }
}

Test(diag, colours_only_on_request)
{
    Arena *arena = arena_new();
    Diags *diags = diags_new();
    Str out = {0};
    diag_add(diags, DIAG_ENGINE_ERROR, span_make(make(arena, "a", "abc"), 0, 1), "wrong");
    diags_render(diags, (DiagStyle){.color = true}, &out);
    cr_assert_not_null(strstr(str_text(&out), "\x1b[1;31merror"));
    str_clear(&out);
    diags_render(diags, (DiagStyle){0}, &out);
    cr_assert_null(strchr(str_text(&out), '\x1b'));
    str_deinit(&out);
    diags_free(diags);
    arena_free(arena);
}

Test(diag, takes_an_error_over)
{
    Arena *arena = arena_new();
    Diags *diags = diags_new();
    Error error = {0};
    Str out = {0};
    (void)error_set(&error, ERROR_SQL, "division by zero\x1b");
    memcpy(error.sqlstate, "22012", 6);
    error_set_detail(&error, "row 7");
    error_set_hint(&error, "use nullif");
    error_set_origin(&error, span_make(make(arena, "a", "1/0"), 1, 2));
    (void)error_wrap(&error, "building");
    diag_add_error(diags, &error);
    error_deinit(&error);
    diags_render(diags, (DiagStyle){0}, &out);
    cr_assert_str_eq(str_text(&out),
                     "a:1:2: error[F0901]: division by zero\xef\xbf\xbd (SQLSTATE 22012)\n"
                     "    1 | 1/0\n"
                     "      |  ^\n"
                     "  note: row 7\n"
                     "  note: while building\n"
                     "  hint: use nullif\n");
    str_deinit(&out);
    diags_free(diags);
    arena_free(arena);
}

/* Codes are stable and found by people and tools: F or W and four digits, each once, formats with
 * %s only. */
Test(diag, rows_of_the_table_are_well_formed)
{
    for (int i = 0; i < DIAG_COUNT; i++) {
        const DiagInfo *info = diag_info((DiagId)i);
        cr_assert_eq(strlen(info->code), 5, "%s", info->name);
        cr_assert_not_null(strchr("FW", info->code[0]), "%s", info->name);
        cr_assert_eq(strspn(info->code + 1, "0123456789"), 4, "%s", info->name);
        cr_assert_eq(info->code[0] == 'W', info->severity != DIAG_ERROR, "%s", info->name);
        for (const char *c = strchr(info->format, '%'); c != NULL; c = strchr(c + 2, '%')) {
            cr_assert(c[1] == 's' || c[1] == '%', "%s", info->name);
        }
        for (int j = 0; j < i; j++) {
            cr_assert_str_neq(info->code, diag_info((DiagId)j)->code, "%s", info->name);
        }
    }
}
