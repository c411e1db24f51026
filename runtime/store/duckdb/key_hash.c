/* The hash of a sample's key, by the function that DuckDB was given (function.c). */
#include "runtime/store/duckdb/duck.h"

#include <stdlib.h>
#include <string.h>

enum { DECIMAL_DIGITS = 38, DECIMAL_DEFAULT_SCALE = 3 };

static const StoreKeyType types[] = {
#define KEY_TYPE(name, form) {name, STORE_KEY_##form},
#include "runtime/store/duckdb/key_types.def"
#undef KEY_TYPE
};

/**
 * What is hashed. DuckDB writes a year before Christ as `0044-03-15 (BC)`, with the time behind
 * that. epoch_us() doesn't look at the connection's time zone, as a cast does, but has no infinity.
 */
static const char *const values[STORE_KEY_COUNT] = {
    [STORE_KEY_INT] = "cast($ as bigint)",
    [STORE_KEY_FLOAT] = "cast($ as double)",
    [STORE_KEY_BOOL] = "cast(cast($ as boolean) as varchar)",
    [STORE_KEY_TEXT] = "cast($ as varchar)",
    [STORE_KEY_DATE] = "replace(cast(cast($ as date) as varchar), ' (BC)', ' BC')",
    [STORE_KEY_TIMESTAMP] = "cast($ as timestamp)",
    [STORE_KEY_TIMESTAMP_TZ] = "coalesce(make_timestamp(epoch_us(cast($ as timestamptz))), "
                               "cast(cast($ as timestamptz) as timestamp))",
    [STORE_KEY_TIME] = "cast(cast($ as time) as varchar)",
    [STORE_KEY_UUID] = "cast(cast($ as uuid) as varchar)",
    [STORE_KEY_BYTES] = "lower(hex(cast($ as blob)))",
};

static const char timestamp_text[] =
    "case when $ < timestamp '0001-01-01' then regexp_replace(cast($ as varchar), "
    "'^([0-9-]+) [(]BC[)] (.*)', '\\1T\\2 BC') else replace(cast($ as varchar), ' ', 'T') end";

/** Digits behind the point of `DECIMAL(12,2)`. */
static long
scale_of(const char *type)
{
    const char *open = strchr(type, '(');
    const char *comma = open ? strchr(open, ',') : NULL;
    if (!open) {
        return DECIMAL_DEFAULT_SCALE;
    }
    return comma ? strtol(comma + 1, NULL, 10) : 0;
}

/** In the widest type, so that there is a digit before the point (DuckDB writes a DECIMAL(2,2) as
 * `.50`), and zeros behind it can be cut; where all its digits stand behind the point, one is put
 * there. */
static char *
decimal_pattern(const StoreKeyType *type, const char *spelled, Arena *arena)
{
    if (text_ends_with(type->name, "INT")) {
        return arena_printf(arena, "cast(cast($ as %s) as varchar)", type->name);
    }
    long scale = scale_of(spelled);
    const char *text =
        arena_printf(arena, "cast(cast($ as decimal(%d, %ld)) as varchar)", DECIMAL_DIGITS, scale);
    if (scale == DECIMAL_DIGITS) {
        text = arena_printf(arena, "regexp_replace(%s, '^(-?)[.]', '\\10.')", text);
    }
    return scale > 0 ? arena_printf(arena, "rtrim(rtrim(%s, '0'), '.')", text)
                     : arena_strdup(arena, text);
}

char *
duck_canonical_sql(const StoreKeyType *type, const char *spelled, const char *column, Arena *arena)
{
    Str sql = {0};
    const char *pattern = type->form == STORE_KEY_DECIMAL ? decimal_pattern(type, spelled, arena)
                                                          : values[type->form];
    store_append_pattern(&sql, pattern, column);
    char *value = str_take_in(&sql, arena);
    if (type->form != STORE_KEY_TIMESTAMP && type->form != STORE_KEY_TIMESTAMP_TZ) {
        return value;
    }
    store_append_pattern(&sql, timestamp_text, value);
    return str_take_in(&sql, arena);
}

const StoreKeyType *
duck_key_types(size_t *ret_n)
{
    *ret_n = ARRAY_LENGTH(types);
    return types;
}

int
duck_key_hash_sql(const Store *store, const StoreColumn *column, const char *value,
                  const char *seed, Str *sql, Error *reterr)
{
    (void)store;
    const StoreKeyType *type = NULL;
    if (store_find_key_type(column, types, ARRAY_LENGTH(types), &type, reterr) != 0) {
        return -1;
    }
    CLEANUP(arena_freep) Arena *arena = arena_new();
    str_append(sql, DUCK_HASH "(");
    str_append(sql, duck_canonical_sql(type, store_key_type(column), value, arena));
    str_append(sql, ", ");
    str_append(sql, seed);
    str_append(sql, ")");
    return 0;
}
