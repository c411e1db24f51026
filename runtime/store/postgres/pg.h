/**
 * PostgreSQL, private to this folder: the connection and what its files share.
 *
 * connect.c opens and closes, query.c runs statements and turns their failures into Errors
 * (pg_fail…), load.c is COPY of texts, wire.c of binary rows, lock.c advisory locks, catalog.c what
 * there is, mask.c masks and how their key gets there.
 */
#ifndef PDC_STORE_POSTGRES_PG_H
#define PDC_STORE_POSTGRES_PG_H

#include "runtime/store/store_priv.h"

#include <libpq-fe.h>
#include <stdatomic.h>

/** libpq's functions, loaded on first use. */
typedef struct Libpq Libpq;
struct Libpq {
#define LIBPQ(function) __typeof__(function) *function;
#include "runtime/store/postgres/libpq.def"
#undef LIBPQ
};

/** @return the functions, or NULL with `reterr` filled */
const Libpq *pg_library(Error *reterr);

typedef struct PgStore PgStore;
struct PgStore {
    Store base;
    const Libpq *pq;
    PGconn *conn;
    PGcancel
        *cancel; /* made in advance, so that store_cancel() may be called by a signal handler */
    atomic_bool canceled;
    StoreNotice notice;
    void *notice_context;
};

int pg_open(const Url *url, const StoreOptions *options, Store **ret_store, Error *reterr);
void pg_close(Store *store);
void pg_cancel(Store *store);

int pg_exec(Store *store, const char *sql, int64_t *ret_rows, Error *reterr);
int pg_query(Store *store, const char *sql, StoreResult *result, Error *reterr);
int pg_begin(Store *store, bool snapshot, Error *reterr);
int pg_commit(Store *store, Error *reterr);
void pg_rollback(Store *store);

int pg_columns(Store *store, const char *schema, const char *table, Arena *arena,
               StoreColumn **ret_columns, size_t *ret_n, Error *reterr);
void pg_catalog_sql(const StoreSchemas *schemas, Str *sql);
void pg_content_sql(const char *schema, const char *table, Str *sql);
void pg_size_sql(const char *schema, const char *table, Str *sql);
void pg_temporary_sql(Str *sql);
int pg_key_hash_sql(const Store *store, const StoreColumn *column, const char *value,
                    const char *seed, Str *sql, Error *reterr);

const StoreKeyType *pg_key_types(size_t *ret_n);
/** Appends what is hashed of a key's column (sample_hash.h): text, but a bigint of an INT. */
void pg_append_canonical(Str *sql, StoreKeyForm form, const char *value);
int pg_mask_sql(const Store *store, StoreMask mask, const StoreColumn *column, const char *value,
                Str *sql, Error *reterr);
int pg_set_mask_key(Store *store, const Secret *key, Error *reterr);

int pg_load_begin(Store *store, const char *schema, const char *table, const StoreColumn *columns,
                  size_t n_columns, StoreLoad **ret_load, Error *reterr);
int pg_load_row(StoreLoad *load, const char *const *cells, Error *reterr);
int pg_load_end(StoreLoad *load, Error *reterr);
void pg_load_cancel(StoreLoad *load);

/** Says row and column in front of the message of a failed COPY. */
void pg_name_cell(Error *error);

int pg_wire_of(const StoreColumn *column, Arena *arena, StoreWire *ret_wire, Error *reterr);
int pg_type_of_wire(const char *wire, Arena *arena, const char **ret_type, const char **ret_instead,
                    Error *reterr);
int pg_read_begin(Store *store, const char *query, StoreReader **ret_reader, Error *reterr);
int pg_read_block(StoreReader *base, const char **ret_bytes, size_t *ret_length, Error *reterr);
void pg_read_end(StoreReader *base);
int pg_write_begin(Store *store, const char *schema, const char *table, StoreWriter **ret_writer,
                   Error *reterr);
int pg_write_block(StoreWriter *writer, const char *bytes, size_t length, Error *reterr);
int pg_write_end(StoreWriter *writer, int64_t *ret_rows, Error *reterr);
void pg_write_cancel(StoreWriter *writer);

int pg_lock(Store *store, const char *name, StoreLockMode mode, int64_t wait_ms, Error *reterr);
int pg_unlock(Store *store, const char *name, StoreLockMode mode, Error *reterr);
int pg_lock_holder(Store *store, const char *name, Arena *arena, char **ret_holder, Error *reterr);
int pg_lock_relations(Store *store, const StoreRelation *relations, size_t n, StoreLockMode mode,
                      int64_t timeout_ms, Error *reterr);

int pg_dependents(Store *store, const StoreRelation *replaced, size_t n_replaced, Arena *arena,
                  StoreDependents **ret_dependents, Error *reterr);
int pg_carry(Store *store, const StoreReplacement *replacements, size_t n, Arena *arena,
             StoreCarried **ret_carried, size_t *ret_n, Error *reterr);
int pg_relation_users(Store *store, const StoreRelation *relations, size_t n, Arena *arena,
                      char **ret_users, Error *reterr);

/** One session for people, of a row (application, user, host, pid, since); in `arena`. */
char *pg_describe_session(const StoreResult *result, size_t row, Arena *arena);
/** Appends a text literal of the quoted, qualified name, for to_regclass(). */
void pg_append_relation(Str *sql, StoreRelation relation);
/** As store_query(), with an empty search_path, so that all names in the definitions that come back
 * are qualified. */
int pg_query_qualified(Store *store, const char *sql, StoreResult **ret_result, Error *reterr);

/** Nearest type of the language of a type's oid. */
PdcType pg_type_of(unsigned oid);

/** The PgStore of a Store. */
PgStore *pg_store(Store *store);

/** Fills `reterr` from a failed result, or, with NULL, from the connection. @return -1 */
int pg_fail(PgStore *pg, const PGresult *result, Error *reterr);
/** Ends what still runs, COPY included, and reads results to their end. `reterr`, if not NULL, gets
 * the first failure.
 *  @return 0, or -1 with `reterr` filled */
int pg_finish_results(PgStore *pg, int64_t *ret_rows, Error *reterr);

#endif
