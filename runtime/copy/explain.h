/**
 * Explain: why one row of the source comes with a copy, or why it doesn't.
 *
 * In:   a copied table and the key of a row. Out: for each rule whether it brings the row, in
 * words, and which row of another table it follows or is closed over from. Rule: each rule is asked
 * by itself, by the statement that a copy would send for it, so an answer can't differ from what is
 * copied.
 */
#ifndef PDC_COPY_EXPLAIN_H
#define PDC_COPY_EXPLAIN_H

#include "runtime/copy/copy.h"

/** What one rule says about the row. */
typedef struct CopyAnswer CopyAnswer;
struct CopyAnswer {
    const char *rule; /* as written, with its values; of an entity's with that before it */
    bool holds;
    const char *why;
};

typedef struct CopyExplanation CopyExplanation;
struct CopyExplanation {
    const char *key; /* `order_id = 1, pos = 2`, as the source spells it */
    bool is_kept;
    const char *by; /* what brought it first, in words (shares.def); NULL where it isn't kept */
    CopyAnswer *answers;
    size_t n;
};

/**
 * @param key  of one column: its value as it is; of several: their values in the order of the key,
 * with commas between; one with a comma or quote in it stands in double quotes, as in CSV
 * @param arena  of the texts
 * @return 0, or < 0: ERROR_USAGE where the table has no key, or the text isn't one; ERROR_DATA
 * where the source has no such row; else as copy_try() says
 */
MUST_CHECK int copy_explain(CopySource *source, const Exec *exec, const FlowTable *table,
                            const char *key, Arena *arena, CopyExplanation *ret_explanation,
                            Error *reterr);

#endif
