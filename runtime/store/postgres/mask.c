/*
 * Masks in PostgreSQL's SQL. What fake.h defines is said here in expressions, out of the same
 * tables; no extension is needed, since sha256() is built in.
 *
 * The key is a setting of the transaction, and gets there by libpq's fast path. A parameter of a
 * statement would be in the server's log with it (log_statement), a table on its disk; arguments of
 * a function that is called by the fast path are written nowhere.
 */
#include "runtime/store/fake.h"
#include "runtime/store/postgres/pg.h"
#include "runtime/store/sql_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HASH_PADS "pdc.mask_hash"
#define FAKE_PADS "pdc.mask_fake"

enum { PAD_DIGITS = 2 * SHA256_BLOCK_BYTES };

/* ---- the key ---- */

/** set_config(name, value, true) */
static int
set_secretly(PgStore *pg, int function, const char *name, const char *value, Error *reterr)
{
    char is_local = 1;
    int length = 0;
    int ret[1 + 2 * PAD_DIGITS / sizeof(int) + 1]; /* room for what it returns: the value */
    PQArgBlock arguments[3] = {
        {.len = (int)strlen(name), .u = {.ptr = (int *)(uintptr_t)name}},
        {.len = (int)strlen(value), .u = {.ptr = (int *)(uintptr_t)value}},
        {.len = 1, .u = {.ptr = (int *)(void *)&is_local}},
    };
    PGresult *result =
        pg->pq->PQfn(pg->conn, function, ret, &length, 0, arguments, (int)ARRAY_LENGTH(arguments));
    int status =
        pg->pq->PQresultStatus(result) == PGRES_COMMAND_OK ? 0 : pg_fail(pg, result, reterr);
    memset(ret, 0, sizeof(ret));
    pg->pq->PQclear(result);
    return status;
}

static int
set_pads(PgStore *pg, int function, const char *name, const void *key, size_t n, Error *reterr)
{
    HmacPads pads;
    char digits[2 * PAD_DIGITS + 1];
    hmac_pads(key, n, &pads);
    sha256_hex(pads.inner, sizeof(pads.inner), digits);
    sha256_hex(pads.outer, sizeof(pads.outer), digits + PAD_DIGITS);
    digits[2 * PAD_DIGITS] = '\0';
    return set_secretly(pg, function, name, digits, reterr);
}

int
pg_set_mask_key(Store *store, const Secret *key, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    PgStore *pg = pg_store(store);
    const char *text = secret_reveal(key);
    uint8_t fake[SHA256_BYTES];
    if (store_query(store,
                    "select 'pg_catalog.set_config(text, text, boolean)'"
                    "::pg_catalog.regprocedure::pg_catalog.oid",
                    &result, reterr) != 0) {
        return -1;
    }
    int function = (int)strtol(store_result_text(result, 0, 0), NULL, 10);
    mask_fake_key(key, fake);
    if (set_pads(pg, function, HASH_PADS, text, strlen(text), reterr) != 0) {
        return -1;
    }
    return set_pads(pg, function, FAKE_PADS, fake, sizeof(fake), reterr);
}

/* ---- HMAC ---- */

/** A scalar subquery, so that it is worked out once and not for each row. Behind the transaction's
 * end the setting is an empty text: then get_byte() fails, and nothing is masked without a key. */
static void
append_pad(Str *sql, const char *setting, bool outer)
{
    str_append_format(sql,
                      "(select pg_catalog.substr(pg_catalog.set_byte(k.k, %d, "
                      "pg_catalog.get_byte(k.k, %d)), %d, %d) "
                      "from (select pg_catalog.decode(pg_catalog.current_setting(",
                      2 * SHA256_BLOCK_BYTES - 1, 2 * SHA256_BLOCK_BYTES - 1,
                      outer ? 1 + SHA256_BLOCK_BYTES : 1, SHA256_BLOCK_BYTES);
    sql_literal(sql, setting);
    str_append(sql, "), 'hex') as k offset 0) as k)");
}

/** @param message  an expression of type bytea */
static char *
hmac_sql(const char *setting, const char *message, Arena *arena)
{
    Str sql = {0};
    str_append(&sql, "pg_catalog.sha256(pg_catalog.byteacat(");
    append_pad(&sql, setting, true);
    str_append(&sql, ", pg_catalog.sha256(pg_catalog.byteacat(");
    append_pad(&sql, setting, false);
    str_append(&sql, ", ");
    str_append(&sql, message);
    str_append(&sql, "))))");
    return str_take_in(&sql, arena);
}

static char *
utf8_sql(const char *text, Arena *arena)
{
    return arena_printf(arena, "pg_catalog.convert_to(%s, 'UTF8')", text);
}

/** F(kind, number, message) of fake.h. */
static char *
fake_sql(char kind, const char *number, const char *message, Arena *arena)
{
    return hmac_sql(FAKE_PADS,
                    arena_printf(arena,
                                 "pg_catalog.byteacat(pg_catalog.byteacat("
                                 "pg_catalog.decode('%02x', 'hex'), pg_catalog.int4send(%s)), %s)",
                                 (unsigned)kind, number, message),
                    arena);
}

/** The first 8 bytes of a digest, without the sign bit. */
static char *
number_sql(const char *digest, Arena *arena)
{
    return arena_printf(
        arena,
        "(('x' || pg_catalog.encode(pg_catalog.substr(%s, 1, 8), 'hex'))::bit(64)::bigint & %" PRId64
        ")",
        digest, INT64_MAX);
}

/* ---- texts ---- */

/** `when a < end then CHARACTER`, of the code point a and the drawn number r. */
static void
append_letters(Str *sql)
{
#define FAKE_STAY(end) str_append_format(sql, " when d.a < %d then chr(d.a)", end);
#define FAKE_LETTER(end, first, count)                                                             \
    str_append_format(sql, " when d.a < %d then chr(%d + d.r %% %d)", end, first, count);
#define FAKE_PAIRS(end, first, count)                                                              \
    str_append_format(sql, " when d.a < %d then chr(%d + (d.a - %d) %% 2 + d.r %% %d * 2)", end,   \
                      first, first, count);
#define FAKE_BLOCK(end)                                                                            \
    str_append_format(sql, " when d.a < %d then chr(d.a - d.a %% 128 + d.r %% 128)", end);
#include "runtime/store/fake_letters.def"
#undef FAKE_STAY
#undef FAKE_LETTER
#undef FAKE_PAIRS
#undef FAKE_BLOCK
}

/** The same for the digits of a decimal; p is the place of the first one. */
static void
append_decimal_digits(Str *sql)
{
    str_append(sql, " when d.a not between 48 and 57 then chr(d.a)"
                    " when d.at <> d.p then chr(48 + d.r % 10)"
                    " when d.a = 48 then '0' else chr(49 + d.r % 9)");
}

/**
 * Takes the text apart, draws for each character, and puts it together. `offset 0` keeps the
 * planner from putting the expressions of a and r, which are costly, in place of each of their
 * uses.
 */
static void
append_fake_text(Str *sql, const char *text, void (*append_cases)(Str *sql), Arena *arena)
{
    const char *digest = fake_sql(FAKE_OF_TEXT, "b.b", utf8_sql("v.t", arena), arena);
    str_append(sql, "(select case when v.t = '' then v.t else (select pg_catalog.string_agg(case");
    append_cases(sql);
    str_append(sql, " end, '' order by d.at) from (select c.at, pg_catalog.ascii(c.ch) as a, "
                    "case when v.t like '-%' then 2 else 1 end as p, "
                    "pg_catalog.get_byte(s.s, 2 * c.at::int - 2) * 256 "
                    "+ pg_catalog.get_byte(s.s, 2 * c.at::int - 1) as r "
                    "from (select pg_catalog.string_agg(");
    str_append(sql, digest);
    str_append_format(sql,
                      ", '' order by b.b) as s "
                      "from pg_catalog.generate_series(0, (pg_catalog.length(v.t) - 1) / %d) "
                      "as b(b)) as s, "
                      "pg_catalog.unnest(pg_catalog.string_to_array(v.t, null)) "
                      "with ordinality as c(ch, at) offset 0) as d) end from (select ",
                      FAKE_CHARACTERS);
    str_append(sql, text);
    str_append(sql, " as t offset 0) as v)");
}

/* ---- integers ---- */

static void
append_bands(Str *sql)
{
    const char *separator = "";
#define FAKE_BAND(first, a, b)                                                                     \
    str_append_format(sql, "%s(%" PRId64 "::bigint, %" PRId64 "::bigint, %" PRId64 "::bigint)",    \
                      separator, INT64_C(first), INT64_C(a), INT64_C(b));                          \
    separator = ", ";
#include "runtime/store/fake_bands.def"
#undef FAKE_BAND
}

/** The rounds are the rows of a recursive query; l and h are the halves. */
static void
append_fake_integer(Str *sql, const char *number, Arena *arena)
{
    const char *half = "pg_catalog.byteacat(pg_catalog.int8send(f.first), pg_catalog.int8send("
                       "case when f.i % 2 = 0 then f.h else f.l end))";
    const char *drawn = number_sql(fake_sql(FAKE_OF_INTEGER, "f.i", half, arena), arena);
    str_append(
        sql,
        "(select case when v.n in (0, -128, -32768, -2147483648, "
        "'-9223372036854775808'::bigint) then v.n else (with recursive f(i, l, h, first, a, b) as (select 0, (pg_catalog.abs(v.n) - k.first) / k.b, "
        "(pg_catalog.abs(v.n) - k.first) % k.b, k.first, k.a, k.b "
        "from (select * from (values ");
    append_bands(sql);
    str_append(sql, ") as j(first, a, b) where j.first <= pg_catalog.abs(v.n) "
                    "order by j.first desc limit 1) as k union all "
                    "select f.i + 1, case when f.i % 2 = 0 then (f.l + ");
    str_append(sql, drawn);
    str_append(sql, " % f.a) % f.a else f.l end, case when f.i % 2 = 1 then (f.h + ");
    str_append(sql, drawn);
    str_append_format(sql,
                      " %% f.b) %% f.b else f.h end, f.first, f.a, f.b from f where f.i < %d) "
                      "select (f.first + f.l * f.b + f.h) * case when v.n < 0 then -1 else 1 end "
                      "from f where f.i = %d) end from (select (",
                      FAKE_ROUNDS, FAKE_ROUNDS);
    str_append(sql, number);
    str_append(sql, ")::bigint as n offset 0) as v)");
}

/* ---- the others ---- */

/* `$` is the value, `#` the number that is drawn by its text. A year is kept whole. */
#define DAY_OF_YEAR                                                                                \
    "pg_catalog.make_date(extract(year from v.v)::int, 1, 1) + (v.n % extract(doy from "           \
    "pg_catalog.make_date(extract(year from v.v)::int, 12, 31))::int)::int"
#define IF_FINITE(expression) "(select case when pg_catalog.isfinite(v.v) then " expression

static const char date_pattern[] =
    IF_FINITE(DAY_OF_YEAR) " else v.v end from (select ($)::date as v, "
                           "# as n offset 0) as v)";
#define SECOND_OF_DAY                                                                              \
    "(" DAY_OF_YEAR ")::timestamp + pg_catalog.make_interval(secs => (v.n / 1000) % 86400)"
static const char timestamp_pattern[] = IF_FINITE(
    SECOND_OF_DAY) " else v.v end from (select ($)::timestamp as v, # as n offset 0) as v)";
static const char timestamp_tz_pattern[] =
    IF_FINITE(SECOND_OF_DAY) " else v.v end at time zone 'UTC' from (select ($)::timestamptz "
                             "at time zone 'UTC' as v, # as n offset 0) as v)";
static const char time_pattern[] =
    "(time '00:00' + pg_catalog.make_interval(secs => (# % 86400)::double precision))";
/* `$` is the uuid's text, `#` what is drawn by it. */
static const char uuid_pattern[] =
    "(select substr(v.h, 1, 8) || '-' || substr(v.h, 9, 4) || '-' || substr(v.t, 15, 1) "
    "|| substr(v.h, 14, 3) || '-' || substr(v.t, 20, 1) || substr(v.h, 18, 3) || '-' "
    "|| substr(v.h, 21, 12) from (select $ as t, pg_catalog.encode(#, 'hex') as h offset 0) as v)";

static int
check_encoding(const PgStore *pg, const StoreColumn *column, Error *reterr)
{
    const char *encoding = pg->pq->PQparameterStatus(pg->conn, "server_encoding");
    if (!encoding || text_equal(encoding, "UTF8")) {
        return 0;
    }
    error_set(reterr, ERROR_UNSUPPORTED,
              "column \"%s\" can't be masked with fake: its text is stored as %s, not as UTF-8",
              column->name, encoding);
    error_set_hint(reterr, "mask it with hash, with null, or with an expression: 'EXPR'");
    return -1;
}

/** @param text  the value's canonical text; of an INT the number */
static int
append_fake(const PgStore *pg, StoreKeyForm form, const StoreColumn *column, const char *value,
            const char *text, Arena *arena, Str *sql, Error *reterr)
{
    const char *drawn = fake_sql(FAKE_OF_OTHERS, "0", utf8_sql(text, arena), arena);
    const char *number = number_sql(drawn, arena);
    const char *pattern = NULL;
    switch (form) {
    case STORE_KEY_INT: append_fake_integer(sql, text, arena); return 0;
    case STORE_KEY_DECIMAL: append_fake_text(sql, text, append_decimal_digits, arena); return 0;
    case STORE_KEY_TEXT:
    case STORE_KEY_CHAR:
        if (check_encoding(pg, column, reterr) != 0) {
            return -1;
        }
        append_fake_text(sql, text, append_letters, arena);
        return 0;
    case STORE_KEY_DATE: pattern = date_pattern; break;
    case STORE_KEY_TIMESTAMP: pattern = timestamp_pattern; break;
    case STORE_KEY_TIMESTAMP_TZ: pattern = timestamp_tz_pattern; break;
    case STORE_KEY_TIME: pattern = time_pattern; break;
    case STORE_KEY_UUID: store_append_pattern_of_two(sql, uuid_pattern, text, drawn); return 0;
    case STORE_KEY_FLOAT:
    case STORE_KEY_BOOL:
    case STORE_KEY_BYTES:
    case STORE_KEY_COUNT: return store_mask_refuse(STORE_MASK_FAKE, column, reterr);
    }
    store_append_pattern_of_two(sql, pattern, value, number);
    return 0;
}

int
pg_mask_sql(const Store *store, StoreMask mask, const StoreColumn *column, const char *value,
            Str *sql, Error *reterr)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    size_t n_types;
    const StoreKeyType *types = pg_key_types(&n_types);
    const StoreKeyType *type = NULL;
    Str canonical = {0};
    if (store_find_mask_type(mask, column, types, n_types, &type, reterr) != 0) {
        return -1;
    }
    pg_append_canonical(&canonical, type->form, value);
    const char *text = str_take_in(&canonical, arena);
    if (mask == STORE_MASK_FAKE) {
        return append_fake((const PgStore *)store, type->form, column, value, text, arena, sql,
                           reterr);
    }
    if (type->form == STORE_KEY_INT) {
        text = arena_printf(arena, "(%s)::text", text);
    }
    str_append(sql, "pg_catalog.encode(");
    str_append(sql, hmac_sql(HASH_PADS, utf8_sql(text, arena), arena));
    str_append(sql, ", 'hex')");
    return 0;
}
