/**
 * Store, private: what an engine is made of. For runtime/store/ and its engines only.
 *
 * An engine is one constant StoreEngine. Its own struct begins with a Store, its load with a
 * StoreLoad. A function that is NULL is one that the engine can't offer: store.c then answers
 * ERROR_UNSUPPORTED, so an engine without transactions or locks leaves them out.
 */
#ifndef PDC_STORE_STORE_PRIV_H
#define PDC_STORE_STORE_PRIV_H

#include "runtime/base/str.h"
#include "runtime/base/url.h"
#include "runtime/store/dependents.h"
#include "runtime/store/mask.h"
#include "runtime/store/store.h"
#include "runtime/store/wire.h"

typedef struct StoreEngine StoreEngine;
struct StoreEngine {
    const char *name;
    size_t identifier_limit;
    const char *(*type_name)(PdcType type);
    const char *row_id; /* column that tells the rows of a table apart; NULL: there is none */

    int (*open)(const Url *url, const StoreOptions *options, Store **ret_store, Error *reterr);
    void (*close)(Store *store);
    void (*cancel)(Store *store); /* async-signal-safe */

    int (*exec)(Store *store, const char *sql, int64_t *ret_rows, Error *reterr);
    int (*query)(Store *store, const char *sql, StoreResult *result, Error *reterr);

    int (*begin)(Store *store, bool snapshot, Error *reterr);
    int (*commit)(Store *store, Error *reterr);
    void (*rollback)(Store *store);

    int (*columns)(Store *store, const char *schema, const char *table, Arena *arena,
                   StoreColumn **ret_columns, size_t *ret_n, Error *reterr);
    void (*catalog_sql)(const StoreSchemas *schemas, Str *sql);
    void (*content_sql)(const char *schema, const char *table, Str *sql);
    void (*size_sql)(const char *schema, const char *table, Str *sql);
    void (*temporary_sql)(Str *sql);

    /* Appends the hash of one column of a sample's key (sample_hash.h); `value` and `seed` are
     * expressions. */
    int (*key_hash_sql)(const Store *store, const StoreColumn *column, const char *value,
                        const char *seed, Str *sql, Error *reterr);

    /* For mask.h. Appends the mask of an expression `value`, of any type that can be cast to
     * store_mask_type(). */
    int (*mask_sql)(const Store *store, StoreMask mask, const StoreColumn *column,
                    const char *value, Str *sql, Error *reterr);
    int (*set_mask_key)(Store *store, const Secret *key, Error *reterr);
    void (*forget_mask_key)(Store *store); /* NULL: the transaction's end does it */

    /* Columns of a query that isn't run; NULL: the engine can't tell. */
    int (*query_columns)(Store *store, const char *sql, Arena *arena, StoreColumn **ret_columns,
                         size_t *ret_n, Error *reterr);
    /* Types of expressions within a query; NULL: the engine can't tell. */
    int (*expression_types)(Store *store, const char *sql, const char **types, size_t n,
                            Error *reterr);

    int (*load_begin)(Store *store, const char *schema, const char *table,
                      const StoreColumn *columns, size_t n_columns, StoreLoad **ret_load,
                      Error *reterr);
    int (*load_row)(StoreLoad *load, const char *const *cells, Error *reterr);
    int (*load_end)(StoreLoad *load, Error *reterr);
    void (*load_cancel)(StoreLoad *load);

    /* For wire.h. */
    int (*wire_of)(const StoreColumn *column, Arena *arena, StoreWire *ret_wire, Error *reterr);
    int (*type_of_wire)(const char *wire, Arena *arena, const char **ret_type,
                        const char **ret_instead, Error *reterr);
    int (*read_begin)(Store *store, const char *sql, StoreReader **ret_reader, Error *reterr);
    int (*read_block)(StoreReader *reader, const char **ret_bytes, size_t *ret_length,
                      Error *reterr);
    void (*read_end)(StoreReader *reader);
    int (*write_begin)(Store *store, const char *schema, const char *table,
                       StoreWriter **ret_writer, Error *reterr);
    int (*write_block)(StoreWriter *writer, const char *bytes, size_t length, Error *reterr);
    int (*write_end)(StoreWriter *writer, int64_t *ret_rows, Error *reterr);
    void (*write_cancel)(StoreWriter *writer);

    int (*lock)(Store *store, const char *name, StoreLockMode mode, int64_t wait_ms, Error *reterr);
    int (*unlock)(Store *store, const char *name, StoreLockMode mode, Error *reterr);
    int (*lock_holder)(Store *store, const char *name, Arena *arena, char **ret_holder,
                       Error *reterr);
    int (*lock_relations)(Store *store, const StoreRelation *relations, size_t n,
                          StoreLockMode mode, int64_t timeout_ms, Error *reterr);

    /* For dependents.h; without them its lists are empty. */
    int (*dependents)(Store *store, const StoreRelation *replaced, size_t n_replaced, Arena *arena,
                      StoreDependents **ret_dependents, Error *reterr);
    int (*carry)(Store *store, const StoreReplacement *replacements, size_t n, Arena *arena,
                 StoreCarried **ret_carried, size_t *ret_n, Error *reterr);
    int (*relation_users)(Store *store, const StoreRelation *relations, size_t n, Arena *arena,
                          char **ret_users, Error *reterr);

    int (*attach)(Store *store, const Url *url, const char *alias, Error *reterr);
    int (*detach)(Store *store, const char *alias, Error *reterr);
};

extern const StoreEngine store_engine_postgres;
extern const StoreEngine store_engine_duckdb;

struct Store {
    const StoreEngine *engine;
    unsigned capabilities; /* bits: 1u << StoreCapability */
    Arena *arena;          /* ends with the store, which the arena holds as well */
    const char *place;
};

#define STORE_CAPABILITY(capability) (1u << (capability))

/** How a key's column is hashed. */
typedef enum StoreKeyForm {
#define KEY_FORM(id) STORE_KEY_##id,
#include "runtime/store/key_forms.def"
#undef KEY_FORM
    STORE_KEY_COUNT
} StoreKeyForm;

typedef struct StoreKeyType StoreKeyType;
struct StoreKeyType {
    const char *name;
    StoreKeyForm form;
};

/** How the type of a key's column is spelled, with its sizes. */
const char *store_key_type(const StoreColumn *column);
/** Finds it in an engine's list, by its name without sizes in any letter case.
 *  @return 0, or < 0 with ERROR_UNSUPPORTED */
MUST_CHECK int store_find_key_type(const StoreColumn *column, const StoreKeyType *types,
                                   size_t n_types, const StoreKeyType **ret_type, Error *reterr);
/** Appends `pattern` with `value` in place of each `$` (so a regular expression has no `$`). */
void store_append_pattern(Str *sql, const char *pattern, const char *value);
/** The same with `number` in place of each `#`. */
void store_append_pattern_of_two(Str *sql, const char *pattern, const char *value,
                                 const char *number);

/** As store_find_key_type(), for a mask. */
MUST_CHECK int store_find_mask_type(StoreMask mask, const StoreColumn *column,
                                    const StoreKeyType *types, size_t n_types,
                                    const StoreKeyType **ret_type, Error *reterr);
/** Fills ERROR_UNSUPPORTED for a type that has no such mask. @return -1 */
int store_mask_refuse(StoreMask mask, const StoreColumn *column, Error *reterr);

struct StoreLoad {
    Store *store;
};

/** An engine's own begin with these. */
struct StoreReader {
    Store *store;
};

struct StoreWriter {
    Store *store;
};

/** Fills ERROR_UNSUPPORTED for a type that can't travel. @return -1 */
int store_no_counterpart(const char *type, Error *reterr);

typedef struct StoreResultColumn StoreResultColumn;
struct StoreResultColumn {
    const char *name;
    PdcType type;
};

/** A result in memory. An engine fills it; what its texts point into is `arena`, or `owner`. */
struct StoreResult {
    size_t n_rows;
    size_t n_columns;
    StoreResultColumn *columns;
    const char **cells; /* row by row; NULL for SQL NULL */
    Arena *arena;
    void *owner; /* or NULL; ended by `release` */
    void (*release)(void *owner);
};

/** Sets the size and allocates columns and cells in the result's arena. */
void store_result_size(StoreResult *result, size_t n_rows, size_t n_columns);

/** Quotes at most 60 bytes of a value for a message: `"abc…"`. In `arena`. */
const char *store_clip_value(Arena *arena, const char *value);

/** Fills ERROR_DATA for a cell that could not be loaded: `row 3, column "a": REASON: "value"`.
 * @return -1 */
int store_load_error(Error *reterr, uint64_t row, const char *column, const char *reason,
                     const char *value);

/** Fills ERROR_INTERRUPTED (sqlstate 57014), where store_cancel() came between two statements.
 * @return -1 */
int store_interrupted(Error *reterr);

/** Fills the Error of a table that does not exist (sqlstate 42P01). @return -1 */
int store_missing_table(const char *schema, const char *table, Error *reterr);

/** Appends `'a', 'b'`, or `null` for an empty list, which no name is in. */
void store_append_schema_list(Str *sql, const StoreSchemas *schemas);

#endif
