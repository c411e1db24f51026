#include "compiler/sql/canon.h"

#include "compiler/parse/sql_lexer.h"

#include <string.h>

/** `'a'` and, on a later line, `'b'` are one string; on one line they are a mistake. `from` is the
 * end of the first, `to` the start of the second. */
static bool
is_continued(const char *text, size_t length, size_t from, size_t to)
{
    bool newline = false;
    for (size_t at = from; at < to;) {
        SqlToken token = sql_lex_next(text, length, at);
        const char *bytes = text + token.start;
        if (token.kind == SQL_TOKEN_COMMENT && bytes[0] == '/') {
            return false;
        }
        newline = newline || memchr(bytes, '\n', token.end - token.start) != NULL ||
                  memchr(bytes, '\r', token.end - token.start) != NULL;
        at = token.end;
    }
    return newline;
}

static bool
is_string(SqlToken token)
{
    return token.kind == SQL_TOKEN_STRING || token.kind == SQL_TOKEN_DOLLAR_STRING;
}

static bool
has_upper(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] >= 'A' && text[i] <= 'Z') {
            return true;
        }
    }
    return false;
}

static void
append_word(const char *text, size_t length, SqlTokenKind kind, Str *out)
{
    if (kind != SQL_TOKEN_IDENTIFIER || !has_upper(text, length)) {
        str_append_n(out, text, length);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        bool upper = text[i] >= 'A' && text[i] <= 'Z';
        str_append_char(out, upper ? (char)(text[i] - 'A' + 'a') : text[i]);
    }
}

void
sql_canon(const char *text, size_t length, Str *out)
{
    SqlToken before = {.kind = SQL_TOKEN_END};
    SqlToken token = sql_lex_next_word(text, length, 0);
    while (token.kind != SQL_TOKEN_END) {
        if (before.kind != SQL_TOKEN_END) {
            bool continued = is_string(before) && is_string(token) &&
                             is_continued(text, length, before.end, token.start);
            str_append_char(out, continued ? '\n' : ' ');
        }
        append_word(text + token.start, token.end - token.start, token.kind, out);
        before = token;
        token = sql_lex_next_word(text, length, token.end);
    }
}
