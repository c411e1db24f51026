#include "runtime/base/suggest.h"

#include "runtime/base/str.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* Costs count in halves, so that a difference in letter case alone is half an edit. */
enum { EDIT_COST = 2, CASE_COST = 1, LONGEST_WORD = 127 };

static unsigned
min_of(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned
replace_cost(char a, char b)
{
    if (a == b) {
        return 0;
    }
    return tolower((unsigned char)a) == tolower((unsigned char)b) ? CASE_COST : EDIT_COST;
}

/* Optimal string alignment: insertions, deletions, replacements and swaps of neighbours, by three
 * rows of the usual table (Boytsov 2011, "Indexing methods for approximate dictionary
 * searching", 2.1). */
static unsigned
distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
    unsigned rows[3][LONGEST_WORD + 1] = {{0}};
    for (size_t j = 0; j <= n_b; j++) {
        rows[0][j] = (unsigned)j * EDIT_COST;
    }
    for (size_t i = 1; i <= n_a; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *above = rows[(i + 2) % 3];
        const unsigned *above_that = rows[(i + 1) % 3];
        row[0] = (unsigned)i * EDIT_COST;
        for (size_t j = 1; j <= n_b; j++) {
            unsigned best = above[j - 1] + replace_cost(a[i - 1], b[j - 1]);
            best = min_of(best, above[j] + EDIT_COST);
            best = min_of(best, row[j - 1] + EDIT_COST);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                best = min_of(best, above_that[j - 2] + EDIT_COST);
            }
            row[j] = best;
        }
    }
    return rows[n_a % 3][n_b];
}

/* How far a suggestion may be from a word: a third of the longer one's length, but one edit for
 * short words, and none for a single letter (GCC's rule for its own suggestions). */
static unsigned
greatest_distance(size_t n_a, size_t n_b)
{
    size_t longer = n_a > n_b ? n_a : n_b;
    size_t shorter = n_a > n_b ? n_b : n_a;
    if (longer <= 1) {
        return CASE_COST;
    }
    size_t edits = longer - shorter <= 1 ? longer / 3 : (longer + 2) / 3;
    return (unsigned)(edits > 0 ? edits : 1) * EDIT_COST;
}

const char *
suggest_nearest(const char *word, const char *const *candidates, size_t n_candidates)
{
    const char *nearest = NULL;
    unsigned nearest_distance = 0;
    size_t length = strlen(word);
    if (length == 0 || length > LONGEST_WORD) {
        return NULL;
    }
    for (size_t i = 0; i < n_candidates; i++) {
        size_t other = strlen(candidates[i]);
        size_t apart = other > length ? other - length : length - other;
        unsigned limit = greatest_distance(length, other);
        bool same_letters = text_equal_ignore_case(word, candidates[i]);
        if (other == 0 || other > LONGEST_WORD || apart * EDIT_COST > limit) {
            continue;
        }
        unsigned d = distance(word, length, candidates[i], other);
        bool all_replaced = d >= EDIT_COST * (length > other ? length : other);
        if ((same_letters || (d <= limit && !all_replaced)) &&
            (nearest == NULL || d < nearest_distance)) {
            nearest = candidates[i];
            nearest_distance = d;
        }
    }
    return nearest;
}
