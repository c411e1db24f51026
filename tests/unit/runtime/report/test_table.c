#include "runtime/base/memory.h"
#include "runtime/report/report_priv.h"

#include <criterion/criterion.h>
#include <string.h>

static const ReportColumn columns[] = {
    {"id", "id", REPORT_NUMBER}, {"name", "name", REPORT_TEXT}, {"hidden", NULL, REPORT_TEXT},
    {NULL, "note", REPORT_TEXT}, {"ok", "ok", REPORT_BOOL},
};

static const ReportCell cells[] = {
    {"1", NULL},       {"Ä 世界", NULL},      {"x", NULL},  {NULL, "seen"},      {"true", NULL},
    {"1234", "1,234"}, {NULL, NULL},          {"y", NULL},  {NULL, NULL},        {NULL, NULL},
    {NULL, NULL},      {"a\nb\tc\x1b", NULL}, {NULL, NULL}, {NULL, "e\xcc\x81"}, {"false", NULL},
};

static ReportTable
sample(void)
{
    return (ReportTable){.columns = columns,
                         .n_columns = ARRAY_LENGTH(columns),
                         .cells = cells,
                         .n_rows = 3,
                         .null_text = "NULL",
                         .footer = "(3 rows)"};
}

static void
check(const ReportTable *table, ReportStyle style, const char *expected)
{
    Str out = {0};
    table_render(table, style, &out);
    cr_expect_str_eq(str_text(&out), expected, "%s", str_text(&out));
    str_deinit(&out);
}

Test(table, aligns_by_terminal_columns)
{
    ReportTable table = sample();
    check(&table, (ReportStyle){0},
          "    id | name   | note | ok\n"
          "-------+--------+------+-------\n"
          "     1 | Ä 世界 | seen | true\n"
          " 1,234 | NULL   | NULL | NULL\n"
          "  NULL | a↵b→c\xef\xbf\xbd | e\xcc\x81    | false\n"
          "(3 rows)\n");
}

Test(table, dims_null_where_there_are_colours)
{
    ReportTable table = sample();
    table.n_rows = 0;
    check(&table, (ReportStyle){.color = true},
          " \x1b[1mid\x1b[0m | \x1b[1mname\x1b[0m | \x1b[1mnote\x1b[0m | \x1b[1mok\x1b[0m\n"
          "----+------+------+----\n(3 rows)\n");
    static const ReportCell null = {0};
    ReportTable one = {
        .columns = columns, .n_columns = 1, .cells = &null, .n_rows = 1, .null_text = "∅"};
    check(&one, (ReportStyle){.color = true}, " \x1b[1mid\x1b[0m\n----\n \x1b[2m ∅\x1b[0m\n");
}

Test(table, clips_to_the_terminal)
{
    static const ReportColumn two[] = {{"a", "a", REPORT_TEXT}, {"b", "b", REPORT_TEXT}};
    static const ReportCell long_cells[] = {{"世界世界世界世界世界", NULL},
                                            {"abcdefghijklmnopqrstuvwxyz", NULL}};
    ReportTable table = {.columns = two, .n_columns = 2, .cells = long_cells, .n_rows = 1};
    check(&table, (ReportStyle){.width = 30},
          " a            | b\n"
          "--------------+--------------\n"
          " 世界世界世…  | abcdefghijk…\n");
    check(&table, (ReportStyle){.width = 1}, /* no less than can be read */
          " a        | b\n"
          "----------+----------\n"
          " 世界世…  | abcdefg…\n");
}

/* A cell of a megabyte doesn't make every row as wide. */
Test(table, caps_what_is_not_for_a_terminal)
{
    static const ReportColumn one[] = {{"a", "a", REPORT_TEXT}};
    char *large = memory_alloc(1000001);
    memset(large, 'x', 1000000);
    ReportCell cell = {large, NULL};
    ReportTable table = {.columns = one, .n_columns = 1, .cells = &cell, .n_rows = 1};
    Str out = {0};
    table_render(&table, (ReportStyle){0}, &out);
    cr_assert_lt(out.length, 1000);
    str_deinit(&out);
    free(large);
}

Test(table, without_columns)
{
    check(&(ReportTable){.n_rows = 2, .footer = "(2 rows)"}, (ReportStyle){0},
          "\n\n\n\n(2 rows)\n");
}

/* Both forms come from the same cells. */
Test(table, as_json)
{
    static const ReportColumn typed[] = {
        {"n", "n", REPORT_NUMBER}, {"t", "t", REPORT_TEXT}, {"b", "b", REPORT_BOOL}};
    static const ReportCell values[] = {
        {"12345678901234567890.50", NULL},
        {"1", NULL},
        {"true", NULL},
        {"NaN", NULL},
        {"\"\\\n", NULL},
        {"false", NULL},
        {NULL, NULL},
        {NULL, NULL},
        {NULL, NULL},
    };
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    Report *report = report_new(&(ReportOptions){.out = out, .messages = out, .json = true});
    ReportTable table = {.columns = typed, .n_columns = 3, .cells = values, .n_rows = 3};
    report_table(report, &table);
    table.event = "x";
    table.n_rows = 1;
    report_answer(report, &table, "not shown");
    cr_assert_eq(report_free(report), 0);
    fclose(out);
    cr_expect_str_eq(
        text, "{\"n\": 12345678901234567890.50, \"t\": \"1\", \"b\": true}\n"
              "{\"n\": \"NaN\", \"t\": \"\\\"\\\\\\n\", \"b\": false}\n"
              "{\"n\": null, \"t\": null, \"b\": null}\n"
              "{\"event\": \"x\", \"n\": 12345678901234567890.50, \"t\": \"1\", \"b\": true}\n");
    free(text);
}
