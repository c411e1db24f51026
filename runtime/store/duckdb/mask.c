/* Masks in DuckDB's SQL, by the functions that it was given (mask_function.c). */
#include "runtime/store/duckdb/duck.h"

/* `$` is the value as what its form says, `#` the number that is drawn by its text. A year is kept
 * whole; the days of February that it has are counted in. */
#define DAY_OF_YEAR                                                                                \
    "make_date(year($), 1, 1) + cast(# % dayofyear(make_date(year($), 12, 31)) as integer)"

static const char date_pattern[] = "case when isfinite($) then " DAY_OF_YEAR " else $ end";
static const char timestamp_pattern[] =
    "case when isfinite($) then cast(" DAY_OF_YEAR " as timestamp) "
    "+ to_seconds((# // 1000) % 86400) else $ end";
static const char time_pattern[] = "cast(timestamp '2000-01-01' + to_seconds(# % 86400) as time)";
/* `$` is the uuid's text, `#` what is drawn by it. */
static const char uuid_pattern[] =
    "substr(#, 1, 8) || '-' || substr(#, 9, 4) || '-' || substr($, 15, 1) || substr(#, 14, 3) "
    "|| '-' || substr($, 20, 1) || substr(#, 18, 3) || '-' || substr(#, 21, 12)";

static const char *
call(Arena *arena, const char *function, const char *argument)
{
    return arena_printf(arena, "%s(%s)", function, argument);
}

static const char *
as_type(Arena *arena, const char *value, const char *type)
{
    return arena_printf(arena, "cast(%s as %s)", value, type);
}

/** The moment in UTC, without a zone: epoch_us() has no infinity. */
static const char *
utc(Arena *arena, const char *value)
{
    const char *moment = as_type(arena, value, "timestamptz");
    return arena_printf(arena, "coalesce(make_timestamp(epoch_us(%s)), cast(%s as timestamp))",
                        moment, moment);
}

/** @param text  the value's canonical text; of an INT the number */
static int
append_fake(const StoreKeyType *type, const StoreColumn *column, const char *value,
            const char *text, Arena *arena, Str *sql, Error *reterr)
{
    const char *number = call(arena, DUCK_FAKE_NUMBER, text);
    switch (type->form) {
    case STORE_KEY_INT:
    case STORE_KEY_TEXT: str_append(sql, call(arena, DUCK_FAKE, text)); return 0;
    case STORE_KEY_DECIMAL:
        if (text_ends_with(type->name, "INT")) {
            break; /* wider than what is exchanged, and another number of as many digits may not fit
                    */
        }
        str_append(sql, call(arena, DUCK_FAKE_DECIMAL, text));
        return 0;
    case STORE_KEY_DATE:
        store_append_pattern_of_two(sql, date_pattern, as_type(arena, value, "date"), number);
        return 0;
    case STORE_KEY_TIMESTAMP:
        store_append_pattern_of_two(sql, timestamp_pattern, as_type(arena, value, "timestamp"),
                                    number);
        return 0;
    case STORE_KEY_TIMESTAMP_TZ:
        store_append_pattern_of_two(sql, timestamp_pattern, utc(arena, value), number);
        return 0;
    case STORE_KEY_TIME: store_append_pattern_of_two(sql, time_pattern, value, number); return 0;
    case STORE_KEY_UUID:
        store_append_pattern_of_two(sql, uuid_pattern, text, call(arena, DUCK_FAKE_HEX, text));
        return 0;
    case STORE_KEY_FLOAT:
    case STORE_KEY_BOOL:
    case STORE_KEY_CHAR:
    case STORE_KEY_BYTES:
    case STORE_KEY_COUNT: break;
    }
    return store_mask_refuse(STORE_MASK_FAKE, column, reterr);
}

int
duck_mask_sql(const Store *store, StoreMask mask, const StoreColumn *column, const char *value,
              Str *sql, Error *reterr)
{
    (void)store;
    CLEANUP(arena_freep) Arena *arena = arena_new();
    size_t n_types;
    const StoreKeyType *types = duck_key_types(&n_types);
    const StoreKeyType *type = NULL;
    if (store_find_mask_type(mask, column, types, n_types, &type, reterr) != 0) {
        return -1;
    }
    const char *text = duck_canonical_sql(type, store_key_type(column), value, arena);
    if (mask == STORE_MASK_FAKE) {
        return append_fake(type, column, value, text, arena, sql, reterr);
    }
    if (type->form == STORE_KEY_INT) {
        text = as_type(arena, text, "varchar");
    }
    str_append(sql, call(arena, DUCK_MASK_HASH, text));
    return 0;
}

int
duck_set_mask_key(Store *store, const Secret *key, Error *reterr)
{
    MaskKey made;
    (void)reterr;
    mask_key_init(&made, key);
    duck_database_set_mask_key(duck_store(store)->database, &made);
    return 0;
}

void
duck_forget_mask_key(Store *store)
{
    duck_database_set_mask_key(duck_store(store)->database, NULL);
}
