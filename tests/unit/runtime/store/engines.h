/**
 * Engines: opens a fresh, empty database on each engine, for tests that hold on both.
 *
 *     FOR_EACH_ENGINE(engine) {
 *         CLEANUP(store_closep) Store *store = engine_open(engine, "name_of_the_test");
 *         …
 *     }
 *
 * PostgreSQL is the server of PGHOST, PGPORT, PGUSER, PGPASSWORD (pg_virtualenv); DuckDB files lie
 * in a folder of the test's own.
 */
#ifndef PDC_TESTS_STORE_ENGINES_H
#define PDC_TESTS_STORE_ENGINES_H

#include "runtime/base/vec.h"
#include "runtime/store/sql_text.h"
#include "runtime/store/store.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef enum Engine { ENGINE_DUCKDB, ENGINE_POSTGRES, ENGINE_COUNT } Engine;

#define FOR_EACH_ENGINE(engine) for (Engine engine = ENGINE_DUCKDB; engine < ENGINE_COUNT; engine++)

static inline const char *
env_or(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value ? value : otherwise;
}

/** URL of a database of the test server, with the server's user and password. In `arena`. */
static inline char *
postgres_url(Arena *arena, const char *database)
{
    cr_assert(getenv("PGHOST"), "run inside pg_virtualenv");
    return arena_printf(arena, "postgresql://%s:%s@%s:%s/%s", env_or("PGUSER", "postgres"),
                        env_or("PGPASSWORD", ""), getenv("PGHOST"), env_or("PGPORT", "5432"),
                        database);
}

/** A new folder that is left behind in $TMPDIR. In `arena`. */
static inline char *
test_folder(Arena *arena)
{
    char *folder = arena_printf(arena, "%s/pdc-store-XXXXXX", env_or("TMPDIR", "/tmp"));
    cr_assert(mkdtemp(folder));
    return folder;
}

static inline char *
engine_url(Arena *arena, Engine engine, const char *name)
{
    if (engine == ENGINE_POSTGRES) {
        return postgres_url(arena, arena_printf(arena, "%s_%d", name, (int)getpid()));
    }
    return arena_printf(arena, "duckdb:///%s/%s.duckdb", test_folder(arena), name);
}

static inline void
show_error(const Error *error)
{
    fprintf(stderr, "code %d sqlstate %s position %d: %s\n  detail: %s\n  hint: %s\n",
            (int)error->code, error->sqlstate, error->sql_position,
            error->message ? error->message : "-", error->detail ? error->detail : "-",
            error->hint ? error->hint : "-");
}

static inline Store *
open_url(const char *url)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    StoreOptions options = {.create_database = true, .application_name = "unit test"};
    Store *store = NULL;
    Error error = {0};
    int status = store_open(secret_new(arena, url), &options, &store, &error);
    if (status != 0) {
        show_error(&error);
    }
    cr_assert_eq(status, 0);
    return store;
}

/** A store on a database that nobody else uses. */
static inline Store *
engine_open(Engine engine, const char *name)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    return open_url(engine_url(arena, engine, name));
}

static inline void
must_exec(Store *store, const char *sql)
{
    Error error = {0};
    int status = store_exec(store, sql, &error);
    if (status != 0) {
        show_error(&error);
    }
    cr_assert_eq(status, 0, "%s", sql);
}

static inline StoreResult *
must_query(Store *store, const char *sql)
{
    Error error = {0};
    StoreResult *result = NULL;
    int status = store_query(store, sql, &result, &error);
    if (status != 0) {
        show_error(&error);
    }
    cr_assert_eq(status, 0, "%s", sql);
    return result;
}

/** The first cell of a query, "NULL" for NULL; in `arena`. */
static inline const char *
query_text(Store *store, const char *sql, Arena *arena)
{
    CLEANUP(store_result_freep) StoreResult *result = must_query(store, sql);
    cr_assert(store_result_rows(result) > 0, "%s", sql);
    const char *text = store_result_text(result, 0, 0);
    return text ? arena_strdup(arena, text) : "NULL";
}

#define assert_query(store, sql, expected)                                                         \
    do {                                                                                           \
        CLEANUP(arena_freep) Arena *scratch_ = arena_new();                                        \
        cr_assert_str_eq(query_text((store), (sql), scratch_), (expected), "%s: %s", (sql),        \
                         query_text((store), (sql), scratch_));                                    \
    } while (0)

#endif
