// Rooms: runtime/report
#include "runtime/compare/show.h"
#include "tests/unit/runtime/report/golden.h"

#include <criterion/criterion.h>
#include <stdio.h>

static const StoreColumn number = {.name = "id", .sql_type = "bigint", .type = PDC_TYPE_INT};
static const StoreColumn text = {.name = "t", .sql_type = "text", .type = PDC_TYPE_TEXT};
static const StoreColumn truth = {.name = "b", .sql_type = "boolean", .type = PDC_TYPE_BOOL};

static const char *const key_cells[] = {"17", "a\tb"};
static const CompareExample name_example = {key_cells, "x\ny", NULL};
static const CompareExample mail_example = {key_cells, "(masked)", "(masked)"};
static const CompareExample truth_example = {key_cells, "true", NULL};

static CompareColumn columns[] = {
    {.name = "id", .here = &number, .there = &number, .is_key = true, .differ = -1},
    {.name = "part", .here = &text, .there = &text, .is_key = true, .differ = -1},
    {.name = "näme\x1b", .here = &text, .there = &text, .differ = 1234, .example = &name_example},
    {.name = "mail",
     .here = &number,
     .there = &number,
     .differ = 1,
     .is_hidden = true,
     .is_by_rule = true,
     .example = &mail_example},
    {.name = "ok", .here = &truth, .there = &truth, .differ = 1, .example = &truth_example},
    {.name = "same", .here = &text, .there = &text},
    {.name = "typed", .state = COMPARE_OTHER_TYPE, .here = &number, .there = &text, .differ = -1},
    {.name = "gone", .state = COMPARE_ONLY_HERE, .here = &truth, .differ = -1},
    {.name = "new", .state = COMPARE_ONLY_THERE, .there = &text, .differ = -1},
};

static const CompareColumn *const key[] = {&columns[0], &columns[1]};
static const char *const null_cells[] = {"2", NULL};
static const CompareRow rows_here[] = {{key_cells, 1, 0}, {null_cells, 1, 0}};
static const CompareRow rows_there[] = {{null_cells, 1, 3}};

static CompareResult
sample(void)
{
    return (CompareResult){.table = "raw.t",
                           .here = "mini",
                           .there = "full",
                           .columns = columns,
                           .n_columns = ARRAY_LENGTH(columns),
                           .shown = key,
                           .n_shown = 2,
                           .is_by_key = true,
                           .counts = {.here = 1300,
                                      .there = 1000000,
                                      .only_here = 2,
                                      .only_there = 998700,
                                      .equal = 66,
                                      .changed = 1234},
                           .only_here = {rows_here, 2, false},
                           .only_there = {rows_there, 1, true},
                           .has_other_columns = true};
}

static void
append_shown(const CompareResult *result, Str *out)
{
    char *shown = NULL;
    size_t length = 0;
    Arena *arena = arena_new();
    FILE *stream = open_memstream(&shown, &length);
    Report *report = report_new(&(ReportOptions){.out = stream, .messages = stream});
    compare_show(result, arena, report);
    cr_assert_eq(report_free(report), 0);
    fclose(stream);
    str_append(out, shown);
    free(shown);
    arena_free(arena);
}

static void
check(const CompareResult *result, const char *golden)
{
    Str out = {0};
    append_shown(result, &out);
    str_append(&out, "---- json\n");
    compare_append_json(result, &out);
    golden_check(golden, str_text(&out));
    str_deinit(&out);
}

Test(show, by_key)
{
    CompareResult result = sample();
    check(&result, "compare/golden/keyed.txt");
}

Test(show, whole_rows)
{
    CompareResult result = sample();
    result.is_by_key = false;
    result.columns = columns;
    result.n_columns = 2;
    result.counts = (CompareCounts){.here = 2, .there = 4, .only_there = 2, .equal = 2};
    result.only_here = (CompareRows){0};
    result.only_there.is_cut = false;
    result.has_other_columns = false;
    check(&result, "compare/golden/whole.txt");
}

Test(show, outcome)
{
    CompareResult result = {.counts = {.here = 1, .there = 1, .equal = 1}};
    cr_expect_eq(compare_outcome(&result), COMPARE_EQUAL);
    result.counts.only_there = 1;
    cr_expect_eq(compare_outcome(&result), COMPARE_SUBSET);
    result.counts.changed = 1;
    cr_expect_eq(compare_outcome(&result), COMPARE_DIFFERENT);
    result.counts = (CompareCounts){.only_here = 1};
    cr_expect_eq(compare_outcome(&result), COMPARE_DIFFERENT);
    result.counts = (CompareCounts){0};
    result.has_other_columns = true;
    cr_expect_eq(compare_outcome(&result), COMPARE_DIFFERENT);
}
