/**
 * Words: the tokens of one SQL text without white space and comments, with each bracket's other
 * half.
 *
 * The trees of the engines say where a name begins, rarely where it ends; that, and everything
 * about layout, is read off here. Positions are bytes. An index of `n` is "behind the last word";
 * asking about it is always allowed.
 */
#ifndef PDC_SQL_WORDS_H
#define PDC_SQL_WORDS_H

#include "compiler/parse/sql_lexer.h"
#include "runtime/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

#define WORDS_NONE ((size_t)-1)

typedef struct SqlWords SqlWords;
struct SqlWords {
    const char *text; /* of the caller */
    size_t length;
    SqlToken *items;
    size_t *
        mate; /* of a bracket: index of its other half; WORDS_NONE: it has none, or is no bracket */
    size_t n;
};

/** Cuts a text into words, in `arena`; linear, any bytes may be given. */
SqlWords words_split(const char *text, size_t length, Arena *arena);

/** Index of the first word that begins at `offset` or behind it. */
size_t words_at(const SqlWords *words, size_t offset);
/** Where the word begins; `length` for the index `n`. */
size_t words_start(const SqlWords *words, size_t i);
/** Where the word ends; `length` for the index `n`. */
size_t words_end(const SqlWords *words, size_t i);

/** Is it this punctuation? */
bool words_is_char(const SqlWords *words, size_t i, char c);
/** Is it this unquoted word (given in lower case)? */
bool words_is(const SqlWords *words, size_t i, const char *word);
/** Is it an identifier, keyword or quoted identifier? */
bool words_is_name(const SqlWords *words, size_t i);
bool words_is_string(const SqlWords *words, size_t i);

/** What a name means: folded to lower case (ASCII), or without its quotes. In `arena`. */
char *words_name(const SqlWords *words, size_t i, Arena *arena);
/** Does the name mean `name`, letter case (ASCII) aside? */
bool words_name_is(const SqlWords *words, size_t i, const char *name, Arena *scratch);

/** Index behind the dotted name that begins at word `i`: `a . b . c`; `i` where none does. */
size_t words_dotted_end(const SqlWords *words, size_t i);
/** Index behind the word, or behind the bracket that it opens. */
size_t words_skip(const SqlWords *words, size_t i);

#endif
