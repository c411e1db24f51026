/**
 * Outline: the parts of a query's result, as the compiler cut it (PdcQuery.outline), with the
 * values that the instance put into them.
 */
#ifndef PDC_KEY_OUTLINE_H
#define PDC_KEY_OUTLINE_H

#include "runtime/elaborate/flow.h"

/** The rows, or a column, or a clause. */
typedef struct OutlinePart OutlinePart;
struct OutlinePart {
    const char *name; /* of the column or clause; of the rows: NULL */
    const char *text; /* digest of what is written, and what values stand in it */
    const char **names;
    size_t n_names;
};

typedef struct Outline Outline;
struct Outline {
    const char **names; /* in lower case: what may be a column of what the query reads */
    size_t n_names;
    bool has_parts;
    OutlinePart rows;
    OutlinePart *columns;
    size_t n_columns;
    OutlinePart *clauses; /* without names; values count for `rows` alone */
    size_t n_clauses;
};

/** The outline of the query that makes the table's rows, in `arena`; NULL: it has none, so that it
 * uses all of what it reads and is one part. */
Outline *outline_of(const FlowTable *table, Arena *arena);

/** The parts as text, for the metadata: digests by name. NULL without parts. */
const char *outline_text(const Outline *outline, Arena *arena);

#endif
