/*
 * Types of expressions within a query, without running it: `pdc_type(x, …)` stands in the query,
 * and when DuckDB binds the call it tells what type `x` has. Which call it is says the number of
 * further arguments.
 */
#include "runtime/store/duckdb/duck.h"

/** The name of a type, without its sizes; "" for those that the language has nothing like. */
static const char *
name_of(const DuckApi *api, duckdb_expression expression)
{
    static const struct {
        duckdb_type id;
        const char *name;
    } types[] = {
#define DUCK_TYPE(id, name, type) {DUCKDB_TYPE_##id, name},
#include "runtime/store/duckdb/types.def"
#undef DUCK_TYPE
        {DUCKDB_TYPE_VARCHAR, "VARCHAR"},
        {DUCKDB_TYPE_STRUCT, "STRUCT"},
    };
    duckdb_logical_type type = api->expression_return_type(expression);
    duckdb_type id = api->get_type_id(type);
    api->destroy_logical_type(&type);
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
        if (types[i].id == id) {
            return types[i].name;
        }
    }
    return "";
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
