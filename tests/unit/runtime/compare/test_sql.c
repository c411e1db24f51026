/* Names never become part of a statement but in quotes; hidden values never at all. */
#include "runtime/compare/compare_priv.h"

#include <criterion/criterion.h>
#include <string.h>

static const StoreColumn here[] = {
    {.name = "i\"d"}, {.name = "b"}, {.name = "mail"}, {.name = "m"}};
static const StoreColumn there[] = {
    {.name = "I\"D"}, {.name = "b"}, {.name = "mail"}, {.name = "m"}};

static CompareColumn columns[] = {
    {.name = "i\"d", .here = &here[0], .there = &there[0], .is_key = true},
    {.name = "b", .here = &here[1], .there = &there[1], .cast = "text"},
    {.name = "mail", .here = &here[2], .there = &there[2], .is_hidden = true},
    {.name = "m", .here = &here[3], .there = &there[3], .is_hidden = true, .is_by_rule = true},
};

static CompareColumn *all[] = {&columns[0], &columns[1], &columns[2], &columns[3]};
static bool nulls[] = {true, true};
static bool no_nulls[] = {false, false};

static ComparePlan
keyed(void)
{
    ComparePlan plan = {.here = {.name = "\"h\".\"t\""},
                        .there = {.name = "\"a\".\"f\".\"t\""},
                        .has_null = no_nulls};
    plan.key.items = all;
    plan.key.n = 1;
    plan.values.items = all + 1;
    plan.values.n = 3;
    return plan;
}

static void
expect(Str *sql, const char *expected)
{
    cr_expect_str_eq(str_text(sql), expected, "%s\n---- expected\n%s", str_text(sql), expected);
    str_deinit(sql);
}

#define HERE                                                                                       \
    "(select true as present, \"i\"\"d\" as k0, cast(\"b\" as text) collate \"C\" as c0, "         \
    "\"mail\" as c1, \"m\" as c2 from \"h\".\"t\") as h"
#define THERE                                                                                      \
    "(select true as present, \"I\"\"D\" as k0, cast(\"b\" as text) collate \"C\" as c0, "         \
    "\"mail\" as c1, \"m\" as c2 from \"a\".\"f\".\"t\") as t"
#define BOTH "h.present is not null and t.present is not null"

Test(sql, asks_whether_the_key_is_one)
{
    ComparePlan plan = keyed();
    Str sql = {0};
    compare_key_sql(&plan, &plan.there, &sql);
    expect(&sql, "select coalesce(sum(n), 0), count(*), count(*) filter (where n > 1), "
                 "coalesce(sum(n) filter (where n > 1), 0), coalesce(bool_or(k0 is null), false) "
                 "from (select k0, count(*) as n from (select true as present, \"I\"\"D\" as k0 "
                 "from \"a\".\"f\".\"t\") as s group by k0) as g");
}

Test(sql, counts_each_column_and_what_no_rule_explains)
{
    ComparePlan plan = keyed();
    Str sql = {0};
    compare_count_sql(&plan, 0, &sql);
    expect(&sql, "select count(*) filter (where t.present is null), "
                 "count(*) filter (where h.present is null), count(*) filter (where " BOTH "), "
                 "count(*) filter (where " BOTH
                 " and (h.c0 is distinct from t.c0 or h.c1 is distinct from t.c1)), "
                 "count(*) filter (where " BOTH " and h.c0 is distinct from t.c0), "
                 "count(*) filter (where " BOTH " and h.c1 is distinct from t.c1), "
                 "count(*) filter (where " BOTH " and h.c2 is distinct from t.c2) from " HERE
                 " full join " THERE " on h.k0 = t.k0");
    plan.values.n = 0;
    compare_count_sql(&plan, 0, &sql);
    cr_expect_not_null(strstr(str_text(&sql), "and false)"), "%s", str_text(&sql));
    str_deinit(&sql);
}

Test(sql, counts_many_columns_in_slices)
{
    static CompareColumn *many[COMPARE_SLICE + 2];
    ComparePlan plan = keyed();
    Str sql = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(many); i++) {
        many[i] = &columns[i == 0 ? 1 : 3];
    }
    plan.values.items = many;
    plan.values.n = ARRAY_LENGTH(many);
    compare_count_sql(&plan, COMPARE_SLICE, &sql);
    cr_expect_not_null(
        strstr(str_text(&sql), ", row(cast(\"b\" as text) collate \"C\") as r from"));
    cr_expect_not_null(strstr(str_text(&sql), "and h.r is distinct from t.r), "));
    cr_expect_null(strstr(str_text(&sql), "h.c499 is"));
    cr_expect_not_null(strstr(str_text(&sql), "h.c500 is distinct from t.c500), "));
    cr_expect_not_null(strstr(str_text(&sql), "h.c501 is distinct from t.c501) from "));
    many[0] = &columns[3];
    str_clear(&sql);
    compare_count_sql(&plan, 0, &sql);
    cr_expect_not_null(strstr(str_text(&sql), ", 0 as r from"));
    str_deinit(&sql);
}

Test(sql, finds_null_keys)
{
    ComparePlan plan = keyed();
    Str sql = {0};
    plan.has_null = nulls;
    compare_single_sql(&plan, false, 6, &sql);
    expect(&sql, "select k0 from (select t.k0 as k0 from (select true as present, \"I\"\"D\" as k0 "
                 "from \"a\".\"f\".\"t\") as t left join (select true as present, \"i\"\"d\" as "
                 "k0 from \"h\".\"t\") as h on array[h.k0] = array[t.k0] where h.present is null "
                 "offset 0) as f order by k0 limit 6");
}

Test(sql, shows_no_hidden_value)
{
    ComparePlan plan = keyed();
    Str sql = {0};
    compare_changed_sql(&plan, all + 1, 2, 20, &sql);
    expect(&sql, "select k0, d0, h0, t0, d1, '(masked)', '(masked)' from (select h.k0 as k0, "
                 "h.c0 is distinct from t.c0 as d0, h.c0 as h0, t.c0 as t0, "
                 "h.c1 is distinct from t.c1 as d1 from " HERE " inner join " THERE
                 " on h.k0 = t.k0 where h.c0 is distinct from t.c0 or h.c1 is distinct from t.c1 "
                 "offset 0) as f order by k0 limit 20");
    columns[0].is_hidden = true;
    compare_single_sql(&plan, true, 0, &sql);
    cr_expect(text_starts_with(str_text(&sql), "select '(masked)' from "), "%s", str_text(&sql));
    cr_expect(text_ends_with(str_text(&sql), " offset 0) as f order by k0"), "%s", str_text(&sql));
    columns[0].is_hidden = false;
    str_deinit(&sql);
}

#define GROUPS                                                                                     \
    " from (select c0, c1, count(*) filter (where present) as h, count(*) filter (where not "      \
    "present) as t from (select true as present, cast(\"b\" as text) collate \"C\" as c0, "        \
    "\"mail\" as c1 from \"h\".\"t\" union all select false as present, cast(\"b\" as text) "      \
    "collate \"C\" as c0, \"mail\" as c1 from \"a\".\"f\".\"t\") as u group by c0, c1) as g"

Test(sql, counts_copies_of_whole_rows)
{
    ComparePlan plan = keyed();
    Str sql = {0};
    plan.key.n = 0;
    plan.values.n = 2;
    compare_whole_count_sql(&plan, &sql);
    expect(&sql,
           "select coalesce(sum(h), 0), coalesce(sum(t), 0), coalesce(sum(h - t) filter (where h > "
           "t), 0), coalesce(sum(t - h) filter (where t > h), 0), coalesce(sum(least(h, t)), "
           "0)" GROUPS);
    compare_whole_single_sql(&plan, true, 2, &sql);
    expect(&sql, "select c0, '(masked)', h, t" GROUPS " where h > t order by c0, c1 limit 2");
}
