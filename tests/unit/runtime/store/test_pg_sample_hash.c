/* The hash by which samples choose rows: the same bits on both engines. */
#include "runtime/store/sample_hash.h"
#include "tests/unit/runtime/store/engines.h"

#include <inttypes.h>

enum { N_ROWS = 40000, SEED = 20240229 };

/** xorshift64*: the same rows in each run. */
static uint64_t
random_next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static const char *
hash_sql(Store *store, const StoreColumn *columns, size_t n, const char *alias, int64_t seed,
         Arena *arena)
{
    char *sql = NULL;
    Error error = {0};
    int status = store_sample_hash_sql(store, columns, n, alias, seed, arena, &sql, &error);
    if (status != 0) {
        show_error(&error);
    }
    cr_assert_eq(status, 0);
    return sql;
}

/* ---- random rows ---- */

static void
append_code_point(Str *text, uint32_t c)
{
    if (c < 0x80) {
        str_append_char(text, (char)c);
        return;
    }
    unsigned n_more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char heads[] = {0, 0xc0, 0xe0, 0xf0};
    str_append_char(text, (char)(heads[n_more] | c >> 6 * n_more));
    while (n_more-- > 0) {
        str_append_char(text, (char)(0x80 | (c >> 6 * n_more & 0x3f)));
    }
}

/** Up to 40 characters of all planes, and now and then thousands. */
static void
make_text(uint64_t *state, Str *text)
{
    static const uint32_t limits[] = {0x80, 0x800, 0x10000, 0x110000};
    uint64_t length = random_next(state) % 41;
    if (random_next(state) % 1000 == 0) {
        length = random_next(state) % 5000;
    }
    uint32_t limit = limits[random_next(state) % 4];
    while (length-- > 0) {
        uint32_t c = (uint32_t)(random_next(state) % limit);
        append_code_point(text, c == 0 || (c >= 0xd800 && c < 0xe000) ? 'x' : c);
    }
}

static void
make_integer(uint64_t *state, Str *text, int bits)
{
    int64_t number = (int64_t)random_next(state) >> (64 - bits);
    number >>= random_next(state) % (unsigned)bits; /* small ones as well */
    str_append_format(text, "%" PRId64, number);
}

static void
make_int2(uint64_t *state, Str *text)
{
    make_integer(state, text, 16);
}

static void
make_int4(uint64_t *state, Str *text)
{
    make_integer(state, text, 32);
}

static void
make_int8(uint64_t *state, Str *text)
{
    make_integer(state, text, 64);
}

/** Zeros at the end are frequent. */
static void
make_decimal(uint64_t *state, Str *text, unsigned digits_before, unsigned digits_behind)
{
    str_append(text, random_next(state) % 2 ? "-" : "");
    for (unsigned i = 0; i < digits_before + digits_behind; i++) {
        str_append(text, i == digits_before ? "." : "");
        unsigned digit = (unsigned)(random_next(state) % 10);
        str_append_char(text, (char)('0' + (random_next(state) % 3 ? 0 : digit)));
    }
}

static void
make_decimal_2_2(uint64_t *state, Str *text)
{
    make_decimal(state, text, 0, 2);
}

static void
make_decimal_12_2(uint64_t *state, Str *text)
{
    make_decimal(state, text, 10, 2);
}

static void
make_decimal_18_0(uint64_t *state, Str *text)
{
    make_decimal(state, text, 18, 0);
}

static void
make_decimal_38_10(uint64_t *state, Str *text)
{
    make_decimal(state, text, 28, 10);
}

static void
make_decimal_38_38(uint64_t *state, Str *text)
{
    make_decimal(state, text, 0, 38);
}

static void
make_float8(uint64_t *state, Str *text)
{
    double number = 0;
    uint64_t bits = random_next(state);
    if (bits % 8 == 0) {
        number = (double)(random_next(state) % 2000) / 4;
    } else if ((bits >> 52 & 0x7ff) != 0x7ff) {
        memcpy(&number, &bits, sizeof(number));
    }
    str_append_format(text, "%.17g", number);
}

static void
make_float4(uint64_t *state, Str *text)
{
    float number = 0;
    uint32_t bits = (uint32_t)random_next(state);
    if ((bits >> 23 & 0xff) != 0xff) {
        memcpy(&number, &bits, sizeof(number));
    }
    str_append_format(text, "%.9g", (double)number);
}

static void
make_bool(uint64_t *state, Str *text)
{
    str_append(text, random_next(state) % 2 ? "true" : "false");
}

static void
make_date(uint64_t *state, Str *text)
{
    unsigned year = (unsigned)(random_next(state) % (random_next(state) % 4 ? 9999 : 200000));
    str_append_format(text, "%04u-%02u-%02u", year + 1, (unsigned)(random_next(state) % 12) + 1,
                      (unsigned)(random_next(state) % 28) + 1);
}

static void
make_time(uint64_t *state, Str *text)
{
    static const unsigned steps[] = {1, 10, 1000, 100000, 1000000};
    unsigned step = steps[random_next(state) % ARRAY_LENGTH(steps)];
    str_append_format(text, "%02u:%02u:%02u.%06u", (unsigned)(random_next(state) % 24),
                      (unsigned)(random_next(state) % 60), (unsigned)(random_next(state) % 60),
                      (unsigned)(random_next(state) % 1000000) / step * step);
}

static void
make_timestamp(uint64_t *state, Str *text)
{
    make_date(state, text);
    str_append_char(text, ' ');
    make_time(state, text);
}

static void
make_timestamptz(uint64_t *state, Str *text)
{
    make_timestamp(state, text);
    str_append_format(text, "%+03d:%02u", (int)(random_next(state) % 25) - 12,
                      (unsigned)(random_next(state) % 4) * 15);
}

static void
make_uuid(uint64_t *state, Str *text)
{
    uint64_t a = random_next(state), b = random_next(state);
    str_append_format(text, "%08" PRIx64 "-%04" PRIx64 "-%04" PRIX64 "-%04" PRIx64 "-%012" PRIx64,
                      a >> 32, a >> 16 & 0xffff, a & 0xffff, b >> 48, b & UINT64_C(0xffffffffffff));
}

typedef struct Column Column;
struct Column {
    const char *name;
    const char *types[ENGINE_COUNT];
    void (*make)(uint64_t *state, Str *text);
};

static const Column all_columns[] = {
    {"i2", {"smallint", "smallint"}, make_int2},
    {"i4", {"integer", "integer"}, make_int4},
    {"i8", {"bigint", "bigint"}, make_int8},
    {"huge", {"hugeint", "numeric"}, make_int8},
    {"d2_2", {"decimal(2, 2)", "numeric(2, 2)"}, make_decimal_2_2},
    {"d12_2", {"decimal(12, 2)", "numeric(12, 2)"}, make_decimal_12_2},
    {"d18_0", {"decimal(18, 0)", "numeric(18, 0)"}, make_decimal_18_0},
    {"d38_10", {"decimal(38, 10)", "numeric"}, make_decimal_38_10},
    {"d38_38", {"decimal(38, 38)", "numeric(38, 38)"}, make_decimal_38_38},
    {"f4", {"float", "real"}, make_float4},
    {"f8", {"double", "double precision"}, make_float8},
    {"b", {"boolean", "boolean"}, make_bool},
    {"t", {"varchar", "text"}, make_text},
    {"c", {"varchar", "varchar"}, make_text},
    {"day", {"date", "date"}, make_date},
    {"stamp", {"timestamp", "timestamp"}, make_timestamp},
    {"tz", {"timestamptz", "timestamptz"}, make_timestamptz},
    {"clock", {"time", "time"}, make_time},
    {"u", {"uuid", "uuid"}, make_uuid},
};
enum { N_COLUMNS = ARRAY_LENGTH(all_columns) };

/** `create table t (id, …)` and the rows, one in 50 cells NULL. */
static void
load_rows(Store *store, Engine engine)
{
    Str sql = {0};
    StoreColumn columns[N_COLUMNS + 1] = {{.name = "id"}};
    str_append(&sql, "create table t (id bigint");
    for (size_t c = 0; c < N_COLUMNS; c++) {
        const Column *column = &all_columns[c];
        str_append_format(&sql, ", %s %s", column->name, column->types[engine]);
        columns[c + 1].name = column->name;
    }
    str_append(&sql, ")");
    must_exec(store, str_text(&sql));
    Error error = {0};
    StoreLoad *load = NULL;
    cr_assert_eq(store_load_begin(store, NULL, "t", columns, N_COLUMNS + 1, &load, &error), 0);
    uint64_t state = SEED;
    Str cells[N_COLUMNS + 1] = {{0}};
    for (int row = 0; row < N_ROWS; row++) {
        const char *texts[N_COLUMNS + 1];
        str_clear(&cells[N_COLUMNS]);
        str_append_format(&cells[N_COLUMNS], "%d", row);
        texts[0] = str_text(&cells[N_COLUMNS]);
        for (size_t c = 0; c < N_COLUMNS; c++) {
            str_clear(&cells[c]);
            all_columns[c].make(&state, &cells[c]);
            texts[c + 1] = random_next(&state) % 50 == 0 ? NULL : str_text(&cells[c]);
        }
        if (store_load_row(load, texts, &error) != 0) {
            show_error(&error);
            cr_assert_fail("row %d", row);
        }
    }
    if (store_load_end(load, &error) != 0) {
        show_error(&error);
        cr_assert_fail("load");
    }
    for (size_t c = 0; c <= N_COLUMNS; c++) {
        str_deinit(&cells[c]);
    }
    str_deinit(&sql);
}

/** Hashes of every column, with a seed of its own each, and of keys of several columns. */
static const char *
rows_sql(Store *store, Arena *arena)
{
    StoreColumn *columns = NULL;
    size_t n = 0;
    Error error = {0};
    cr_assert_eq(store_columns(store, NULL, "t", arena, &columns, &n, &error), 0);
    cr_assert_eq(n, N_COLUMNS + 1);
    Str sql = {0};
    str_append(&sql, "select id");
    for (size_t c = 1; c < n; c++) {
        int64_t seed = (int64_t)(UINT64_C(0x9e3779b97f4a7c15) * (c - 1));
        str_append_format(&sql, ", %s", hash_sql(store, &columns[c], 1, "t", seed, arena));
        str_append_format(&sql, ", %s", hash_sql(store, &columns[c - 1], 2, "t", SEED, arena));
    }
    str_append_format(&sql, ", %s from t order by id",
                      hash_sql(store, columns, n, NULL, INT64_MIN, arena));
    return str_take_in(&sql, arena);
}

static int
compare_texts(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

/** Other values, other hashes: this test would see a hash that is always the same. */
static size_t
count_distinct(const StoreResult *result, size_t column, Arena *arena)
{
    const char **texts = ARENA_ARRAY(arena, const char *, store_result_rows(result));
    size_t n = 0, n_distinct = 0;
    for (size_t row = 0; row < store_result_rows(result); row++) {
        const char *text = store_result_text(result, row, column);
        if (text) {
            cr_assert_neq(text[0], '-');
            texts[n++] = text;
        }
    }
    qsort(texts, n, sizeof(*texts), compare_texts);
    for (size_t i = 0; i < n; i++) {
        n_distinct += i == 0 || strcmp(texts[i], texts[i - 1]) != 0;
    }
    return n_distinct;
}

Test(sample_hash, random_rows_have_the_same_hashes_on_both_engines, .timeout = 600)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    StoreResult *results[ENGINE_COUNT];
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "random");
        load_rows(store, engine);
        results[engine] = must_query(store, rows_sql(store, arena));
        cr_assert_eq(store_result_rows(results[engine]), N_ROWS);
    }
    size_t n_columns = store_result_columns(results[ENGINE_DUCKDB]);
    cr_assert_eq(n_columns, store_result_columns(results[ENGINE_POSTGRES]));
    for (size_t column = 0; column < n_columns; column++) {
        for (size_t row = 0; row < N_ROWS; row++) {
            const char *duckdb = store_result_text(results[ENGINE_DUCKDB], row, column);
            const char *postgres = store_result_text(results[ENGINE_POSTGRES], row, column);
            cr_assert(text_equal(duckdb, postgres), "column %zu (%s) row %zu: %s, %s", column,
                      column ? all_columns[(column - 1) / 2 % N_COLUMNS].name : "id", row,
                      duckdb ? duckdb : "NULL", postgres ? postgres : "NULL");
        }
        const char *name = column ? all_columns[(column - 1) / 2 % N_COLUMNS].name : "id";
        size_t least = strcmp(name, "b") == 0 ? 2 : strcmp(name, "d2_2") == 0 ? 100 : 1000;
        cr_assert_geq(count_distinct(results[ENGINE_DUCKDB], column, arena), least, "%s", name);
    }
    store_result_free(results[ENGINE_DUCKDB]);
    store_result_free(results[ENGINE_POSTGRES]);
}

/* ---- edges ---- */

/** The hash of one value, which is an expression in SQL. In `arena`. */
static const char *
hash_value(Store *store, const char *value, const char *type, int64_t seed, Arena *arena)
{
    StoreColumn column = {.name = "v", .sql_type = type};
    const char *hash = hash_sql(store, &column, 1, NULL, seed, arena);
    return query_text(store, arena_printf(arena, "select %s from (select %s as v) t", hash, value),
                      arena);
}

typedef struct Edge Edge;
struct Edge {
    const char *values[ENGINE_COUNT];
    const char *types[ENGINE_COUNT];
    const char *same_as; /* a text that hashes alike, or NULL: an integer, which does not */
};

static const Edge edges[] = {
    {{"(-32768)::int2", "(-32768)::int2"}, {"SMALLINT", "smallint"}, NULL},
    {{"32767::int2", "32767::int2"}, {"SMALLINT", "smallint"}, NULL},
    {{"(-2147483648)::int4", "(-2147483648)::int4"}, {"INTEGER", "integer"}, NULL},
    {{"4294967295::uinteger", "4294967295"}, {"UINTEGER", "bigint"}, NULL},
    {{"2147483647", "2147483647"}, {"INTEGER", "integer"}, NULL},
    {{"(-9223372036854775808)::int8", "(-9223372036854775808)::int8"}, {"BIGINT", "bigint"}, NULL},
    {{"9223372036854775807", "9223372036854775807"}, {"int", "int"}, NULL},
    {{"0", "0"}, {"bigint", "oid"}, NULL},
    {{"18446744073709551615::ubigint", "18446744073709551615"},
     {"UBIGINT", "numeric"},
     "18446744073709551615"},
    {{"'-170141183460469231731687303715884105728'::hugeint",
      "-170141183460469231731687303715884105728"},
     {"HUGEINT", "numeric(39,0)"},
     "-170141183460469231731687303715884105728"},
    {{"0::decimal(4,2)", "0.00"}, {"DECIMAL(4,2)", "numeric(4,2)"}, "0"},
    {{"-0.5::decimal(2,2)", "-0.50"}, {"DECIMAL(2,2)", "numeric(2,2)"}, "-0.5"},
    {{"1.50::decimal(4,2)", "1.500"}, {"numeric(4, 2)", "numeric(5, 3)"}, "1.5"},
    {{"100::decimal(10,0)", "100"}, {"DECIMAL(10,0)", "numeric(10,0)"}, "100"},
    {{"100::decimal(10)", "1e2"}, {"DECIMAL(10)", "numeric(10)"}, "100"},
    {{"1200.00::decimal(18,3)", "1200.0"}, {"DECIMAL", "numeric"}, "1200"},
    {{"0.00000000000000000000000000000000000001::decimal(38,38)", "1e-38"},
     {"DECIMAL(38,38)", "numeric"},
     "0.00000000000000000000000000000000000001"},
    {{"'0'::double", "'0'::float8"}, {"DOUBLE", "double precision"}, "0000000000000000"},
    {{"'-0'::double", "'-0'::float8"}, {"DOUBLE", "double precision"}, "0000000000000000"},
    {{"'-0'::float", "'-0'::float4"}, {"FLOAT", "real"}, "0000000000000000"},
    {{"'nan'::double", "'NaN'::float8"}, {"DOUBLE", "double precision"}, "7ff8000000000000"},
    {{"-('nan'::double)", "-('NaN'::float8)"}, {"DOUBLE", "double precision"}, "7ff8000000000000"},
    {{"'nan'::float", "'NaN'::float4"}, {"FLOAT", "real"}, "7ff8000000000000"},
    {{"'inf'::double", "'inf'::float8"}, {"DOUBLE", "double precision"}, "7ff0000000000000"},
    {{"'-inf'::float", "'-inf'::float4"}, {"FLOAT", "real"}, "fff0000000000000"},
    {{"5e-324::double", "5e-324::float8"}, {"DOUBLE", "double precision"}, "0000000000000001"},
    {{"1.5::float", "1.5::float4"}, {"FLOAT", "real"}, "3ff8000000000000"},
    {{"1.5::double", "1.5::float8"}, {"DOUBLE", "double precision"}, "3ff8000000000000"},
    {{"true", "true"}, {"BOOLEAN", "boolean"}, "true"},
    {{"false", "false"}, {"bool", "bool"}, "false"},
    {{"''", "''"}, {"VARCHAR", "text"}, ""},
    {{"'a '", "'a '"}, {"text", "character varying(5)"}, "a "},
    {{"'ab'", "'ab   '::char(5)"}, {"VARCHAR", "character(5)"}, "ab"},
    {{"'A'::varchar collate nocase", "'A'::text collate \"de-x-icu\""}, {"VARCHAR", "text"}, "A"},
    {{"'größe €😀'", "'größe €😀'"}, {"VARCHAR", "varchar"}, "größe €😀"},
    {{"'12 bytes: 12'", "'12 bytes: 12'"}, {"VARCHAR", "name"}, "12 bytes: 12"},
    {{"'13 bytes: 123'", "'13 bytes: 123'"}, {"VARCHAR", "name"}, "13 bytes: 123"},
    {{"date '2024-02-29'", "date '2024-02-29'"}, {"DATE", "date"}, "2024-02-29"},
    {{"date '0044-03-15 (BC)'", "date '0044-03-15 BC'"}, {"DATE", "date"}, "0044-03-15 BC"},
    {{"date '0001-01-01'", "date '0001-01-01'"}, {"DATE", "date"}, "0001-01-01"},
    {{"date '0001-12-31 (BC)'", "date '0001-12-31 BC'"}, {"DATE", "date"}, "0001-12-31 BC"},
    {{"date '12024-02-29'", "date '12024-02-29'"}, {"DATE", "date"}, "12024-02-29"},
    {{"date '4713-01-01 (BC)'", "date '4713-01-01 BC'"}, {"DATE", "date"}, "4713-01-01 BC"},
    {{"date '5874897-12-31'", "date '5874897-12-31'"}, {"DATE", "date"}, "5874897-12-31"},
    {{"date 'infinity'", "date 'infinity'"}, {"DATE", "date"}, "infinity"},
    {{"date '-infinity'", "date '-infinity'"}, {"DATE", "date"}, "-infinity"},
    {{"timestamp '2024-02-29 00:00:00'", "timestamp '2024-02-29 00:00:00'"},
     {"TIMESTAMP", "timestamp without time zone"},
     "2024-02-29T00:00:00"},
    {{"timestamp '2024-02-29 12:00:00.100000'", "timestamp '2024-02-29 12:00:00.1'"},
     {"TIMESTAMP", "timestamp"},
     "2024-02-29T12:00:00.1"},
    {{"timestamp '2024-02-29 12:00:00.000001'", "timestamp '2024-02-29 12:00:00.000001'"},
     {"TIMESTAMP", "timestamp(6) without time zone"},
     "2024-02-29T12:00:00.000001"},
    {{"timestamp_ms '2024-02-29 12:00:00.123'", "timestamp '2024-02-29 12:00:00.123'"},
     {"TIMESTAMP_MS", "timestamp(3) without time zone"},
     "2024-02-29T12:00:00.123"},
    {{"timestamp_ns '2024-02-29 12:00:00.123456'", "timestamp '2024-02-29 12:00:00.123456'"},
     {"TIMESTAMP_NS", "timestamp"},
     "2024-02-29T12:00:00.123456"},
    {{"timestamp_s '2024-02-29 12:00:01'", "timestamp '2024-02-29 12:00:01'"},
     {"TIMESTAMP_S", "timestamp(0) without time zone"},
     "2024-02-29T12:00:01"},
    {{"timestamp '0044-03-15 (BC) 10:00:00.5'", "timestamp '0044-03-15 10:00:00.5 BC'"},
     {"TIMESTAMP", "timestamp"},
     "0044-03-15T10:00:00.5 BC"},
    {{"timestamp '1969-12-31 23:59:59.999999'", "timestamp '1969-12-31 23:59:59.999999'"},
     {"TIMESTAMP", "timestamp"},
     "1969-12-31T23:59:59.999999"},
    {{"timestamp 'infinity'", "timestamp 'infinity'"}, {"TIMESTAMP", "timestamp"}, "infinity"},
    {{"timestamp '-infinity'", "timestamp '-infinity'"}, {"TIMESTAMP", "timestamp"}, "-infinity"},
    {{"timestamptz '2024-03-31 02:30:00+02'", "timestamptz '2024-03-31 02:30:00+02'"},
     {"TIMESTAMP WITH TIME ZONE", "timestamp with time zone"},
     "2024-03-31T00:30:00"},
    {{"timestamptz '0044-03-15 (BC) 10:00:00+00'", "timestamptz '0044-03-15 10:00:00+00 BC'"},
     {"timestamptz", "timestamptz"},
     "0044-03-15T10:00:00 BC"},
    {{"timestamptz 'infinity'", "timestamptz 'infinity'"},
     {"timestamptz", "timestamptz"},
     "infinity"},
    {{"timestamptz '-infinity'", "timestamptz '-infinity'"},
     {"timestamptz", "timestamptz"},
     "-infinity"},
    {{"time '12:00:00.50'", "time '12:00:00.50'"},
     {"TIME", "time without time zone"},
     "12:00:00.5"},
    {{"time '24:00:00'", "time '24:00:00'"}, {"TIME", "time(3) without time zone"}, "24:00:00"},
    {{"uuid 'C0FFEE00-0000-4000-8000-00000000ABCD'", "uuid 'c0ffee00-0000-4000-8000-00000000abcd'"},
     {"UUID", "uuid"},
     "c0ffee00-0000-4000-8000-00000000abcd"},
    {{"'\\xAB\\x00'::blob", "'\\xab00'::bytea"}, {"BLOB", "bytea"}, "ab00"},
};

/** What the user's session has set must not choose other rows. */
static const char *const settings[ENGINE_COUNT] = {
    "set timezone = 'America/New_York'",
    "set datestyle = 'German'; set timezone = 'America/New_York'; set intervalstyle = iso_8601; "
    "set bytea_output = escape; set extra_float_digits = -15",
};

static void
check_edges(Store *const stores[ENGINE_COUNT], int64_t seed, Arena *arena)
{
    for (size_t i = 0; i < ARRAY_LENGTH(edges); i++) {
        const char *hashes[ENGINE_COUNT];
        FOR_EACH_ENGINE(engine)
        {
            hashes[engine] = hash_value(stores[engine], edges[i].values[engine],
                                        edges[i].types[engine], seed, arena);
        }
        cr_expect_str_eq(hashes[ENGINE_DUCKDB], hashes[ENGINE_POSTGRES], "%s: %s, %s",
                         edges[i].values[ENGINE_POSTGRES], hashes[ENGINE_DUCKDB],
                         hashes[ENGINE_POSTGRES]);
        if (edges[i].same_as) {
            Str literal = {0};
            sql_literal(&literal, edges[i].same_as);
            cr_expect_str_eq(
                hashes[ENGINE_POSTGRES],
                hash_value(stores[ENGINE_POSTGRES], str_text(&literal), "text", seed, arena),
                "%s is not hashed as %s", edges[i].values[ENGINE_POSTGRES], str_text(&literal));
            str_deinit(&literal);
        }
    }
}

Test(sample_hash, edges_have_the_same_hash_whatever_the_session_has_set)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *duckdb = engine_open(ENGINE_DUCKDB, "edges");
    CLEANUP(store_closep) Store *postgres = engine_open(ENGINE_POSTGRES, "edges");
    Store *const stores[ENGINE_COUNT] = {duckdb, postgres};
    check_edges(stores, 0, arena);
    check_edges(stores, -1, arena);
    FOR_EACH_ENGINE(engine)
    {
        must_exec(stores[engine], settings[engine]);
    }
    check_edges(stores, INT64_MAX, arena);
}

Test(sample_hash, a_key_with_null_in_it_has_none)
{
    static const StoreColumn columns[] = {{.name = "a", .sql_type = "bigint"},
                                          {.name = "b", .sql_type = "text"}};
    CLEANUP(arena_freep) Arena *arena = arena_new();
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "nulls");
        const char *hash = hash_sql(store, columns, 2, "t", 7, arena);
        assert_query(store,
                     arena_printf(arena,
                                  "select sum(case when (%s is null) = (a is null or b is null) "
                                  "then 1 else 0 end) from (values (1, 'x'), (null, 'x'), "
                                  "(1, null), (null, null), (2, '')) t (a, b)",
                                  hash),
                     "5");
    }
}

/** The side of an outer join that is missing is a dictionary vector in DuckDB, whose entries at
 * NULL rows were never written; so are columns of few values. */
Test(sample_hash, vectors_of_every_kind_are_read)
{
    static const StoreColumn columns[] = {{.name = "n", .sql_type = "bigint"},
                                          {.name = "long", .sql_type = "text"}};
    const char *sums[ENGINE_COUNT];
    CLEANUP(arena_freep) Arena *arena = arena_new();
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "vectors");
        must_exec(store, "create table l as select g as id from generate_series(1, 30000) s (g);"
                         "create table r as select g as id, case when g % 7 <> 0 then g % 5 end as "
                         "n, case when g % 3 <> 0 then 'a text that is not inlined ' || g % 4 end "
                         "as long from generate_series(1, 30000, 2) s (g)");
        const char *both = hash_sql(store, columns, 2, "r", 7, arena);
        const char *text = hash_sql(store, &columns[1], 1, "r", 7, arena);
        sums[engine] = query_text(
            store,
            arena_printf(arena,
                         "select count(%s) || ' ' || sum(cast(%s as numeric(38, 0))) || ' ' || "
                         "sum(cast(%s as numeric(38, 0))) || ' ' || "
                         "sum(case when l.id %% 2 = 1 then cast(%s as numeric(38, 0)) end) "
                         "from l left join r on l.id = r.id and l.id %% 11 <> 0",
                         both, both, text, both),
            arena);
    }
    cr_assert_str_eq(sums[ENGINE_DUCKDB], sums[ENGINE_POSTGRES]);
    cr_assert(!text_starts_with(sums[ENGINE_DUCKDB], "0 "));
}

/* ---- types of columns ---- */

static const char *
hash_of_column(Store *store, const char *table, size_t column, Arena *arena)
{
    StoreColumn *columns = NULL;
    size_t n = 0;
    Error error = {0};
    cr_assert_eq(store_columns(store, NULL, table, arena, &columns, &n, &error), 0);
    return query_text(store,
                      arena_printf(arena, "select %s from %s",
                                   hash_sql(store, &columns[column], 1, NULL, 3, arena), table),
                      arena);
}

Test(sample_hash, a_column_has_the_hash_of_what_its_type_stands_on)
{
    static const struct {
        const char *sql;
        size_t n_columns;
    } tables[ENGINE_COUNT] = {
        {"create type mood as enum ('fine', 'bad'); create table t as select "
         "5::bigint as plain, 5::smallint as narrow; create table e as select "
         "'bad'::varchar as plain, 'bad'::mood as mood",
         2},
        {"create domain inner_id as bigint check (value > 0); create domain outer_id as inner_id; "
         "create type mood as enum ('fine', 'bad'); create domain feeling as mood; "
         "create domain code as char(8); create collation ci (provider = icu, locale = "
         "'und-u-ks-level2', deterministic = false);"
         "create table t as select 5::bigint as plain, 5::inner_id as i, 5::outer_id as o; "
         "create table e as select 'bad'::text as plain, 'bad'::mood as mood, 'bad'::feeling as "
         "feeling, 'bad'::code as code, 'bad'::text collate ci as ci",
         5},
    };
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *plain[ENGINE_COUNT];
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "bases");
        must_exec(store, tables[engine].sql);
        for (size_t column = 1; column < (engine == ENGINE_POSTGRES ? 3 : 2); column++) {
            cr_assert_str_eq(hash_of_column(store, "t", 0, arena),
                             hash_of_column(store, "t", column, arena), "t %zu", column);
        }
        for (size_t column = 1; column < tables[engine].n_columns; column++) {
            cr_assert_str_eq(hash_of_column(store, "e", 0, arena),
                             hash_of_column(store, "e", column, arena), "e %zu", column);
        }
        plain[engine] = hash_of_column(store, "e", 0, arena);
    }
    cr_assert_str_eq(plain[ENGINE_DUCKDB], plain[ENGINE_POSTGRES]);
}

/** A reference may have another type than the key: the key's types are given. */
Test(sample_hash, the_type_that_is_given_decides_not_that_of_the_column)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "given");
        const char *number = hash_value(store, "7", "bigint", 1, arena);
        const char *text = hash_value(store, "'7'", "text", 1, arena);
        cr_assert_str_eq(hash_value(store, "7::numeric(10, 0)", "bigint", 1, arena), number);
        cr_assert_str_eq(hash_value(store, "7::smallint", "numeric(12, 2)", 1, arena), text);
        cr_assert_str_eq(hash_value(store, "7", "varchar(3)", 1, arena), text);
        cr_assert_str_neq(number, text);
    }
}

/** A contract's columns are spelled by the language, or by SQL. */
Test(sample_hash, every_type_of_the_language_can_be_a_key)
{
    static const char *const names[] = {
#define COLUMN_TYPE(id, language, value, least, most, sql) language, sql,
#include "runtime/flow/column_types.def"
#undef COLUMN_TYPE
    };
    CLEANUP(arena_freep) Arena *arena = arena_new();
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "language");
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
            cr_assert_str_eq(hash_value(store, "null", names[i], 1, arena), "NULL", "%s", names[i]);
        }
    }
}

static void
assert_refused(Store *store, const char *type, const char *words)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    StoreColumn column = {.name = "k", .sql_type = type};
    char *sql = NULL;
    Error error = {0};
    cr_assert_lt(store_sample_hash_sql(store, &column, 1, NULL, 0, arena, &sql, &error), 0, "%s",
                 type);
    cr_assert_eq(error.code, ERROR_UNSUPPORTED);
    cr_assert(strstr(error.message, "\"k\"") && strstr(error.message, words), "%s", error.message);
    cr_assert_null(sql);
    error_deinit(&error);
}

Test(sample_hash, types_on_which_engines_disagree_are_refused)
{
    static const char *const types[] = {"json",
                                        "jsonb",
                                        "interval",
                                        "INTEGER[]",
                                        "bigint[]",
                                        "inet",
                                        "BIT",
                                        "STRUCT(a INTEGER)",
                                        "TIMETZ",
                                        "ENUM('a')[]",
                                        "money",
                                        "",
                                        "DECIMAL(",
                                        "public.text",
                                        "(",
                                        "MAP(INTEGER, DATE)",
                                        "citext",
                                        "bigint; --",
                                        "time with time zone"};
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "refused");
        for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
            assert_refused(store, types[i], types[i]);
        }
    }
}

Test(sample_hash, text_in_another_encoding_is_refused_numbers_are_not)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *store = engine_open(ENGINE_POSTGRES, "utf8");
    const char *number = hash_value(store, "7", "bigint", 1, arena);
    const char *name = arena_printf(arena, "latin_%d", (int)getpid());
    must_exec(store, arena_printf(arena,
                                  "create database %s encoding 'LATIN1' lc_collate 'C' "
                                  "lc_ctype 'C' template template0",
                                  name));
    CLEANUP(store_closep) Store *latin = open_url(postgres_url(arena, name));
    assert_refused(latin, "text", "LATIN1");
    cr_assert_str_eq(hash_value(latin, "7", "bigint", 1, arena), number);
}
