// Rooms: runtime/store
#include "runtime/compare/compare_priv.h"

#include <criterion/criterion.h>

static Arena *arena;
static Store *store;
static Error error;

static void
begin(void)
{
    StoreOptions options = {0};
    arena = arena_new();
    error = (Error){0};
    store = NULL;
    cr_assert_eq(store_open(secret_new(arena, "duckdb:///:memory:"), &options, &store, &error), 0,
                 "%s", error.message);
}

static void
end(void)
{
    store_close(store);
    error_deinit(&error);
    arena_free(arena);
}

TestSuite(columns, .init = begin, .fini = end);

static const StoreColumn here[] = {
    {.name = "id", .sql_type = "INTEGER", .type = PDC_TYPE_INT},
    {.name = "Name", .sql_type = "VARCHAR", .type = PDC_TYPE_TEXT},
    {.name = "n", .sql_type = "DECIMAL(10,2)", .type = PDC_TYPE_FLOAT},
    {.name = "f", .sql_type = "FLOAT", .type = PDC_TYPE_FLOAT},
    {.name = "d", .sql_type = "DATE", .type = PDC_TYPE_DATE},
    {.name = "gone", .sql_type = "BOOLEAN", .type = PDC_TYPE_BOOL},
    {.name = "ts", .sql_type = "TIMESTAMP", .type = PDC_TYPE_TIMESTAMP},
};
static const StoreColumn there[] = {
    {.name = "name", .sql_type = "JSON", .type = PDC_TYPE_TEXT},
    {.name = "ID", .sql_type = "BIGINT", .type = PDC_TYPE_INT},
    {.name = "n", .sql_type = "DECIMAL(12,4)", .type = PDC_TYPE_FLOAT},
    {.name = "f", .sql_type = "DOUBLE", .type = PDC_TYPE_FLOAT},
    {.name = "d", .sql_type = "TIMESTAMP", .type = PDC_TYPE_TIMESTAMP},
    {.name = "new", .sql_type = "BOOLEAN", .type = PDC_TYPE_BOOL},
    {.name = "ts", .sql_type = "TIMESTAMP WITH TIME ZONE", .type = PDC_TYPE_TIMESTAMP},
};

static bool
is_f(const void *user, const char *column)
{
    (void)user;
    return text_equal(column, "f");
}

static ComparePlan
paired(void)
{
    ComparePlan plan = {.here = {"mini", "h", here, ARRAY_LENGTH(here)},
                        .there = {"full", "t", there, ARRAY_LENGTH(there)}};
    CompareRules rules = {.is_hidden = is_f, .is_by_rule = is_f};
    compare_pair_columns(&plan, store, &rules, arena);
    return plan;
}

Test(columns, are_paired_by_name_and_compared_where_types_have_something_in_common)
{
    static const struct {
        const char *name;
        CompareState state;
        const char *cast;
    } expected[] = {
        {"id", COMPARE_COMPARED, "decimal(38, 0)"},
        {"Name", COMPARE_COMPARED, "text"},
        {"n", COMPARE_COMPARED, NULL},
        {"f", COMPARE_COMPARED, "double"},
        {"d", COMPARE_OTHER_TYPE, NULL},
        {"gone", COMPARE_ONLY_HERE, NULL},
        {"ts", COMPARE_COMPARED, "timestamp"},
        {"new", COMPARE_ONLY_THERE, NULL},
    };
    ComparePlan plan = paired();
    cr_assert_eq(plan.n_columns, ARRAY_LENGTH(expected));
    for (size_t i = 0; i < plan.n_columns; i++) {
        const CompareColumn *column = &plan.columns[i];
        cr_expect_str_eq(column->name, expected[i].name);
        cr_expect_eq(column->state, expected[i].state, "%s", column->name);
        cr_expect(text_equal(column->cast, expected[i].cast), "%s: %s", column->name, column->cast);
        cr_expect_eq(column->is_hidden, is_f(NULL, column->name));
    }
}

Test(columns, of_the_key_are_found_and_must_be_on_both_sides)
{
    static const struct {
        const char *name;
        ErrorCode code;
        const char *message;
    } refused[] = {
        {"gone", ERROR_DATA,
         "rows can't be matched by \"gone\": only instance mini has that column"},
        {"new", ERROR_DATA, "rows can't be matched by \"new\": only instance full has that column"},
        {"d", ERROR_DATA,
         "rows can't be matched by \"d\": it is DATE in instance mini, TIMESTAMP in full"},
        {"f", ERROR_DATA, "rows can't be matched by \"f\": the copy changes its values"},
        {"nam", ERROR_USAGE, "the table has no column \"nam\" in instance mini or full"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
        ComparePlan plan = paired();
        cr_expect_lt(compare_set_key(&plan, &refused[i].name, 1, arena, &error), 0);
        cr_expect_eq(error.code, refused[i].code);
        cr_expect_str_eq(error.message, refused[i].message);
        error_clear(&error);
    }
    const char *names[] = {"NAME", "id", "Id"};
    ComparePlan plan = paired();
    cr_assert_eq(compare_set_key(&plan, names, 3, arena, &error), 0);
    cr_assert_eq(plan.key.n, 2);
    cr_expect_str_eq(plan.key.items[0]->name, "Name");
    cr_expect_str_eq(plan.key.items[1]->name, "id");
    cr_assert_eq(compare_set_values(&plan, arena, &error), 0);
    cr_expect_eq(plan.values.n, 3); /* n, f, ts */
}

Test(columns, that_the_copy_changes_are_no_part_of_whole_rows)
{
    ComparePlan plan = paired();
    cr_assert_eq(compare_set_values(&plan, arena, &error), 0);
    cr_expect_eq(plan.values.n, 4); /* id, Name, n, ts */
}

Test(columns, without_any_in_common_there_is_nothing_to_compare)
{
    ComparePlan plan = {.here = {"mini", "h", &here[5], 1}, .there = {"full", "t", &there[5], 1}};
    CompareRules rules = {.is_hidden = is_f, .is_by_rule = is_f};
    compare_pair_columns(&plan, store, &rules, arena);
    cr_expect_lt(compare_set_values(&plan, arena, &error), 0);
    cr_expect_eq(error.code, ERROR_DATA);
}

Test(columns, key_is_read_with_blanks_and_quotes)
{
    static const struct {
        const char *text;
        const char *names; /* with ; behind each; NULL: refused */
    } cases[] = {
        {"a", "a;"},
        {" a , Ä b,c ", "a;Ä b;c;"},
        {"\"a,b\" , \"c\"\"d\"", "a,b;c\"d;"},
        {"a;b", "a;b;"},
        {"", NULL},
        {"a,", NULL},
        {",a", NULL},
        {"a,,b", NULL},
        {"\"a\"b", NULL},
        {"\"\"", NULL},
        {"a,b,a", NULL},
        {"a,\"a\"", NULL},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const char *const *names;
        size_t n;
        Str read = {0};
        int status = compare_read_key(cases[i].text, arena, &names, &n, &error);
        for (size_t k = 0; status == 0 && k < n; k++) {
            str_append_format(&read, "%s;", names[k]);
        }
        cr_expect_eq(status == 0, cases[i].names != NULL, "%s", cases[i].text);
        cr_expect(status < 0 || text_equal(str_text(&read), cases[i].names), "%s: %s",
                  cases[i].text, str_text(&read));
        cr_expect(status == 0 || error.code == ERROR_USAGE);
        error_clear(&error);
        str_deinit(&read);
    }
}
