#include "compiler/sql/functions.h"
#include "runtime/base/macros.h"

#include <criterion/criterion.h>
#include <string.h>

Test(functions, volatile_ones)
{
    static const char *const yes[] = {"random",
                                      "now",
                                      "clock_timestamp",
                                      "statement_timestamp",
                                      "timeofday",
                                      "nextval",
                                      "transaction_timestamp",
                                      "currval",
                                      "gen_random_uuid",
                                      "uuid",
                                      "uuid_generate_v1mc",
                                      "uuid_generate_v4",
                                      "setseed",
                                      "pg_sleep",
                                      "pg_sleep_for",
                                      "txid_current",
                                      "current_timestamp",
                                      "localtimestamp",
                                      "current_time",
                                      "localtime",
                                      "current_user",
                                      "get_current_timestamp",
                                      "current_localtimestamp",
                                      "lastval",
                                      "current_setting"};
    static const char *const no[] = {"",        "nothing",  "nows", "upper",     "current_date",
                                     "today",   "read_csv", "age",  "length",    "uuid_generate_v5",
                                     "randoms", "r",        "zzz",  "date_trunc"};
    for (size_t i = 0; i < ARRAY_LENGTH(yes); i++) {
        cr_expect(sql_function_is_volatile(yes[i]), "%s", yes[i]);
        cr_expect_null(sql_function_reads_outside(yes[i]), "%s", yes[i]);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(no); i++) {
        cr_expect_not(sql_function_is_volatile(no[i]), "%s", no[i]);
    }
}

Test(functions, outside_ones)
{
    static const char *const yes[] = {
        "read_csv",     "read_csv_auto",  "read_parquet",      "parquet_scan",
        "read_json",    "read_json_auto", "read_json_objects", "read_ndjson",
        "glob",         "read_text",      "read_blob",         "sniff_csv",
        "dblink",       "dblink_exec",    "pg_read_file",      "pg_read_binary_file",
        "pg_ls_dir",    "lo_import",      "postgres_scan",     "postgres_query",
        "sqlite_scan",  "mysql_scan",     "iceberg_scan",      "delta_scan",
        "query_to_xml", "query",          "query_table",       "duckdb_tables"};
    static const char *const no[] = {"",       "csv",   "read", "globe", "generate_series",
                                     "unnest", "random"};
    for (size_t i = 0; i < ARRAY_LENGTH(yes); i++) {
        cr_expect_not_null(sql_function_reads_outside(yes[i]), "%s", yes[i]);
        cr_expect_not(sql_function_is_volatile(yes[i]), "%s", yes[i]);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(no); i++) {
        cr_expect_null(sql_function_reads_outside(no[i]), "%s", no[i]);
    }
    cr_expect(strstr(sql_function_reads_outside("read_csv"), "csv("));
    cr_expect(strstr(sql_function_reads_outside("dblink"), "external("));
}

Test(functions, of_the_date)
{
    cr_expect(sql_function_uses_date("current_date", 0));
    cr_expect(sql_function_uses_date("today", 0));
    cr_expect(sql_function_uses_date("age", 1));
    cr_expect_not(sql_function_uses_date("age", 2));
    cr_expect_not(sql_function_uses_date("now", 0));
    cr_expect_not(sql_function_uses_date("", 0));
}

/** Lookup relies on the order of the rows. */
Test(functions, table_is_sorted)
{
    static const char *const names[] = {
#define SQL_FUNCTION(name, effect, hint) name,
#include "compiler/sql/functions.def"
#undef SQL_FUNCTION
    };
    for (size_t i = 1; i < ARRAY_LENGTH(names); i++) {
        cr_expect_lt(strcmp(names[i - 1], names[i]), 0, "%s, %s", names[i - 1], names[i]);
    }
}
