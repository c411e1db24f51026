#include "facts_text.h"

#include <stdlib.h>

typedef char *(*Render)(Arena *arena, const char *sql, const SqlFacts *facts);

/** P: PostgreSQL, D: DuckDB. */
typedef struct Case Case;
struct Case {
    const char *engines;
    const char *sql;
    const char *expected;
};

static void
check(const Case *cases, size_t n_cases, Render render)
{
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    CLEANUP(arena_freep) Arena *arena = arena_new();
    for (size_t i = 0; i < n_cases; i++) {
        for (const char *engine = cases[i].engines; *engine; engine++) {
            SqlDialect dialect = *engine == 'P' ? SQL_POSTGRES : SQL_DUCKDB;
            const SqlFacts *facts = must_analyze(analyzer, arena, cases[i].sql, dialect);
            const char *found = render(arena, cases[i].sql, facts);
            cr_expect_str_eq(found, cases[i].expected, "%s (%c)\n  found:    %s\n  expected: %s",
                             cases[i].sql, *engine, found, cases[i].expected);
        }
    }
}

Test(facts, functions)
{
    static const Case cases[] = {
        {"PD", "select 1", ""},
        {"PD", "select random()", "random"},
        {"PD", "select Upper(x), count(*), max(y) from t", "upper, count, max"},
        {"PD", "select f(g(h(1)))", "f, g, h"},
        {"PD", "select s.f(1), a . b . g(2)", "s.f, b.g[a . b . g]"},
        {"PD", "select \"F\"(1)", "F[\"F\"]"},
        {"PD", "select 'ö', random(), now() from t where x > random()", "random, now, random"},
        {"PD", "select current_timestamp, localtimestamp, x from t",
         "current_timestamp, localtimestamp"},
        {"P",
         "select current_timestamp(3), current_time, localtime, user, session_user, current_user",
         "current_timestamp, current_time, localtime, user, session_user, current_user"},
        {"PD", "select sum(x) over (order by random()) from t", "sum, random"},
        {"PD", "with a as (select now() x) select * from a where y = (select max(x) from a)",
         "now, max"},
        {"PD", "select * from generate_series(1, length('x')) g", "generate_series, length"},
        {"PD", "select x from t order by random() limit length('abc')", "random, length"},
        {"P", "select extract(year from x), a at time zone 'utc', position('a' in 'b') from t",
         "extract, timezone[at], position"},
        {"P", "select 'now'::timestamp, timestamptz 'NOW', 'now'::text, 'then'::date",
         "now['now'], now['NOW']"},
        {"D", "select user, current_user from t", "current_user"},
        {"D", "from t select random(), current_timestamp, x", "random, current_timestamp"},
        {"D", "select \"current_timestamp\", t.current_timestamp, y.localtime from t group by all",
         ""},
        {"D", "from t select sum(x), row_number() over (order by now())", "sum, row_number, now"},
        {"D", "select [1], {'a': f(2)}, x.lower(), count(*) from t group by all",
         "f, x.lower, count_star[count]"},
        {"D",
         "select sum(x) over w, max(y) over w from t window w as (order by random()) qualify true",
         "sum, max, random"},
        {"D", "select array(from t), x + y, not x, -x, x is null, x between 1 and 2", ""},
        {"D", "from read_csv('x.csv'), s.f(1) select f(list_transform([1], x -> g(x)))",
         "read_csv, s.f, f, list_transform, g"},
    };
    check(cases, ARRAY_LENGTH(cases), functions_text);
}

Test(facts, qualifiers)
{
    static const Case cases[] = {
        {"PD", "select orders.x, o.y from raw.orders, raw.o", ""},
        {"PD", "select raw.orders.x from raw.orders", "[raw.]orders>0"},
        {"PD", "select Raw . Orders.x from raw.orders where RAW.orders.y > 1",
         "[Raw . ]orders[Orders]>0, [RAW.]orders>0"},
        {"P", "select raw.orders.* from raw.orders", "[raw.]orders>0"},
        {"PD", "select c.raw.orders.x from c.raw.orders", "[c.raw.]orders>0"},
        {"PD", "select b.t.x, a.t.x from a.t, b.t", "[b.]t>1, [a.]t>0"},
        {"PD", "select (select a.t.x from b.t) from a.t", "[a.]t>1"},
        {"PD", "select 1 from a.t where exists (select 1 from a.t as u where a.t.x = u.x)",
         "[a.]t>0"},
        {"PD", "select 1 from a.t where exists (select 1 from a.t where a.t.x = 1)", "[a.]t>1"},
        {"P", "select a.t.x from a.t as u", "[a.]t>none"},
        {"D", "select a.t.x from a.t as u", ""},
        {"PD", "select clean.orders.x from orders", "[clean.]orders>0"},
        {"PD", "select b.t.x from t, b.t", "[b.]t>1"},
        {"PD", "select b.t.x from b.t, t", "[b.]t>0"},
        {"P", "select a.b.c", "[a.]b>none"},
        {"D", "select a.b.c, d.e.f.g.h from a", ""},
        {"D", "select s.t.field.inner_ from s.t", "[s.]t>0"},
        {"D", "from s.t select s.t.x, s.t.x.y", "[s.]t>0, [s.]t>0"},
        {"D", "from s.t select list_transform(l, x -> x.y.z), memory.s.t.a", "[memory.s.]t>0"},
        {"PD", "with t as (select 1) select s.t.x from t, s.t", "[s.]t>0"},
        {"PD", "select * from s.t join s.u on s.t.x = s.u.x order by s.t.y",
         "[s.]t>0, [s.]u>1, [s.]t>0"},
        {"PD", "select sum(s.t.x) over (order by s.t.y) from s.t", "[s.]t>0, [s.]t>0"},
        {"PD", "select \"S\".\"T\".x from \"S\".\"T\"", "[\"S\".]T[\"T\"]>0"},
        {"PD", "select s.f.x from s.f(1), s.f", "[s.]f>1"},
        {"PD", "select s.t.x from (select s.t.x from s.t) q, s.t", "[s.]t>1, [s.]t>0"},
    };
    check(cases, ARRAY_LENGTH(cases), qualifiers_text);
}

Test(facts, outputs)
{
    static const Case cases[] = {
        {"PD", "select 1", "?[1]"},
        {"PD", "select a, b.c, d.e.f, 1 as g, h + 1 i, *, t.* from t",
         "a=a[a], c=b.c[b.c], f=e.f[d.e.f], g[1 as g], i[h + 1 i], *[*], *=t.[t.*]"},
        {"PD", "select A as \"B\", \"C\", D as E from t",
         "B=a[A as \"B\"], C=C[\"C\"], e=d[D as E]"},
        {"PD", "select distinct on (a, b) a x, (b), c from t", "x=a[a x], b=b[(b)], c=c[c]"},
        {"PD", "select all a, f(b, c) as d, (select x, y from z) from t",
         "a=a[a], d[f(b, c) as d], ?[(select x, y from z)]"},
        {"PD", "select a is distinct from b as c, count(*) filter (where x) d from t",
         "c[a is distinct from b as c], d[count(*) filter (where x) d]"},
        {"PD", "select percentile_cont(0.5) within group (order by x) as m, n from t",
         "m[percentile_cont(0.5) within group (order by x) as m], n=n[n]"},
        {"PD", "select a as \"from\", b as \"select\" from t",
         "from=a[a as \"from\"], select=b[b as \"select\"]"},
        {"P", "select a as from, b as order from t", "from=a[a as from], order=b[b as order]"},
        {"PD", "with x as (select q from r) select a, b from x", "a=a[a], b=b[b]"},
        {"PD", "select a from t union select b from u", "a=a[a]"},
        {"PD", "(select a x from t union select b from u) union all select c from v", "x=a[a x]"},
        {"PD", "values (1, 2), (3, 4)", "?, ?"},
        {"PD", "select 'äö' as ü, (values (1, 2)) from t", "ü['äö' as ü], ?[(values (1, 2))]"},
        {"PD", "table t", "*"},
        {"PD", "select a -- first\n, b /* second */ from t", "a=a[a], b=b[b]"},
        {"P", "select user, current_date as d from t", "?[user], d[current_date as d]"},
        {"D", "select user, 1 from t", "user=user[user], ?[1]"},
        {"D", "from t", "*"},
        {"D", "from t select a, b + 1 as c", "a=a[a], c[b + 1 as c]"},
        {"D", "select x: a, y: b + 1, from t", "x=a[x: a], y[y: b + 1]"},
        {"D", "select distinct on (q) (a + b) * c as d, e from t group by all",
         "d[(a + b) * c as d], e=e[e]"},
        {"D", "select * exclude (a, b), t.*, columns('x') from t",
         "*[* exclude (a, b)], *=t.[t.*], *[columns('x')]"},
        {"D", "select [a, b] as l, {'x': c, 'y': d} s, e from t",
         "l[[a, b] as l], s[{'x': c, 'y': d} s], e=e[e]"},
        {"D", "select A as \"Bb\", Cc as Dd, Ee, \"Ff\" from t group by all",
         "Bb=a[A as \"Bb\"], dd=cc[Cc as Dd], ee=ee[Ee], Ff=Ff[\"Ff\"]"},
        {"D", "(from t select a) union all by name from u", "a=a[a]"},
        {"D", "from (values (1)) v", "*"},
        {"D", "with x as (from y) values (1, [2]), (3, 4)", "?, ?"},
    };
    check(cases, ARRAY_LENGTH(cases), outputs_text);
}

Test(facts, statement)
{
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    CLEANUP(arena_freep) Arena *arena = arena_new();
    cr_expect_eq(must_analyze(analyzer, arena, "values (1)", SQL_POSTGRES)->statement,
                 SQL_STATEMENT_VALUES);
    cr_expect_eq(must_analyze(analyzer, arena, "values ([1])", SQL_DUCKDB)->statement,
                 SQL_STATEMENT_VALUES);
    cr_expect_eq(must_analyze(analyzer, arena, "table t", SQL_POSTGRES)->statement,
                 SQL_STATEMENT_SELECT);
    cr_expect_eq(
        must_analyze(analyzer, arena, "select * from (values (1)) t", SQL_DUCKDB)->statement,
        SQL_STATEMENT_SELECT);
    cr_expect_eq(must_analyze(analyzer, arena, "from (values (1)) t", SQL_DUCKDB)->statement,
                 SQL_STATEMENT_SELECT);
}

Test(facts, current_date)
{
    static const struct {
        const char *engines;
        const char *sql;
        bool expected;
    } cases[] = {
        {"PD", "select 1", false},
        {"PD", "select current_date", true},
        {"PD", "select x from t where d > Current_Date - 7", true},
        {"PD", "select \"current_date\" from t", false},
        {"PD", "select t.current_date from t", false},
        {"PD", "select 'current_date' -- current_date", false},
        {"PD", "select now()", false},
        {"PD", "select today()", true},
        {"PD", "select 'today'::date", true},
        {"PD", "select date 'yesterday', cast('now' as date)", true},
        {"PD", "select 'today'", false},
        {"PD", "select age(x) from t", true},
        {"PD", "select age(x, y) from t", false},
        {"D", "from t where d > current_date", true},
        {"D", "from t where d > current_date()", true},
        {"D", "from t where d > \"current_date\"", false},
        {"D", "from t select age(x)", true},
        {"D", "from t select age(x, y)", false},
    };
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    CLEANUP(arena_freep) Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        for (const char *engine = cases[i].engines; *engine; engine++) {
            const SqlFacts *facts = must_analyze(analyzer, arena, cases[i].sql,
                                                 *engine == 'P' ? SQL_POSTGRES : SQL_DUCKDB);
            cr_expect_eq(facts->uses_current_date, cases[i].expected, "%s (%c)", cases[i].sql,
                         *engine);
        }
    }
}

Test(facts, scopes)
{
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *sql = "select (select 1 from b) from a, (select 1 from c) x";
    const SqlFacts *facts = must_analyze(analyzer, arena, sql, SQL_POSTGRES);
    cr_assert_eq(facts->n_relations, 3);
    cr_assert_eq(facts->n_scopes, 3);
    cr_expect_str_eq(facts->relations[1].name, "a");
    cr_expect_eq(facts->relations[1].scope, 0);
    cr_expect_eq(facts->scopes[0].parent, SQL_NONE);
    cr_expect_eq(facts->scopes[facts->relations[0].scope].parent, 0);
    cr_expect_eq(facts->scopes[facts->relations[2].scope].parent, 0);
    cr_expect_neq(facts->relations[0].scope, facts->relations[2].scope);
}

/** The facts must not point into the text, and the text need not end with a NUL. */
Test(facts, own_their_texts)
{
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    CLEANUP(arena_freep) Arena *arena = arena_new();
    static const char sql[] = "select raw.orders.x y from raw.orders where f(x)";
    size_t length = sizeof(sql) - 1;
    char *copy = malloc(length);
    cr_assert(copy);
    memcpy(copy, sql, length);
    SqlFacts *facts = NULL;
    SqlProblem problem = {0};
    cr_assert_eq(sql_analyze(analyzer, copy, length, SQL_POSTGRES, arena, &facts, &problem), 0);
    memset(copy, '#', length);
    free(copy);
    cr_expect_str_eq(relations_text(arena, sql, facts), "raw.orders");
    cr_expect_str_eq(functions_text(arena, sql, facts), "f");
    cr_expect_str_eq(outputs_text(arena, sql, facts), "y=orders.x[raw.orders.x y]");
}

Test(facts, of_very_large_queries)
{
    enum { N = 10000 };
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    CLEANUP(arena_freep) Arena *arena = arena_new();
    Str sql = {0};
    str_append(&sql, "select ");
    for (int i = 0; i < N; i++) {
        str_append_format(&sql, "%sraw.t.column_%d + %d as c%d", i ? ", " : "", i, i, i);
    }
    str_append(&sql, ", ");
    for (int i = 0; i < N; i++) {
        str_append_format(&sql, "%scoalesce(c%d, '')", i ? " || " : "", i);
    }
    str_append(&sql, " from raw.t");
    for (int i = 0; i < N; i++) {
        str_append_format(&sql, ", a%d", i);
    }
    str_append_repeat(&sql, ' ', 1000 * 1000);
    for (SqlDialect dialect = SQL_POSTGRES; dialect <= SQL_DUCKDB; dialect++) {
        const SqlFacts *facts = must_analyze(analyzer, arena, str_text(&sql), dialect);
        cr_expect_eq(facts->n_outputs, N + 1);
        cr_expect_eq(facts->n_relations, N + 1);
        cr_expect_eq(facts->n_qualifiers, N);
        cr_expect_str_eq(facts->outputs[N - 1].name, "c9999");
        cr_expect_eq(facts->qualifiers[N - 1].relation, 0);
        cr_expect_str_eq(facts->relations[N].name, "a9999");
    }
    str_deinit(&sql);
}

Test(facts, of_large_queries_read_by_duckdb)
{
    enum { N = 10000 };
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    CLEANUP(arena_freep) Arena *arena = arena_new();
    Str sql = {0};
    str_append(&sql, "from raw.t select ");
    for (int i = 0; i < N; i++) {
        str_append_format(&sql, "%scolumn_%d + %d as c%d", i ? ", " : "", i, i, i);
    }
    const SqlFacts *facts = must_analyze(analyzer, arena, str_text(&sql), SQL_DUCKDB);
    cr_expect(facts->read_by_duckdb);
    cr_expect_eq(facts->n_outputs, N);
    cr_expect_str_eq(relations_text(arena, str_text(&sql), facts), "raw.t");
    str_deinit(&sql);
}

/** DuckDB copies materialized CTEs into each other: 300 of them would take 16 GB. */
Test(facts, of_many_materialized_ctes)
{
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    CLEANUP(arena_freep) Arena *arena = arena_new();
    Str sql = {0};
    for (int i = 0; i < 300; i++) {
        str_append_format(&sql, "%s a%d as materialized (from t%d)", i ? "," : "with", i, i);
    }
    str_append(&sql, " from a1");
    const SqlFacts *facts = must_analyze(analyzer, arena, str_text(&sql), SQL_DUCKDB);
    cr_expect_eq(facts->n_relations, 300);
    str_deinit(&sql);
}

/** Where libduckdb is missing, that is the problem; what libpg_query reads is read all the same. */
Test(facts, without_libduckdb)
{
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    CLEANUP(arena_freep) Arena *arena = arena_new();
    SqlFacts *facts = NULL;
    SqlProblem problem = {0};
    cr_assert_eq(setenv("PDC_DUCKDB_LIB", "/nonexistent/libduckdb.so", 1), 0);
    must_analyze(analyzer, arena, "select * from t", SQL_DUCKDB);
    for (int round = 0; round < 2; round++) {
        cr_assert_eq(sql_analyze(analyzer, "from t", 6, SQL_DUCKDB, arena, &facts, &problem), -1);
        cr_expect(strstr(problem.message, "syntax error at or near \"from\""), "%s",
                  problem.message);
        cr_expect(strstr(problem.message, "libduckdb"), "%s", problem.message);
        cr_expect(strstr(problem.hint, "PDC_DUCKDB_LIB"), "%s", problem.hint);
        cr_expect_eq(problem.place.end, 4);
    }
    const char *sql = "select * from t semi join u using (x)";
    cr_assert_eq(sql_analyze(analyzer, sql, strlen(sql), SQL_DUCKDB, arena, &facts, &problem), -1);
    cr_expect(strstr(problem.message, "libduckdb"), "%s", problem.message);
}
