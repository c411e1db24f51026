/* Types of expressions in queries whose tables are known. */
#include "compiler/types/types_priv.h"

bool
types_render(Types *types, const char *instance, const FlowQuery *query, Rendered *ret_rendered)
{
    Look *look = map_get(types->looks, instance);
    return look != NULL && look_knows(look, query->inputs, query->n_inputs) &&
           look_render(look, query, ret_rendered) == 0;
}

/** The answers as columns: their numbers and types. */
static void
keep(Types *types, const char *key, const char *const *types_of, size_t n)
{
    StoreColumn *columns = ARENA_ARRAY(types->arena, StoreColumn, n + 1);
    for (size_t i = 0; i < n; i++) {
        columns[i].name = arena_printf(types->arena, "%zu", i);
        columns[i].sql_type = types_of[i] != NULL ? types_of[i] : "";
    }
    types_cache_put(types->cache, key, columns, n);
}

void
types_of_expressions(Types *types, const char *instance, const FlowQuery *query, const char *sql,
                     const char **types_of, size_t n)
{
    const Look *look = map_get(types->looks, instance);
    const char *key = look_key(look, sql, query, NULL);
    const StoreColumn *known;
    size_t n_known;
    if (types_cache_get(types->cache, key, &known, &n_known) && n_known == n) {
        for (size_t i = 0; i < n; i++) {
            types_of[i] = known[i].sql_type;
        }
        return;
    }
    Error error = {0};
    if (look_require(look, query->inputs, query->n_inputs) == 0 && types_open(types) == 0 &&
        store_expression_types(types->store, sql, types_of, n, &error) < 0) {
        error_deinit(&error); /* what the engine refuses has no types */
    }
    keep(types, key, types_of, n);
}
