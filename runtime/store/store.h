/**
 * Store: the seam to an engine. One struct of functions per engine, and capabilities instead of
 * engine names: nothing above this folder asks which engine it has, it asks store_can().
 *
 * A Store is one connection and belongs to one thread; only store_cancel() may be called from
 * elsewhere. SQL that is sent must be assembled with sql_ident() and sql_literal() (sql_text.h),
 * never with %s of foreign text. Errors never contain a password.
 *
 * ErrorCodes: ERROR_CONNECTION (also where the connection is lost in mid statement),
 * ERROR_INTERRUPTED after store_cancel(), ERROR_LOCK where a lock was waited for too long (sqlstate
 * 55P03), ERROR_DATA for a violated constraint (sqlstate 23xxx) and a cell that can't be loaded,
 * ERROR_UNSUPPORTED for what an engine lacks, else ERROR_SQL. `sqlstate` is PostgreSQL's, on every
 * engine.
 */
#ifndef PDC_STORE_STORE_H
#define PDC_STORE_STORE_H

#include "runtime/base/arena.h"
#include "runtime/base/secret.h"
#include "runtime/diag/error.h"
#include "runtime/flow/type.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Store Store;
typedef struct StoreResult StoreResult;
typedef struct StoreLoad StoreLoad;

/** An outcome, not an error: somebody else holds the lock; `reterr` says who, as far as it is
 * known. */
#define STORE_BUSY 1

typedef enum StoreCapability {
    STORE_TRANSACTIONS, /* begin/commit around any statement, DDL included */
    STORE_MOVE_TABLES,  /* `alter table … set schema` and rename of tables with keys: schema_swap
                           works */
    STORE_DROP_KEYS_IN_PLACE, /* a key can be dropped without making the table again */
    STORE_UNLOGGED,           /* unlogged tables */
    STORE_GRANTS,             /* roles and privileges exist */
    STORE_SERVER,             /* several processes may be connected at once */
    STORE_ATTACH,             /* another database can be attached and read in the same statement */
    STORE_READ_PARQUET,       /* reads parquet files by itself */
    STORE_TRY_CAST,           /* try_cast: NULL where a cast would fail */
    STORE_UNIQUE_CONSTRAINTS, /* `alter table … add constraint … unique`; else a unique index */
    STORE_FOLDS_NAMES,        /* names that differ in letter case only are the same */
    STORE_IMMEDIATE_KEYS, /* adding a key to rows that break it fails at once; else with the commit,
                           * without a word about the table */
    STORE_LASTING_INDEXES, /* an index that is written to is whole again after a crash. DuckDB 1.4.4
                            * loses entries of rows that it takes from its log into an index that
                            * was there before */
    STORE_BIND_VIEWS /* views hold on to the very table that they were made on: see dependents.h */
} StoreCapability;

/** Gets what the server says beside its results (NOTICE, WARNING), one line; during a call, in its
 * thread. */
typedef void (*StoreNotice)(void *context, const char *text);

typedef struct StoreOptions StoreOptions;
struct StoreOptions {
    bool create_database; /* make the database if it is missing */
    bool read_only;       /* nothing will be written; on DuckDB other readers may enter */
    int connect_retries;  /* further tries, with backoff, when the server refuses for a moment */
    const char *application_name; /* shown to others: who holds a lock; at most 63 bytes are kept */
    StoreNotice notice;           /* NULL: notices are dropped */
    void *notice_context;
};

/**
 * Opens the store that `url` names (`duckdb:///PATH`, `postgresql://…`, `postgres://…`,
 * `postgresql+DRIVER://…`, libpq `key=value …`). DuckDB's folder is made when missing; stores of
 * one process that open the same DuckDB file share it; `duckdb:///:memory:` is a database of its
 * own, `duckdb:///:memory:NAME` one that the process shares. Times are UTC, text is UTF-8.
 * @param ret_store  owned by the caller, end with store_close()
 * @return 0; STORE_BUSY where another process has the database for itself (DuckDB);
 *         < 0 with ERROR_CONNECTION, or ERROR_CONFIG for a URL that can't be understood
 */
MUST_CHECK int store_open(const Secret *url, const StoreOptions *options, Store **ret_store,
                          Error *reterr);
/** Ends the connection (rolls back, releases locks); NULL is fine. */
void store_close(Store *store);
DEFINE_CLEANUP(store_closep, Store, store_close)

/** Where it is, for people, without secrets: `PostgreSQL at db:5432, database "shop"`; lives as
 * long as the store. */
const char *store_place(const Store *store);
bool store_can(const Store *store, StoreCapability capability);
/** "duckdb" or "postgres": for keys, messages and `instance.engine`, not for decisions. */
const char *store_engine_name(const Store *store);
/** Longest identifier in bytes (PostgreSQL 63). */
size_t store_identifier_limit(const Store *store);
/** The column that tells the rows of a table apart, in one transaction and unless they change;
 * views have none. NULL where the engine has nothing like it. */
const char *store_row_id(const Store *store);
/** The engine's name of a type of the language. */
const char *store_type_name(const Store *store, PdcType type);

/**
 * Runs one or several statements whose rows nobody wants, in one exchange with the server. Without
 * store_begin() PostgreSQL runs them as one transaction, DuckDB each by itself.
 */
MUST_CHECK int store_exec(Store *store, const char *sql, Error *reterr);
/** The same; counts the rows that were written (`insert`, `create table … as`, …), -1 where the
 * engine doesn't say. */
MUST_CHECK int store_exec_rows(Store *store, const char *sql, int64_t *ret_rows, Error *reterr);
/** Runs one statement and keeps its (small) result in memory; end it with store_result_free(). */
MUST_CHECK int store_query(Store *store, const char *sql, StoreResult **ret_result, Error *reterr);

size_t store_result_rows(const StoreResult *result);
size_t store_result_columns(const StoreResult *result);
const char *store_result_name(const StoreResult *result, size_t column);
/** The nearest type of the language; anything else counts as PDC_TYPE_TEXT (that is how its cells
 * come). */
PdcType store_result_type(const StoreResult *result, size_t column);
/** Cell as text in the engine's canonical form (a bool is `true` or `false` on every engine), NULL
 * for SQL NULL; lives as long as the result. */
const char *store_result_text(const StoreResult *result, size_t row, size_t column);
void store_result_free(StoreResult *result);
DEFINE_CLEANUP(store_result_freep, StoreResult, store_result_free)

/* Transactions (STORE_TRANSACTIONS). store_rollback() never fails loudly: a broken connection has
 * rolled back by itself. store_commit() also fails where the engine had to roll back instead; if it
 * fails with ERROR_CONNECTION, nobody knows whether the commit took place. */
MUST_CHECK int store_begin(Store *store, Error *reterr);
/** A transaction that sees one state of the database from its first to its last statement; meant
 * for reading, though temporary tables can be made. */
MUST_CHECK int store_begin_snapshot(Store *store, Error *reterr);
MUST_CHECK int store_commit(Store *store, Error *reterr);
void store_rollback(Store *store);

typedef struct StoreColumn StoreColumn;
struct StoreColumn {
    const char *name;
    const char *sql_type;  /* as the engine spells it */
    const char *base_type; /* the built-in type of its values: what a domain stands on, text of an
                              enum; NULL where that is sql_type */
    PdcType type;          /* nearest type of the language */
    bool nullable;
};

/** An outcome, not an error: the engine can't tell without making a table of it. */
#define STORE_UNKNOWN 1

/**
 * The columns that a query would give a table that is made of it; it is bound, and not run.
 * @param ret_columns  in `arena`; set on success only
 * @return 0; STORE_UNKNOWN; < 0 where the engine refuses the query
 */
MUST_CHECK int store_query_columns(Store *store, const char *sql, Arena *arena,
                                   StoreColumn **ret_columns, size_t *ret_n, Error *reterr);

/** A function that may stand in the query of store_expression_types(). */
#define STORE_TYPE_OF "pdc_type"
/**
 * Has the engine bind a query, without running it, and tells the types of expressions in it:
 * `STORE_TYPE_OF(x)`, a condition that is true, gives `types[0]` the engine's name of x's type,
 * without sizes; with further arguments (`true`) it is the next ones. What isn't reached, or has a
 * type that the language has nothing like, stays as it is or is "".
 * @param types  `n` names, constants
 * @return 0; < 0 where the engine refuses the query, or can't tell types (ERROR_UNSUPPORTED)
 */
MUST_CHECK int store_expression_types(Store *store, const char *sql, const char **types, size_t n,
                                      Error *reterr);

/** Columns of a table or view in order, in `arena`; without `schema` as the engine looks names up.
 *  @return 0; < 0 where it does not exist (sqlstate 42P01) */
MUST_CHECK int store_columns(Store *store, const char *schema, const char *table, Arena *arena,
                             StoreColumn **ret_columns, size_t *ret_n, Error *reterr);

/** Is there a column of that name? `folds`: letter case doesn't count (STORE_FOLDS_NAMES). */
bool store_has_column(const StoreColumn *columns, size_t n_columns, const char *name, bool folds);
/** The name that may have been meant, or NULL. `arena` is for the search. */
const char *store_nearest_column(const StoreColumn *columns, size_t n_columns, const char *name,
                                 Arena *arena);

/** Which schemas are meant: those that are named, and those that a query (SELECT of one text
 * column, without `;`) gives, if it is not NULL. */
typedef struct StoreSchemas StoreSchemas;
struct StoreSchemas {
    const char *const *names;
    size_t n_names;
    const char *query;
};

/**
 * A SELECT (without `;`) over the engine's catalogue for use as a subquery, with the text columns
 * schema_name, table_name, kind ('table', 'view', 'other'), identity (changes when the object is
 * made anew; '' where the engine has nothing stable) and shape (a digest of names, types and
 * nullability of the columns). Restricted to `schemas`.
 */
char *store_catalog_sql(const Store *store, const StoreSchemas *schemas, Arena *arena);

/** A SELECT (without `;`) of one cell: number and digest of the rows of a table or view. Equal rows
 * in any order give equal texts; names and types of the columns are no part of it. In `arena`. */
char *store_content_sql(const Store *store, const char *schema, const char *table, Arena *arena);
/** A SELECT (without `;`) of one cell: bytes on disk, indexes included; NULL where the engine can't
 * say. In `arena`. */
char *store_size_sql(const Store *store, const char *schema, const char *table, Arena *arena);
/** A query for the qualified, quoted names of the connection's temporary tables. */
char *store_temporary_sql(const Store *store, Arena *arena);

/* Bulk load of rows given as text; the engine's own input functions read the cells. A cell that
 * can't be read is ERROR_DATA, which names row (from 1), column and value, but may come out rows
 * later. Only `name` of the columns is read. While a load is open its store serves nothing else. */
MUST_CHECK int store_load_begin(Store *store, const char *schema, const char *table,
                                const StoreColumn *columns, size_t n_columns, StoreLoad **ret_load,
                                Error *reterr);
/** One row; a NULL cell is SQL NULL. */
MUST_CHECK int store_load_row(StoreLoad *load, const char *const *cells, Error *reterr);
/** Ends the load and frees it, whatever the outcome. */
MUST_CHECK int store_load_end(StoreLoad *load, Error *reterr);
/** Gives the load up and frees it; the rows so far are the open transaction's to roll back. NULL is
 * fine. */
void store_load_cancel(StoreLoad *load);

typedef enum StoreLockMode { STORE_LOCK_SHARED, STORE_LOCK_EXCLUSIVE } StoreLockMode;

/**
 * Takes a named lock that dies with the connection (PostgreSQL: session advisory lock on a 64-bit
 * digest of the name; DuckDB: nothing to do, the open file is the lock). Outside of a transaction
 * only: a lock that is not had would abort it.
 * @param wait_ms  < 0: for ever; 0: try once. Waiting can be ended by store_cancel(); two that wait
 * for each other end by themselves (sqlstate 40P01).
 * @return 0; STORE_BUSY, with the holder in `reterr` (application name, user, host, since when)
 */
MUST_CHECK int store_lock(Store *store, const char *name, StoreLockMode mode, int64_t wait_ms,
                          Error *reterr);
MUST_CHECK int store_unlock(Store *store, const char *name, StoreLockMode mode, Error *reterr);
/** Who holds the lock now, as text for people in `arena`; NULL where nobody does. */
MUST_CHECK int store_lock_holder(Store *store, const char *name, Arena *arena, char **ret_holder,
                                 Error *reterr);

/** Attaches another database read-only under `alias` (STORE_ATTACH), for all stores that share this
 * one's database.
 *  @return 0, STORE_BUSY or < 0 */
MUST_CHECK int store_attach(Store *store, const Secret *url, const char *alias, Error *reterr);
MUST_CHECK int store_detach(Store *store, const char *alias, Error *reterr);

/** Asks the engine to stop the running statement; without one nothing happens, so who must be sure
 * asks again until the statement's caller is back. Async-signal-safe; any thread, but not beside
 * store_close(). */
void store_cancel(Store *store);

#endif
