#include "runtime/store/sample_hash.h"

#include "runtime/store/sql_text.h"
#include "runtime/store/store_priv.h"

#include <inttypes.h>
#include <string.h>

const char *
store_key_type(const StoreColumn *column)
{
    return column->base_type ? column->base_type : column->sql_type;
}

/** `timestamp(3) without time zone` without its sizes; what stands behind them belongs to the name.
 */
static const char *
without_sizes(Arena *arena, const char *type)
{
    const char *open = strchr(type, '(');
    const char *close = open ? strrchr(open, ')') : NULL;
    if (!close) {
        return type;
    }
    size_t length = (size_t)(open - type);
    while (length > 0 && type[length - 1] == ' ') {
        length--;
    }
    return arena_printf(arena, "%.*s%s", (int)length, type, close + 1);
}

int
store_find_key_type(const StoreColumn *column, const StoreKeyType *types, size_t n_types,
                    const StoreKeyType **ret_type, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *name = without_sizes(arena, store_key_type(column));
    for (size_t i = 0; i < n_types; i++) {
        if (text_equal_ignore_case(name, types[i].name)) {
            *ret_type = &types[i];
            return 0;
        }
    }
    error_set(reterr, ERROR_UNSUPPORTED, "column \"%s\" of type %s can't be part of a sample's key",
              column->name, column->sql_type ? column->sql_type : store_key_type(column));
    error_set_hint(reterr, "keys are numbers, texts, dates, times, booleans, uuids and bytes, for "
                           "which engines agree on what is equal");
    return -1;
}

void
store_append_pattern(Str *sql, const char *pattern, const char *value)
{
    for (const char *hole; (hole = strchr(pattern, '$')); pattern = hole + 1) {
        str_append_n(sql, pattern, (size_t)(hole - pattern));
        str_append(sql, value);
    }
    str_append(sql, pattern);
}

/** `alias."name"` */
static char *
column_sql(const char *alias, const char *name, Arena *arena)
{
    Str sql = {0};
    sql_qualified(&sql, alias, name);
    return str_take_in(&sql, arena);
}

int
store_sample_hash_sql(const Store *store, const StoreColumn *columns, size_t n_columns,
                      const char *alias, int64_t seed, Arena *arena, char **ret_sql, Error *reterr)
{
    if (!store->engine->key_hash_sql) {
        return error_set(reterr, ERROR_UNSUPPORTED, "samples can't be drawn in %s", store->place);
    }
    const char *hash = arena_printf(arena, "cast('%" PRId64 "' as bigint)", seed);
    for (size_t i = 0; i < n_columns; i++) {
        Str sql = {0};
        const char *value = column_sql(alias, columns[i].name, arena);
        int status = store->engine->key_hash_sql(store, &columns[i], value, hash, &sql, reterr);
        hash = str_take_in(&sql, arena);
        if (status != 0) {
            return status;
        }
    }
    *ret_sql = arena_printf(arena, "(%s & %" PRId64 ")", hash, INT64_MAX);
    return 0;
}
