/*
 * Golden files below tests/golden/parse. PDC_UPDATE=1 writes what is there now; read the
 * difference. errors/NAME.flow  NAME.err  the messages, as they are printed ast/NAME.flow NAME.ast
 * no message, and the tree spans/NAME.flow   NAME.ast  the same, with places
 */
#include "parse_text.h"
#include "runtime/base/file.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define GOLDEN PDC_SOURCE_DIR "/tests/golden/parse/"

/* Writes or compares the file of that name. */
static void
hold_to(Arena *arena, const char *path, const char *actual)
{
    char *expected;
    size_t length;
    if (getenv("PDC_UPDATE") != NULL) {
        cr_assert_eq(file_write_atomic(path, actual, strlen(actual), 0644), 0);
        return;
    }
    cr_assert_eq(file_read(arena, path, 0, &expected, &length), 0, "%s can't be read", path);
    cr_expect_str_eq(actual, expected, "%s differs; it would be:\n%s", path, actual);
}

static const char *
beside(Arena *arena, const char *path, const char *extension)
{
    size_t stem = strlen(path) - strlen(".flow");
    return arena_printf(arena, "%.*s%s", (int)stem, path, extension);
}

static void
each_flow(const char *folder, void (*check)(Parsed *parsed, const char *path))
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    char **paths;
    size_t n;
    cr_assert_eq(file_glob(arena, path_join(arena, folder, "*.flow"), &paths, &n), 0);
    cr_assert_gt(n, 0);
    for (size_t i = 0; i < n; i++) {
        char *text;
        size_t length;
        cr_assert_eq(file_read(arena, paths[i], 0, &text, &length), 0);
        Parsed parsed = parse_bytes(path_base(paths[i]), text, length);
        check(&parsed, paths[i]);
        parsed_deinit(&parsed);
    }
}

static void
check_errors(Parsed *parsed, const char *path)
{
    cr_expect_gt(diags_error_count(parsed->diags), 0, "%s has no error", path);
    hold_to(parsed->arena, beside(parsed->arena, path, ".err"), parsed_messages(parsed));
}

static void
check_tree(Parsed *parsed, const char *path)
{
    cr_expect_str_eq(parsed_messages(parsed), "");
    hold_to(parsed->arena, beside(parsed->arena, path, ".ast"), parsed_dump(parsed));
}

static void
check_spans(Parsed *parsed, const char *path)
{
    Str out = {0};
    ast_dump_file(parsed->file, true, &out);
    hold_to(parsed->arena, beside(parsed->arena, path, ".ast"), str_text(&out));
    str_deinit(&out);
}

Test(golden, errors)
{
    each_flow(GOLDEN "errors", check_errors);
}

Test(golden, trees)
{
    each_flow(GOLDEN "ast", check_tree);
}

Test(golden, spans)
{
    each_flow(GOLDEN "spans", check_spans);
}
