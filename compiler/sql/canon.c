#include "compiler/sql/canon.h"

#include "compiler/sql/words.h"
#include "runtime/base/macros.h"

#include <string.h>

/** `'a'` and, on a later line, `'b'` are one string; on one line they are a mistake. */
static bool
is_continued(const SqlWords *words, size_t i)
{
    if (!words_is_string(words, i - 1) || !words_is_string(words, i)) {
        return false;
    }
    bool newline = false;
    for (size_t at = words_end(words, i - 1); at < words_start(words, i);) {
        SqlToken token = sql_lex_next(words->text, words->length, at);
        const char *text = words->text + token.start;
        if (token.kind == SQL_TOKEN_COMMENT && text[0] == '/') {
            return false;
        }
        newline = newline || memchr(text, '\n', token.end - token.start) != NULL ||
                  memchr(text, '\r', token.end - token.start) != NULL;
        at = token.end;
    }
    return newline;
}

static void
append_word(const SqlWords *words, size_t i, Str *out)
{
    const char *text = words->text + words_start(words, i);
    size_t length = words_end(words, i) - words_start(words, i);
    bool folded = words->items[i].kind == SQL_TOKEN_IDENTIFIER;
    for (size_t k = 0; k < length; k++) {
        bool upper = folded && text[k] >= 'A' && text[k] <= 'Z';
        str_append_char(out, upper ? (char)(text[k] - 'A' + 'a') : text[k]);
    }
}

void
sql_canon(const char *text, size_t length, Str *out)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    SqlWords words = words_split(text, length, arena);
    for (size_t i = 0; i < words.n; i++) {
        if (i > 0) {
            str_append_char(out, is_continued(&words, i) ? '\n' : ' ');
        }
        append_word(&words, i, out);
    }
}
