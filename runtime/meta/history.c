/* Runs, as they are remembered. */
#include "runtime/meta/meta_priv.h"
#include "runtime/store/sql_text.h"

#include <stdlib.h>

static bool
is_missing(const Error *error)
{
    return text_equal(error->sqlstate, "42P01") || text_equal(error->sqlstate, "3F000");
}

/** Runs a query; no result (NULL) where the metadata is not there. */
static int
query_metadata(Store *store, Str *sql, StoreResult **ret_result, Error *reterr)
{
    Error failed = {0};
    int status = store_query(store, str_text(sql), ret_result, &failed);
    str_deinit(sql);
    if (status != 0 && is_missing(&failed)) {
        status = 0;
    } else if (status != 0) {
        error_move(reterr, &failed);
    }
    error_deinit(&failed);
    return status;
}

int
meta_run_state(Store *store, const MetaLayout *layout, const char *run, Arena *arena,
               const char **ret_state, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Str sql = {0};
    str_append(&sql, "select state from ");
    meta_append_name(layout, "runs", &sql);
    str_append(&sql, " where run = ");
    sql_literal(&sql, run);
    *ret_state = NULL;
    if (query_metadata(store, &sql, &result, reterr) != 0) {
        return -1;
    }
    if (result != NULL && store_result_rows(result) > 0) {
        *ret_state = arena_strdup(arena, store_result_text(result, 0, 0));
    }
    return 0;
}

static const char *
text_at(const StoreResult *result, size_t row, size_t column, Arena *arena)
{
    const char *text = store_result_text(result, row, column);
    return text != NULL ? arena_strdup(arena, text) : NULL;
}

static int64_t
number_at(const StoreResult *result, size_t row, size_t column)
{
    const char *text = store_result_text(result, row, column);
    return text != NULL ? strtoll(text, NULL, 10) : 0;
}

static MetaRun
take_run(const StoreResult *result, size_t row, Arena *arena)
{
    return (MetaRun){
        .run = text_at(result, row, 0, arena),
        .flow = text_at(result, row, 1, arena),
        .instance = text_at(result, row, 2, arena),
        .user = text_at(result, row, 3, arena),
        .host = text_at(result, row, 4, arena),
        .started = text_at(result, row, 5, arena),
        .ended = text_at(result, row, 6, arena),
        .state = text_at(result, row, 7, arena),
        .message = text_at(result, row, 8, arena),
        .built = number_at(result, row, 9),
        .kept = number_at(result, row, 10),
        .copied = number_at(result, row, 11),
        .renamed = number_at(result, row, 12),
        .altered = number_at(result, row, 13),
        .reused = number_at(result, row, 14),
        .dropped = number_at(result, row, 15),
        .failed = number_at(result, row, 16),
    };
}

int
meta_history(Store *store, const MetaLayout *layout, size_t limit, Arena *arena, MetaRun **ret_runs,
             size_t *ret_n, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Str sql = {0};
    str_append(
        &sql, "select run, flow, instance, user_name, host, started, ended, state, message, built, "
              "kept, copied, renamed, altered, reused, dropped, failed from ");
    meta_append_name(layout, "runs", &sql);
    str_append(&sql, " order by run desc");
    if (limit > 0) {
        str_append_format(&sql, " limit %zu", limit);
    }
    if (query_metadata(store, &sql, &result, reterr) != 0) {
        return -1;
    }
    *ret_n = result != NULL ? store_result_rows(result) : 0;
    *ret_runs = ARENA_ARRAY(arena, MetaRun, *ret_n);
    for (size_t i = 0; i < *ret_n; i++) {
        (*ret_runs)[i] = take_run(result, i, arena);
    }
    return 0;
}
