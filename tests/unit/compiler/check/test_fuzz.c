// Rooms: compiler/parse compiler/resolve compiler/emit runtime/elaborate runtime/config
/*
 * The golden flows with bytes deleted, doubled and changed, taken from text to C: nothing but
 * messages may come of it, and what passes without a message must be fit to be emitted.
 */
#include "compiler/check/check.h"
#include "compiler/emit/emit.h"
#include "compiler/parse/parse.h"
#include "runtime/base/file.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#define GOLDEN PDC_SOURCE_DIR "/tests/golden/"

static uint64_t
next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/** Takes a word of the text and puts it, or nothing, or a byte, somewhere else. */
static void
mutate(Str *text, uint64_t *state)
{
    static const char bytes[] = "{}()[];:,.'\"$-/*|=ae0 \n";
    size_t at = next_random(state) % text->length;
    size_t from = next_random(state) % text->length;
    size_t n = next_random(state) % 12;
    n = n < text->length - from ? n : text->length - from;
    Str made = {0};
    str_append_n(&made, str_text(text), at);
    switch (next_random(state) % 3) {
    case 0: str_append_n(&made, str_text(text) + from, n); break;
    case 1: str_append_char(&made, bytes[next_random(state) % (sizeof bytes - 1)]); break;
    default: at = at + n < text->length ? at + n : at; break;
    }
    str_append_n(&made, str_text(text) + at, text->length - at);
    str_deinit(text);
    *text = made;
}

static int
no_column(const char *path, const char *column, Arena *arena, const char *const **ret_values,
          size_t *ret_n, Error *reterr)
{
    (void)arena;
    (void)ret_values;
    (void)ret_n;
    return error_set(reterr, ERROR_IO, "%s, column %s", path, column);
}

/** @return whether it compiled without a message */
static bool
compile(const Str *text)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(diags_freep) Diags *diags = diags_new();
    CLEANUP(str_deinit) Str code = {0};
    CLEANUP(str_deinit) Str messages = {0};
    const SourceFile *source = source_new(arena, "a.flow", str_text(text), text->length);
    const AstFile *file = parse_file(source, arena, diags);
    const char *directory = ".";
    Config *config;
    ConfigOptions options = {.path = NULL, .working_directory = "/proc"};
    cr_assert_eq(config_load(arena, &options, diags, &config), 0);
    ModelInput input = {.files = &file,
                        .n_files = 1,
                        .directories = &directory,
                        .engines = {.postgres = true},
                        .reader = {no_column},
                        .incomplete = diags_error_count(diags) > 0};
    Model *model = model_resolve(&input, arena, diags);
    FlowSources *sources = flow_sources_from_files(&source, 1, arena);
    CheckSummary summary;
    if (model->unit->name != NULL) {
        CheckInput check = {
            .model = model, .config = config, .sources = sources, .names_only = true};
        check_instances(&check, arena, diags, &summary);
    }
    diags_render(diags, (DiagStyle){0}, &messages);
    if (diags_error_count(diags) > 0) {
        return false;
    }
    model->unit->pdc_version = "test";
    emit_flow(model->unit, sources, &code);
    return true;
}

static void
mutate_file(const char *path, size_t rounds, uint64_t state)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    char *original;
    size_t length;
    size_t passed = 0;
    cr_assert_eq(file_read(arena, path, 0, &original, &length), 0);
    for (size_t round = 0; round < rounds; round++) {
        Str text = {0};
        str_append_n(&text, original, length);
        for (size_t i = next_random(&state) % 3; i > 0; i--) {
            mutate(&text, &state);
        }
        passed += compile(&text);
        str_deinit(&text);
    }
    cr_log_info("%s: %zu of %zu passed\n", path, passed, rounds);
}

Test(fuzz, mutated_flows, .timeout = 300)
{
    mutate_file(GOLDEN "emit/values.flow", 1500, 1);
    mutate_file(GOLDEN "parse/ast/shop.flow", 500, 2);
    mutate_file(GOLDEN "parse/ast/everything.flow", 500, 3);
    mutate_file(GOLDEN "check/unknown_names.flow", 500, 4);
    mutate_file(GOLDEN "check/expressions.flow", 500, 5);
    mutate_file(GOLDEN "check/task_recursion.flow", 300, 6);
    mutate_file(GOLDEN "check/copy_meaning.flow", 300, 7);
}
