/**
 * Violation: which rows break a clause of a table, as a query; and the message about them.
 */
#ifndef PDC_EXEC_VIOLATION_H
#define PDC_EXEC_VIOLATION_H

#include "runtime/exec/exec.h"

/** What violation_count() puts before a query. */
#define VIOLATION_COUNT_HEAD "select cast(count(*) as text) from ("

typedef struct Violations Violations;
struct Violations {
    int64_t count;
    const char *rows; /* the first of them, a line each; NULL if there are none */
};

/** The clause in words: `primary key (a, b)`, `check`. In `arena`. */
const char *violation_clause(const FlowConstraint *constraint, Arena *arena);

/** The query that finds the rows that break the clause, where the table's rows are at this moment.
 * In `arena`. */
MUST_CHECK int violation_query(const Exec *exec, const FlowTable *table,
                               const FlowConstraint *constraint, Arena *arena,
                               const char **ret_query, Error *reterr);

/** Counts the rows that `query` gives and reads the first ones. */
MUST_CHECK int violation_count(const Exec *exec, const char *query, Arena *arena,
                               Violations *ret_violations, Error *reterr);

/** The error about a broken clause, at its place. @return -1 */
int violation_error(const Exec *exec, const FlowTable *table, const FlowConstraint *constraint,
                    const Violations *violations, Error *reterr);

/** Appends the columns of a clause, each with `tail` behind it and `separator` between them. */
void violation_append_columns(const FlowConstraint *constraint, const char *separator,
                              const char *tail, Str *sql);

#endif
