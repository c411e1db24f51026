#include "compiler/parse/keywords.h"

#include "compiler/parse/flow_parser.h"
#include "runtime/base/macros.h"
#include "runtime/base/suggest.h"

#include <string.h>

#define LONGEST_KEYWORD 15

static const Keyword keywords[] = {
#define KEYWORD(id, text, reserved, groups) {text, TOKEN_##id, reserved, groups},
#include "compiler/parse/keywords.def"
#undef KEYWORD
};

static const Keyword *
find_folded(const char *word)
{
    size_t low = 0;
    size_t high = ARRAY_LENGTH(keywords);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(word, keywords[middle].text);
        if (order == 0) {
            return &keywords[middle];
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

const Keyword *
keyword_find(const char *word, size_t length)
{
    char folded[LONGEST_KEYWORD + 1];
    if (length > LONGEST_KEYWORD) {
        return NULL;
    }
    for (size_t i = 0; i < length; i++) {
        char c = word[i];
        folded[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    folded[length] = '\0';
    return find_folded(folded);
}

const Keyword *
keyword_nearest(const char *word, unsigned groups)
{
    const char *candidates[ARRAY_LENGTH(keywords)];
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(keywords); i++) {
        if (keywords[i].groups & groups) {
            candidates[n++] = keywords[i].text;
        }
    }
    const char *nearest = suggest_nearest(word, candidates, n);
    return nearest != NULL ? find_folded(nearest) : NULL;
}

const Keyword *
keyword_at(size_t i)
{
    return i < ARRAY_LENGTH(keywords) ? &keywords[i] : NULL;
}
