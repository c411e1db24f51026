#include "runtime/base/vec.h"
#include "runtime/store/duckdb/duck.h"
#include "runtime/store/library.h"

#include <pthread.h>
#include <stdlib.h>

const StoreEngine store_engine_duckdb = {
    .name = "duckdb",
    .identifier_limit = 255, /* it has none; this keeps names of files made of them within bounds */
    .type_name = type_duckdb_name,
    .row_id = "rowid",
    .open = duck_open,
    .close = duck_close,
    .cancel = duck_cancel,
    .exec = duck_exec,
    .query = duck_query,
    .begin = duck_begin,
    .commit = duck_commit,
    .rollback = duck_rollback,
    .columns = duck_columns,
    .catalog_sql = duck_catalog_sql,
    .content_sql = duck_content_sql,
    .size_sql = duck_size_sql,
    .temporary_sql = duck_temporary_sql,
    .key_hash_sql = duck_key_hash_sql,
    .mask_sql = duck_mask_sql,
    .set_mask_key = duck_set_mask_key,
    .forget_mask_key = duck_forget_mask_key,
    .query_columns = duck_query_columns,
    .expression_types = duck_expression_types,
    .wire_of = duck_wire_of,
    .type_of_wire = duck_type_of_wire,
    .read_begin = duck_read_begin,
    .read_block = duck_read_block,
    .read_end = duck_read_end,
    .write_begin = duck_write_begin,
    .write_block = duck_write_block,
    .write_end = duck_write_end,
    .write_cancel = duck_write_cancel,
    .load_begin = duck_load_begin,
    .load_row = duck_load_row,
    .load_end = duck_load_end,
    .load_cancel = duck_load_cancel,
    .lock = duck_lock,
    .unlock = duck_unlock,
    .lock_holder = duck_lock_holder,
    .attach = duck_attach,
    .detach = duck_detach,
};

static const LibrarySymbol duckdb_symbols[] = {
#define DUCKDB(function) {"duckdb_" #function, offsetof(DuckApi, function)},
#include "runtime/store/duckdb/libduckdb.def"
#undef DUCKDB
};

typedef VEC(const char *) Candidates;

/** Where it may be, in order. $PDC_DUCKDB_LIB is an order, not a proposal: then nothing else is
 * tried. */
static void
list_candidates(Arena *arena, Candidates *candidates)
{
    const char *chosen = getenv("PDC_DUCKDB_LIB");
    const char *cache = getenv("PDC_CACHE");
    const char *home = getenv("HOME");
    if (chosen && chosen[0] != '\0') {
        vec_push_in(arena, candidates, chosen);
        return;
    }
    vec_push_in(arena, candidates, "libduckdb.so");
#ifdef PDC_DUCKDB_DIR
    vec_push_in(arena, candidates, PDC_DUCKDB_DIR "/libduckdb.so");
#endif
    if (cache && cache[0] != '\0') {
        vec_push_in(arena, candidates, arena_printf(arena, "%s/duckdb-1.4.4/libduckdb.so", cache));
    } else if (home && home[0] != '\0') {
        vec_push_in(arena, candidates,
                    arena_printf(arena, "%s/.cache/pdc/duckdb-1.4.4/libduckdb.so", home));
    }
}

static int
load(DuckApi *functions, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    Candidates candidates = {0};
    list_candidates(arena, &candidates);
    LibraryWanted wanted = {
        .name = "libduckdb",
        .candidates = candidates.items,
        .n_candidates = candidates.n,
        .symbols = duckdb_symbols,
        .n_symbols = ARRAY_LENGTH(duckdb_symbols),
        .hint =
            "get libduckdb 1.4.4 (C/C++) from duckdb.org, and set PDC_DUCKDB_LIB to the path of "
            "its libduckdb.so or put that into ~/.cache/pdc/duckdb-1.4.4/",
    };
    return library_load(&wanted, functions, reterr);
}

const DuckApi *
duck_library(Error *reterr)
{
    /* Written once, under the mutex, and never again: as constant as a linked library. */
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static DuckApi functions;
    static bool loaded = false;
    pthread_mutex_lock(&mutex);
    if (!loaded) {
        loaded = load(&functions, reterr) == 0;
    }
    bool usable = loaded;
    pthread_mutex_unlock(&mutex);
    return usable ? &functions : NULL;
}

DuckStore *
duck_store(Store *store)
{
    return (DuckStore *)store;
}
