/* Queries that are large, deep or nonsense: an answer or none, in bounded time and memory. */
#include "lineage_text.h"
#include "runtime/base/macros.h"

static const TestTable tables[] = {{"t", "a b c d"}, {NULL, NULL}};

/** `before` n times, `middle`, `after` n times. */
static char *
nest(Arena *arena, const char *before, const char *middle, const char *after, size_t n)
{
    Str out = {0};
    for (size_t i = 0; i < n; i++) {
        str_append(&out, before);
    }
    str_append(&out, middle);
    for (size_t i = 0; i < n; i++) {
        str_append(&out, after);
    }
    return str_take_in(&out, arena);
}

static void
check(const char *sql, SqlDialect dialect, const char *expected)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    LineageFacts *facts = must_trace(analyzer, arena, tables, sql, dialect);
    char *found = lineage_text(arena, facts, "; ");
    cr_expect_str_eq(found, expected, "%.80s …\n  expected %.200s\n  found    %.200s", sql,
                     expected, found);
}

Test(hostile, deep)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    char *sql = nest(arena, "select a from (", "select a from t", ") as q", 100);
    check(sql, SQL_POSTGRES, "a: =t.a |");
    sql = nest(arena, "select a from (", "select a from t", ") as q", 1000);
    check(sql, SQL_POSTGRES, "*: =t.*? ~t.*? | t.*?");
    sql = nest(arena, "select a from (", "from t", ") as q group by all", 400);
    check(sql, SQL_DUCKDB, "*: =t.*? ~t.*? | t.*?");
    sql = nest(arena, "a + (", "b", ")", 1000);
    check(arena_printf(arena, "select %s as s from t", sql), SQL_POSTGRES, "s: ~t.a ~t.b |");
    sql = nest(arena, "", "a", " + b", 20000);
    check(arena_printf(arena, "select %s as s from t", sql), SQL_POSTGRES, "s: ~t.a ~t.b |");
}

Test(hostile, long_lists)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    char *sql = nest(arena, "", "select a from t", " union all select b from t", 3000);
    check(sql, SQL_DUCKDB, "a: =t.a =t.b |");
    sql = nest(arena, "", "select 1 from t", " cross join t", 2000);
    check(sql, SQL_POSTGRES, "*: =t.*? ~t.*? | t.*?");
    sql = nest(arena, "", "select t.a from t", ", t as u", 2000);
    check(sql, SQL_POSTGRES, "a: =t.a |");
}

Test(hostile, wide)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    Str sql = {0};
    str_append(&sql, "with q as (select ");
    for (int i = 0; i < 10000; i++) {
        str_append_format(&sql, "%sa + %d as x%d", i > 0 ? ", " : "", i, i);
    }
    str_append(&sql, " from t) select ");
    for (int i = 0; i < 10000; i++) {
        str_append_format(&sql, "%sx%d", i > 0 ? ", " : "", i);
    }
    str_append(&sql, " from q");
    LineageFacts *facts = must_trace(analyzer, arena, tables, str_text(&sql), SQL_POSTGRES);
    cr_assert_eq(facts->n_outputs, 10000);
    cr_expect_str_eq(facts->outputs[9999].name, "x9999");
    cr_expect_eq(facts->outputs[9999].sources.n, 1);
    str_deinit(&sql);
}

/** Each CTE is as wide as two of those before it: past the bound, and then it ends. */
Test(hostile, doubling)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    Str sql = {0};
    str_append(&sql, "with c0 as (select * from t)");
    for (int i = 1; i < 40; i++) {
        str_append_format(&sql, ", c%d as (select x.*, y.* from c%d x, c%d y)", i, i - 1, i - 1);
    }
    str_append(&sql, " select * from c39");
    check(str_take_in(&sql, arena), SQL_POSTGRES, "*: =t.*? ~t.*? | t.*?");
}

/** Rounds in rounds. */
Test(hostile, recursive)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    char *sql =
        nest(arena, "with recursive r(a, b) as (select a, b from t union all select b, a from (",
             "select a, b from t", ") as q join r using (a)) select a, b from r", 40);
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    LineageFacts *facts = must_trace(analyzer, arena, tables, sql, SQL_POSTGRES);
    cr_expect(facts->n_outputs > 0);
}

/** What no engine would run is answered somehow. */
Test(hostile, nonsense)
{
    static const char *const queries[] = {
        "select",
        "select * from (values (1), (2, 3)) as q(a, b, c)",
        "select 99 from t order by 99 limit 1",
        "with recursive r as (select * from r union all select * from r) select * from r",
        "with recursive a as (select * from b), b as (select * from a) select * from b",
        "select t.* from u",
        "select a.b.c.d.e.f from t",
        "select sum(a) over w from t window w as (w)",
        "with q as (select 1) select * from q as q(a, b, c), q as r",
        "select 1 from t join t using (zzz) natural join u",
        "select a from t group by 7 order by 1 limit 1",
        "with q(a) as (values (1)) select * from q where a = (select a from q where q.a = q.a)",
    };
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    for (size_t i = 0; i < ARRAY_LENGTH(queries); i++) {
        for (int dialect = 0; dialect < 2; dialect++) {
            CLEANUP(arena_freep) Arena *arena = arena_new();
            TestSchema schema = {tables, arena};
            LineageQuestion question = {.text = queries[i],
                                        .length = strlen(queries[i]),
                                        .dialect = dialect == 0 ? SQL_POSTGRES : SQL_DUCKDB,
                                        .lookup = lookup_test_table,
                                        .user = &schema};
            LineageFacts *facts = NULL;
            SqlProblem problem = {0};
            int status = lineage_of_query(analyzer, &question, arena, &facts, &problem);
            cr_expect(status == 0 ? facts != NULL : problem.message != NULL, "%s", queries[i]);
        }
    }
}
