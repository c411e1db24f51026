/* Loading into both engines: all that a type takes is taken by both, and is the same afterwards. */
#include "csv_test.h"
#include "tests/unit/runtime/store/engines.h"

/** Loads the file into table `t` of schema `s`. */
static void
load(Store *store, const char *path, const CsvOptions *options, Arena *arena)
{
    CsvSchema *schema = NULL;
    Error error = {0};
    int64_t n_rows = -1;
    cr_assert_eq(csv_infer(path, options, arena, &schema, &error), 0, "%s", error.message);
    must_exec(store, "drop table if exists s.t");
    int status = csv_load(path, options, schema, store, "s", "t", &n_rows, &error);
    if (status != 0) {
        show_error(&error);
    }
    cr_assert_eq(status, 0);
    cr_assert_eq(n_rows, schema->n_rows);
}

/* Each value alone in a column, so that it gets the narrowest type that it fits. */
Test(load, what_is_inferred_can_be_loaded_by_both_engines)
{
    static const struct {
        const char *cell;
        PdcType type;
        const char *as_text; /* as SQL gives it; NULL: like the cell */
    } cases[] = {
        {"true", PDC_TYPE_BOOL, NULL},
        {"FALSE", PDC_TYPE_BOOL, "false"},
        {" True ", PDC_TYPE_BOOL, "true"},
        {"0", PDC_TYPE_INT, NULL},
        {"-0", PDC_TYPE_INT, "0"},
        {"9223372036854775807", PDC_TYPE_INT, NULL},
        {"-9223372036854775808", PDC_TYPE_INT, NULL},
        {" 42\t", PDC_TYPE_INT, "42"},
        {"\"17\"", PDC_TYPE_INT, "17"},
        {"1.5", PDC_TYPE_FLOAT, NULL},
        {".5", PDC_TYPE_FLOAT, "0.5"},
        {"-.5e1", PDC_TYPE_FLOAT, "-5"},
        {"1E5", PDC_TYPE_FLOAT, "100000"},
        {"0.1234567890123456789", PDC_TYPE_FLOAT, "0.12345678901234568"},
        {"9.99e307", PDC_TYPE_FLOAT, "9.99e+307"},
        {"1e-307", PDC_TYPE_FLOAT, "1e-307"},
        {"0e999", PDC_TYPE_FLOAT, "0"},
        {"123456789012345678901234567890.5", PDC_TYPE_FLOAT, "1.2345678901234568e+29"},
        {"2024-02-29", PDC_TYPE_DATE, NULL},
        {"0001-01-01", PDC_TYPE_DATE, NULL},
        {"9999-12-31", PDC_TYPE_DATE, NULL},
        {"2024-02-29 10:00", PDC_TYPE_TIMESTAMP, "2024-02-29 10:00:00"},
        {"2024-02-29T10:00", PDC_TYPE_TIMESTAMP, "2024-02-29 10:00:00"},
        {"2024-02-29 23:59:59", PDC_TYPE_TIMESTAMP, NULL},
        {"2024-02-29T23:59:59.1", PDC_TYPE_TIMESTAMP, "2024-02-29 23:59:59.1"},
        {"2024-02-29 23:59:59.999999", PDC_TYPE_TIMESTAMP, NULL},
        {"0001-01-01 00:00", PDC_TYPE_TIMESTAMP, "0001-01-01 00:00:00"},
        {"\"x,\n\"\"y\"\"\\N\\.\\\"", PDC_TYPE_TEXT, "x,\n\"y\"\\N\\.\\"},
        {"\\N", PDC_TYPE_TEXT, NULL},
        {"\\.", PDC_TYPE_TEXT, NULL},
        {"\tx\t", PDC_TYPE_TEXT, NULL},
        {"\xf0\x9f\x90\x98\x01\x7f", PDC_TYPE_TEXT, NULL},
        {"\"\"", PDC_TYPE_TEXT, ""},
        {"007", PDC_TYPE_TEXT, NULL},
    };
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    CLEANUP(str_deinit) Str text = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        str_append_format(&text, "%sc%zu", i > 0 ? "," : "", i);
    }
    str_append_char(&text, '\n');
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        str_append_format(&text, "%s%s", i > 0 ? "," : "", cases[i].cell);
    }
    str_append_char(&text, '\n');
    str_append_repeat(&text, ',', ARRAY_LENGTH(cases) - 1); /* and a row of NULLs */
    const char *path = test_write(&folder, "a.csv", text.data, text.length);
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "csv_types");
        must_exec(store, "create schema s");
        load(store, path, &options, folder.arena);
        CLEANUP(store_result_freep)
        StoreResult *result = must_query(store, "select * from s.t order by c0");
        cr_assert_eq(store_result_rows(result), 2);
        cr_assert_eq(store_result_columns(result), ARRAY_LENGTH(cases));
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
            const char *expected = cases[i].as_text ? cases[i].as_text : cases[i].cell;
            const char *found = store_result_text(result, 0, i);
            cr_assert_eq(store_result_type(result, i), cases[i].type, "%s", cases[i].cell);
            if (cases[i].type ==
                PDC_TYPE_FLOAT) { /* engines differ in how they write them: 5, 5.0 */
                cr_assert_eq(strtod(found, NULL), strtod(expected, NULL), "%s: %s", cases[i].cell,
                             found);
            } else {
                cr_assert_str_eq(found, expected, "engine %d: %s", (int)engine, cases[i].cell);
            }
            cr_assert_null(store_result_text(result, 1, i));
        }
    }
    test_folder_end(&folder);
}

Test(load, numbers_and_days_of_two_forms_share_a_column)
{
    static const char text[] = "n,t\n1,2024-02-29\n2.5,2024-03-01T12:30\n9007199254740992,\n";
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    const char *path = test_write(&folder, "a.csv", text, strlen(text));
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "csv_forms");
        must_exec(store, "create schema s");
        load(store, path, &options, folder.arena);
        assert_query(store, "select cast(max(n) as bigint) from s.t", "9007199254740992");
        assert_query(store, "select count(*) from s.t where t = timestamp '2024-02-29 00:00:00'",
                     "1");
        assert_query(store, "select count(*) from s.t where t = timestamp '2024-03-01 12:30:00'",
                     "1");
        assert_query(store, "select count(*) from s.t where t is null", "1");
    }
    test_folder_end(&folder);
}

Test(load, many_rows_out_of_a_packed_file)
{
    enum { ROWS = 100000 };
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    CLEANUP(str_deinit) Str text = {0};
    str_append(&text, "id,name,amount\n");
    for (int i = 1; i <= ROWS; i++) {
        str_append_format(&text, i % 10 == 0 ? "%d,,%d.25\n" : "%d,\"n \"\"%d\"\"\",1.5\n", i, i);
    }
    test_write(&folder, "a.csv", text.data, text.length);
    test_shell(&folder, "gzip -c a.csv > a.csv.gz && zstd -q a.csv");
    static const char *const names[] = {"a.csv", "a.csv.gz", "a.csv.zst"};
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "csv_rows");
        must_exec(store, "create schema s");
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
            load(store, arena_printf(folder.arena, "%s/%s", folder.path, names[i]), &options,
                 folder.arena);
            assert_query(store, "select sum(id) from s.t", "5000050000");
            assert_query(store, "select count(*) from s.t where name is null", "10000");
            assert_query(store, "select name from s.t where id = 99999", "n \"99999\"");
        }
    }
    test_folder_end(&folder);
}

Test(load, a_table_that_is_there_is_the_engines_error)
{
    TestFolder folder = test_folder_new();
    CsvOptions options;
    csv_options_init(&options);
    const char *path = test_write(&folder, "a.csv", "a\n1\n", 4);
    FOR_EACH_ENGINE(engine)
    {
        CLEANUP(store_closep) Store *store = engine_open(engine, "csv_exists");
        CsvSchema *schema = NULL;
        Error error = {0};
        int64_t n_rows = 0;
        must_exec(store, "create schema s");
        must_exec(store, "create table s.t (a int)");
        cr_assert_eq(csv_infer(path, &options, folder.arena, &schema, NULL), 0);
        cr_assert_lt(csv_load(path, &options, schema, store, "s", "t", &n_rows, &error), 0);
        cr_assert_str_eq(error.sqlstate, "42P07");
        cr_assert_not_null(strstr(str_text(&error.context), "while making the table for"));
        error_deinit(&error);
    }
    test_folder_end(&folder);
}
