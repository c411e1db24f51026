/*
 * Quotes that never end. A missing quote shifts all that follows by one: the string ends where the
 * next one was to begin, and so on to the last quote of the file. So a file that can't be read is
 * read once more, and now a string that swallowed the end of a statement ends with its line, if
 * that leaves fewer such strings: what stands below is read as it was meant.
 */
#include "compiler/parse/flow_parser.h"
#include "compiler/parse/scan.h"

#include <string.h>

static bool
is_quote(SqlToken token)
{
    return token.kind == SQL_TOKEN_STRING || token.kind == SQL_TOKEN_QUOTED_IDENTIFIER;
}

/** How many lines end within the token with a statement or block: `;`, `{` or `}`, perhaps blanks.
 */
static size_t
count_swallowed(const char *text, SqlToken token)
{
    size_t n = 0;
    for (size_t i = token.start + 1; i < token.end; i++) {
        if (text[i] != '\n') {
            continue;
        }
        size_t before = i;
        while (before > token.start + 1 && strchr(" \t\r", text[before - 1]) != NULL) {
            before--;
        }
        n += strchr(";{}", text[before - 1]) != NULL;
    }
    return n;
}

static bool
is_suspect(const char *text, SqlToken token)
{
    return is_quote(token) && (token.unterminated || count_swallowed(text, token) > 0);
}

/** The end of the line, without what ends a statement there. */
static size_t
line_end(const char *text, SqlToken token)
{
    const char *newline = memchr(text + token.start, '\n', token.end - token.start);
    size_t end = newline != NULL ? (size_t)(newline - text) : token.end;
    while (end > token.start + 1 && strchr(" \t\r;,)]}", text[end - 1]) != NULL) {
        end--;
    }
    return end;
}

/** Suspects that begin in [offset, end), each taken to end with its line. */
static size_t
count_suspects(const Scanner *scanner, size_t offset, size_t end)
{
    const char *text = scanner->source->text;
    size_t n = 0;
    while (offset < end) {
        SqlToken token = scan_peek(scanner, offset);
        bool suspect = is_suspect(text, token);
        n += suspect;
        offset = suspect ? line_end(text, token) : token.end;
    }
    return n;
}

/** Compares both ways to read on, up to the end of the line where the string ends: from there on
 * they are the same. */
static bool
is_broken(const Scanner *scanner, SqlToken token)
{
    const char *text = scanner->source->text;
    size_t length = scanner->source->length;
    const char *newline = memchr(text + token.end, '\n', length - token.end);
    size_t end = newline != NULL ? (size_t)(newline - text) : length;
    size_t n_cut = 1 + count_suspects(scanner, line_end(text, token), end);
    size_t n_kept = count_swallowed(text, token) + count_suspects(scanner, token.end, end);
    return n_cut <= n_kept;
}

SqlToken
scan_settle_quote(Scanner *scanner, SqlToken token)
{
    const char *text = scanner->source->text;
    if (!is_suspect(text, token)) {
        return token;
    }
    scanner->has_suspects = true;
    if (!token.unterminated && !(scanner->cuts_quotes && is_broken(scanner, token))) {
        return token;
    }
    token.unterminated = true;
    token.end = line_end(text, token);
    return token;
}

void
scan_blame_quote(Scanner *scanner, SqlToken token)
{
    scan_push(scanner, TOKEN_GLUE, token.start,
              token.start); /* nothing of the grammar goes on so */
    scanner->blamed = token.start;
}
