#include "runtime/store/store.h"

#include "runtime/base/suggest.h"
#include "runtime/base/utf8.h"
#include "runtime/base/vec.h"
#include "runtime/store/sql_text.h"
#include "runtime/store/store_priv.h"

#include <string.h>

enum { CLIP_BYTES = 60 };

/* ---- opening ---- */

typedef struct EngineScheme EngineScheme;
struct EngineScheme {
    const char *scheme;
    const StoreEngine *engine;
};

static const EngineScheme engine_schemes[] = {
    {"duckdb", &store_engine_duckdb},
    {"postgresql", &store_engine_postgres},
    {"postgres", &store_engine_postgres},
};

static int
parse_url(const Secret *secret, Arena *arena, Url **ret_url, const StoreEngine **ret_engine,
          Error *reterr)
{
    const char *problem = NULL;
    if (url_parse(arena, secret_reveal(secret), ret_url, &problem) < 0) {
        error_set(reterr, ERROR_CONFIG, "the database's URL can't be understood: %s", problem);
        error_set_hint(reterr,
                       "write duckdb:///PATH or postgresql://USER:PASSWORD@HOST:PORT/DATABASE; "
                       "in user and password, @ : / ? # and %% are written as "
                       "%%40 %%3A %%2F %%3F %%23 and %%25");
        return -1;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(engine_schemes); i++) {
        if (text_equal((*ret_url)->scheme, engine_schemes[i].scheme)) {
            *ret_engine = engine_schemes[i].engine;
            return 0;
        }
    }
    error_set(reterr, ERROR_CONFIG, "the database's URL names an engine that is not supported: %s",
              (*ret_url)->scheme);
    error_set_hint(reterr, "duckdb:///PATH and postgresql://… work");
    return -1;
}

int
store_open(const Secret *url, const StoreOptions *options, Store **ret_store, Error *reterr)
{
    static const StoreOptions none = {0};
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const StoreEngine *engine = NULL;
    Url *parsed = NULL;
    int status = parse_url(url, arena, &parsed, &engine, reterr);
    if (status != 0) {
        return status;
    }
    return engine->open(parsed, options ? options : &none, ret_store, reterr);
}

void
store_close(Store *store)
{
    if (store) {
        Arena *arena = store->arena;
        store->engine->close(store);
        arena_free(arena);
    }
}

/* ---- what it is ---- */

const char *
store_place(const Store *store)
{
    return store->place;
}

bool
store_can(const Store *store, StoreCapability capability)
{
    return (store->capabilities & STORE_CAPABILITY(capability)) != 0;
}

const char *
store_engine_name(const Store *store)
{
    return store->engine->name;
}

size_t
store_identifier_limit(const Store *store)
{
    return store->engine->identifier_limit;
}

const char *
store_type_name(const Store *store, PdcType type)
{
    return store->engine->type_name(type);
}

static int
unsupported(const Store *store, const char *what, Error *reterr)
{
    return error_set(reterr, ERROR_UNSUPPORTED, "%s can't %s", store->engine->name, what);
}

/* ---- statements ---- */

int
store_exec_rows(Store *store, const char *sql, int64_t *ret_rows, Error *reterr)
{
    return store->engine->exec(store, sql, ret_rows, reterr);
}

int
store_exec(Store *store, const char *sql, Error *reterr)
{
    int64_t rows = 0;
    return store_exec_rows(store, sql, &rows, reterr);
}

int
store_query(Store *store, const char *sql, StoreResult **ret_result, Error *reterr)
{
    Arena *arena = arena_new();
    CLEANUP(store_result_freep) StoreResult *result = ARENA_NEW(arena, StoreResult);
    result->arena = arena;
    int status = store->engine->query(store, sql, result, reterr);
    if (status == 0) {
        *ret_result = TAKE(result);
    }
    return status;
}

void
store_result_size(StoreResult *result, size_t n_rows, size_t n_columns)
{
    if (n_columns != 0 && n_rows > SIZE_MAX / n_columns) {
        BUG("a result of %zu x %zu cells", n_rows, n_columns);
    }
    result->n_rows = n_rows;
    result->n_columns = n_columns;
    result->columns = ARENA_ARRAY(result->arena, StoreResultColumn, n_columns);
    result->cells = ARENA_ARRAY(result->arena, const char *, n_rows *n_columns);
}

size_t
store_result_rows(const StoreResult *result)
{
    return result->n_rows;
}

size_t
store_result_columns(const StoreResult *result)
{
    return result->n_columns;
}

static const StoreResultColumn *
result_column(const StoreResult *result, size_t column)
{
    if (column >= result->n_columns) {
        BUG("column %zu of a result with %zu", column, result->n_columns);
    }
    return &result->columns[column];
}

const char *
store_result_name(const StoreResult *result, size_t column)
{
    return result_column(result, column)->name;
}

PdcType
store_result_type(const StoreResult *result, size_t column)
{
    return result_column(result, column)->type;
}

const char *
store_result_text(const StoreResult *result, size_t row, size_t column)
{
    if (row >= result->n_rows || column >= result->n_columns) {
        BUG("cell %zu, %zu of a result of %zu x %zu", row, column, result->n_rows,
            result->n_columns);
    }
    return result->cells[row * result->n_columns + column];
}

void
store_result_free(StoreResult *result)
{
    if (!result) {
        return;
    }
    if (result->release) {
        result->release(result->owner);
    }
    arena_free(result->arena);
}

/* ---- transactions ---- */

static int
begin(Store *store, bool snapshot, Error *reterr)
{
    if (!store->engine->begin) {
        return unsupported(store, "run statements as one transaction", reterr);
    }
    return store->engine->begin(store, snapshot, reterr);
}

int
store_begin(Store *store, Error *reterr)
{
    return begin(store, false, reterr);
}

int
store_begin_snapshot(Store *store, Error *reterr)
{
    return begin(store, true, reterr);
}

int
store_commit(Store *store, Error *reterr)
{
    if (!store->engine->commit) {
        return unsupported(store, "run statements as one transaction", reterr);
    }
    return store->engine->commit(store, reterr);
}

void
store_rollback(Store *store)
{
    if (store->engine->rollback) {
        store->engine->rollback(store);
    }
}

/* ---- catalogue ---- */

int
store_columns(Store *store, const char *schema, const char *table, Arena *arena,
              StoreColumn **ret_columns, size_t *ret_n, Error *reterr)
{
    return store->engine->columns(store, schema, table, arena, ret_columns, ret_n, reterr);
}

char *
store_catalog_sql(const Store *store, const StoreSchemas *schemas, Arena *arena)
{
    Str sql = {0};
    store->engine->catalog_sql(schemas, &sql);
    return str_take_in(&sql, arena);
}

char *
store_content_sql(const Store *store, const char *schema, const char *table, Arena *arena)
{
    Str sql = {0};
    store->engine->content_sql(schema, table, &sql);
    return str_take_in(&sql, arena);
}

char *
store_size_sql(const Store *store, const char *schema, const char *table, Arena *arena)
{
    Str sql = {0};
    store->engine->size_sql(schema, table, &sql);
    return str_take_in(&sql, arena);
}

const char *
store_row_id(const Store *store)
{
    return store->engine->row_id;
}

char *
store_temporary_sql(const Store *store, Arena *arena)
{
    Str sql = {0};
    store->engine->temporary_sql(&sql);
    return str_take_in(&sql, arena);
}

int
store_interrupted(Error *reterr)
{
    error_set(reterr, ERROR_INTERRUPTED, "interrupted");
    if (reterr) {
        memcpy(reterr->sqlstate, "57014", sizeof("57014"));
    }
    return -1;
}

int
store_missing_table(const char *schema, const char *table, Error *reterr)
{
    Str name = {0};
    sql_qualified(&name, schema, table);
    error_set(reterr, ERROR_SQL, "there is no table %s", str_text(&name));
    if (reterr) {
        memcpy(reterr->sqlstate, "42P01", sizeof("42P01"));
    }
    str_deinit(&name);
    return -1;
}

void
store_append_schema_list(Str *sql, const StoreSchemas *schemas)
{
    str_append(sql, "select null");
    for (size_t i = 0; i < schemas->n_names; i++) {
        str_append(sql, " union all select ");
        sql_literal(sql, schemas->names[i]);
    }
    if (schemas->query != NULL) {
        str_append_format(sql, " union all %s", schemas->query);
    }
}

/* ---- loading ---- */

int
store_load_begin(Store *store, const char *schema, const char *table, const StoreColumn *columns,
                 size_t n_columns, StoreLoad **ret_load, Error *reterr)
{
    if (!store->engine->load_begin) {
        return unsupported(store, "load rows in bulk", reterr);
    }
    return store->engine->load_begin(store, schema, table, columns, n_columns, ret_load, reterr);
}

int
store_load_row(StoreLoad *load, const char *const *cells, Error *reterr)
{
    return load->store->engine->load_row(load, cells, reterr);
}

int
store_load_end(StoreLoad *load, Error *reterr)
{
    return load->store->engine->load_end(load, reterr);
}

void
store_load_cancel(StoreLoad *load)
{
    if (load) {
        load->store->engine->load_cancel(load);
    }
}

const char *
store_clip_value(Arena *arena, const char *value)
{
    size_t length = strlen(value);
    size_t kept = utf8_clip(value, length, CLIP_BYTES);
    return arena_printf(arena, "\"%.*s%s\"", (int)kept, value, kept < length ? "…" : "");
}

int
store_load_error(Error *reterr, uint64_t row, const char *column, const char *reason,
                 const char *value)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    return error_set(reterr, ERROR_DATA, "row %llu, column \"%s\": %s: %s", (unsigned long long)row,
                     column, reason, store_clip_value(arena, value));
}

/* ---- locks, other databases ---- */

int
store_lock(Store *store, const char *name, StoreLockMode mode, int64_t wait_ms, Error *reterr)
{
    if (!store->engine->lock) {
        return unsupported(store, "lock by name", reterr);
    }
    return store->engine->lock(store, name, mode, wait_ms, reterr);
}

int
store_unlock(Store *store, const char *name, StoreLockMode mode, Error *reterr)
{
    if (!store->engine->unlock) {
        return unsupported(store, "lock by name", reterr);
    }
    return store->engine->unlock(store, name, mode, reterr);
}

int
store_lock_holder(Store *store, const char *name, Arena *arena, char **ret_holder, Error *reterr)
{
    if (!store->engine->lock_holder) {
        return unsupported(store, "lock by name", reterr);
    }
    return store->engine->lock_holder(store, name, arena, ret_holder, reterr);
}

int
store_query_columns(Store *store, const char *sql, Arena *arena, StoreColumn **ret_columns,
                    size_t *ret_n, Error *reterr)
{
    return store->engine->query_columns
               ? store->engine->query_columns(store, sql, arena, ret_columns, ret_n, reterr)
               : STORE_UNKNOWN;
}

int
store_expression_types(Store *store, const char *sql, const char **types, size_t n, Error *reterr)
{
    if (!store->engine->expression_types) {
        return unsupported(store, "tell the types of expressions", reterr);
    }
    return store->engine->expression_types(store, sql, types, n, reterr);
}

int
store_attach(Store *store, const Secret *url, const char *alias, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const StoreEngine *engine = NULL;
    Url *parsed = NULL;
    int status = parse_url(url, arena, &parsed, &engine, reterr);
    if (status != 0) {
        return status;
    }
    if (!store->engine->attach || engine != store->engine) {
        return error_set(reterr, ERROR_UNSUPPORTED, "%s can't attach a %s database",
                         store->engine->name, engine->name);
    }
    return store->engine->attach(store, parsed, alias, reterr);
}

int
store_detach(Store *store, const char *alias, Error *reterr)
{
    if (!store->engine->detach) {
        return unsupported(store, "attach databases", reterr);
    }
    return store->engine->detach(store, alias, reterr);
}

void
store_cancel(Store *store)
{
    store->engine->cancel(store);
}

bool
store_has_column(const StoreColumn *columns, size_t n_columns, const char *name, bool folds)
{
    for (size_t i = 0; i < n_columns; i++) {
        if (text_equal(columns[i].name, name) ||
            (folds && text_equal_ignore_case(columns[i].name, name))) {
            return true;
        }
    }
    return false;
}

const char *
store_nearest_column(const StoreColumn *columns, size_t n_columns, const char *name, Arena *arena)
{
    const char **names = ARENA_ARRAY(arena, const char *, n_columns + 1);
    for (size_t i = 0; i < n_columns; i++) {
        names[i] = columns[i].name;
    }
    return suggest_nearest(name, names, n_columns);
}
