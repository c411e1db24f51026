/**
 * Transfer: the rows of a query in one store, as a table in another one.
 *
 * Types are mapped when it is planned: what has no counterpart is an error then, which names the
 * column. The rows are streamed: neither side holds more than a block of them.
 */
#ifndef PDC_TRANSFER_TRANSFER_H
#define PDC_TRANSFER_TRANSFER_H

#include "runtime/base/arena.h"
#include "runtime/base/str.h"
#include "runtime/store/store.h"

typedef struct TransferColumn TransferColumn;
struct TransferColumn {
    const char *name;
    const char *type; /* in the target */
};

typedef struct Transfer Transfer;
struct Transfer {
    const char *sql; /* the query, with casts where values travel as another type */
    TransferColumn *columns;
    size_t n_columns;
};

/** How far it is; called after each block, in the caller's thread. @return false: give up */
typedef bool (*TransferProgress)(void *user, int64_t bytes);

/**
 * Plans it; touches no database.
 * @param query  one SELECT, without `;`
 * @param columns  its columns, in the source
 * @param ret_transfer  in `arena`
 * @return 0; < 0: ERROR_UNSUPPORTED for a column whose type has no counterpart in the target
 */
MUST_CHECK int transfer_plan(const Store *source, const char *query, const StoreColumn *columns,
                             size_t n_columns, const Store *target, Arena *arena,
                             Transfer *ret_transfer, Error *reterr);

/** Appends `("a" integer, …)`: the columns of the table to be made. */
void transfer_append_columns(const Transfer *transfer, Str *sql);

/**
 * Moves the rows into the table, which is there, empty, and has these columns.
 * @param progress  or NULL
 * @return 0; < 0: ERROR_DATA for a value that the target can't hold, with row and column;
 * ERROR_INTERRUPTED where `progress` gave up; or what one of the stores says
 */
MUST_CHECK int transfer_run(const Transfer *transfer, Store *source, Store *target,
                            const char *schema, const char *table, TransferProgress progress,
                            void *user, int64_t *ret_rows, Error *reterr);

#endif
