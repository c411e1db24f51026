/* Any bytes: parsed, walked, dumped; the SQL lexer's tokens lie side by side and cover them. */
// Rooms: compiler/parse
#include "compiler/ast/dump.h"
#include "compiler/parse/parse.h"
#include "compiler/parse/sql_lexer.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes);

static void
lex(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        SqlToken token = sql_lex_next(text, length, at);
        if (token.start != at || token.end <= at || token.end > length) {
            BUG("token at %zu is [%zu, %zu) of %zu", at, token.start, token.end, length);
        }
        at = token.end;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size_bytes)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(diags_freep) Diags *diags = diags_new();
    CLEANUP(str_deinit) Str out = {0};
    const char *text = (const char *)data;
    lex(text, size_bytes);
    SourceFile *source = source_new(arena, "a.flow", text, size_bytes);
    ast_dump_file(parse_file(source, arena, diags), true, &out);
    diags_render(diags, (DiagStyle){0}, &out);
    return 0;
}
