/**
 * Keywords: the words of the frame, from keywords.def.
 */
#ifndef PDC_PARSE_KEYWORDS_H
#define PDC_PARSE_KEYWORDS_H

#include <stdbool.h>
#include <stddef.h>

/** Which lists of a message a keyword belongs to. */
typedef enum KeywordGroup {
    KEYWORD_DECLARATION = 1 << 0, /* begins a declaration of a file */
    KEYWORD_ITEM = 1 << 1,        /* begins a declaration of a stage */
    KEYWORD_CLAUSE = 1 << 2,
    KEYWORD_RULE = 1 << 3, /* begins a rule of `copy` */
    KEYWORD_STEP = 1 << 4  /* begins a step of a test */
} KeywordGroup;

typedef struct Keyword Keyword;
struct Keyword {
    const char *text;
    int token; /* of the grammar */
    bool reserved;
    unsigned groups;
};

/** The keyword that `word` is in any letter case, or NULL. */
const Keyword *keyword_find(const char *word, size_t length);

/** The keyword of `groups` that is nearest to `word`, or NULL if none is near. */
const Keyword *keyword_nearest(const char *word, unsigned groups);

/** Keyword number `i`, or NULL behind the last one. */
const Keyword *keyword_at(size_t i);

#endif
