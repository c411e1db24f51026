#include "compiler/parse/parse.h"

#include "compiler/parse/flow_parser.h"
#include "compiler/parse/flow_scanner.h"
#include "compiler/parse/parse_priv.h"
#include "runtime/base/memory.h"
#include "runtime/base/utf8.h"

#include <limits.h>
#include <string.h>

/** flex counts in int, and its buffer has two bytes more. */
#define LARGEST_TEXT ((size_t)INT_MAX - 2)

static const char byte_order_mark[] = "\xef\xbb\xbf";

/** The first wrong byte of each kind is reported; reading goes on, since tokens are made from
 * bytes. */
static void
check_bytes(Parser *parser)
{
    const SourceFile *source = parser->source;
    size_t invalid = utf8_first_invalid(source->text, source->length);
    if (invalid < source->length) {
        diag_add(parser->diags, DIAG_INVALID_UTF8, span_make(source, invalid, invalid + 1));
    }
    const char *nul = source->length > 0 ? memchr(source->text, '\0', source->length) : NULL;
    if (nul != NULL) {
        size_t at = (size_t)(nul - source->text);
        diag_add(parser->diags, DIAG_NUL_BYTE, span_make(source, at, at + 1));
    }
}

static size_t
skip_byte_order_mark(const SourceFile *source)
{
    size_t length = sizeof(byte_order_mark) - 1;
    bool there = source->length >= length && memcmp(source->text, byte_order_mark, length) == 0;
    return there ? length : 0;
}

/** Scans in a copy of the text, since flex writes into its buffer. */
static void
run(Parser *parser)
{
    const SourceFile *source = parser->source;
    size_t start = skip_byte_order_mark(source);
    size_t length = source->length - start;
    char *buffer = memory_alloc(length + 2);
    if (length > 0) {
        memcpy(buffer, source->text + start, length);
    }
    parser->scanner.at = start;
    yyscan_t flex;
    if (flow_scan_lex_init_extra(&parser->scanner, &flex) != 0) {
        BUG("flex could not start");
    }
    parser->flex = flex;
    flow_scan__scan_buffer(buffer, length + 2, flex);
    int outcome = flow_yyparse(parser);
    (void)outcome; /* what went wrong has its message */
    flow_scan_lex_destroy(flex);
    free(buffer);
}

/** Reads the text once. @return whether a string in it looks as if a quote were missing */
static bool
read_text(AstFile *file, Arena *arena, bool cuts_quotes, Diags *diags)
{
    Parser parser = {.source = file->source, .arena = arena, .diags = diags, .file = file};
    check_bytes(&parser);
    scan_init(&parser.scanner, file->source, arena, diags, file);
    parser.scanner.cuts_quotes = cuts_quotes;
    tokens_init(&parser);
    run(&parser);
    docs_attach(&parser);
    vec_free(&parser.decls);
    tokens_deinit(&parser);
    bool has_suspects = parser.scanner.has_suspects;
    scan_deinit(&parser.scanner);
    return has_suspects;
}

AstFile *
parse_file(const SourceFile *source, Arena *arena, Diags *diags)
{
    AstFile *file = ARENA_NEW(arena, AstFile);
    file->source = source;
    if (source->length > LARGEST_TEXT) {
        diag_add(diags, DIAG_TEXT_TOO_LARGE, span_make(source, 0, 0));
        return file;
    }
    CLEANUP(diags_freep) Diags *found = diags_new();
    if (read_text(file, arena, false, found) && diags_error_count(found) > 0) {
        diags_free(found);
        found = diags_new();
        *file = (AstFile){.source = source};
        (void)read_text(file, arena, true, found);
    }
    DiagView view;
    for (size_t i = 0; diags_view(found, i, &view); i++) {
        (void)diag_add_from(diags, found, i);
    }
    return file;
}
