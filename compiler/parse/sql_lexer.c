#include "compiler/parse/sql_lexer.h"

#include <string.h>

/** The text and where we are in it; reading behind its end gives NUL. */
typedef struct Cursor Cursor;
struct Cursor {
    const char *text;
    size_t length;
    size_t at;
};

static char
peek(const Cursor *cursor, size_t ahead)
{
    return ahead < cursor->length - cursor->at ? cursor->text[cursor->at + ahead] : '\0';
}

static bool
at_end(const Cursor *cursor)
{
    return cursor->at >= cursor->length;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool
is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}

static bool
is_operator_char(char c)
{
    switch (c) {
    case '~':
    case '!':
    case '@':
    case '#':
    case '^':
    case '&':
    case '|':
    case '`':
    case '?':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '<':
    case '>':
    case '=': return true;
    default: return false;
    }
}

bool
sql_is_identifier_byte(char c)
{
    return is_letter(c) || is_digit(c);
}

static void
skip_line(Cursor *cursor)
{
    while (!at_end(cursor) && peek(cursor, 0) != '\n' && peek(cursor, 0) != '\r') {
        cursor->at++;
    }
}

/** A block comment; comments nest. @return whether it ended */
static bool
skip_block_comment(Cursor *cursor)
{
    size_t depth = 0;
    while (!at_end(cursor)) {
        if (peek(cursor, 0) == '/' && peek(cursor, 1) == '*') {
            depth++;
            cursor->at += 2;
        } else if (peek(cursor, 0) == '*' && peek(cursor, 1) == '/') {
            depth--;
            cursor->at += 2;
            if (depth == 0) {
                return true;
            }
        } else {
            cursor->at++;
        }
    }
    return false;
}

/** From an opening quote to behind its closing one; a doubled quote stands for one. @return whether
 * it ended */
static bool
skip_quoted(Cursor *cursor, bool backslash_escapes)
{
    char quote = peek(cursor, 0);
    cursor->at++;
    while (!at_end(cursor)) {
        char c = peek(cursor, 0);
        if (c == quote && peek(cursor, 1) != quote) {
            cursor->at++;
            return true;
        }
        bool pair = c == quote || (c == '\\' && backslash_escapes);
        cursor->at += pair && cursor->length - cursor->at > 1 ? 2 : 1;
    }
    return false;
}

/** Where white space with a newline in it, and then a quote follow: the string goes on there. */
static bool
skip_to_continuation(Cursor *cursor)
{
    Cursor probe = *cursor;
    bool newline = false;
    for (;;) {
        char c = peek(&probe, 0);
        if (at_end(&probe)) {
            return false;
        }
        if (c == '-' && peek(&probe, 1) == '-') {
            skip_line(&probe);
        } else if (is_space(c)) {
            newline = newline || c == '\n' || c == '\r';
            probe.at++;
        } else {
            break;
        }
    }
    if (!newline || peek(&probe, 0) != '\'') {
        return false;
    }
    *cursor = probe;
    return true;
}

/** E'…': its continuation on a later line follows its rules, so that is part of the token. */
static bool
skip_escape_string(Cursor *cursor)
{
    do {
        if (!skip_quoted(cursor, true)) {
            return false;
        }
    } while (skip_to_continuation(cursor));
    return true;
}

/** Length of `$tag$` at the cursor, or 0. */
static size_t
dollar_tag_length(const Cursor *cursor)
{
    size_t n = 1;
    if (is_letter(peek(cursor, n))) {
        while (sql_is_identifier_byte(peek(cursor, n))) {
            n++;
        }
    }
    return peek(cursor, n) == '$' ? n + 1 : 0;
}

/** Behind the closing tag. @return whether there is one */
static bool
skip_dollar_string(Cursor *cursor, size_t tag_length)
{
    const char *tag = cursor->text + cursor->at;
    cursor->at += tag_length;
    while (!at_end(cursor)) {
        const char *dollar = memchr(cursor->text + cursor->at, '$', cursor->length - cursor->at);
        if (dollar == NULL) {
            break;
        }
        cursor->at = (size_t)(dollar - cursor->text);
        if (cursor->length - cursor->at >= tag_length && memcmp(dollar, tag, tag_length) == 0) {
            cursor->at += tag_length;
            return true;
        }
        cursor->at++;
    }
    cursor->at = cursor->length;
    return false;
}

static void
skip_identifier(Cursor *cursor)
{
    while (sql_is_identifier_byte(peek(cursor, 0)) ||
           (peek(cursor, 0) == '$' && peek(cursor, 1) != '{')) {
        cursor->at++;
    }
}

static void
skip_digits(Cursor *cursor)
{
    while (is_digit(peek(cursor, 0)) || (peek(cursor, 0) == '_' && is_digit(peek(cursor, 1)))) {
        cursor->at++;
    }
}

/** `1`, `1_000`, `1.5`, `.5`, `1e-3`, `0xff`; in `1..3` the dots do not belong to it. */
static void
skip_number(Cursor *cursor)
{
    if (peek(cursor, 0) == '0' && peek(cursor, 1) != '\0' && strchr("xXoObB", peek(cursor, 1)) &&
        sql_is_identifier_byte(peek(cursor, 2))) {
        cursor->at += 2;
        while (sql_is_identifier_byte(peek(cursor, 0))) {
            cursor->at++;
        }
        return;
    }
    skip_digits(cursor);
    if (peek(cursor, 0) == '.' && peek(cursor, 1) != '.') {
        cursor->at++;
        skip_digits(cursor);
    }
    size_t sign = peek(cursor, 1) == '+' || peek(cursor, 1) == '-' ? 1 : 0;
    if ((peek(cursor, 0) == 'e' || peek(cursor, 0) == 'E') && is_digit(peek(cursor, 1 + sign))) {
        cursor->at += 1 + sign;
        skip_digits(cursor);
    }
}

/** PostgreSQL refuses longer operators, so a longer run may be cut anywhere; the bound keeps lexing
 * linear. */
#define OPERATOR_LIMIT 64

/**
 * A run of operator characters: it ends where a comment begins; a `+` or `-` at its end belongs to
 * it only if one of ~ ! @ # % ^ & | ` ? is in it (PostgreSQL manual, "Operators"), so that `a=-1`
 * is three tokens.
 */
static void
skip_operator(Cursor *cursor)
{
    size_t n = 0;
    bool special = false;
    while (n < OPERATOR_LIMIT && is_operator_char(peek(cursor, n))) {
        char c = peek(cursor, n);
        char next = peek(cursor, n + 1);
        if (n > 0 && ((c == '-' && next == '-') || (c == '/' && next == '*'))) {
            break;
        }
        special = special || strchr("~!@#%^&|`?", c) != NULL;
        n++;
    }
    special = special || n == OPERATOR_LIMIT;
    while (!special && n > 1 && (peek(cursor, n - 1) == '+' || peek(cursor, n - 1) == '-')) {
        n--;
    }
    cursor->at += n;
}

/** A string with a prefix, or an identifier that only begins like one. */
static SqlTokenKind
lex_letter(Cursor *cursor, bool *terminated)
{
    char c = peek(cursor, 0);
    char next = peek(cursor, 1);
    if ((c == 'e' || c == 'E') && next == '\'') {
        cursor->at++;
        *terminated = skip_escape_string(cursor);
        return SQL_TOKEN_STRING;
    }
    if (next == '\'' && strchr("bBxXnN", c) != NULL) {
        cursor->at++;
        *terminated = skip_quoted(cursor, false);
        return SQL_TOKEN_STRING;
    }
    char quote = peek(cursor, 2);
    if ((c == 'u' || c == 'U') && next == '&' && (quote == '\'' || quote == '"')) {
        cursor->at += 2;
        *terminated = skip_quoted(cursor, false);
        return quote == '"' ? SQL_TOKEN_QUOTED_IDENTIFIER : SQL_TOKEN_STRING;
    }
    skip_identifier(cursor);
    return SQL_TOKEN_IDENTIFIER;
}

static SqlTokenKind
lex_dollar(Cursor *cursor, bool *terminated)
{
    if (peek(cursor, 1) == '{') {
        cursor->at += 2;
        return SQL_TOKEN_HOLE;
    }
    if (is_digit(peek(cursor, 1))) {
        cursor->at++;
        while (is_digit(peek(cursor, 0))) {
            cursor->at++;
        }
        return SQL_TOKEN_PARAMETER;
    }
    size_t tag_length = dollar_tag_length(cursor);
    if (tag_length > 0) {
        *terminated = skip_dollar_string(cursor, tag_length);
        return SQL_TOKEN_DOLLAR_STRING;
    }
    cursor->at++;
    return SQL_TOKEN_OTHER;
}

/** Punctuation, or `::`, `:=`, `..`. */
static SqlTokenKind
lex_punctuation(Cursor *cursor)
{
    char c = peek(cursor, 0);
    char next = peek(cursor, 1);
    bool pair = (c == ':' && (next == ':' || next == '=')) || (c == '.' && next == '.');
    cursor->at += pair ? 2 : 1;
    return pair ? SQL_TOKEN_OPERATOR : SQL_TOKEN_PUNCTUATION;
}

static SqlTokenKind
lex_token(Cursor *cursor, bool *terminated)
{
    char c = peek(cursor, 0);
    char next = peek(cursor, 1);
    if (is_space(c)) {
        while (!at_end(cursor) && is_space(peek(cursor, 0))) {
            cursor->at++;
        }
        return SQL_TOKEN_SPACE;
    }
    if (c == '-' && next == '-') {
        skip_line(cursor);
        return SQL_TOKEN_COMMENT;
    }
    if (c == '/' && next == '*') {
        *terminated = skip_block_comment(cursor);
        return SQL_TOKEN_COMMENT;
    }
    if (c == '\'' || c == '"') {
        *terminated = skip_quoted(cursor, false);
        return c == '"' ? SQL_TOKEN_QUOTED_IDENTIFIER : SQL_TOKEN_STRING;
    }
    if (is_letter(c)) {
        return lex_letter(cursor, terminated);
    }
    if (is_digit(c) || (c == '.' && is_digit(next))) {
        skip_number(cursor);
        return SQL_TOKEN_NUMBER;
    }
    if (c == '$') {
        return lex_dollar(cursor, terminated);
    }
    if (is_operator_char(c)) {
        skip_operator(cursor);
        return SQL_TOKEN_OPERATOR;
    }
    if (strchr("()[]{},;:.", c) != NULL) {
        return lex_punctuation(cursor);
    }
    cursor->at++;
    return SQL_TOKEN_OTHER;
}

SqlToken
sql_lex_next(const char *text, size_t length, size_t offset)
{
    if (offset >= length) {
        return (SqlToken){SQL_TOKEN_END, false, length, length};
    }
    Cursor cursor = {text, length, offset};
    bool terminated = true;
    SqlTokenKind kind = lex_token(&cursor, &terminated);
    return (SqlToken){kind, !terminated, offset, cursor.at};
}

SqlToken
sql_lex_next_word(const char *text, size_t length, size_t offset)
{
    SqlToken token = sql_lex_next(text, length, offset);
    while (token.kind == SQL_TOKEN_SPACE || token.kind == SQL_TOKEN_COMMENT) {
        token = sql_lex_next(text, length, token.end);
    }
    return token;
}

bool
sql_token_is(const char *text, SqlToken token, char c)
{
    return token.kind == SQL_TOKEN_PUNCTUATION && text[token.start] == c;
}

bool
sql_token_is_word(const char *text, SqlToken token, const char *word)
{
    size_t length = token.end - token.start;
    if (token.kind != SQL_TOKEN_IDENTIFIER) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        char c = text[token.start + i];
        char folded = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        if (folded != word[i]) {
            return false; /* also where the word has ended */
        }
    }
    return word[length] == '\0';
}
