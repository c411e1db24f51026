#include "compiler/sql/canon.h"

#include "compiler/sql/words.h"
#include "runtime/base/macros.h"
#include "runtime/base/vec.h"

#include <stdlib.h>
#include <string.h>

typedef enum KeywordKind { NO_KEYWORD, RESERVED, PLAIN } KeywordKind;

typedef struct Keyword Keyword;
struct Keyword {
    const char *word;
    KeywordKind kind;
};

static const Keyword keywords[] = {
#define SQL_KEYWORD(word, kind) {word, kind},
#include "compiler/sql/canon.def"
#undef SQL_KEYWORD
};

enum { KEYWORD_LIMIT_BYTES = 16 };

/** What the canon of a word depends on besides the words beside it. */
typedef struct Canon Canon;
struct Canon {
    const SqlWords *words;
    VEC(size_t) open; /* the brackets around us */
};

static int
compare_keywords(const void *a, const void *b)
{
    return strcmp(((const Keyword *)a)->word, ((const Keyword *)b)->word);
}

static KeywordKind
keyword_kind(const SqlWords *words, size_t i)
{
    char folded[KEYWORD_LIMIT_BYTES + 1] = "";
    size_t start = words_start(words, i);
    size_t length = words_end(words, i) - start;
    if (length > KEYWORD_LIMIT_BYTES) {
        return NO_KEYWORD;
    }
    for (size_t k = 0; k < length; k++) {
        char c = words->text[start + k];
        folded[k] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    const Keyword wanted = {folded, NO_KEYWORD};
    const Keyword *found =
        bsearch(&wanted, keywords, ARRAY_LENGTH(keywords), sizeof(Keyword), compare_keywords);
    return found ? found->kind : NO_KEYWORD;
}

static bool
is_operator(const SqlWords *words, size_t i, const char *operator)
{
    size_t length = words_end(words, i) - words_start(words, i);
    return i < words->n && words->items[i].kind == SQL_TOKEN_OPERATOR &&
           length == strlen(operator) &&
           memcmp(words->text + words_start(words, i), operator, length) == 0;
}

/** Is the `as` at word `i` that of `cast(x as type)`? */
static bool
is_cast_as(const Canon *canon, size_t i)
{
    size_t open = canon->open.n > 0 ? canon->open.items[canon->open.n - 1] : 0;
    return words_is(canon->words, i, "as") && words_is_char(canon->words, open, '(') && open > 0 &&
           (words_is(canon->words, open - 1, "cast") ||
            words_is(canon->words, open - 1, "try_cast"));
}

/** Does the letter case of this unquoted word mean nothing, to either engine? */
static bool
is_folded(const Canon *canon, size_t i)
{
    const SqlWords *words = canon->words;
    if (i > 0 && (is_operator(words, i - 1, "::") || is_cast_as(canon, i - 1))) {
        return true;
    }
    bool behind_name = i > 0 && (words_is(words, i - 1, "as") || words_is_char(words, i - 1, '.'));
    bool before_value = words_is_char(words, i + 1, ':') || is_operator(words, i + 1, ":=") ||
                        is_operator(words, i + 1, "=>");
    if (behind_name || before_value) {
        return false;
    }
    if (words_is_char(words, i + 1, '(') || words_is_string(words, i + 1)) {
        return true;
    }
    bool behind_value =
        i > 0 && (words_is_name(words, i - 1) || words_is_string(words, i - 1) ||
                  words->items[i - 1].kind == SQL_TOKEN_NUMBER ||
                  words_is_char(words, i - 1, ')') || words_is_char(words, i - 1, ']'));
    switch (keyword_kind(words, i)) {
    case NO_KEYWORD: return false;
    case RESERVED: return true;
    case PLAIN: return behind_value || words_is(words, i + 1, "by");
    }
    return false;
}

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
append_word(const Canon *canon, size_t i, Str *out)
{
    const SqlWords *words = canon->words;
    const char *text = words->text + words_start(words, i);
    size_t length = words_end(words, i) - words_start(words, i);
    bool folded = words->items[i].kind == SQL_TOKEN_IDENTIFIER && is_folded(canon, i);
    for (size_t k = 0; folded && k < length; k++) {
        char c = text[k];
        str_append_char(out, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
    if (!folded) {
        str_append_n(out, text, length);
    }
}

void
sql_canon(const char *text, size_t length, Str *out)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    SqlWords words = words_split(text, length, arena);
    Canon canon = {.words = &words};
    for (size_t i = 0; i < words.n; i++) {
        if (i > 0) {
            str_append_char(out, is_continued(&words, i) ? '\n' : ' ');
        }
        append_word(&canon, i, out);
        if (words.mate[i] != WORDS_NONE && words.mate[i] > i) {
            vec_push(&canon.open, i);
        } else if (words.mate[i] != WORDS_NONE) {
            canon.open.n--;
        }
    }
    vec_free(&canon.open);
}
