/* Statements, results, transactions. */
#include "runtime/base/vec.h"
#include "runtime/store/duckdb/duck.h"

#include <string.h>

PdcType
duck_type_of(duckdb_type type)
{
    static const struct {
        duckdb_type id;
        PdcType type;
    } types[] = {
#define DUCK_TYPE(id, name, type) {DUCKDB_TYPE_##id, PDC_TYPE_##type},
#include "runtime/store/duckdb/types.def"
#undef DUCK_TYPE
    };
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
        if (types[i].id == type) {
            return types[i].type;
        }
    }
    return PDC_TYPE_TEXT;
}

PdcType
duck_type_named(const char *name)
{
    static const struct {
        const char *name;
        PdcType type;
    } types[] = {
#define DUCK_TYPE(id, name, type) {name, PDC_TYPE_##type},
#include "runtime/store/duckdb/types.def"
#undef DUCK_TYPE
    };
    size_t length = strcspn(name, "(");
    for (size_t i = 0; i < ARRAY_LENGTH(types) && !text_ends_with(name, "]"); i++) {
        if (strlen(types[i].name) == length && strncmp(types[i].name, name, length) == 0) {
            return types[i].type;
        }
    }
    return PDC_TYPE_TEXT;
}

/* ---- exec ---- */

/** Rows that one statement wrote: `create table as` and its like give them as a column `Count`. */
static int64_t
rows_written(const DuckApi *api, duckdb_result *result)
{
    duckdb_result_type type = api->result_return_type(*result);
    if (type == DUCKDB_RESULT_TYPE_CHANGED_ROWS) {
        return (int64_t)api->rows_changed(result);
    }
    if (type != DUCKDB_RESULT_TYPE_NOTHING || api->column_count(result) != 1 ||
        api->column_type(result, 0) != DUCKDB_TYPE_BIGINT) {
        return 0;
    }
    duckdb_data_chunk chunk = api->fetch_chunk(*result);
    int64_t rows = 0;
    if (chunk && api->data_chunk_get_size(chunk) == 1) {
        rows = *(int64_t *)api->vector_get_data(api->data_chunk_get_vector(chunk, 0));
    }
    api->destroy_data_chunk(&chunk);
    return rows;
}

static int
run_extracted(DuckStore *duck, const char *sql, duckdb_extracted_statements statements, idx_t i,
              int64_t *rows, Error *reterr)
{
    const DuckApi *api = duck->api;
    duckdb_prepared_statement prepared = NULL;
    duckdb_result result;
    int status = 0;
    if (api->prepare_extracted_statement(duck->conn, statements, i, &prepared) != DuckDBSuccess) {
        status = duck_fail(duck, sql, api->prepare_error(prepared), reterr);
        api->destroy_prepare(&prepared);
        return status;
    }
    if (api->execute_prepared(prepared, &result) != DuckDBSuccess) {
        status = duck_fail(duck, sql, api->result_error(&result), reterr);
    } else {
        *rows += rows_written(api, &result);
    }
    api->destroy_result(&result);
    api->destroy_prepare(&prepared);
    return status;
}

int
duck_exec(Store *store, const char *sql, int64_t *ret_rows, Error *reterr)
{
    DuckStore *duck = duck_store(store);
    duckdb_extracted_statements statements = NULL;
    atomic_store(&duck->canceled, false);
    *ret_rows = 0;
    idx_t n = duck->api->extract_statements(duck->conn, sql, &statements);
    const char *refused = n == 0 ? duck->api->extract_statements_error(statements) : NULL;
    int status = refused ? duck_fail(duck, sql, refused, reterr) : 0;
    for (idx_t i = 0; i < n && status == 0; i++) {
        /* DuckDB forgets an interruption that comes between two statements. */
        status = atomic_load(&duck->canceled)
                     ? store_interrupted(reterr)
                     : run_extracted(duck, sql, statements, i, ret_rows, reterr);
    }
    duck->api->destroy_extracted(&statements);
    return status;
}

/* ---- query ---- */

typedef VEC(const char *) Cells;

static int
take_chunk(DuckStore *duck, duckdb_data_chunk chunk, const duckdb_logical_type *types,
           StoreResult *result, Cells *cells, Error *reterr)
{
    const DuckApi *api = duck->api;
    idx_t n_rows = api->data_chunk_get_size(chunk);
    int status = 0;
    for (idx_t row = 0; row < n_rows && status == 0; row++) {
        for (idx_t c = 0; c < result->n_columns && status == 0; c++) {
            const char *text = NULL;
            status = duck_cell_text(api, api->data_chunk_get_vector(chunk, c), types[c], row,
                                    result->arena, &text, reterr);
            vec_push(cells, text);
        }
    }
    return status;
}

static int
take_chunks(DuckStore *duck, duckdb_result *rows, const duckdb_logical_type *types,
            StoreResult *result, Error *reterr)
{
    Cells cells = {0};
    int status = 0;
    for (duckdb_data_chunk chunk; status == 0 && (chunk = duck->api->fetch_chunk(*rows));) {
        status = take_chunk(duck, chunk, types, result, &cells, reterr);
        duck->api->destroy_data_chunk(&chunk);
    }
    result->n_rows = result->n_columns > 0 ? cells.n / result->n_columns : 0;
    result->cells = cells.n > 0
                        ? arena_memdup(result->arena, cells.items, cells.n * sizeof(*cells.items))
                        : NULL;
    vec_free(&cells);
    return status;
}

static int
take_rows(DuckStore *duck, duckdb_result *rows, StoreResult *result, Error *reterr)
{
    const DuckApi *api = duck->api;
    if (api->result_return_type(*rows) != DUCKDB_RESULT_TYPE_QUERY_RESULT) {
        return 0; /* a count of rows, which no other engine gives */
    }
    store_result_size(result, 0, api->column_count(rows));
    duckdb_logical_type *types = ARENA_ARRAY(result->arena, duckdb_logical_type, result->n_columns);
    for (idx_t c = 0; c < result->n_columns; c++) {
        result->columns[c].name = arena_strdup(result->arena, api->column_name(rows, c));
        result->columns[c].type = duck_type_of(api->column_type(rows, c));
        types[c] = api->column_logical_type(rows, c);
    }
    int status = take_chunks(duck, rows, types, result, reterr);
    for (idx_t c = 0; c < result->n_columns; c++) {
        api->destroy_logical_type(&types[c]);
    }
    return status;
}

int
duck_query(Store *store, const char *sql, StoreResult *result, Error *reterr)
{
    DuckStore *duck = duck_store(store);
    duckdb_result rows;
    int status = 0;
    atomic_store(&duck->canceled, false);
    if (duck->api->query(duck->conn, sql, &rows) != DuckDBSuccess) {
        status = duck_fail(duck, sql, duck->api->result_error(&rows), reterr);
    } else {
        status = take_rows(duck, &rows, result, reterr);
    }
    duck->api->destroy_result(&rows);
    return status;
}

/* ---- transactions ---- */

int
duck_begin(Store *store, bool snapshot, Error *reterr)
{
    int64_t rows = 0;
    (void)snapshot; /* every transaction sees one state */
    return duck_exec(store, "begin transaction", &rows, reterr);
}

int
duck_commit(Store *store, Error *reterr)
{
    int64_t rows = 0;
    int status = duck_exec(store, "commit", &rows, reterr);
    if (status != 0) {
        duck_rollback(store); /* in case that it is still open */
    }
    return status;
}

void
duck_rollback(Store *store)
{
    int64_t rows = 0;
    (void)duck_exec(store, "rollback", &rows, NULL);
}
