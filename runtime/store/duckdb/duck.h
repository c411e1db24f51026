/**
 * DuckDB, private to this folder: the connection and what its files share.
 *
 * database.c owns database files (one for all stores of the process that open the same), connect.c
 * makes a store of one, query.c runs statements, value.c makes text of cells, error.c Errors of
 * DuckDB's, load.c is the appender fed with texts, wire_*.c binary rows, function.c and
 * mask_function.c what SQL there can call of ours, probe.c tells the types of expressions.
 */
#ifndef PDC_STORE_DUCKDB_DUCK_H
#define PDC_STORE_DUCKDB_DUCK_H

#include "runtime/store/fake.h"
#include "runtime/store/store_priv.h"

/* With what it calls deprecated: only there are results that stream (wire_read.c). */
#include <duckdb.h>
#include <stdatomic.h>

/** libduckdb's functions without their prefix, loaded on first use. */
typedef struct DuckApi DuckApi;
struct DuckApi {
#define DUCKDB(function) __typeof__(duckdb_##function) *function;
#include "runtime/store/duckdb/libduckdb.def"
#undef DUCKDB
};

/** @return the functions, or NULL with `reterr` filled */
const DuckApi *duck_library(Error *reterr);

/* ---- database.c ---- */

typedef struct DuckDatabase DuckDatabase;

/**
 * The database at `path` (`:memory:…` as in store_open()), opened now or by another store of this
 * process.
 * @param url  its parameters are settings of DuckDB
 * @return 0; STORE_BUSY; < 0 with ERROR_CONNECTION or ERROR_CONFIG
 */
MUST_CHECK int duck_database_open(const DuckApi *api, const char *path, const Url *url,
                                  const StoreOptions *options, DuckDatabase **ret_database,
                                  Error *reterr);
/** Gives it back; the last one closes it. NULL is fine. */
void duck_database_close(DuckDatabase *database);
duckdb_database duck_database_handle(const DuckDatabase *database);

/** Notes that the file at `path` is attached under `alias`. @return 0, or < 0 where this process
 * has it open */
MUST_CHECK int duck_database_note_attach(DuckDatabase *database, const char *path,
                                         const char *alias, Error *reterr);
void duck_database_note_detach(DuckDatabase *database, const char *alias);

/** Turns what DuckDB said when it opened or attached the file at `path` into an outcome. @return
 * STORE_BUSY, or < 0 */
int duck_open_failed(const char *path, const char *reason, Error *reterr);

/* ---- function.c ---- */

/** `pdc_hash(bigint | varchar | double, seed bigint) → bigint`: PostgreSQL's hash. */
#define DUCK_HASH "pdc_hash"

/** A float's bits as PostgreSQL's encode(float8send(x), 'hex') has them; equal floats, NaN and both
 * zeros among them, have the same. */
void duck_write_float_bits(double number, char ret_digits[16]);

/** Gives a database that was just opened the functions of this project. @return 0 or < 0 */
MUST_CHECK int duck_register_functions(const DuckApi *api, duckdb_database database, Error *reterr);

/* ---- mask_function.c ---- */

/** `pdc_mask_hash(varchar | double) → varchar`: the hash of a text, or of the bits of a float. */
#define DUCK_MASK_HASH "pdc_mask_hash"
/** `pdc_fake(varchar) → varchar`, `pdc_fake(bigint) → bigint`, … : fake.h. */
#define DUCK_FAKE         "pdc_fake"
#define DUCK_FAKE_DECIMAL "pdc_fake_decimal"
/** `(varchar) → bigint`, `(varchar) → varchar`: what F('N', 0, …) draws, as a number and as
 * hexadecimal digits. */
#define DUCK_FAKE_NUMBER "pdc_fake_number"
#define DUCK_FAKE_HEX    "pdc_fake_hex"

/** Gives a database that was just opened the functions of masks, which fail until it has a key. */
MUST_CHECK int duck_register_masks(const DuckApi *api, DuckDatabase *database, Error *reterr);
/** The key of the database; NULL: it has none. */
const MaskKey *duck_database_mask_key(const DuckDatabase *database);
void duck_database_set_mask_key(DuckDatabase *database, const MaskKey *key);

/* ---- holder.c: who has the file ---- */

/** Writes the note beside a database file that says who has it open; a folder that can't be written
 * to is fine. */
void duck_holder_write(const char *path, const char *application_name);
void duck_holder_remove(const char *path);
/** Who process `pid` is, by the note if that is about this pid, for people; in `arena`. */
char *duck_holder_describe(const char *path, long pid, const char *program, Arena *arena);

/* ---- the store ---- */

typedef struct DuckStore DuckStore;
struct DuckStore {
    Store base;
    const DuckApi *api;
    DuckDatabase *database;
    duckdb_connection conn; /* NULL until connected */
    atomic_bool canceled;
    bool has_probe;      /* STORE_TYPE_OF is known to the database */
    const char **probed; /* while a query is bound: where the types go */
    size_t n_probed;
};

/** The DuckStore of a Store. */
DuckStore *duck_store(Store *store);

int duck_open(const Url *url, const StoreOptions *options, Store **ret_store, Error *reterr);
void duck_close(Store *store);
void duck_cancel(Store *store);
int duck_lock(Store *store, const char *name, StoreLockMode mode, int64_t wait_ms, Error *reterr);
int duck_unlock(Store *store, const char *name, StoreLockMode mode, Error *reterr);
int duck_lock_holder(Store *store, const char *name, Arena *arena, char **ret_holder,
                     Error *reterr);
int duck_attach(Store *store, const Url *url, const char *alias, Error *reterr);
int duck_detach(Store *store, const char *alias, Error *reterr);

int duck_exec(Store *store, const char *sql, int64_t *ret_rows, Error *reterr);
int duck_query(Store *store, const char *sql, StoreResult *result, Error *reterr);
int duck_begin(Store *store, bool snapshot, Error *reterr);
int duck_commit(Store *store, Error *reterr);
void duck_rollback(Store *store);

int duck_columns(Store *store, const char *schema, const char *table, Arena *arena,
                 StoreColumn **ret_columns, size_t *ret_n, Error *reterr);
void duck_catalog_sql(const StoreSchemas *schemas, Str *sql);
void duck_content_sql(const char *schema, const char *table, Str *sql);
void duck_size_sql(const char *schema, const char *table, Str *sql);
void duck_temporary_sql(Str *sql);
int duck_key_hash_sql(const Store *store, const StoreColumn *column, const char *value,
                      const char *seed, Str *sql, Error *reterr);

const StoreKeyType *duck_key_types(size_t *ret_n);
/** What is hashed of a key's column (sample_hash.h): text, but a number of an INT and a FLOAT. */
char *duck_canonical_sql(const StoreKeyType *type, const char *spelled, const char *column,
                         Arena *arena);
int duck_mask_sql(const Store *store, StoreMask mask, const StoreColumn *column, const char *value,
                  Str *sql, Error *reterr);
int duck_set_mask_key(Store *store, const Secret *key, Error *reterr);
void duck_forget_mask_key(Store *store);

int duck_query_columns(Store *store, const char *sql, Arena *arena, StoreColumn **ret_columns,
                       size_t *ret_n, Error *reterr);
int duck_expression_types(Store *store, const char *sql, const char **types, size_t n,
                          Error *reterr);

int duck_load_begin(Store *store, const char *schema, const char *table, const StoreColumn *columns,
                    size_t n_columns, StoreLoad **ret_load, Error *reterr);
int duck_load_row(StoreLoad *load, const char *const *cells, Error *reterr);
int duck_load_end(StoreLoad *load, Error *reterr);
void duck_load_cancel(StoreLoad *load);

int duck_wire_of(const StoreColumn *column, Arena *arena, StoreWire *ret_wire, Error *reterr);
int duck_type_of_wire(const char *wire, Arena *arena, const char **ret_type,
                      const char **ret_instead, Error *reterr);
int duck_read_begin(Store *store, const char *sql, StoreReader **ret_reader, Error *reterr);
int duck_read_block(StoreReader *base, const char **ret_bytes, size_t *ret_length, Error *reterr);
void duck_read_end(StoreReader *base);
int duck_write_begin(Store *store, const char *schema, const char *table, StoreWriter **ret_writer,
                     Error *reterr);
int duck_write_block(StoreWriter *base, const char *bytes, size_t length, Error *reterr);
int duck_write_end(StoreWriter *base, int64_t *ret_rows, Error *reterr);
void duck_write_cancel(StoreWriter *base);

/** Fills `reterr` from DuckDB's error text (JSON, or `Type Error: …`) about `sql` (or NULL).
 * @return -1 */
int duck_fail(DuckStore *duck, const char *sql, const char *text, Error *reterr);

PdcType duck_type_of(duckdb_type type);
/** By a type's name, as in `DECIMAL(12,2)`. */
PdcType duck_type_named(const char *name);

/**
 * Cell `row` of a vector as text, in `arena`. @return 0; < 0 with ERROR_UNSUPPORTED for a type that
 * has no text here
 */
MUST_CHECK int duck_cell_text(const DuckApi *api, duckdb_vector vector, duckdb_logical_type type,
                              idx_t row, Arena *arena, const char **ret_text, Error *reterr);

#endif
