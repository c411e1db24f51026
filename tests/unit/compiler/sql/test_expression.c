#include "facts_text.h"

typedef struct Case Case;
struct Case {
    const char *engines;
    const char *sql;
    const char *expected;
};

static int
analyze(SqlAnalyzer *analyzer, Arena *arena, const char *sql, char engine, SqlFacts **facts,
        SqlProblem *problem)
{
    return sql_analyze_expression(analyzer, sql, strlen(sql),
                                  engine == 'P' ? SQL_POSTGRES : SQL_DUCKDB, arena, facts, problem);
}

/** Relations, functions and qualifiers. */
Test(expression, taken)
{
    static const Case cases[] = {
        {"PD", "x > 0", "; ; "},
        {"PD", "amount >= 0 and status in ('a', 'b')", "; ; "},
        {"PD", "x > (select max(y) from raw.t)", "raw.t; max; "},
        {"PD", "exists (select 1 from t where t.a = x) -- comment", "t; ; "},
        {"PD", "(select 1)", "; ; "},
        {"PD", "f(a, b) > length('äö,)') /* ) */", "; f, length; "},
        {"PD", "x in (with c as (select y from d) select * from c)", "d; ; "},
        {"P", "raw.t.x in (select raw.t.y from raw.t)", "raw.t; ; [raw.]t>none, [raw.]t>0"},
        {"D", "raw.t.x in (select raw.t.y from raw.t)", "raw.t; ; [raw.]t>0"},
        {"PD", "values > 3", "; ; "},
        {"PD", "\"select\" is null", "; ; "},
        {"PD", "case when a then b else c end", "; ; "},
        {"PD", "random() < 0.5", "; random; "},
        {"D", "x in [1, 2]", "; contains[in]; "},
        {"D", "len(list_filter(l, x -> x > random())) > {'a': 1}.a",
         "; len, list_filter, random; "},
        {"D", "x > (from t select max(y))", "t; max; "},
    };
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    CLEANUP(arena_freep) Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const char *sql = cases[i].sql;
        for (const char *engine = cases[i].engines; *engine; engine++) {
            SqlFacts *facts = NULL;
            SqlProblem problem = {0};
            cr_assert_eq(analyze(analyzer, arena, sql, *engine, &facts, &problem), 0, "%s (%c): %s",
                         sql, *engine, problem.message);
            const char *found =
                arena_printf(arena, "%s; %s; %s", relations_text(arena, sql, facts),
                             functions_text(arena, sql, facts), qualifiers_text(arena, sql, facts));
            cr_expect_str_eq(found, cases[i].expected, "%s (%c)\n  found:    %s\n  expected: %s",
                             sql, *engine, found, cases[i].expected);
            cr_expect_eq(facts->n_outputs, 0);
        }
    }
}

Test(expression, refused)
{
    static const Case cases[] = {
        {"PD", "", ": an expression is missing"},
        {"PD", " -- x", " -- x: an expression is missing"},
        {"PD", "x > 0); drop table t; select (1",
         "drop table t; select (1: only one query can stand here"},
        {"PD", "x > 0) union (select 1", "): this bracket has no other half"},
        {"PD", "(x > 0", "(: this bracket has no other half"},
        {"PD", "x > 0)", "): this bracket has no other half"},
        {"PD", "x > (0]", "(: this bracket has no other half"},
        {"PD", "a, b", ",: only one expression can stand here"},
        {"PD", "f(a, b), c", ",: only one expression can stand here"},
        {"PD", "select 1", "select 1: a query as an expression stands in brackets"},
        {"PD", "select 1 union select 2",
         "select 1 union select 2: a query as an expression stands in brackets"},
        {"PD", "with a as (select 1) select 2",
         "with a as (select 1) select 2: a query as an expression stands in brackets"},
        {"PD", "values (1)", "values (1): a query as an expression stands in brackets"},
        {"D", "from t", "from t: a query as an expression stands in brackets"},
        {"PD", "x union select 1", "union: syntax error at or near \"union\""},
        {"PD", "x order by y", "order: syntax error at or near \"order\""},
        {"PD", "x limit 1", "limit: syntax error at or near \"limit\""},
        {"PD", "x from t", "from: syntax error at or near \"from\""},
        {"PD", "x as y", "as: syntax error at or near \"as\""},
        {"PD", "x y", "y: syntax error at or near \"y\""},
        {"PD", "x +", ": the expression ends too early"},
        {"PD", "ä + -- x", ": the expression ends too early"},
        {"PD", "ä = 'ü' = = z", "=: syntax error at or near \"=\""},
        {"PD", "x > $1", "$1: a query has no parameters"},
        {"PD", "x > 'abc", "'abc: this string has no end"},
        {"PD", "x /* abc", "/* abc: this comment has no end"},
        {"D", "x > ?", "x > ?: a query has no parameters (`?`, `$name`)"},
        {"P", "*", "*: syntax error at or near \"*\""},
        {"D", "*", "*: only one expression can stand here"},
        {"D", "* exclude (a)", "* exclude (a): only one expression can stand here"},
        {"PD", "(select x into y from z)", "y: a query can't make a table with `select into`"},
        {"PD", "x in (select 1 from t for update)", "for update: a query can't lock rows"},
    };
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    CLEANUP(arena_freep) Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const char *sql = cases[i].sql;
        for (const char *engine = cases[i].engines; *engine; engine++) {
            SqlFacts *facts = NULL;
            SqlProblem problem = {0};
            cr_expect_eq(analyze(analyzer, arena, sql, *engine, &facts, &problem), -1,
                         "not refused (%c): %s", *engine, sql);
            if (problem.message) {
                const char *found = problem_text(arena, sql, &problem);
                cr_expect_str_eq(found, cases[i].expected,
                                 "%s (%c)\n  found:    %s\n  expected: %s", sql, *engine, found,
                                 cases[i].expected);
            }
        }
    }
}
