/* The hash of a sample's key, by PostgreSQL's own functions. */
#include "runtime/store/postgres/pg.h"

static const StoreKeyType types[] = {
#define KEY_TYPE(name, form) {name, STORE_KEY_##form},
#include "runtime/store/postgres/key_types.def"
#undef KEY_TYPE
};

/**
 * What is hashed. to_json() writes dates in ISO's form whatever `datestyle` is, and so fast as a
 * cast; to_char() is slower and knows neither infinity nor BC. A sum with 0.0 has a point behind
 * which zeros can be cut (trim_scale() is younger than the oldest server); with a float it makes -0
 * to 0, and NaN may have several patterns of bits.
 */
static const char *const texts[STORE_KEY_COUNT] = {
    [STORE_KEY_INT] = "($)::bigint",
    [STORE_KEY_DECIMAL] =
        "pg_catalog.rtrim(pg_catalog.rtrim((($)::numeric + 0.0)::text, '0'), '.')",
    [STORE_KEY_FLOAT] =
        "pg_catalog.encode(pg_catalog.float8send(case when ($)::float8 = 'NaN'::float8 "
        "then 'NaN'::float8 else ($)::float8 + '0'::float8 end), 'hex')",
    [STORE_KEY_BOOL] = "($)::boolean::text",
    [STORE_KEY_TEXT] = "($)::text",
    [STORE_KEY_CHAR] = "($)::bpchar::text",
    [STORE_KEY_DATE] = "pg_catalog.btrim(pg_catalog.to_json(($)::date)::text, '\"')",
    [STORE_KEY_TIMESTAMP] = "pg_catalog.btrim(pg_catalog.to_json(($)::timestamp)::text, '\"')",
    [STORE_KEY_TIMESTAMP_TZ] =
        "pg_catalog.btrim(pg_catalog.to_json(($)::timestamptz at time zone 'UTC')::text, '\"')",
    [STORE_KEY_TIME] = "($)::time::text",
    [STORE_KEY_UUID] = "($)::uuid::text",
    [STORE_KEY_BYTES] = "pg_catalog.encode(($)::bytea, 'hex')",
};

const StoreKeyType *
pg_key_types(size_t *ret_n)
{
    *ret_n = ARRAY_LENGTH(types);
    return types;
}

void
pg_append_canonical(Str *sql, StoreKeyForm form, const char *value)
{
    store_append_pattern(sql, texts[form], value);
}

/** Texts are hashed as they lie in the database. @return 0, or < 0 where that is not UTF-8 */
static int
check_encoding(const PgStore *pg, const StoreColumn *column, Error *reterr)
{
    static const char *const fine[] = {"UTF8",
                                       "SQL_ASCII"}; /* the latter keeps the client's bytes */
    const char *encoding = pg->pq->PQparameterStatus(pg->conn, "server_encoding");
    if (!encoding || text_is_one_of(encoding, fine, ARRAY_LENGTH(fine))) {
        return 0;
    }
    error_set(
        reterr, ERROR_UNSUPPORTED,
        "column \"%s\" can't be part of a sample's key: its text is stored as %s, not as UTF-8",
        column->name, encoding);
    error_set_hint(reterr, "samples are the same on every engine only if keys are the same bytes; "
                           "take a key that is no text, or a database in UTF-8");
    return -1;
}

static bool
is_text(StoreKeyForm form)
{
    return form == STORE_KEY_TEXT || form == STORE_KEY_CHAR;
}

int
pg_key_hash_sql(const Store *store, const StoreColumn *column, const char *value, const char *seed,
                Str *sql, Error *reterr)
{
    const StoreKeyType *type = NULL;
    if (store_find_key_type(column, types, ARRAY_LENGTH(types), &type, reterr) != 0 ||
        (is_text(type->form) && check_encoding((const PgStore *)store, column, reterr) != 0)) {
        return -1;
    }
    bool is_number = type->form == STORE_KEY_INT;
    str_append(sql, is_number ? "pg_catalog.hashint8extended(" : "pg_catalog.hashtextextended((");
    store_append_pattern(sql, texts[type->form], value);
    str_append(sql, is_number ? ", " : ") collate pg_catalog.\"C\", ");
    str_append(sql, seed);
    str_append(sql, ")");
    return 0;
}
