/**
 * What the files of types/ share.
 */
#ifndef PDC_TYPES_TYPES_PRIV_H
#define PDC_TYPES_TYPES_PRIV_H

#include "compiler/types/cache.h"
#include "compiler/types/types.h"
#include "runtime/base/map.h"
#include "runtime/base/vec.h"
#include "runtime/elaborate/render.h"
#include "runtime/exec/csv/csv.h"
#include "runtime/store/store.h"

/** A table whose columns are known, or a query that failed. */
typedef struct Made Made;
struct Made {
    const char *schema; /* its place in the empty database; NULL: it failed */
    const char *name;
    bool is_there; /* it was made there; else it is when somebody reads it */
    Error error;
    const CsvSchema *csv;       /* where the columns come from, instead of `columns` */
    const StoreColumn *columns; /* NULL: not asked yet */
    size_t n_columns;
    const char *signature; /* digest of the columns; NULL: not asked for yet */
};

struct Types {
    Arena *arena;
    FlowSources *sources;
    const Secret *url; /* NULL: in memory */
    Store *store;      /* NULL: not opened yet */
    Error missing;     /* why it can't be opened */
    size_t n_bound;    /* queries that were bound to a view */
    Map *made;         /* text of a query to Made */
    Map *schemas;      /* those that exist */
    Map *looks;        /* instance to Look */
    TypesCache *cache;
    VEC(Made *) owned; /* whose errors must be ended */
};

/** The outputs of a script that is looked at (script.c). */
typedef struct Outputs Outputs;

/** One instance. */
typedef struct Look Look;
struct Look {
    Types *types;
    const char *instance;
    const Flow *flow;
    const Environment *environment;
    Diags *diags;
    Made **tables;          /* by FlowTable.index; NULL: unknown */
    Made **scripts;         /* the same of outputs of scripts, once their script was looked at */
    const Outputs *outputs; /* while a script is put into words */
};

/* ---- engine.c ---- */

/** Opens the engine when it is first needed. @return 0; < 0: `types->missing` says why not */
MUST_CHECK int types_open(Types *types);
/** Runs a statement; on a server a failure leaves the transaction as it was. */
MUST_CHECK int types_exec(Types *types, const char *sql, Error *reterr);
/** A place for the table: nothing is made yet. */
Made *made_new(Types *types, const char *instance, const FlowTable *table);
/** Makes it: `create table PLACE`, and `rest`. @return 0; < 0 with `made->error` */
MUST_CHECK int made_create(Types *types, Made *made, const char *rest);
/** Makes it of a query, without its rows. @return 0; < 0 with `made->error` at its place */
MUST_CHECK int made_create_as(Types *types, Made *made, const Rendered *rendered);
/** Makes the schema of its place. @return 0; < 0: the engine can't */
MUST_CHECK int made_require_schema(Types *types, Made *made);
/** Makes it of its columns, if it isn't there. @return 0; < 0: the engine can't */
MUST_CHECK int made_require(Types *types, Made *made);
/** Its columns; NULL with `*ret_n` 0 where the engine can't say. */
const StoreColumn *made_columns(Types *types, Made *made, size_t *ret_n);
/** A digest of its columns. */
const char *made_signature(Types *types, Made *made);
/* ---- types.c ---- */

/** Are the columns of all these known? */
bool look_knows(const Look *look, const FlowTable *const *tables, size_t n);
/** Makes all of them, if they aren't there. */
MUST_CHECK int look_require(const Look *look, const FlowTable *const *tables, size_t n);
/** Puts a query into words with the names in the empty database. @return 0; < 0 after a message */
MUST_CHECK int look_render(Look *look, const FlowQuery *query, Rendered *ret_rendered);
/** The cache's key of a text that reads these tables, and `own` if it isn't NULL. */
const char *look_key(const Look *look, const char *text, const FlowQuery *query, Made *own);
/** Adds the engine's error; `fallback` is where it goes without a place of its own. */
void look_report(Look *look, Error *error, PdcSpan fallback);

/* ---- script.c ---- */

/** The output of a script, whose statements are gone through when the first is asked for; NULL:
 * unknown. */
Made *script_look(Look *look, const FlowTable *table);
/** For look_render(): the place of an output. */
void script_append_output(void *user, const char *name, Str *sql);

/* ---- contract.c ---- */

/** Says where the columns of a table made of a query are not those of its contract. */
void contract_look(Look *look, const FlowTable *table, Made *made);

/* ---- clauses.c ---- */

/** Clauses of a known table: the columns that they name, conditions, expressions. */
void clauses_look(Look *look, const FlowTable *table);
/** Reports names that are no columns of the table. */
void look_check_names(Look *look, const FlowTable *table, const char *const *names, size_t n_names,
                      PdcSpan at);
/** Has the engine read `head` + query + `tail`, which reads `own` (or NULL), without running it. */
void look_bind(Look *look, const char *head, const FlowQuery *query, const char *tail, Made *own,
               PdcSpan at);

#endif
