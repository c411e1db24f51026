/**
 * What the files of types/ share.
 */
#ifndef PDC_TYPES_TYPES_PRIV_H
#define PDC_TYPES_TYPES_PRIV_H

#include "compiler/types/types.h"
#include "runtime/base/map.h"
#include "runtime/base/vec.h"
#include "runtime/elaborate/render.h"
#include "runtime/store/store.h"

/** A table of the empty database, or why there is none. */
typedef struct Made Made;
struct Made {
    const char *schema; /* NULL: it failed */
    const char *name;
    Error error;
    StoreColumn *columns; /* NULL: not asked yet */
    size_t n_columns;
};

struct Types {
    Arena *arena;
    FlowSources *sources;
    const Secret *url; /* NULL: in memory */
    Store *store;      /* NULL: not opened yet */
    size_t n_bound;    /* queries that were bound to a view */
    Map *made;         /* text of a query to Made */
    Map *schemas;      /* those that exist */
    Map *looks;        /* instance to Look */
    VEC(Made *) owned; /* whose errors must be ended */
};

/** One instance. */
typedef struct Look Look;
struct Look {
    Types *types;
    const char *instance;
    const Flow *flow;
    const Environment *environment;
    Diags *diags;
    Made **tables; /* by FlowTable.index; NULL: unknown */
};

/** Runs a statement; on a server a failure leaves the transaction as it was. */
MUST_CHECK int types_exec(Types *types, const char *sql, Error *reterr);

/** Are the columns of all these known? */
bool look_knows(const Look *look, const FlowTable *const *tables, size_t n);
/** Puts a query into words with the names in the empty database. @return 0; < 0 after a message */
MUST_CHECK int look_render(Look *look, const FlowQuery *query, Rendered *ret_rendered);
/** Adds the engine's error; `fallback` is where it goes without a place of its own. */
void look_report(Look *look, Error *error, PdcSpan fallback);

/** Columns of a table that is known. NULL with `*ret_n` 0 where the engine can't say. */
const StoreColumn *made_columns(Types *types, Made *made, size_t *ret_n);

/** Clauses of a known table: the columns that they name, conditions, expressions. */
void clauses_look(Look *look, const FlowTable *table);
/** Has the engine read `head` + query + `tail` without running it. */
void look_bind(Look *look, const char *head, const FlowQuery *query, const char *tail, PdcSpan at);

#endif
