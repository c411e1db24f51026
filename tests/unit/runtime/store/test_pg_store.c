/* What holds on both engines. */
#include "runtime/base/clock.h"
#include "tests/unit/runtime/store/engines.h"

#include <pthread.h>

/* ---- results ---- */

Test(store, cells_come_as_text_and_columns_with_the_nearest_type)
{
    static const struct {
        const char *sql;
        const char *text;
        PdcType type;
    } cases[] = {
        {"select true", "true", PDC_TYPE_BOOL},
        {"select 1 = 2", "false", PDC_TYPE_BOOL},
        {"select cast(null as boolean)", NULL, PDC_TYPE_BOOL},
        {"select cast(7 as smallint)", "7", PDC_TYPE_INT},
        {"select cast(-7 as int)", "-7", PDC_TYPE_INT},
        {"select cast(9223372036854775807 as bigint)", "9223372036854775807", PDC_TYPE_INT},
        {"select cast(0.1 as double precision)", "0.1", PDC_TYPE_FLOAT},
        {"select cast('-12.50' as numeric(10, 2))", "-12.50", PDC_TYPE_FLOAT},
        {"select cast('12345678901234567890.5' as numeric(30, 1))", "12345678901234567890.5",
         PDC_TYPE_FLOAT},
        {"select cast('ä €' as varchar)", "ä €", PDC_TYPE_TEXT},
        {"select ''", "", PDC_TYPE_TEXT},
        {"select cast(null as varchar)", NULL, PDC_TYPE_TEXT},
        {"select date '2024-02-29'", "2024-02-29", PDC_TYPE_DATE},
        {"select timestamp '2024-02-29 12:00:00.5'", "2024-02-29 12:00:00.5", PDC_TYPE_TIMESTAMP},
        {"select timestamptz '2024-02-29 12:00:00+02'", "2024-02-29 10:00:00+00",
         PDC_TYPE_TIMESTAMP},
        {"select cast('c0ffee00-0000-4000-8000-00000000abcd' as uuid)",
         "c0ffee00-0000-4000-8000-00000000abcd", PDC_TYPE_TEXT},
        {"select time '12:00:01'", "12:00:01", PDC_TYPE_TEXT},
    };
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "cells");
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
            CLEANUP(store_result_freep) StoreResult *result = must_query(store, cases[i].sql);
            cr_assert_eq(store_result_rows(result), 1);
            cr_assert_eq(store_result_columns(result), 1);
            cr_assert(text_equal(store_result_text(result, 0, 0), cases[i].text), "%s %s: %s",
                      store_engine_name(store), cases[i].sql, store_result_text(result, 0, 0));
            cr_assert_eq(store_result_type(result, 0), cases[i].type, "%s %s",
                         store_engine_name(store), cases[i].sql);
        }
    }
}

Test(store, results_have_names_rows_and_columns)
{
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "rows");
        CLEANUP(store_result_freep)
        StoreResult *result = must_query(
            store, "select g as \"A b\", null as n from generate_series(1, 5000) s(g) order by g");
        cr_assert_eq(store_result_rows(result), 5000);
        cr_assert_str_eq(store_result_name(result, 0), "A b");
        cr_assert_str_eq(store_result_text(result, 4999, 0), "5000");
        cr_assert_null(store_result_text(result, 4999, 1));
        CLEANUP(store_result_freep)
        StoreResult *none = must_query(store, "select 1 as a where false");
        cr_assert_eq(store_result_rows(none), 0);
        cr_assert_eq(store_result_columns(none), 1);
        CLEANUP(store_result_freep)
        StoreResult *ddl = must_query(store, "create table t as select 1 as a");
        cr_assert_eq(store_result_rows(ddl), 0);
        cr_assert_eq(store_result_columns(ddl), 0);
    }
}

Test(store, exec_runs_several_statements_and_counts_written_rows)
{
    static const struct {
        const char *sql;
        int64_t rows;
    } cases[] = {
        {"", 0},
        {" -- nothing\n", 0},
        {"create table t as select * from generate_series(1, 7) s(g)", 7},
        {"insert into t select 1; insert into t select 2 union all select 3; update t set g = 0",
         13},
        {"create view v as select * from t; select * from v", 0},
        {"delete from t where g = 0; drop view v", 10},
    };
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "written");
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
            int64_t rows = -7;
            Error error = {0};
            int status = store_exec_rows(store, cases[i].sql, &rows, &error);
            if (status != 0) {
                show_error(&error);
            }
            cr_assert_eq(status, 0, "%s", cases[i].sql);
            cr_assert_eq(rows, cases[i].rows, "%s %s: %lld", store_engine_name(store), cases[i].sql,
                         (long long)rows);
        }
    }
}

/* ---- failures ---- */

Test(store, failures_have_sqlstate_code_and_position_in_characters)
{
    static const struct {
        const char *sql;
        const char *sqlstate;
        ErrorCode code;
        int duckdb_position; /* 0: not said */
        int postgres_position;
    } cases[] = {
        {"sel 1", "42601", ERROR_SQL, 1, 1},
        {"select 'ä€😀' as x from from", "42601", ERROR_SQL, 24, 24},
        {"select 1 from there group by", "42601", ERROR_SQL, 29, 29},
        {"select nosuch from t", "42703", ERROR_SQL, 8, 8},
        {"select 'ä€😀', nosuch from t", "42703", ERROR_SQL, 15, 15},
        {"select 'ä'\n, 1,\n  nosuch\nfrom t", "42703", ERROR_SQL, 19, 19},
        {"select 1; select 'ä', nosuch from t", "42703", ERROR_SQL, 23, 23},
        {"select * from \"ünknown\".t", "42P01", ERROR_SQL, 15, 15},
        {"select * from nosuch", "42P01", ERROR_SQL, 15, 15},
        {"select nosuch(1)", "42883", ERROR_SQL, 8, 8},
        {"create table t (a int)", "42P07", ERROR_SQL, 0, 0},
        {"drop schema nosuch", "3F000", ERROR_SQL, 0, 0},
        {"create schema taken", "42P06", ERROR_SQL, 0, 0},
        {"select cast('abc' as int) from t", "22P02", ERROR_SQL, 8, 13},
        {"insert into t values (1, 1)", "23505", ERROR_DATA, 0, 0},
        {"insert into t values (2, null)", "23502", ERROR_DATA, 0, 0},
        {"insert into t values (3, -1)", "23514", ERROR_DATA, 0, 0},
        {"select count(*), a from t", "42803", ERROR_SQL, 18, 18},
        {"commit; select 'x", "42601", ERROR_SQL, 16, 16},
    };
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "failures");
        must_exec(store, "create table t (a int primary key, b int not null check (b > 0)); "
                         "insert into t values (1, 1); create schema taken");
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
            Error error = {0};
            int position =
                engine == ENGINE_DUCKDB ? cases[i].duckdb_position : cases[i].postgres_position;
            cr_assert_lt(store_exec(store, cases[i].sql, &error), 0, "%s", cases[i].sql);
            if (strcmp(error.sqlstate, cases[i].sqlstate) != 0 || error.sql_position != position) {
                show_error(&error);
            }
            cr_assert_str_eq(error.sqlstate, cases[i].sqlstate, "%s %s", store_engine_name(store),
                             cases[i].sql);
            cr_assert_eq(error.code, cases[i].code, "%s %s", store_engine_name(store),
                         cases[i].sql);
            cr_assert_eq(error.sql_position, position, "%s %s", store_engine_name(store),
                         cases[i].sql);
            cr_assert_not(strchr(error.message, '{'), "%s", error.message);
            error_deinit(&error);
        }
        must_exec(store, "select 1");
        cr_assert_lt(store_exec(store, "select nosuch", NULL), 0, "an Error is not required");
    }
}

/* ---- names ---- */

Test(store, names_with_quotes_spaces_and_umlauts_go_through)
{
    static const char *const names[] = {
        "plain", "a b", "a\"b",       "ä",     "sel'ect",
        "$$",    "a.b", "Über \"x\"", "table", "x;drop table plain"};
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "names");
        CLEANUP(arena_freep) Arena *arena = arena_new();
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
            Str sql = {0};
            str_append(&sql, "create schema ");
            sql_ident(&sql, names[i]);
            str_append(&sql, "; create table ");
            sql_qualified(&sql, names[i], names[i]);
            str_append(&sql, " as select 1 as ");
            sql_ident(&sql, names[i]);
            must_exec(store, str_text(&sql));
            str_deinit(&sql);
            StoreColumn *columns = NULL;
            size_t n = 0;
            cr_assert_eq(store_columns(store, names[i], names[i], arena, &columns, &n, NULL), 0);
            cr_assert_eq(n, 1);
            cr_assert_str_eq(columns[0].name, names[i]);
        }
    }
}

Test(store, unquoted_names_fold_to_lower_case)
{
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "fold");
        must_exec(store, "create table T as select 1 as Foo, 2 as \"Bar\"");
        CLEANUP(store_result_freep)
        StoreResult *result = must_query(store, "select FOO, Foo as MyX, \"Bar\" from t");
        cr_assert_str_eq(store_result_name(result, 0), "foo");
        cr_assert_str_eq(store_result_name(result, 1), "myx");
        cr_assert_str_eq(store_result_name(result, 2), "Bar");
    }
}

/* ---- columns, catalogue ---- */

Test(store, columns_in_order_with_types)
{
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "columns");
        CLEANUP(arena_freep) Arena *arena = arena_new();
        must_exec(
            store,
            "create schema s; create table s.t (b boolean not null, i int, n numeric(12, 2), "
            "x varchar, d date, z timestamp, l int[]); create view s.v as select n, b from s.t");
        StoreColumn *columns = NULL;
        size_t n = 0;
        cr_assert_eq(store_columns(store, "s", "t", arena, &columns, &n, NULL), 0);
        cr_assert_eq(n, 7);
        static const PdcType types[] = {PDC_TYPE_BOOL, PDC_TYPE_INT,  PDC_TYPE_FLOAT,
                                        PDC_TYPE_TEXT, PDC_TYPE_DATE, PDC_TYPE_TIMESTAMP,
                                        PDC_TYPE_TEXT};
        for (size_t i = 0; i < n; i++) {
            cr_assert_eq(columns[i].type, types[i], "%s", columns[i].sql_type);
            cr_assert_eq(columns[i].nullable, i != 0);
        }
        cr_assert(text_equal_ignore_case(columns[1].sql_type, "integer"));
        cr_assert_eq(store_columns(store, "s", "v", arena, &columns, &n, NULL), 0);
        cr_assert_eq(n, 2);
        cr_assert_str_eq(columns[0].name, "n");
        Error error = {0};
        cr_assert_lt(store_columns(store, "s", "nosuch", arena, &columns, &n, &error), 0);
        cr_assert_str_eq(error.sqlstate, "42P01");
        error_deinit(&error);
    }
}

static char *
catalog_cell(Store *store, const char *column, const char *table, Arena *arena)
{
    static const char *const schemas[] = {"s", "it's"};
    Str sql = {0};
    str_append_format(&sql, "with c as (%s) select %s from c where table_name = ",
                      store_catalog_sql(store, &(StoreSchemas){schemas, 2, NULL}, arena), column);
    sql_literal(&sql, table);
    CLEANUP(store_result_freep) StoreResult *result = must_query(store, str_text(&sql));
    str_deinit(&sql);
    return store_result_rows(result) == 1 ? arena_strdup(arena, store_result_text(result, 0, 0))
                                          : NULL;
}

Test(store, the_catalogue_tells_kinds_and_shapes)
{
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "catalog");
        CLEANUP(arena_freep) Arena *arena = arena_new();
        must_exec(
            store,
            "create schema s; create schema \"it's\"; create schema other; "
            "create table s.a (x int, y varchar not null); create table s.b (x int, y varchar not null); "
            "create table s.c (x int, y varchar); create table \"it's\".d (y varchar not null, x int); "
            "create view s.v as select * from s.a; create table other.o (x int)");
        const char *a = catalog_cell(store, "shape", "a", arena);
        cr_assert_eq(strlen(a), 32);
        cr_assert_str_eq(a, catalog_cell(store, "shape", "b", arena));
        cr_assert_str_neq(a, catalog_cell(store, "shape", "c", arena));
        cr_assert_str_neq(a, catalog_cell(store, "shape", "d", arena));
        cr_assert_str_eq(catalog_cell(store, "kind", "a", arena), "table");
        cr_assert_str_eq(catalog_cell(store, "kind", "v", arena), "view");
        cr_assert_str_eq(catalog_cell(store, "schema_name", "d", arena), "it's");
        cr_assert_null(catalog_cell(store, "kind", "o", arena));
        const char *identity = catalog_cell(store, "identity", "a", arena);
        must_exec(store, "drop table s.b; create table s.b (x int, y varchar not null)");
        cr_assert_str_eq(identity, catalog_cell(store, "identity", "a", arena));
        cr_assert_eq(engine == ENGINE_DUCKDB, identity[0] == '\0');
        Str sql = {0};
        str_append_format(&sql, "select count(*) from (%s) c",
                          store_catalog_sql(store, &(StoreSchemas){NULL, 0, NULL}, arena));
        assert_query(store, str_text(&sql), "0");
        str_deinit(&sql);
    }
}

Test(store, the_catalogue_of_a_thousand_tables_takes_no_time)
{
    static const char *const schemas[] = {"s"};
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "many");
        CLEANUP(arena_freep) Arena *arena = arena_new();
        Str sql = {0};
        str_append(&sql, "create schema s;");
        for (int i = 0; i < 1000; i++) {
            str_append_format(
                &sql,
                "create table s.t%d (a int, b varchar, c numeric(10, 2), d date, e timestamp);", i);
        }
        cr_assert_eq(store_begin(store, NULL), 0);
        must_exec(store, str_text(&sql));
        cr_assert_eq(store_commit(store, NULL), 0);
        str_deinit(&sql);
        int64_t start = clock_monotonic_us();
        CLEANUP(store_result_freep)
        StoreResult *result =
            must_query(store, store_catalog_sql(store, &(StoreSchemas){schemas, 1, NULL}, arena));
        int64_t took = clock_monotonic_us() - start;
        cr_assert_eq(store_result_rows(result), 1000);
        cr_log_info("%s: catalogue of 1,000 tables in %.1f ms", store_engine_name(store),
                    (double)took / 1000);
    }
}

/* ---- transactions ---- */

Test(store, transactions_take_back_and_keep)
{
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "transactions");
        must_exec(store, "create table t as select 1 as a");
        cr_assert_eq(store_begin(store, NULL), 0);
        must_exec(store, "insert into t values (2); create table u as select 1 as a");
        store_rollback(store);
        assert_query(store, "select count(*) from t", "1");
        cr_assert_eq(store_begin(store, NULL), 0);
        must_exec(store, "insert into t values (2)");
        cr_assert_eq(store_commit(store, NULL), 0);
        assert_query(store, "select count(*) from t", "2");
        store_rollback(store);
        assert_query(store, "select count(*) from t", "2");
    }
}

Test(store, a_commit_of_a_failed_transaction_is_no_success)
{
    CLEANUP(store_closep) Store *store = engine_open(ENGINE_POSTGRES, "failed_commit");
    must_exec(store, "create table t (a int)");
    cr_assert_eq(store_begin(store, NULL), 0);
    must_exec(store, "insert into t values (1)");
    cr_assert_lt(store_exec(store, "select nosuch", NULL), 0);
    cr_assert_lt(store_commit(store, NULL), 0);
    assert_query(store, "select count(*) from t", "0");
}

Test(store, a_snapshot_stays_as_it_was)
{
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(arena_freep) Arena *arena = arena_new();
        const char *url = engine_url(arena, engine, "snapshot");
        CLEANUP(store_closep) Store *writer = open_url(url);
        CLEANUP(store_closep) Store *reader = open_url(url);
        must_exec(writer, "create table t as select 1 as a");
        cr_assert_eq(store_begin_snapshot(reader, NULL), 0);
        assert_query(reader, "select count(*) from t", "1");
        must_exec(writer, "insert into t values (2)");
        assert_query(reader, "select count(*) from t", "1");
        cr_assert_eq(store_commit(reader, NULL), 0);
        assert_query(reader, "select count(*) from t", "2");
    }
}

/* ---- loading ---- */

static StoreLoad *
must_load(Store *store, const char *table, const StoreColumn *columns, size_t n)
{
    StoreLoad *load = NULL;
    Error error = {0};
    int status = store_load_begin(store, NULL, table, columns, n, &load, &error);
    if (status != 0) {
        show_error(&error);
    }
    cr_assert_eq(status, 0);
    return load;
}

Test(store, loaded_cells_arrive_as_they_are)
{
    static const char *const texts[] = {"plain", "",    "a\tb", "a\nb", "a\r\nb",
                                        "\\",    "\\N", "\\.",  "ä€😀",  "'quoted'",
                                        "\"x\"", NULL,  "NULL", "a,b",  "\x01"};
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "loaded");
        must_exec(
            store,
            "create table t (skipped int default 5, i int, x varchar, z timestamp, b boolean)");
        const StoreColumn columns[] = {{.name = "x"}, {.name = "i"}, {.name = "z"}, {.name = "b"}};
        StoreLoad *load = must_load(store, "t", columns, 4);
        for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
            char number[8];
            snprintf(number, sizeof(number), "%zu", i);
            const char *cells[] = {texts[i], number, "2024-01-01 10:00:00", i % 2 ? "true" : NULL};
            cr_assert_eq(store_load_row(load, cells, NULL), 0);
        }
        cr_assert_eq(store_load_end(load, NULL), 0);
        CLEANUP(store_result_freep)
        StoreResult *result = must_query(store, "select x, z, b from t order by i");
        cr_assert_eq(store_result_rows(result), ARRAY_LENGTH(texts));
        for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
            cr_assert(text_equal(store_result_text(result, i, 0), texts[i]), "%s", texts[i]);
            cr_assert_str_eq(store_result_text(result, i, 1), "2024-01-01 10:00:00");
            cr_assert(text_equal(store_result_text(result, i, 2), i % 2 ? "true" : NULL));
        }
    }
}

Test(store, a_cell_that_cannot_be_read_is_named)
{
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "bad_cell");
        must_exec(store, "create table t (a int, \"B c\" date)");
        const StoreColumn columns[] = {{.name = "a"}, {.name = "B c"}};
        StoreLoad *load = must_load(store, "t", columns, 2);
        Error error = {0};
        int status = 0;
        for (int i = 1; i <= 5000 && status == 0; i++) {
            const char *cells[] = {"1", i == 4321 ? "2024-13-01" : "2024-01-01"};
            status = store_load_row(load, cells, &error);
        }
        if (status == 0) {
            status = store_load_end(load, &error);
        } else {
            store_load_cancel(load);
        }
        cr_assert_lt(status, 0);
        cr_assert_eq(error.code, ERROR_DATA);
        cr_assert(strstr(error.message, "row 4321, column \"B c\": "), "%s", error.message);
        cr_assert(strstr(error.message, "\"2024-13-01\""), "%s", error.message);
        cr_assert_eq(strncmp(error.sqlstate, "22", 2), 0, "%s", error.sqlstate);
        error_deinit(&error);
        must_exec(store, "select 1");
    }
}

Test(store, long_values_are_clipped_in_messages)
{
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "long_cell");
        must_exec(store, "create table t (a int)");
        StoreLoad *load = must_load(store, "t", NULL, 0);
        Str value = {0};
        str_append_repeat(&value, 'x', 100000);
        const char *cells[] = {str_text(&value)};
        Error error = {0};
        int status = store_load_row(load, cells, &error);
        cr_assert_eq(status, 0);
        cr_assert_lt(store_load_end(load, &error), 0);
        cr_assert_lt(strlen(error.message), 500);
        cr_assert(strstr(error.message, "row 1, column \"a\""), "%s", error.message);
        error_deinit(&error);
        str_deinit(&value);
    }
}

Test(store, what_is_not_utf8_is_refused)
{
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "not_utf8");
        must_exec(store, "create table t (a varchar)");
        StoreLoad *load = must_load(store, "t", NULL, 0);
        const char *cells[] = {"ab\xff"};
        Error error = {0};
        int status = store_load_row(load, cells, &error);
        if (status == 0) {
            status = store_load_end(load, &error);
        } else {
            store_load_cancel(load);
        }
        cr_assert_lt(status, 0);
        cr_assert_str_eq(error.sqlstate, "22021");
        cr_assert(strstr(error.message, "row 1"), "%s", error.message);
        error_deinit(&error);
    }
}

Test(store, a_load_that_fails_leaves_a_usable_store)
{
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "load_fails");
        StoreLoad *load = NULL;
        Error error = {0};
        cr_assert_lt(store_load_begin(store, NULL, "nosuch", NULL, 0, &load, &error), 0);
        cr_assert_str_eq(error.sqlstate, "42P01", "%s", error.message);
        error_deinit(&error);
        must_exec(store, "create table t (a int not null)");
        const StoreColumn wrong[] = {{.name = "nosuch"}};
        cr_assert_lt(store_load_begin(store, NULL, "t", wrong, 1, &load, &error), 0);
        error_deinit(&error);
        cr_assert_eq(store_begin(store, NULL), 0);
        load = must_load(store, "t", NULL, 0);
        const char *cells[] = {"1"};
        cr_assert_eq(store_load_row(load, cells, NULL), 0);
        store_load_cancel(load);
        store_rollback(store);
        load = must_load(store, "t", NULL, 0);
        const char *nothing[] = {NULL};
        cr_assert_eq(store_load_row(load, nothing, NULL), 0);
        cr_assert_lt(store_load_end(load, &error), 0);
        cr_assert_str_eq(error.sqlstate, "23502");
        cr_assert_eq(error.code, ERROR_DATA);
        error_deinit(&error);
        assert_query(store, "select count(*) from t", "0");
    }
}

Test(store, a_million_rows)
{
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "million");
        must_exec(store, "create table t (a bigint, b varchar, c double precision, d timestamp)");
        int64_t start = clock_monotonic_us();
        StoreLoad *load = must_load(store, "t", NULL, 0);
        char number[32];
        char text[32];
        const char *cells[] = {number, text, "0.25", "2024-01-01 12:00:00"};
        for (int i = 0; i < 1000000; i++) {
            snprintf(number, sizeof(number), "%d", i);
            snprintf(text, sizeof(text), "text %d", i);
            cr_assert_eq(store_load_row(load, cells, NULL), 0);
        }
        cr_assert_eq(store_load_end(load, NULL), 0);
        int64_t took = clock_monotonic_us() - start;
        assert_query(store, "select sum(a) from t", "499999500000");
        cr_log_info("%s: 1,000,000 rows of 4 columns in %.2f s", store_engine_name(store),
                    (double)took / 1e6);
    }
}

/* ---- stopping ---- */

static void *
cancel_soon(void *store)
{
    struct timespec pause = {0, 300 * 1000000L};
    nanosleep(&pause, NULL);
    store_cancel(store);
    return NULL;
}

Test(store, a_statement_can_be_canceled_from_another_thread, .timeout = 60)
{
    static const char *const forever =
        "select sum(a.i * b.i + c.i) from generate_series(1, 100000) a(i), generate_series(1, 100000) b(i), "
        "generate_series(1, 1000) c(i)";
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "cancel");
        for (int round = 0; round < 2; round++) {
            pthread_t thread;
            Error error = {0};
            StoreResult *result = NULL;
            cr_assert_eq(pthread_create(&thread, NULL, cancel_soon, store), 0);
            int status = round == 0 ? store_query(store, forever, &result, &error)
                                    : store_exec(store, forever, &error);
            pthread_join(thread, NULL);
            cr_assert_lt(status, 0);
            cr_assert_eq(error.code, ERROR_INTERRUPTED, "%s", error.message);
            cr_assert_str_eq(error.sqlstate, "57014");
            error_deinit(&error);
            must_exec(store, "select 1");
        }
        store_cancel(store); /* nothing runs: nothing happens */
        must_exec(store, "select 1");
    }
}

Test(store, a_load_can_be_canceled_at_every_point)
{
    static const int points[] = {0, 1, 5000};
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "cancel_load");
        must_exec(store, "create table t (a varchar)");
        for (size_t p = 0; p < ARRAY_LENGTH(points); p++) {
            cr_assert_eq(store_begin(store, NULL), 0);
            StoreLoad *load = must_load(store, "t", NULL, 0);
            const char *cells[] = {
                "a text that is long enough to fill a block before all of its rows are there"};
            Error error = {0};
            int status = 0;
            for (int i = 0; i < 10000 && status == 0; i++) {
                if (i == points[p]) {
                    store_cancel(store);
                }
                status = store_load_row(load, cells, &error);
            }
            if (status == 0) {
                status = store_load_end(load, &error);
            } else {
                store_load_cancel(load);
            }
            cr_assert_lt(status, 0);
            cr_assert_eq(error.code, ERROR_INTERRUPTED, "%s", error.message);
            cr_assert_str_eq(error.sqlstate, "57014");
            error_deinit(&error);
            store_rollback(store);
            assert_query(store, "select count(*) from t", "0");
        }
    }
}

/* ---- what an engine can ---- */

Test(store, capabilities_and_names)
{
    CLEANUP(store_closep) Store *duck = engine_open(ENGINE_DUCKDB, "can");
    CLEANUP(store_closep) Store *postgres = engine_open(ENGINE_POSTGRES, "can");
    cr_assert(store_can(duck, STORE_TRANSACTIONS) && store_can(postgres, STORE_TRANSACTIONS));
    cr_assert(store_can(duck, STORE_ATTACH) && !store_can(postgres, STORE_ATTACH));
    cr_assert(!store_can(duck, STORE_MOVE_TABLES) && store_can(postgres, STORE_MOVE_TABLES));
    cr_assert_str_eq(store_engine_name(duck), "duckdb");
    cr_assert_str_eq(store_type_name(postgres, PDC_TYPE_FLOAT), "double precision");
    cr_assert_str_eq(store_type_name(duck, PDC_TYPE_FLOAT), "double");
    cr_assert_eq(store_identifier_limit(postgres), 63);
    cr_assert_eq(strncmp(store_place(postgres), "PostgreSQL at localhost:", 24), 0);
    cr_assert_eq(strncmp(store_place(duck), "DuckDB file \"/", 14), 0);
    Error error = {0};
    cr_assert_lt(store_detach(postgres, "x", &error), 0);
    cr_assert_eq(error.code, ERROR_UNSUPPORTED);
    error_deinit(&error);
    store_close(NULL);
    store_result_free(NULL);
    store_load_cancel(NULL);
}

Test(store, urls_that_name_nothing_are_configuration_errors)
{
    static const char *const urls[] = {"",
                                       "x",
                                       "mysql://u:planted@h/d",
                                       "duckdb://",
                                       "duckdb:///",
                                       "duckdb://host/x.db",
                                       "postgresql://u:planted@h:port/d",
                                       "host=x password='planted",
                                       "duckdb:///x.db?nosuch=planted",
                                       "postgresql://u:pla/nted@h/d@e",
                                       "postgresql://u:planted@[::1/d"};
    CLEANUP(arena_freep) Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(urls); i++) {
        Store *store = NULL;
        Error error = {0};
        int status = store_open(secret_new(arena, urls[i]), NULL, &store, &error);
        if (i != 8 && i != 9) { /* a setting of DuckDB is no secret; a password may hold a slash */
            cr_assert_eq(error.code, ERROR_CONFIG, "%s: %s", urls[i], error.message);
            cr_assert_not(strstr(error.message, "planted"), "%s", error.message);
        }
        cr_assert_lt(status, 0, "%s", urls[i]);
        error_deinit(&error);
    }
}
