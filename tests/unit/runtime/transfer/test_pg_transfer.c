/* Rows between databases: every type, there and back, on both engines. */
#include "runtime/transfer/transfer.h"
#include "tests/unit/runtime/store/engines.h"

/** Makes `to` of the query, in a transaction of each side. @return its status */
static int
move_rows(Store *source, const char *query, Store *target, const char *to, int64_t *rows,
          Error *error)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    Transfer transfer = {0};
    StoreColumn *columns = NULL;
    size_t n_columns = 0;
    Str sql = {0};
    cr_assert_eq(store_begin_snapshot(source, NULL), 0);
    cr_assert_eq(store_begin(target, NULL), 0);
    int status = store_exec(
        source,
        arena_printf(arena, "create temporary table shape as select * from (%s) as r limit 0",
                     query),
        error);
    status = status == 0 ? store_columns(source, NULL, "shape", arena, &columns, &n_columns, error)
                         : status;
    status = status == 0
                 ? transfer_plan(source, query, columns, n_columns, target, arena, &transfer, error)
                 : status;
    if (status == 0) {
        str_append(&sql, "create table ");
        sql_ident(&sql, to);
        transfer_append_columns(&transfer, &sql);
        status = store_exec(target, str_text(&sql), error);
        str_deinit(&sql);
    }
    status = status == 0
                 ? transfer_run(&transfer, source, target, NULL, to, NULL, NULL, rows, error)
                 : status;
    store_rollback(source);
    if (status == 0) {
        cr_assert_eq(store_commit(target, NULL), 0);
    } else {
        store_rollback(target);
    }
    return status;
}

static void
must_move(Store *source, const char *query, Store *target, const char *to)
{
    Error error = {0};
    int64_t rows = 0;
    if (move_rows(source, query, target, to, &rows, &error) < 0) {
        show_error(&error);
        cr_assert(false, "%s", query);
    }
}

/** The only cell of a query; "NULL" for NULL. In `arena`. */
static const char *
cell_of(Store *store, const char *sql, Arena *arena)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Error error = {0};
    if (store_query(store, sql, &result, &error) < 0) {
        show_error(&error);
        cr_assert(false, "%s", sql);
    }
    const char *text = store_result_text(result, 0, 0);
    return arena_strdup(arena, text != NULL ? text : "NULL");
}

typedef struct Value Value;
struct Value {
    const char *type;  /* in the source */
    const char *value; /* a literal of it, without the cast */
    const char *there; /* as text in the other engine; NULL: the same as here */
};

/* PostgreSQL to DuckDB and back. */
static const Value postgres_values[] = {
    {"boolean", "'true'", NULL},
    {"boolean", "'false'", NULL},
    {"smallint", "-32768", NULL},
    {"integer", "2147483647", NULL},
    {"bigint", "-9223372036854775808", NULL},
    {"real", "'1.5'", NULL},
    {"double precision", "'0.1'", NULL},
    {"double precision", "'-infinity'", "-inf"},
    {"double precision", "'NaN'", "nan"},
    {"numeric(4,1)", "'-123.4'", NULL},
    {"numeric(9,0)", "'123456789'", NULL},
    {"numeric(18,6)", "'0.000001'", NULL},
    {"numeric(18,6)", "'-100000.5'", "-100000.500000"},
    {"numeric(38,10)", "'-1234567890123456789012345678.0123456789'", NULL},
    {"numeric(38,0)", "'99999999999999999999999999999999999999'", NULL},
    {"numeric(10,2)", "'0'", "0.00"},
    {"numeric(10,2)", "'10000'", "10000.00"},
    {"numeric", "'12345.678'", "12345.6780000000"},
    {"text", "''", NULL},
    {"text", "'a\tb\nc\\d ''e'' € 𝄞'", NULL},
    {"varchar(5)", "'abc'", NULL},
    {"char(5)", "'ab'", NULL},
    {"bytea", "'\\x00ff10'", "\\x00\\xFF\\x10"},
    {"date", "'2024-02-29'", NULL},
    {"date", "'1582-10-04'", NULL},
    {"date", "'infinity'", NULL},
    {"date", "'-infinity'", NULL},
    {"time", "'23:59:59.999999'", NULL},
    {"timetz", "'12:00:00+05:30'", NULL},
    {"timestamp", "'1999-12-31 23:59:59.999999'", NULL},
    {"timestamp", "'infinity'", NULL},
    {"timestamptz", "'2024-07-01 12:00:00+02'", NULL},
    {"timestamptz", "'-infinity'", NULL},
    {"interval", "'1 year 2 months 3 days 04:05:06.5'", "1 year 2 months 3 days 04:05:06.5"},
    {"uuid", "'c0ffee00-0000-4000-8000-00000000abcd'", NULL},
    {"uuid", "'00000000-0000-0000-0000-000000000000'", NULL},
    {"json", "'{\"a\": [1, null]}'", NULL},
    {"jsonb", "'{\"a\": [1, null]}'", NULL},
    {"integer[]", "'{1,NULL,3}'", "[1, NULL, 3]"},
    {"integer[]", "'{}'", "[]"},
    {"text[]", "'{a,\"b c\"}'", "[a, b c]"},
    {"numeric(6,2)[]", "'{1.5,-2}'", "[1.50, -2.00]"},
    {"timestamp[]", "'{2024-01-01 00:00:00}'", "['2024-01-01 00:00:00']"},
};

Test(transfer, postgres_to_duckdb_and_back)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *postgres = engine_open(ENGINE_POSTGRES, "there_and_back");
    CLEANUP(store_closep) Store *duckdb = engine_open(ENGINE_DUCKDB, "there_and_back");
    for (size_t i = 0; i < ARRAY_LENGTH(postgres_values); i++) {
        const Value *v = &postgres_values[i];
        must_exec(
            postgres,
            arena_printf(arena,
                         "create table t (n int, x %s); insert into t values (1, %s), (2, null)",
                         v->type, v->value));
        must_move(postgres, "select * from t", duckdb, "t");
        must_move(duckdb, "select * from t", postgres, "back");
        const char *same =
            cell_of(postgres,
                    "select count(*) from t join back using (n) where "
                    "rtrim(t.x::text, ' 0') is not distinct from rtrim(back.x::text, ' 0')",
                    arena);
        const char *here = cell_of(postgres, "select x::text from t where n = 1", arena);
        const char *there = cell_of(duckdb, "select cast(x as varchar) from t where n = 1", arena);
        cr_expect_str_eq(same, "2", "%s %s came back as %s", v->type, v->value,
                         cell_of(postgres, "select x::text from back where n = 1", arena));
        cr_expect_str_eq(there, v->there != NULL ? v->there : here, "%s %s is %s", v->type,
                         v->value, there);
        cr_expect_str_eq(cell_of(duckdb, "select x is null from t where n = 2", arena), "true");
        must_exec(postgres, "drop table t, back");
        must_exec(duckdb, "drop table t");
    }
}

static const Value duckdb_values[] = {
    {"TINYINT", "-7", NULL},
    {"UTINYINT", "255", NULL},
    {"USMALLINT", "65535", NULL},
    {"UINTEGER", "4294967295", NULL},
    {"UBIGINT", "18446744073709551615", NULL},
    {"HUGEINT", "-170141183460469231731687303715884105728", NULL},
    {"HUGEINT", "100000000000000000000", NULL},
    {"UHUGEINT", "340282366920938463463374607431768211455", NULL},
    {"DECIMAL(5,4)", "-0.0001", NULL},
    {"DECIMAL(38,37)", "9.0123456789012345678901234567890123456", NULL},
    {"ENUM('sad', 'happy')", "'happy'", NULL},
    {"TIMESTAMP_S", "'2024-01-01 12:00:00'", NULL},
    {"TIMESTAMP_MS", "'2024-01-01 12:00:00.123'", NULL},
    {"JSON", "'{\"a\":1}'", NULL},
    {"BLOB", "'\\x00\\xAB'", "\\x00ab"},
    {"INTEGER[]", "[1, null]", "{1,NULL}"},
    {"INTEGER[3]", "[1, 2, 3]", "{1,2,3}"},
    {"UTINYINT[]", "[1, 2]", "{1,2}"},
    {"VARCHAR[]", "['a', 'b,c']", "{a,\"b,c\"}"},
};

Test(transfer, duckdb_to_postgres)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(store_closep) Store *postgres = engine_open(ENGINE_POSTGRES, "from_duckdb");
    CLEANUP(store_closep) Store *duckdb = engine_open(ENGINE_DUCKDB, "from_duckdb");
    for (size_t i = 0; i < ARRAY_LENGTH(duckdb_values); i++) {
        const Value *v = &duckdb_values[i];
        must_exec(duckdb, arena_printf(arena, "create table t as select cast(%s as %s) as x",
                                       v->value, v->type));
        must_move(duckdb, "select * from t", postgres, "t");
        const char *here = cell_of(duckdb, "select cast(x as varchar) from t", arena);
        const char *there = cell_of(postgres, "select x::text from t", arena);
        cr_expect_str_eq(there, v->there != NULL ? v->there : here, "%s %s is %s", v->type,
                         v->value, there);
        must_exec(postgres, "drop table t");
        must_exec(duckdb, "drop table t");
    }
}

typedef struct Refused Refused;
struct Refused {
    Engine from;
    Engine to;
    const char *query;
    const char *message; /* a part of it, or of its context */
};

Test(transfer, what_can_not_travel_names_the_column)
{
    static const Refused refused[] = {
        {ENGINE_POSTGRES, ENGINE_DUCKDB, "select 1 as a, '10.0.0.1'::inet as address",
         "column \"address\" has type inet"},
        {ENGINE_POSTGRES, ENGINE_DUCKDB, "select int4range(1, 2) as r", "has type int4range"},
        {ENGINE_POSTGRES, ENGINE_DUCKDB, "select 1::numeric(50, 2) as n", "has type numeric(50,2)"},
        {ENGINE_POSTGRES, ENGINE_DUCKDB, "select 'NaN'::numeric(5, 2) as n",
         "row 1, column \"n\": the value is NaN"},
        {ENGINE_POSTGRES, ENGINE_DUCKDB, "select 1.00000000001::numeric as n",
         "column \"n\": the value has more digits"},
        {ENGINE_POSTGRES, ENGINE_DUCKDB, "select array[[1, 2], [3, 4]] as a",
         "column \"a\": the value has more than one dimension"},
        {ENGINE_POSTGRES, ENGINE_DUCKDB, "select timestamp '294260-01-01' as t",
         "column \"t\": the value is later"},
        {ENGINE_DUCKDB, ENGINE_POSTGRES, "select {'a': 1} as s", "has type STRUCT(a INTEGER)"},
        {ENGINE_DUCKDB, ENGINE_POSTGRES, "select [[1]] as l", "has type INTEGER[][]"},
        {ENGINE_DUCKDB, ENGINE_POSTGRES, "select cast('2024-01-01' as timestamp_ns) as t",
         "has type TIMESTAMP_NS"},
        {ENGINE_DUCKDB, ENGINE_POSTGRES, "select 'a' || chr(0) || 'b' as nul", "column \"nul\""},
        {ENGINE_DUCKDB, ENGINE_POSTGRES, "select date '-290000-01-01' as d", "out of range"},
        {ENGINE_DUCKDB, ENGINE_POSTGRES, "select nosuch from range(3)", "nosuch"},
        {ENGINE_POSTGRES, ENGINE_DUCKDB,
         "select 1 / (i - 5000) as x from generate_series(1, 9000) i", "division by zero"},
    };
    FOR_EACH_ENGINE(from)
    {
        Engine to = from == ENGINE_DUCKDB ? ENGINE_POSTGRES : ENGINE_DUCKDB;
        CLEANUP(store_closep) Store *source = engine_open(from, "refused_a");
        CLEANUP(store_closep) Store *target = engine_open(to, "refused_b");
        for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
            Error error = {0};
            int64_t rows = 0;
            if (refused[i].from != from) {
                continue;
            }
            cr_expect_lt(move_rows(source, refused[i].query, target, "t", &rows, &error), 0, "%s",
                         refused[i].query);
            bool said = error.message != NULL && strstr(error.message, refused[i].message) != NULL;
            cr_expect(said, "%s: %s", refused[i].query, error.message);
            error_deinit(&error);
            must_move(source, "select 1 as one", target, "t"); /* both can go on */
            must_exec(target, "drop table t");
        }
    }
}

/* More than a chunk and a block, with NULLs here and there; the digests of both sides agree. */
Test(transfer, many_rows_on_each_way)
{
    static const char query[] =
        "select i as id, i % 7 as k, case when i % 5 = 0 then null else 'name ' || i end as name, "
        "cast(i as numeric(12, 2)) / 4 as amount, cast(date '2020-01-01' + cast(i % 1000 as int) as date) as day "
        "from %s";
    CLEANUP(arena_freep) Arena *arena = arena_new();
    static const char digest[] =
        "select count(*) || ' ' || sum(id) || ' ' || sum(k) || ' ' || "
        "count(name) || ' ' || sum(length(name)) || ' ' || max(day) from %s";
    FOR_EACH_ENGINE(from)
    {
        for (int to = 0; to < ENGINE_COUNT; to++) {
            CLEANUP(store_closep)
            Store *source = engine_open(from, arena_printf(arena, "many_a%d%d", (int)from, to));
            CLEANUP(store_closep)
            Store *target =
                engine_open((Engine)to, arena_printf(arena, "many_b%d%d", (int)from, to));
            const char *rows = from == ENGINE_POSTGRES ? "generate_series(1, 20000) as g(i)"
                                                       : "range(1, 20001) as g(i)";
            Str made = {0};
            const char *mark = strstr(query, "%s");
            str_append(&made, "create table t as ");
            str_append_n(&made, query, (size_t)(mark - query));
            str_append(&made, rows);
            must_exec(source, str_text(&made));
            str_deinit(&made);
            must_move(source, "select * from t order by id", target, "moved");
            const char *end = strstr(digest, "%s");
            size_t length = (size_t)(end - digest);
            const char *here =
                cell_of(source, arena_printf(arena, "%.*st", (int)length, digest), arena);
            const char *there =
                cell_of(target, arena_printf(arena, "%.*smoved", (int)length, digest), arena);
            cr_expect_str_eq(here, there);
            cr_expect_str_eq(cell_of(target, "select count(*) from moved", arena), "20000");
        }
    }
}
