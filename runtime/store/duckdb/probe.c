/*
 * What a query gives, without running it: DuckDB prepares it.
 *
 * Types of expressions within a query: `pdc_type(x, …)` stands in it, and when DuckDB binds the
 * call it tells what type `x` has. Which call it is says the number of further arguments.
 */
#include "runtime/store/duckdb/duck.h"

/** The name of a type, without its sizes; "" for the others. */
static const char *
type_name_of(duckdb_type id)
{
    static const struct {
        duckdb_type id;
        const char *name;
    } types[] = {
#define DUCK_TYPE(id, name, type) {DUCKDB_TYPE_##id, name},
#include "runtime/store/duckdb/types.def"
#undef DUCK_TYPE
        {DUCKDB_TYPE_VARCHAR, "VARCHAR"},   {DUCKDB_TYPE_BLOB, "BLOB"}, {DUCKDB_TYPE_TIME, "TIME"},
        {DUCKDB_TYPE_INTERVAL, "INTERVAL"}, {DUCKDB_TYPE_UUID, "UUID"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
        if (types[i].id == id) {
            return types[i].name;
        }
    }
    return "";
}

/* ---- columns of a query ---- */

/** The type as SQL, in `arena`; NULL for those that are put together of others, or have a name of
 * their own. */
static const char *
type_sql(const DuckApi *api, duckdb_logical_type type, Arena *arena)
{
    duckdb_type id = api->get_type_id(type);
    char *alias = api->logical_type_get_alias(type);
    const char *name = type_name_of(id);
    bool is_plain = alias == NULL && name[0] != '\0';
    api->free(alias);
    if (is_plain && id == DUCKDB_TYPE_DECIMAL) {
        return arena_printf(arena, "DECIMAL(%d,%d)", api->decimal_width(type),
                            api->decimal_scale(type));
    }
    return is_plain ? name : NULL;
}

/** @return false where a table made of the query would have another column */
static bool
take_column(const DuckStore *duck, duckdb_prepared_statement prepared, idx_t i, Arena *arena,
            StoreColumn *columns)
{
    const DuckApi *api = duck->api;
    const char *name = api->prepared_statement_column_name(prepared, i);
    duckdb_logical_type type = api->prepared_statement_column_logical_type(prepared, i);
    columns[i] = (StoreColumn){.name = arena_strdup(arena, name != NULL ? name : ""),
                               .sql_type = type_sql(api, type, arena),
                               .nullable = true};
    api->free((void *)(uintptr_t)name);
    api->destroy_logical_type(&type);
    if (columns[i].sql_type == NULL || columns[i].name[0] == '\0' ||
        store_has_column(columns, i, columns[i].name, true)) {
        return false; /* `a, a` become two names, null becomes a number */
    }
    columns[i].type = duck_type_named(columns[i].sql_type);
    return true;
}

int
duck_query_columns(Store *store, const char *sql, Arena *arena, StoreColumn **ret_columns,
                   size_t *ret_n, Error *reterr)
{
    DuckStore *duck = duck_store(store);
    const DuckApi *api = duck->api;
    duckdb_prepared_statement prepared = NULL;
    int status = 0;
    if (api->prepare(duck->conn, sql, &prepared) != DuckDBSuccess) {
        status = duck_fail(duck, sql, api->prepare_error(prepared), reterr);
    } else {
        idx_t n = api->prepared_statement_column_count(prepared);
        *ret_columns = ARENA_ARRAY(arena, StoreColumn, n + 1);
        *ret_n = n;
        for (idx_t i = 0; i < n && status == 0; i++) {
            status = take_column(duck, prepared, i, arena, *ret_columns) ? 0 : STORE_UNKNOWN;
        }
    }
    api->destroy_prepare(&prepared);
    return status;
}

/* ---- types of expressions ---- */

static const char *
name_of(const DuckApi *api, duckdb_expression expression)
{
    duckdb_logical_type type = api->expression_return_type(expression);
    duckdb_type id = api->get_type_id(type);
    api->destroy_logical_type(&type);
    return id == DUCKDB_TYPE_STRUCT ? "STRUCT" : type_name_of(id);
}

static void
note_type(duckdb_bind_info info)
{
    const DuckApi *api = duck_library(NULL); /* loaded: it is what calls us */
    const DuckStore *duck = api->scalar_function_bind_get_extra_info(info);
    idx_t n = api->scalar_function_bind_get_argument_count(info);
    if (n == 0 || n > duck->n_probed) {
        return;
    }
    duckdb_expression expression = api->scalar_function_bind_get_argument(info, 0);
    duck->probed[n - 1] = name_of(api, expression);
    api->destroy_expression(&expression);
}

/** Called where a query is simplified: always true. */
static void
say_true(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output)
{
    (void)info;
    const DuckApi *api = duck_library(NULL);
    bool *values = api->vector_get_data(output);
    for (idx_t row = 0; row < api->data_chunk_get_size(input); row++) {
        values[row] = true;
    }
}

static int
register_probe(DuckStore *duck, Error *reterr)
{
    const DuckApi *api = duck->api;
    duckdb_logical_type any = api->create_logical_type(DUCKDB_TYPE_ANY);
    duckdb_logical_type boolean = api->create_logical_type(DUCKDB_TYPE_BOOLEAN);
    duckdb_scalar_function function = api->create_scalar_function();
    api->scalar_function_set_name(function, STORE_TYPE_OF);
    api->scalar_function_set_varargs(function, any);
    api->scalar_function_set_special_handling(function); /* of NULL: it is said to the function */
    api->scalar_function_set_return_type(function, boolean);
    api->scalar_function_set_extra_info(function, duck, NULL);
    api->scalar_function_set_bind(function, note_type);
    api->scalar_function_set_function(function, say_true);
    duckdb_state state = api->register_scalar_function(duck->conn, function);
    api->destroy_scalar_function(&function);
    api->destroy_logical_type(&boolean);
    api->destroy_logical_type(&any);
    duck->has_probe = state == DuckDBSuccess;
    return duck->has_probe ? 0
                           : error_set(reterr, ERROR_CONNECTION,
                                       "DuckDB can't be given the function " STORE_TYPE_OF);
}

int
duck_expression_types(Store *store, const char *sql, const char **types, size_t n, Error *reterr)
{
    DuckStore *duck = duck_store(store);
    const DuckApi *api = duck->api;
    duckdb_prepared_statement prepared = NULL;
    if (!duck->has_probe && register_probe(duck, reterr) < 0) {
        return -1;
    }
    duck->probed = types;
    duck->n_probed = n;
    int status = 0;
    if (api->prepare(duck->conn, sql, &prepared) != DuckDBSuccess) {
        status = duck_fail(duck, sql, api->prepare_error(prepared), reterr);
    }
    api->destroy_prepare(&prepared);
    duck->probed = NULL;
    duck->n_probed = 0;
    return status;
}
