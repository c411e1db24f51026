/* A store is one connection to a shared database; attaching other files; locks, which the file
 * itself is. */
#include "runtime/store/duckdb/duck.h"
#include "runtime/store/sql_text.h"

#include <string.h>

/** The path that a URL names. @return 0, or < 0 with ERROR_CONFIG */
static int
path_of(const Url *url, const char **ret_path, Error *reterr)
{
    if (!url->host && url->path) {
        *ret_path = url->path;
        return 0;
    }
    error_set(reterr, ERROR_CONFIG, "the DuckDB URL names no file");
    error_set_hint(
        reterr, "write duckdb:///PATH with three slashes (and a fourth for an absolute path), or "
                "duckdb:///:memory: for a database that ends with its process");
    return -1;
}

/** Settings of the connection. Without the ICU extension there is no time zone, and nothing to set.
 */
static int
set_up_connection(DuckStore *duck, Error *reterr)
{
    int64_t rows = 0;
    (void)duck_exec(&duck->base, "set TimeZone = 'UTC'", &rows, NULL);
    return duck_exec(&duck->base, "set errors_as_json = true", &rows, reterr);
}

static int
connect_store(DuckStore *duck, const char *path, const Url *url, const StoreOptions *options,
              Error *reterr)
{
    int status = duck_database_open(duck->api, path, url, options, &duck->database, reterr);
    if (status != 0) {
        return status;
    }
    if (duck->api->connect(duck_database_handle(duck->database), &duck->conn) != DuckDBSuccess) {
        duck->conn = NULL;
        return error_set(reterr, ERROR_CONNECTION, "can't connect to %s", duck->base.place);
    }
    return set_up_connection(duck, reterr);
}

static DuckStore *
store_new(const DuckApi *api, const char *path)
{
    Arena *arena = arena_new();
    DuckStore *duck = ARENA_NEW(arena, DuckStore);
    bool in_memory = text_starts_with(path, ":memory:");
    duck->base.engine = &store_engine_duckdb;
    duck->base.arena = arena;
    duck->base.place =
        in_memory ? "DuckDB in memory" : arena_printf(arena, "DuckDB file \"%s\"", path);
    duck->base.capabilities =
        STORE_CAPABILITY(STORE_TRANSACTIONS) | STORE_CAPABILITY(STORE_ATTACH) |
        STORE_CAPABILITY(STORE_READ_PARQUET) | STORE_CAPABILITY(STORE_TRY_CAST) |
        STORE_CAPABILITY(STORE_FOLDS_NAMES);
    duck->api = api;
    return duck;
}

int
duck_open(const Url *url, const StoreOptions *options, Store **ret_store, Error *reterr)
{
    const DuckApi *api = duck_library(reterr);
    const char *path = NULL;
    if (!api || path_of(url, &path, reterr) != 0) {
        return -1;
    }
    DuckStore *duck = store_new(api, path);
    CLEANUP(store_closep) Store *store = &duck->base;
    int status = connect_store(duck, path, url, options, reterr);
    if (status == 0) {
        *ret_store = TAKE(store);
    }
    return status;
}

void
duck_close(Store *store)
{
    DuckStore *duck = duck_store(store);
    if (duck->conn) {
        duck->api->disconnect(&duck->conn);
    }
    duck_database_close(duck->database);
}

void
duck_cancel(Store *store)
{
    DuckStore *duck = duck_store(store);
    atomic_store(&duck->canceled, true);
    if (duck->conn) {
        duck->api->interrupt(duck->conn); /* sets a flag */
    }
}

/* ---- locks: who has the file open for writing has everything ---- */

int
duck_lock(Store *store, const char *name, StoreLockMode mode, int64_t wait_ms, Error *reterr)
{
    (void)store, (void)name, (void)mode, (void)wait_ms, (void)reterr;
    return 0;
}

int
duck_unlock(Store *store, const char *name, StoreLockMode mode, Error *reterr)
{
    (void)store, (void)name, (void)mode, (void)reterr;
    return 0;
}

int
duck_lock_holder(Store *store, const char *name, Arena *arena, char **ret_holder, Error *reterr)
{
    (void)store, (void)name, (void)arena, (void)reterr;
    *ret_holder = NULL;
    return 0;
}

/* ---- other files ---- */

int
duck_attach(Store *store, const Url *url, const char *alias, Error *reterr)
{
    DuckStore *duck = duck_store(store);
    const char *path = NULL;
    if (path_of(url, &path, reterr) != 0 ||
        duck_database_note_attach(duck->database, path, alias, reterr) != 0) {
        return -1;
    }
    Error failure = {0};
    int64_t rows = 0;
    Str sql = {0};
    str_append(&sql, "attach ");
    sql_literal(&sql, path);
    str_append(&sql, " as ");
    sql_ident(&sql, alias);
    str_append(&sql, " (read_only)");
    int status = duck_exec(store, str_text(&sql), &rows, &failure);
    if (status != 0) {
        duck_database_note_detach(duck->database, alias);
        status = duck_open_failed(path, failure.message, reterr);
    }
    error_deinit(&failure);
    str_deinit(&sql);
    return status;
}

int
duck_detach(Store *store, const char *alias, Error *reterr)
{
    int64_t rows = 0;
    Str sql = {0};
    str_append(&sql, "detach ");
    sql_ident(&sql, alias);
    int status = duck_exec(store, str_text(&sql), &rows, reterr);
    if (status == 0) {
        duck_database_note_detach(duck_store(store)->database, alias);
    }
    str_deinit(&sql);
    return status;
}
