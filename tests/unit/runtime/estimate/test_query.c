#include "runtime/base/str.h"
#include "runtime/estimate/query.h"

#include <criterion/criterion.h>
#include <string.h>

/** A query as `table alias | where | kind name=expression, …`. */
static const char *
shown(const EstimateQuery *query, Arena *arena)
{
    static const char *const kinds[] = {[ESTIMATE_GROUP] = "by",
                                        [ESTIMATE_COUNT] = "count",
                                        [ESTIMATE_SUM] = "sum",
                                        [ESTIMATE_AVG] = "avg"};
    Str text = {0};
    str_append_format(&text, "%s %s | %s |", query->table,
                      query->alias != NULL ? query->alias : "-",
                      query->where != NULL ? query->where : "-");
    for (size_t i = 0; i < query->items.n; i++) {
        const EstimateItem *item = &query->items.items[i];
        str_append_format(&text, "%s %s %s=%s", i > 0 ? "," : "", kinds[item->kind], item->name,
                          item->expression != NULL ? item->expression : "*");
    }
    return str_take_in(&text, arena);
}

Test(query, reads_the_form_that_it_understands)
{
    static const struct {
        const char *sql;
        const char *expected;
    } cases[] = {
        {"select count(*) from t", "t - | - | count count(*)=*"},
        {" SELECT Sum ( a + (b*2) ) FROM s.t ; ", "s.t - | - | sum Sum ( a + (b*2) )=a + (b*2)"},
        {"select \"a,b\", count(x) n from \"S\".\"t\" as q where a='x from y' group by \"a,b\"",
         "\"S\".\"t\" q | a='x from y' | by a,b=\"a,b\", count n=x"},
        {"select extract(year from d) as y, avg(z) from t group by 1",
         "t - | - | by y=extract(year from d), avg avg(z)=z"},
        {"select a||'--'||e'\\'', sum(x) from t where (b in (1,2)) group by A||'--'||e'\\''",
         "t - | (b in (1,2)) | by a||'--'||e'\\''=a||'--'||e'\\'', sum sum(x)=x"},
        {"select coalesce(sum_of, 0) g, sum(x) from t group by 1",
         "t - | - | by g=coalesce(sum_of, 0), sum sum(x)=x"},
        {"select case when a then (b) end, t.\"c\", sum(x) from t group by 1, c",
         "t - | - | by case when a then (b) end=case when a then (b) end, by c=t.\"c\", sum sum(x)=x"},
        {"select a as g, sum(x) from t group by g", "t - | - | by g=a, sum sum(x)=x"},
        {"select -- one\n a, -- two\n sum(x) from t -- three\n group by a -- four",
         "t - | - | by a=a, sum sum(x)=x"},
        {"select sum(case when a then 1 else 0 end) from t",
         "t - | - | sum sum(case when a then 1 else 0 end)=case when a then 1 else 0 end"},
    };
    CLEANUP(arena_freep) Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        EstimateQuery query;
        Error error = {0};
        int status = estimate_query_read(cases[i].sql, arena, &query, &error);
        cr_expect_eq(status, 0, "%s: %s", cases[i].sql, status < 0 ? error.message : "");
        const char *found = status < 0 ? "" : shown(&query, arena);
        cr_expect_str_eq(found, cases[i].expected, "%s: %s", cases[i].sql, found);
        error_deinit(&error);
    }
}

Test(query, refuses_the_rest)
{
    static const struct {
        const char *sql;
        const char *says;
    } cases[] = {
        {"", "`select`"},
        {"delete from t", "`select`"},
        {"select", "`from`"},
        {"select from t", "empty column"},
        {"select count(*)", "`from`"},
        {"select count(*) from", "name of a table"},
        {"select count(*) from (select 1)", "`select`"},
        {"select count(*) from t u v", "one table"},
        {"select count(*) from t, u", "one table"},
        {"select count(*) from t join u on true", "`join`"},
        {"select count(*) from t order by 1", "`order`"},
        {"select count(*) from t limit 1", "`limit`"},
        {"select count(*) from t group a", "`by`"},
        {"select count(*) from t where", "without a condition"},
        {"select a from t group by a", "nothing to estimate"},
        {"select a, count(*) from t", "the column `a`"},
        {"select a, count(*) from t group by b", "`group by b`"},
        {"select a, count(*) from t group by 2", "`group by 2`"},
        {"select sum(a) / 2 from t", "sum(…) there"},
        {"select sum(a) + sum(b) from t", "sum(…) there"},
        {"select sum(sum(a)) from t", "sum(…) there"},
        {"select sum(*) from t", "`sum(*)`"},
        {"select sum() from t", "`sum()`"},
        {"select sum(a, b) from t", "one argument"},
        {"select sum(distinct a) from t", "`distinct`"},
        {"select sum(a) filter (where b) from t", "`filter`"},
        {"select count(*) over () from t", "`over`"},
        {"select count(*) from t; drop table t", "`;`"},
        {"select count(*) from t where a = $1", "`$`"},
        {"select count(*) from t where a /* b */", "`/`"},
        {"select count(*) from t where a = 'x", "quote"},
        {"select count(*) from t where a = \"x", "quote"},
        {"select count(*) from t where (a", "bracket"},
        {"select count(*) from t where a) or (b", "`)`"},
    };
    CLEANUP(arena_freep) Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        EstimateQuery query;
        Error error = {0};
        int status = estimate_query_read(cases[i].sql, arena, &query, &error);
        cr_expect_lt(status, 0, "%s", cases[i].sql);
        cr_expect(status < 0 && strstr(error.message, cases[i].says) != NULL, "%s: %s",
                  cases[i].sql, status < 0 ? error.message : "taken");
        error_deinit(&error);
    }
}

/** Whatever it gets, it ends, and reads nothing behind the end. */
Test(query, ends_with_every_beginning)
{
    static const char sql[] =
        "select \"a\"\"b\" as c, sum(e'\\'x' || (d)) s, count(*) from s.t as u "
        "where a = 'it''s' -- x\n group by c;";
    CLEANUP(arena_freep) Arena *arena = arena_new();
    for (size_t n = 0; n < sizeof(sql); n++) {
        EstimateQuery query;
        Error error = {0};
        int status = estimate_query_read(arena_strndup(arena, sql, n), arena, &query, &error);
        cr_expect(n < sizeof(sql) - 2 || status == 0, "%zu", n);
        error_deinit(&error);
    }
}

Test(query, is_read_out_of_words_as_well)
{
    static const char *const sums[] = {"a, b*2"};
    static const char *const by[] = {"c", "upper(d)"};
    static const char *const bad[] = {"a) from t; --", "a,,b", "max(a)", "", "select"};
    CLEANUP(arena_freep) Arena *arena = arena_new();
    EstimateQuery query;
    Error error = {0};
    EstimateWords words = {
        .table = "s.t", .sums = sums, .n_sums = 1, .by = by, .n_by = 2, .where = "a > 0"};
    cr_assert_eq(estimate_query_of_words(&words, arena, &query, &error), 0);
    cr_expect_str_eq(
        shown(&query, arena),
        "s.t - | a > 0 | by c=c, by upper(d)=upper(d), sum sum(a)=a, sum sum(b*2)=b*2");
    words = (EstimateWords){.table = "t"};
    cr_assert_eq(estimate_query_of_words(&words, arena, &query, &error), 0);
    cr_expect_str_eq(shown(&query, arena), "t - | - | count count(*)=*");
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        words = (EstimateWords){.table = "t", .sums = &bad[i], .n_sums = 1};
        cr_expect_lt(estimate_query_of_words(&words, arena, &query, &error), 0, "%s", bad[i]);
        error_clear(&error);
    }
    error_deinit(&error);
}

Test(query, tells_sql_from_a_name)
{
    cr_expect(estimate_is_sql("  -- x\n SELECT 1"));
    cr_expect(!estimate_is_sql("select.orders"));
    cr_expect(!estimate_is_sql("selected"));
    cr_expect(!estimate_is_sql("clean.orders"));
}
