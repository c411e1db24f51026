#include "runtime/diag/source.h"

#include <criterion/criterion.h>
#include <string.h>

static SourceFile *
make(Arena *arena, const char *text)
{
    return source_new(arena, "a.flow", text, strlen(text));
}

Test(source, finds_lines_and_columns)
{
    static const struct {
        const char *text;
        size_t offset, line, column;
    } cases[] = {
        {"", 0, 1, 1},
        {"ab", 0, 1, 1},
        {"ab", 2, 1, 3},
        {"ab", 99, 1, 3},
        {"a\nb", 1, 1, 2},
        {"a\nb", 2, 2, 1},
        {"a\n", 2, 2, 1},
        {"\n\n\n", 2, 3, 1},
        {"a\r\nbc", 4, 2, 2},
        {"\xc3\xa4x", 2, 1, 2}, /* ä: two bytes, one column */
        {"\xff\xfex", 2, 1, 3}, /* bytes that are no UTF-8 count one each */
        {"\xe4\xb8\xad"
         "x",
         3, 1, 2}, /* wide, but one character */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        Arena *arena = arena_new();
        SourceFile *file = make(arena, cases[i].text);
        cr_assert_eq(source_line_of(file, cases[i].offset), cases[i].line, "case %zu", i);
        cr_assert_eq(source_column_of(file, cases[i].offset), cases[i].column, "case %zu", i);
        arena_free(arena);
    }
}

Test(source, offset_is_the_inverse_and_is_clipped)
{
    Arena *arena = arena_new();
    const char *text = "ab\n\xc3\xa4"
                       "c\r\n\nlast";
    SourceFile *file = make(arena, text);
    cr_assert_eq(file->n_lines, 4);
    for (size_t offset = 0; offset <= strlen(text); offset++) {
        if (offset == 4 || offset == 7) {
            continue; /* inside ä; on the \n behind \r */
        }
        size_t line = source_line_of(file, offset);
        cr_assert_eq(source_offset_of(file, line, source_column_of(file, offset)), offset,
                     "offset %zu", offset);
    }
    cr_assert_eq(source_offset_of(file, 1, 99), 2);
    cr_assert_eq(source_offset_of(file, 99, 1), strlen(text));
    cr_assert_eq(source_offset_of(file, 0, 0), 0);
    arena_free(arena);
}

Test(source, line_text_has_no_line_end)
{
    Arena *arena = arena_new();
    SourceFile *file = make(arena, "one\r\n\ntwo\n");
    static const char *const lines[] = {"", "one", "", "two", "", ""};
    for (size_t line = 0; line < 6; line++) {
        size_t length;
        const char *text = source_line_text(file, line, &length);
        cr_assert_eq(length, strlen(lines[line]), "line %zu", line);
        cr_assert_eq(memcmp(text, lines[line], length), 0, "line %zu", line);
    }
    arena_free(arena);
}

Test(source, nul_bytes_are_text)
{
    Arena *arena = arena_new();
    SourceFile *file = source_new(arena, "a", "a\0\nb", 4);
    cr_assert_eq(file->n_lines, 2);
    cr_assert_eq(source_column_of(file, 2), 3);
    arena_free(arena);
}

Test(source, an_excerpt_counts_as_the_whole_file)
{
    Arena *arena = arena_new();
    SourceFile *file = make(arena, "cd\nef");
    file->lines_before = 10;
    file->columns_before = 5;
    SourceFile *copy = source_copy(arena, file);
    cr_assert_neq(copy->text, file->text);
    for (int i = 0; i < 2; i++, file = copy) {
        cr_assert_eq(source_line_of(file, 1), 11);
        cr_assert_eq(source_column_of(file, 1), 7);
        cr_assert_eq(source_line_of(file, 4), 12);
        cr_assert_eq(source_column_of(file, 4), 2);
        cr_assert_eq(source_offset_of(file, 11, 7), 1);
        cr_assert_eq(source_offset_of(file, 11, 3), 0);
        cr_assert_eq(source_offset_of(file, 12, 2), 4);
        cr_assert_eq(source_offset_of(file, 13, 1), 5);
        cr_assert_eq(source_offset_of(file, 10, 1), 0);
        size_t length;
        cr_assert_eq(source_line_text(file, 12, &length), file->text + 3);
        cr_assert_eq(length, 2);
        source_line_text(file, 2, &length);
        cr_assert_eq(length, 0);
    }
    arena_free(arena);
}

Test(span, is_clipped_and_joined)
{
    Arena *arena = arena_new();
    SourceFile *file = make(arena, "0123456789");
    SourceFile *other = make(arena, "x");
    Span a = span_make(file, 2, 4);
    Span b = span_make(file, 6, 99);
    cr_assert_eq(b.end, 10);
    cr_assert_eq(span_make(file, 5, 3).end, 5);
    cr_assert_eq(span_join(a, b).start, 2);
    cr_assert_eq(span_join(a, b).end, 10);
    cr_assert_eq(span_join(SPAN_NONE, b).start, 6);
    cr_assert_eq(span_join(a, SPAN_NONE).end, 4);
    cr_assert_eq(span_join(a, span_make(other, 0, 1)).end, 4);
    cr_assert_null(span_make(NULL, 1, 2).file);
    arena_free(arena);
}
