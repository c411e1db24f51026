/* The example files with bytes deleted, doubled and changed: nothing but messages may come of it.
 */
#include "compiler/ast/walk.h"
#include "parse_text.h"
#include "runtime/base/file.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>

#define GOLDEN PDC_SOURCE_DIR "/tests/golden/parse/"

static uint64_t
next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/* A run of bytes is taken out, or put in once more somewhere, or one byte is changed. */
static void
mutate(Str *text, uint64_t *state)
{
    static const char bytes[] = "{}()[];:,.'\"$-/*|=ae0 \n\0\xff";
    size_t at = text->length > 0 ? next_random(state) % text->length : 0;
    size_t n = next_random(state) % 20;
    n = n < text->length - at ? n : text->length - at;
    Str rest = {0};
    switch (next_random(state) % 4) {
    case 0:
        memmove(text->data + at, text->data + at + n, text->length - at - n);
        str_truncate(text, text->length - n);
        break;
    case 1:
        str_append_n(&rest, str_text(text) + at, text->length - at);
        str_append_n(text, str_text(&rest), n);
        break;
    case 2:
        str_append_n(&rest, str_text(text) + at, text->length - at);
        str_truncate(text, at);
        str_append_n(text, str_text(&rest), n);
        str_append_n(text, str_text(&rest), rest.length);
        break;
    default:
        if (text->length > 0) {
            text->data[at] = bytes[next_random(state) % (sizeof(bytes) - 1)];
        }
        break;
    }
    str_deinit(&rest);
}

typedef struct Bounds Bounds;
struct Bounds {
    Span parents[3 * AST_DEPTH_LIMIT];
    size_t depth;
};

/* Every place lies in the file and in that of the parent. */
static bool
enter(const AstNode *node, void *context)
{
    Bounds *bounds = context;
    cr_assert_leq(node->span.start, node->span.end);
    cr_assert_leq(node->span.end, node->span.file->length);
    if (bounds->depth > 0) {
        Span parent = bounds->parents[bounds->depth - 1];
        cr_assert_leq(parent.start, node->span.start, "%s at %u lies before its parent",
                      ast_kind_name(node->kind), node->span.start);
        cr_assert_leq(node->span.end, parent.end, "%s at %u ends behind its parent",
                      ast_kind_name(node->kind), node->span.start);
    }
    cr_assert_lt(bounds->depth, 3 * AST_DEPTH_LIMIT);
    bounds->parents[bounds->depth++] = node->span;
    return true;
}

static void
leave(const AstNode *node, void *context)
{
    (void)node;
    ((Bounds *)context)->depth--;
}

/* @return whether it had errors */
static bool
check(const Str *text)
{
    char *exact = malloc(text->length + (text->length == 0)); /* reading past its end is seen */
    memcpy(exact, str_text(text), text->length);
    Parsed parsed = parse_bytes("a.flow", exact, text->length);
    Bounds bounds = {.depth = 0};
    ast_walk_file(parsed.file, &(AstVisitor){enter, leave, &bounds});
    cr_assert_neq(parsed_dump(&parsed), NULL);
    cr_assert_neq(parsed_messages(&parsed), NULL);
    bool failed = diags_error_count(parsed.diags) > 0;
    parsed_deinit(&parsed);
    free(exact);
    return failed;
}

static void
mutate_file(const char *path, size_t rounds, uint64_t state)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    char *original;
    size_t length;
    size_t failed = 0;
    cr_assert_eq(file_read(arena, path, 0, &original, &length), 0);
    for (size_t round = 0; round < rounds; round++) {
        Str text = {0};
        str_append_n(&text, original, length);
        for (size_t i = next_random(&state) % 4 + 1; i > 0; i--) {
            mutate(&text, &state);
        }
        failed += check(&text);
        str_deinit(&text);
    }
    cr_expect_gt(failed, rounds / 4, "only %zu of %zu mutations were errors", failed, rounds);
}

Test(fuzz, mutated_examples, .timeout = 300)
{
    mutate_file(GOLDEN "ast/shop.flow", 3000, 1);
    mutate_file(GOLDEN "ast/everything.flow", 3000, 2);
    mutate_file(GOLDEN "errors/brackets.flow", 1000, 3);
}

/* A file cut off anywhere. */
Test(fuzz, cut_off_examples, .timeout = 300)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    char *original;
    size_t length;
    cr_assert_eq(file_read(arena, GOLDEN "ast/everything.flow", 0, &original, &length), 0);
    for (size_t end = 0; end <= length; end++) {
        Str text = {0};
        str_append_n(&text, original, end);
        check(&text);
        str_deinit(&text);
    }
}
