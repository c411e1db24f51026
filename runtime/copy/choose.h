/**
 * Choose: which rows of the source's tables are kept.
 *
 * In:   the rules and the foreign keys of a Flow, a store that sees the source's tables.
 * Out:  for each table one SELECT, and before that short lists of keys (temporary tables of the
 * source's connection) where the rows of one table decide those of another.
 * Rule: what a list holds depends on the source's rows and the rules alone, never on the engine,
 * its plans or the run: the hash is the same everywhere (hash.h), ties are broken by the key.
 *
 * Closure over cycles is semi-naive evaluation (Bancilhon and Ramakrishnan 1986): each round looks
 * at the keys that the one before added, until none are new.
 */
#ifndef PDC_COPY_CHOOSE_H
#define PDC_COPY_CHOOSE_H

#include "runtime/copy/copy_priv.h"

typedef struct CopyChoice CopyChoice;

/** How rows got into a list. */
typedef enum CopyReason {
    COPY_REASON_PICKED,
    COPY_REASON_STRATUM,
    COPY_REASON_COVER,
    COPY_REASON_CERTAIN,
    COPY_REASON_PLUS,
    COPY_REASON_FOLLOWED,
    COPY_REASON_CLOSURE
} CopyReason;

/**
 * Makes the lists that the tables in `due` need.
 * @param due  by table of the flow
 * @param ret_choice  in `arena`, ended with copy_choice_end()
 * @return 0, or < 0: ERROR_DATA for a column that is not there, ERROR_SQL for a condition that the
 * engine can't read, with its place
 */
MUST_CHECK int copy_choice_new(const CopySource *source, const Exec *exec, const bool *due,
                               Arena *arena, CopyChoice **ret_choice, Error *reterr);

/**
 * Sends `head`, the SELECT of the rows of a table that was due, and `tail`.
 * @param ret_rows  rows that were written, or NULL
 */
MUST_CHECK int copy_choice_send(CopyChoice *choice, const char *head, const FlowTable *table,
                                const char *tail, int64_t *ret_rows, Error *reterr);
/** The SELECT itself, in the choice's arena. */
MUST_CHECK int copy_choice_select(CopyChoice *choice, const FlowTable *table, const char **ret_sql,
                                  Error *reterr);

/**
 * The SELECT of what the rows of a table that was due weigh (weigh.h), in the choice's arena; NULL
 * where every row is copied, so that each stands for itself, and where rows have no key to be told
 * apart by.
 */
MUST_CHECK int copy_choice_weigh(CopyChoice *choice, const FlowTable *table, const char **ret_sql,
                                 Error *reterr);

/** Drops the lists. They would end with the connection, too. */
MUST_CHECK int copy_choice_end(CopyChoice *choice, Error *reterr);

#endif
