/**
 * Types: the columns of every table, found out before anything runs by the engine that will run it.
 *
 * In:   the flow of one instance after the other, as elaborate() made it.
 * Out:  messages at places of the `.flow`: what the engine has to say about a query, columns that a
 * clause names and the table lacks.
 *
 * DuckDB: an empty database in memory; PostgreSQL: a transaction on the instance's server, which is
 * rolled back. It gets each table without its rows (`create table … as … with no
 * data`: the query is bound, never executed), inputs first. What can't be known (a table of another
 * system, a file that isn't there) is unknown, and so is what is made of it: never an error. A
 * table whose query reads the same tables in two instances is asked for once.
 */
#ifndef PDC_TYPES_TYPES_H
#define PDC_TYPES_TYPES_H

#include "runtime/base/secret.h"
#include "runtime/elaborate/elaborate.h"
#include "runtime/elaborate/flow.h"
#include "runtime/elaborate/render.h"
#include "runtime/elaborate/test.h"
#include "runtime/flow/sources.h"
#include "runtime/store/store.h"

#include <stdbool.h>

typedef struct Types Types;

/** Ready to look; the engine is opened when first asked. End with types_free().
 * @param url         the server, or NULL: DuckDB in memory
 * @param version     of pdc: another one asks everything anew
 * @param cache_path  where DuckDB's answers are kept for the next check, or NULL */
MUST_CHECK Types *types_new(FlowSources *sources, const Secret *url, const char *cache_path,
                            const char *version);
/** NULL is fine. */
void types_free(Types *types);
DEFINE_CLEANUP(types_freep, Types, types_free)

/**
 * Looks at all tables and checks of one instance. The instance that it copies from, if any, comes
 * first; else what is copied is unknown. `flow` must live as long as `types`.
 * @param reterr  why the engine can't be asked
 * @return number of tables whose columns are unknown, failed ones not counted; < 0 with `reterr`:
 * nothing was asked
 */
MUST_CHECK long types_look(Types *types, const char *instance, const Flow *flow,
                           const Environment *environment, Diags *diags, Error *reterr);

/** The columns of a table of an instance that was looked at; NULL with `*ret_n` 0: unknown. They
 * live as long as `types`. */
const StoreColumn *types_columns(Types *types, const char *instance, const FlowTable *table,
                                 size_t *ret_n);

/**
 * Puts a query of an instance that was looked at into words, with the names that its tables have
 * there.
 * @return false where one of them is not known
 */
bool types_render(Types *types, const char *instance, const FlowQuery *query,
                  Rendered *ret_rendered);

/**
 * The types of expressions in `sql`, which is such a query with calls of STORE_TYPE_OF in it.
 * @param types_of  `n` names as in store_expression_types(), constants or in the arena of `types`;
 * what isn't known stays as it is
 */
void types_of_expressions(Types *types, const char *instance, const FlowQuery *query,
                          const char *sql, const char **types_of, size_t n);

/** Holds the rows of a unit test against the tables of an instance that was looked at: columns,
 * number of values, what the engine says of the values. Nothing where it wasn't. */
void types_look_test(Types *types, const char *instance, const FlowTest *test, Diags *diags);

#endif
