/* Masks: the same bytes on both engines, and what fake.h says. */
#include "runtime/store/fake.h"
#include "runtime/store/mask.h"
#include "tests/unit/runtime/store/engines.h"

#include <inttypes.h>

#define KEY "correct horse battery staple"

enum { N_RANDOM = 3000 };

/** xorshift64*: the same rows in each run. */
static uint64_t
random_next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static void
append_code_point(Str *text, uint32_t c)
{
    static const unsigned char heads[] = {0, 0xc0, 0xe0, 0xf0};
    unsigned n_more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    str_append_char(text, (char)(n_more == 0 ? c : heads[n_more] | c >> 6 * n_more));
    while (n_more-- > 0) {
        str_append_char(text, (char)(0x80 | (c >> 6 * n_more & 0x3f)));
    }
}

/* ---- random values ---- */

static void
make_text(uint64_t *state, Str *text)
{
    static const uint32_t limits[] = {0x80, 0x250, 0x800, 0x10000, 0x110000};
    uint32_t limit = limits[random_next(state) % 5];
    for (uint64_t n = random_next(state) % 40; n > 0; n--) {
        uint32_t c = (uint32_t)(random_next(state) % limit);
        append_code_point(text, c == 0 || (c >= 0xd800 && c < 0xe000) ? 'x' : c);
    }
}

static void
make_bigint(uint64_t *state, Str *text)
{
    int64_t number = (int64_t)random_next(state) >> random_next(state) % 63;
    str_append_format(text, "%" PRId64, number);
}

static void
make_smallint(uint64_t *state, Str *text)
{
    str_append_format(text, "%d", (int)(random_next(state) % 65536) - 32768);
}

static void
make_int(uint64_t *state, Str *text)
{
    int64_t number = (int64_t)random_next(state) >> (32 + random_next(state) % 31);
    str_append_format(text, "%" PRId64, number);
}

static void
make_decimal(uint64_t *state, Str *text)
{
    make_int(state, text);
    str_append_format(text, ".%03d", (int)(random_next(state) % 1000));
}

static void
make_date(uint64_t *state, Str *text)
{
    str_append_format(text, "%04d-%02d-%02d", (int)(random_next(state) % 9998) + 1,
                      (int)(random_next(state) % 12) + 1, (int)(random_next(state) % 28) + 1);
}

static void
make_time(uint64_t *state, Str *text)
{
    str_append_format(text, "%02d:%02d:%02d.%06d", (int)(random_next(state) % 24),
                      (int)(random_next(state) % 60), (int)(random_next(state) % 60),
                      (int)(random_next(state) % 1000000));
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
    str_append_format(text, "+%02d", (int)(random_next(state) % 14));
}

static void
make_uuid(uint64_t *state, Str *text)
{
    for (int i = 0; i < 32; i++) {
        str_append_format(text, "%s%x", i == 8 || i == 12 || i == 16 || i == 20 ? "-" : "",
                          (unsigned)(random_next(state) % 16));
    }
}

/* ---- types ---- */

typedef struct MaskCase MaskCase;
struct MaskCase {
    const char *types[ENGINE_COUNT];
    void (*make)(uint64_t *state, Str *text);
    const char *values[9]; /* beside random ones */
    bool no_fake;
};

static const MaskCase mask_cases[] = {
    {.types = {"VARCHAR", "text"},
     .make = make_text,
     .values = {"", "ann.smith@example.org", "+49 (0)30 1234-567", "Łódź, Ünïcode Straße 5",
                "Ώ Ж ж ß",
                "A text of more than sixteen characters, and of more than thirty-two as well.",
                "日本語"}},
    {.types = {"VARCHAR", "character varying(100)"}, .make = make_text, .values = {"x"}},
    {.types = {"BIGINT", "bigint"},
     .make = make_bigint,
     .values = {"0", "1", "-1", "9223372036854775807", "-9223372036854775808",
                "-9223372036854775807", "999999999", "1000000000", "2147483648"}},
    {.types = {"INTEGER", "integer"},
     .make = make_int,
     .values = {"2147483647", "-2147483648", "10", "99999", "100000"}},
    {.types = {"SMALLINT", "smallint"},
     .make = make_smallint,
     .values = {"32767", "-32768", "100", "127", "128"}},
    {.types = {"DECIMAL(14,3)", "numeric(14,3)"},
     .make = make_decimal,
     .values = {"0", "0.5", "-0.05", "99999999999.999"}},
    {.types = {"DATE", "date"},
     .make = make_date,
     .values = {"2024-02-29", "2024-12-31", "2023-12-31", "9999-12-31"}},
    {.types = {"TIMESTAMP", "timestamp"},
     .make = make_timestamp,
     .values = {"2024-02-29 00:00:00"}},
    {.types = {"TIMESTAMPTZ", "timestamptz"},
     .make = make_timestamptz,
     .values = {"2024-01-01 00:30:00+01"}},
    {.types = {"TIME", "time"}, .make = make_time, .values = {"00:00:00", "23:59:59.999999"}},
    {.types = {"UUID", "uuid"},
     .make = make_uuid,
     .values = {"00000000-0000-0000-0000-000000000000"}},
    {.types = {"DOUBLE", "double precision"},
     .make = make_decimal,
     .values = {"-0", "NaN", "1e300"},
     .no_fake = true},
    {.types = {"BOOLEAN", "boolean"}, .make = NULL, .values = {"true", "false"}, .no_fake = true},
    {.types = {"BLOB", "bytea"}, .make = NULL, .values = {"abc", "\\x41"}, .no_fake = true},
};

static StoreColumn
column_of(Store *store, Arena *arena)
{
    StoreColumn *columns = NULL;
    size_t n = 0;
    Error error = {0};
    cr_assert_eq(store_columns(store, NULL, "t", arena, &columns, &n, &error), 0);
    return columns[1];
}

static void
load_row(StoreLoad *load, int id, const char *value)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *cells[] = {arena_printf(arena, "%d", id), value};
    Error error = {0};
    int status = store_load_row(load, cells, &error);
    if (status != 0) {
        show_error(&error);
    }
    cr_assert_eq(status, 0);
}

/** Table t (id, v). */
static void
load(Store *store, Engine engine, const MaskCase *mask_case)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    static const StoreColumn columns[] = {{.name = "id"}, {.name = "v"}};
    StoreLoad *loading = NULL;
    Error error = {0};
    uint64_t state = 88172645463325252u;
    int id = 0;
    must_exec(store,
              arena_printf(arena, "create table t (id int, v %s)", mask_case->types[engine]));
    cr_assert_eq(store_load_begin(store, NULL, "t", columns, 2, &loading, &error), 0);
    load_row(loading, id++, NULL);
    for (size_t i = 0; i < ARRAY_LENGTH(mask_case->values) && mask_case->values[i]; i++) {
        load_row(loading, id++, mask_case->values[i]);
    }
    for (int i = 0; mask_case->make && i < N_RANDOM; i++) {
        CLEANUP(str_deinit) Str text = {0};
        mask_case->make(&state, &text);
        load_row(loading, id++, str_text(&text));
    }
    int status = store_load_end(loading, &error);
    if (status != 0) {
        show_error(&error);
    }
    cr_assert_eq(status, 0);
}

static const char *
mask_of(Store *store, StoreMask mask, const StoreColumn *column, Arena *arena)
{
    char *sql = NULL;
    Error error = {0};
    int status = store_mask_sql(store, mask, column, "t", arena, &sql, &error);
    if (status != 0) {
        show_error(&error);
    }
    cr_assert_eq(status, 0, "%s", column->sql_type);
    return sql;
}

/** The values of t and what they become, as text. */
static StoreResult *
masked(Store *store, StoreMask mask, Arena *arena)
{
    Error error = {0};
    StoreColumn column = column_of(store, arena);
    const char *sql = mask_of(store, mask, &column, arena);
    cr_assert_eq(store_begin(store, &error), 0);
    int status = store_set_mask_key(store, secret_new(arena, KEY), &error);
    if (status != 0) {
        show_error(&error);
    }
    cr_assert_eq(status, 0);
    must_exec(store,
              arena_printf(arena, "create table masked as select id, v, %s as m from t", sql));
    StoreResult *result =
        must_query(store, "select cast(v as varchar), cast(m as varchar) from masked order by id");
    must_exec(store, "drop table masked");
    cr_assert_eq(store_commit(store, &error), 0);
    store_forget_mask_key(store);
    return result;
}

/** @param types  as what is compared */
static void
compare(StoreResult *const results[ENGINE_COUNT], const char *type)
{
    size_t n = store_result_rows(results[0]);
    cr_assert_eq(n, store_result_rows(results[1]));
    for (size_t row = 0; row < n; row++) {
        const char *duckdb = store_result_text(results[ENGINE_DUCKDB], row, 1);
        const char *postgres = store_result_text(results[ENGINE_POSTGRES], row, 1);
        cr_assert(text_equal(duckdb, postgres), "%s \"%s\": \"%s\" and \"%s\"", type,
                  store_result_text(results[0], row, 0), duckdb, postgres);
        cr_assert_eq(duckdb == NULL, store_result_text(results[0], row, 0) == NULL);
    }
}

static void
compare_engines(StoreMask mask)
{
    for (size_t i = 0; i < ARRAY_LENGTH(mask_cases); i++) {
        CLEANUP(arena_freep) Arena *arena = arena_new();
        StoreResult *results[ENGINE_COUNT] = {NULL, NULL};
        if (mask == STORE_MASK_FAKE && mask_cases[i].no_fake) {
            continue;
        }
        FOR_EACH_ENGINE(engine)
        {
            CLEANUP(store_closep)
            Store *store = engine_open(engine, arena_printf(arena, "mask_%d_%zu", (int)mask, i));
            load(store, engine, &mask_cases[i]);
            results[engine] = masked(store, mask, arena);
        }
        compare(results, mask_cases[i].types[ENGINE_POSTGRES]);
        store_result_free(results[0]);
        store_result_free(results[1]);
    }
}

Test(mask, hashes_are_the_same_on_both_engines)
{
    compare_engines(STORE_MASK_HASH);
}

Test(mask, fakes_are_the_same_on_both_engines)
{
    compare_engines(STORE_MASK_FAKE);
}

Test(mask, a_hash_is_what_openssl_says)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "mask_openssl");
        must_exec(store,
                  "create table t as select 1 as id, cast('ann@example.org' as varchar) as v");
        StoreResult *result = masked(store, STORE_MASK_HASH, arena);
        /* printf ann@example.org | openssl dgst -sha256 -hmac 'correct horse battery staple' */
        cr_assert_str_eq(store_result_text(result, 0, 1),
                         "3fddfcebdb454c588f524ca2fea3eb55370a47cf1d6baceaf7ec1d02f70677af");
        store_result_free(result);
    }
}

Test(mask, without_a_key_nothing_is_masked)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "mask_no_key");
        must_exec(store, "create table t as select 1 as id, cast('x' as varchar) as v");
        StoreColumn column = column_of(store, arena);
        store_result_free(masked(store, STORE_MASK_HASH, arena)); /* its key is forgotten */
        for (int mask = STORE_MASK_HASH; mask <= STORE_MASK_FAKE; mask++) {
            Error error = {0};
            const char *sql = mask_of(store, (StoreMask)mask, &column, arena);
            int64_t rows = 0;
            cr_assert_lt(store_exec_rows(store,
                                         arena_printf(arena,
                                                      "create table m as select %s "
                                                      "as m from t",
                                                      sql),
                                         &rows, &error),
                         0);
            error_deinit(&error);
        }
    }
}

static void
expect_refused(Store *store, StoreMask mask, const char *type, const char *message)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    StoreColumn column = {.name = "c", .sql_type = type};
    char *sql = NULL;
    Error error = {0};
    cr_assert_lt(store_mask_sql(store, mask, &column, "t", arena, &sql, &error), 0, "%s", type);
    cr_assert(strstr(error.message, message) != NULL, "%s", error.message);
    cr_assert_not_null(error.hint);
    error_deinit(&error);
}

Test(mask, what_has_no_mask_is_refused_by_name)
{
    CLEANUP(store_closep) Store *duckdb = engine_open(ENGINE_DUCKDB, "mask_refused");
    CLEANUP(store_closep) Store *postgres = engine_open(ENGINE_POSTGRES, "mask_refused");
    const char *fake = "can't be masked with fake";
    expect_refused(duckdb, STORE_MASK_FAKE, "DOUBLE", fake);
    expect_refused(duckdb, STORE_MASK_FAKE, "BOOLEAN", fake);
    expect_refused(duckdb, STORE_MASK_FAKE, "HUGEINT", fake);
    expect_refused(duckdb, STORE_MASK_FAKE, "INTEGER[]", fake);
    expect_refused(postgres, STORE_MASK_FAKE, "bytea", fake);
    expect_refused(postgres, STORE_MASK_FAKE, "jsonb", fake);
    expect_refused(duckdb, STORE_MASK_HASH, "JSON", "can't be masked with hash");
    expect_refused(postgres, STORE_MASK_HASH, "interval", "can't be masked with hash");
    expect_refused(postgres, STORE_MASK_HASH, "character varying(20)", "no room for a hash");
    expect_refused(postgres, STORE_MASK_HASH, "character(1)", "no room for a hash");
}

Test(mask, keys)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    char first[MASK_ID_DIGITS + 1];
    char second[MASK_ID_DIGITS + 1];
    Error error = {0};
    store_mask_key_id(secret_new(arena, KEY), first);
    store_mask_key_id(secret_new(arena, KEY "!"), second);
    cr_assert_str_eq(first, "9f3e98d8989d064c");
    cr_assert_str_neq(first, second);
    cr_assert_eq(store_check_mask_key(secret_new(arena, KEY), &error), 0);
    cr_assert_lt(store_check_mask_key(secret_new(arena, "hunter2"), &error), 0);
    cr_assert_str_eq(error.message,
                     "`masking_key` has 7 bytes: so short a key can be found by trying");
    error_deinit(&error);
    cr_assert_lt(store_check_mask_key(NULL, &error), 0);
    error_deinit(&error);
}
