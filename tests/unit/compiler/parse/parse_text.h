/* A text parsed, with all that must live as long. */
#ifndef PDC_TESTS_PARSE_TEXT_H
#define PDC_TESTS_PARSE_TEXT_H

#include "compiler/ast/ast.h"
#include "compiler/ast/dump.h"
#include "compiler/parse/parse.h"

#include <string.h>

typedef struct Parsed Parsed;
struct Parsed {
    Arena *arena;
    Diags *diags;
    SourceFile *source;
    AstFile *file;
};

static inline Parsed
parse_bytes(const char *path, const char *text, size_t length)
{
    Parsed parsed = {.arena = arena_new(), .diags = diags_new()};
    parsed.source = source_new(parsed.arena, path, text, length);
    parsed.file = parse_file(parsed.source, parsed.arena, parsed.diags);
    return parsed;
}

static inline Parsed
parse_text(const char *text)
{
    return parse_bytes("a.flow", text, strlen(text));
}

static inline void
parsed_deinit(Parsed *parsed)
{
    diags_free(parsed->diags);
    arena_free(parsed->arena);
}

/* The dump of the file, in its arena. */
static inline const char *
parsed_dump(Parsed *parsed)
{
    Str out = {0};
    ast_dump_file(parsed->file, false, &out);
    return str_take_in(&out, parsed->arena);
}

/* All messages as they are printed, in its arena. */
static inline const char *
parsed_messages(Parsed *parsed)
{
    Str out = {0};
    diags_render(parsed->diags, (DiagStyle){0}, &out);
    return str_take_in(&out, parsed->arena);
}

/* The code of message number `i`, "" if there is none. */
static inline const char *
parsed_code(const Parsed *parsed, size_t i)
{
    DiagView view;
    return diags_view(parsed->diags, i, &view) ? view.info->code : "";
}

#endif
