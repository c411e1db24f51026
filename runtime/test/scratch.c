/* Where a test makes its tables. */
#include "runtime/store/sql_text.h"
#include "runtime/test/test_priv.h"

void
scratch_init(Scratch *scratch, const Instance *instance, const char *flow_name)
{
    *scratch = (Scratch){.instance = instance, .flow_name = flow_name, .arena = arena_new()};
    pthread_mutex_init(&scratch->mutex, NULL);
}

static void
close_store(Scratch *scratch)
{
    pthread_mutex_lock(&scratch->mutex);
    store_close(scratch->store);
    scratch->store = NULL;
    pthread_mutex_unlock(&scratch->mutex);
}

static int
open_store(Scratch *scratch, const Secret *url, const StoreOptions *options, Error *reterr)
{
    Store *store = NULL;
    int status = store_open(url, options, &store, reterr);
    pthread_mutex_lock(&scratch->mutex);
    scratch->store = store;
    pthread_mutex_unlock(&scratch->mutex);
    return status == 0 ? 0 : -1;
}

void
scratch_cancel(Scratch *scratch)
{
    pthread_mutex_lock(&scratch->mutex);
    if (scratch->store != NULL) {
        store_cancel(scratch->store);
    }
    pthread_mutex_unlock(&scratch->mutex);
}

static int
open_memory(Scratch *scratch, Error *reterr)
{
    StoreOptions options = {.application_name = "pdc test"};
    const Secret *url = secret_new(scratch->arena, "duckdb:///:memory:?threads=1");
    scratch->schema = "pdc_test";
    if (open_store(scratch, url, &options, reterr) < 0) {
        return -1;
    }
    return store_exec(scratch->store, "create schema pdc_test", reterr);
}

/** The temporary schema of a connection has a name once there is a table in it. */
static int
open_server(Scratch *scratch, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    StoreOptions options = {.connect_retries = 5};
    options.application_name = arena_printf(scratch->arena, "pdc test of %s", scratch->flow_name);
    if (open_store(scratch, scratch->instance->url, &options, reterr) < 0 ||
        store_exec(scratch->store, "create temporary table \"pdc test\" (x int)", reterr) < 0 ||
        store_query(scratch->store,
                    "select nspname from pg_namespace where oid = pg_my_temp_schema()", &result,
                    reterr) != 0) {
        return -1;
    }
    scratch->schema = arena_strdup(scratch->arena, store_result_text(result, 0, 0));
    return 0;
}

int
scratch_ready(Scratch *scratch, Error *reterr)
{
    if (scratch->store != NULL) {
        return 0;
    }
    return scratch->instance->engine == CONFIG_ENGINE_POSTGRES ? open_server(scratch, reterr)
                                                               : open_memory(scratch, reterr);
}

void
scratch_clear(Scratch *scratch)
{
    Error ignored = {0};
    bool is_server = scratch->instance->engine == CONFIG_ENGINE_POSTGRES;
    const char *sql =
        is_server ? "discard temporary" : "drop schema pdc_test cascade; create schema pdc_test";
    if (scratch->store != NULL && store_exec(scratch->store, sql, &ignored) < 0) {
        close_store(scratch); /* the next test opens another one */
    }
    error_deinit(&ignored);
}

void
scratch_deinit(Scratch *scratch)
{
    close_store(scratch);
    pthread_mutex_destroy(&scratch->mutex);
    arena_free(scratch->arena);
}
