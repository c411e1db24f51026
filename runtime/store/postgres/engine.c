#include "runtime/store/library.h"
#include "runtime/store/postgres/pg.h"

#include <pthread.h>

const StoreEngine store_engine_postgres = {
    .name = "postgres",
    .identifier_limit = 63,
    .type_name = type_postgres_name,
    .row_id = "ctid",
    .open = pg_open,
    .close = pg_close,
    .cancel = pg_cancel,
    .exec = pg_exec,
    .query = pg_query,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .columns = pg_columns,
    .catalog_sql = pg_catalog_sql,
    .content_sql = pg_content_sql,
    .size_sql = pg_size_sql,
    .temporary_sql = pg_temporary_sql,
    .key_hash_sql = pg_key_hash_sql,
    .wire_of = pg_wire_of,
    .type_of_wire = pg_type_of_wire,
    .read_begin = pg_read_begin,
    .read_block = pg_read_block,
    .read_end = pg_read_end,
    .write_begin = pg_write_begin,
    .write_block = pg_write_block,
    .write_end = pg_write_end,
    .write_cancel = pg_write_cancel,
    .mask_sql = pg_mask_sql,
    .set_mask_key = pg_set_mask_key,
    .load_begin = pg_load_begin,
    .load_row = pg_load_row,
    .load_end = pg_load_end,
    .load_cancel = pg_load_cancel,
    .lock = pg_lock,
    .unlock = pg_unlock,
    .lock_holder = pg_lock_holder,
    .lock_relations = pg_lock_relations,
    .dependents = pg_dependents,
    .carry = pg_carry,
    .relation_users = pg_relation_users,
};

static const char *const libpq_names[] = {"libpq.so.5", "libpq.5.dylib", "libpq.so"};

static const LibrarySymbol libpq_symbols[] = {
#define LIBPQ(function) {#function, offsetof(Libpq, function)},
#include "runtime/store/postgres/libpq.def"
#undef LIBPQ
};

static const LibraryWanted libpq_wanted = {
    .name = "libpq",
    .candidates = libpq_names,
    .n_candidates = ARRAY_LENGTH(libpq_names),
    .symbols = libpq_symbols,
    .n_symbols = ARRAY_LENGTH(libpq_symbols),
    .hint = "install PostgreSQL's client library (Debian: libpq5), version 12 or later",
};

const Libpq *
pg_library(Error *reterr)
{
    /* Written once, under the mutex, and never again: as constant as a linked library. */
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static Libpq functions;
    static bool loaded = false;
    pthread_mutex_lock(&mutex);
    if (!loaded) {
        loaded = library_load(&libpq_wanted, &functions, reterr) == 0;
    }
    bool usable = loaded;
    pthread_mutex_unlock(&mutex);
    return usable ? &functions : NULL;
}

PgStore *
pg_store(Store *store)
{
    return (PgStore *)store;
}
