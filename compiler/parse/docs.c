/* Documentation: `--- ` comments directly above a declaration, or behind it. */
#include "compiler/parse/parse_priv.h"
#include "runtime/base/str.h"

#include <string.h>

/** The comments of a file, and which of them is already somebody's documentation. */
typedef struct Docs Docs;
struct Docs {
    const AstFile *file;
    Arena *arena;
    bool *taken; /* one a comment */
};

/** Number of comments that begin before `offset`. */
static size_t
comments_before(const AstFile *file, size_t offset)
{
    size_t low = 0;
    size_t high = file->comments.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (file->comments.items[middle].span.start < offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool
is_blank(const char *text, size_t start, size_t end)
{
    while (start < end && (text[start] == ' ' || text[start] == '\t' || text[start] == '\r')) {
        start++;
    }
    return start == end;
}

static bool
is_usable(const Docs *docs, size_t i)
{
    const AstComment *comment = &docs->file->comments.items[i];
    return comment->is_doc && !comment->in_sql && !docs->taken[i];
}

/** Whether a comment has its line for itself. */
static bool
stands_alone(const SourceFile *source, const AstComment *comment)
{
    size_t line = source_line_of(source, comment->span.start);
    return is_blank(source->text, source->line_starts[line - 1], comment->span.start);
}

/** Appends the comment's text without its dashes. */
static void
take_comment(Docs *docs, size_t i, Str *text)
{
    Span span = docs->file->comments.items[i].span;
    const char *line = docs->file->source->text;
    size_t start = (size_t)span.start + 4;
    size_t end = span.end;
    while (start < end && line[start] == ' ') {
        start++;
    }
    while (end > start &&
           (line[end - 1] == ' ' || line[end - 1] == '\t' || line[end - 1] == '\r')) {
        end--;
    }
    if (text->length > 0) {
        str_append_char(text, '\n');
    }
    str_append_n(text, line + start, end - start);
    docs->taken[i] = true;
}

/** The block of lines directly above. */
static void
take_above(Docs *docs, Span decl, Str *text)
{
    const SourceFile *source = docs->file->source;
    size_t end = comments_before(docs->file, decl.start);
    size_t line = source_line_of(source, decl.start);
    size_t first = end;
    if (!is_blank(source->text, source->line_starts[line - 1], decl.start)) {
        return;
    }
    while (first > 0 && is_usable(docs, first - 1)) {
        const AstComment *comment = &docs->file->comments.items[first - 1];
        if (source_line_of(source, comment->span.start) != line - 1 ||
            !stands_alone(source, comment)) {
            break;
        }
        first--;
        line--;
    }
    for (size_t i = first; i < end; i++) {
        take_comment(docs, i, text);
    }
}

/** One behind the end, on the same line; a comma or semicolon may stand between. */
static void
take_behind(Docs *docs, Span decl, Str *text)
{
    const SourceFile *source = docs->file->source;
    size_t i = comments_before(docs->file, decl.end);
    if (i == docs->file->comments.n || !is_usable(docs, i)) {
        return;
    }
    size_t end = decl.end;
    size_t start = docs->file->comments.items[i].span.start;
    while (end < start && strchr(" \t,;", source->text[end]) != NULL && source->text[end] != '\0') {
        end++;
    }
    if (end == start) {
        take_comment(docs, i, text);
    }
}

/** One at the end of the first line, where the declaration has more lines. */
static void
take_beside(Docs *docs, Span decl, Str *text)
{
    const SourceFile *source = docs->file->source;
    size_t i = comments_before(docs->file, decl.start);
    size_t line = source_line_of(source, decl.start);
    while (i < docs->file->comments.n && docs->file->comments.items[i].span.start < decl.end &&
           source_line_of(source, docs->file->comments.items[i].span.start) == line) {
        if (is_usable(docs, i)) {
            take_comment(docs, i, text);
            return;
        }
        i++;
    }
}

/* Inner declarations come before the one around them, so what stands behind one on a line is its
 * own. */
static void
attach(Docs *docs, AstDecl *decl)
{
    Str text = {0};
    take_above(docs, decl->node.span, &text);
    size_t above = text.length;
    take_behind(docs, decl->node.span, &text);
    if (text.length == above) {
        take_beside(docs, decl->node.span, &text);
    }
    if (text.length > 0) {
        decl->doc = str_take_in(&text, docs->arena);
    }
    str_deinit(&text);
}

void
docs_attach(const Parser *parser)
{
    const AstFile *file = parser->file;
    if (file->comments.n == 0) {
        return;
    }
    Docs docs = {file, parser->arena, ARENA_ARRAY(parser->arena, bool, file->comments.n)};
    for (size_t i = 0; i < parser->decls.n; i++) {
        if (parser->decls.items[i]->node.kind != AST_PARAM) {
            attach(&docs, parser->decls.items[i]);
        }
    }
}
