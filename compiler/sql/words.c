#include "compiler/sql/words.h"

#include "runtime/base/macros.h"
#include "runtime/base/str.h"
#include "runtime/base/vec.h"

#include <string.h>

static const SqlToken *
word(const SqlWords *words, size_t i)
{
    return i < words->n ? &words->items[i] : NULL;
}

/** The bracket that closes this one, or NUL. */
static char
closer_of(char c)
{
    static const char pairs[] = "()[]{}";
    for (size_t i = 0; pairs[i] != '\0'; i += 2) {
        if (pairs[i] == c) {
            return pairs[i + 1];
        }
    }
    return '\0';
}

static bool
is_closer(char c)
{
    return c == ')' || c == ']' || c == '}';
}

/** A closing bracket belongs to the innermost open one, and to none where that is of another kind.
 */
static void
match_brackets(SqlWords *words, Arena *arena)
{
    VEC(size_t) open = {0};
    words->mate = ARENA_ARRAY(arena, size_t, words->n + 1);
    for (size_t i = 0; i < words->n; i++) {
        words->mate[i] = WORDS_NONE;
        const SqlToken *token = &words->items[i];
        char c = words->text[token->start];
        if (token->kind != SQL_TOKEN_PUNCTUATION) {
            continue;
        }
        if (closer_of(c) != '\0') {
            vec_push(&open, i);
        } else if (is_closer(c) && open.n > 0) {
            size_t opener = open.items[open.n - 1];
            if (closer_of(words->text[words->items[opener].start]) == c) {
                open.n--;
                words->mate[i] = opener;
                words->mate[opener] = i;
            }
        }
    }
    vec_free(&open);
}

SqlWords
words_split(const char *text, size_t length, Arena *arena)
{
    VEC(SqlToken) tokens = {0};
    SqlToken token = sql_lex_next_word(text, length, 0);
    while (token.kind != SQL_TOKEN_END) {
        vec_push(&tokens, token);
        token = sql_lex_next_word(text, length, token.end);
    }
    SqlWords words = {.text = text, .length = length, .n = tokens.n};
    words.items = ARENA_ARRAY(arena, SqlToken, tokens.n + 1);
    if (tokens.n > 0) {
        memcpy(words.items, tokens.items, tokens.n * sizeof(SqlToken));
    }
    vec_free(&tokens);
    match_brackets(&words, arena);
    return words;
}

size_t
words_at(const SqlWords *words, size_t offset)
{
    size_t low = 0;
    size_t high = words->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (words->items[middle].start < offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

size_t
words_start(const SqlWords *words, size_t i)
{
    const SqlToken *token = word(words, i);
    return token ? token->start : words->length;
}

size_t
words_end(const SqlWords *words, size_t i)
{
    const SqlToken *token = word(words, i);
    return token ? token->end : words->length;
}

bool
words_is_char(const SqlWords *words, size_t i, char c)
{
    const SqlToken *token = word(words, i);
    return token && sql_token_is(words->text, *token, c);
}

bool
words_is(const SqlWords *words, size_t i, const char *text)
{
    const SqlToken *token = word(words, i);
    return token && sql_token_is_word(words->text, *token, text);
}

bool
words_is_name(const SqlWords *words, size_t i)
{
    const SqlToken *token = word(words, i);
    return token &&
           (token->kind == SQL_TOKEN_IDENTIFIER || token->kind == SQL_TOKEN_QUOTED_IDENTIFIER);
}

bool
words_is_string(const SqlWords *words, size_t i)
{
    const SqlToken *token = word(words, i);
    return token && (token->kind == SQL_TOKEN_STRING || token->kind == SQL_TOKEN_DOLLAR_STRING);
}

/** `"a""b"` without quotes; `U&"…"` keeps its escapes: only the engine can read them. */
static char *
unquote(const char *text, size_t length, Arena *arena)
{
    const char *quote = memchr(text, '"', length);
    Str name = {0};
    for (const char *at = quote + 1; at + 1 < text + length; at++) {
        str_append_char(&name, *at);
        at += *at == '"' ? 1 : 0;
    }
    return str_take_in(&name, arena);
}

char *
words_name(const SqlWords *words, size_t i, Arena *arena)
{
    const SqlToken *token = word(words, i);
    if (!token) {
        return arena_strdup(arena, "");
    }
    const char *text = words->text + token->start;
    size_t length = token->end - token->start;
    return token->kind == SQL_TOKEN_QUOTED_IDENTIFIER ? unquote(text, length, arena)
                                                      : text_fold(arena, text, length);
}

bool
words_name_is(const SqlWords *words, size_t i, const char *name, Arena *scratch)
{
    return words_is_name(words, i) && text_equal_ignore_case(words_name(words, i, scratch), name);
}

size_t
words_dotted_end(const SqlWords *words, size_t i)
{
    if (!words_is_name(words, i)) {
        return i;
    }
    while (words_is_char(words, i + 1, '.') && words_is_name(words, i + 2)) {
        i += 2;
    }
    return i + 1;
}

size_t
words_skip(const SqlWords *words, size_t i)
{
    if (i >= words->n) {
        return words->n;
    }
    size_t mate = words->mate[i];
    return mate != WORDS_NONE && mate > i ? mate + 1 : i + 1;
}
