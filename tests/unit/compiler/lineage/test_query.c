/* What queries are made of: one line each, for both engines where both understand it. */
#include "lineage_text.h"
#include "runtime/base/macros.h"

static const TestTable tables[] = {
    {"t", "a b c d"}, {"u", "a e f"}, {"v", "k x y"}, {NULL, NULL}, /* w, x: nobody knows */
};

typedef enum Engine { BOTH, POSTGRES, DUCKDB } Engine;

typedef struct Case Case;
struct Case {
    Engine engine;
    const char *sql;
    const char *expected;
};

static const Case cases[] = {
    /* values */
    {BOTH, "select a, b + c as s, 1 as one from t", "a: =t.a; s: ~t.b ~t.c; one: |"},
    {BOTH, "select t.a x, cast(b as int) as i from t where d > 0", "x: =t.a; i: ~t.b | t.d"},
    {BOTH, "select * from t", "a: =t.a; b: =t.b; c: =t.c; d: =t.d |"},
    {BOTH, "select case when a then b else c end as z from t", "z: ~t.a ~t.b ~t.c |"},
    {BOTH, "select T.A as \"Z\" from T", "Z: =t.a |"},
    {POSTGRES, "select b::int, count(*), coalesce(a, b), a || b from t",
     "b: ~t.b; count:; coalesce: ~t.a ~t.b; _: ~t.a ~t.b |"},
    {BOTH, "values (1, 2), (3, (select max(a) from t))", NULL},
    {BOTH, "select p from (values (1, 2), (3, (select a from t))) as q(o, p)", "p: =t.a |"},
    /* joins */
    {BOTH, "select b, e from t join u on t.a = u.a", "b: =t.b; e: =u.e | t.a u.a"},
    {BOTH, "select * from t join u using (a)",
     "a: =t.a; b: =t.b; c: =t.c; d: =t.d; e: =u.e; f: =u.f | t.a u.a"},
    {BOTH, "select a, u.a as ua from t right join u using (a)", "a: =u.a; ua: =u.a | t.a u.a"},
    {BOTH, "select a from t full join u using (a)", "a: ~t.a ~u.a | t.a u.a"},
    {BOTH, "select a, f from t natural join u", "a: =t.a; f: =u.f | t.a u.a"},
    {BOTH, "select b from t, u where t.a = u.a and f = 1", "b: =t.b | t.a u.a u.f"},
    {POSTGRES, "select j.b from (t join u using (a)) as j", "b: =t.b | t.a u.a"},
    {POSTGRES, "select m.a from t join u using (a) as m", "a: =t.a | t.a u.a"},
    {BOTH, "select l.z from t, lateral (select t.b + u.e as z from u where u.a = t.a) as l",
     "z: ~t.b ~u.e | t.a u.a"},
    {BOTH,
     "select l.z from t left join lateral (select max(e) as z from u where u.a = t.a) as l on true",
     "z: ~u.e | t.a u.a"},
    /* groups, windows */
    {BOTH, "select a, sum(b) as s, count(*) as n from t group by a having max(c) > 1",
     "a: =t.a; s: ~t.b; n: | t.a t.c"},
    {BOTH, "select a as g, sum(b) as s from t group by 1", "g: =t.a; s: ~t.b | t.a"},
    {BOTH, "select a + b as g, count(*) as n from t group by g", "g: ~t.a ~t.b; n: | t.a t.b"},
    {BOTH, "select a, b from t group by grouping sets ((a), (b, c), ())",
     "a: =t.a; b: =t.b | t.a t.b t.c"},
    {BOTH, "select sum(a) filter (where b > 1) as s, string_agg(a, ',' order by c) as l from t",
     "s: ~t.a -t.b; l: ~t.a -t.c |"},
    {BOTH,
     "select row_number() over (partition by a order by b) as r, sum(c) over w as s from t window w as (partition by d)",
     "r: -t.a -t.b; s: ~t.c -t.d |"},
    {POSTGRES, "select sum(c) over (w order by b) as s from t window w as (partition by d)",
     "s: ~t.c -t.b -t.d |"},
    {BOTH, "select percentile_cont(0.5) within group (order by a) as m from t", "m: ~t.a |"},
    {BOTH, "select distinct a, b from t", "a: =t.a; b: =t.b | t.a t.b"},
    {BOTH, "select distinct on (a) b from t order by a, c", "b: =t.b | t.a t.c"},
    {BOTH, "select a from t order by b", "a: =t.a |"},
    {BOTH, "select a from t order by b limit 3", "a: =t.a | t.b"},
    {BOTH, "select a, b as o from t order by o, 1 desc limit 3", "a: =t.a; o: =t.b | t.a t.b"},
    {BOTH, "select a from t limit (select max(x) from v)", "a: =t.a | v.x"},
    {BOTH, "select a from (select a, b from t order by b) as q", "a: =t.a | t.b"},
    /* subqueries */
    {BOTH, "select a from (select a, b from t) as q where b = 1", "a: =t.a | t.b"},
    {BOTH, "select a from t where exists (select f from u where u.e = t.b)", "a: =t.a | t.b u.e"},
    {BOTH, "select a from t where b in (select e from u where f = c)", "a: =t.a | t.b t.c u.e u.f"},
    {BOTH, "select (select e from u where u.a = t.a) as z, b from t",
     "z: =u.e -t.a -u.a; b: =t.b |"},
    {BOTH, "select a, (select count(*) from u where u.e > t.b) + c as n from t",
     "a: =t.a; n: ~t.c -t.b -u.e |"},
    {BOTH,
     "select a from t where b = (select max(e) from u where u.a = (select min(k) from v where x = t.c))",
     "a: =t.a | t.b t.c u.a u.e v.k v.x"},
    {BOTH, "select e from u where a in (select a from t where b = f)", "e: =u.e | t.a t.b u.a u.f"},
    {BOTH, "select q.n from (select count(*) as n, a from t group by a) as q", "n: | t.a"},
    /* CTEs */
    {BOTH, "with q as (select a, b as z from t where c = 1) select z from q", "z: =t.b | t.c"},
    {BOTH, "with q(m, n) as (select a, b from t) select n, m + 1 as p from q",
     "n: =t.b; p: ~t.a |"},
    {BOTH, "with q as (select a from t), r as (select a + 1 as i from q) select i from r",
     "i: ~t.a |"},
    {BOTH, "with t as (select a as b from t) select b from t", "b: =t.a |"},
    {BOTH, "with q as (select c from t where d = 1) select a from u", "a: =u.a |"},
    {BOTH,
     "with q as (select 1 as a) select (with q as (select b from t) select b from q) as z from q",
     "z: =t.b |"},
    {BOTH,
     "with recursive r(n, m) as (select a, b from t union all select n + 1, m from r where n < 9) select m from r",
     "m: =t.b | t.a"},
    {BOTH,
     "with recursive r as (select k, x from v union select v.k, r.x from v join r on v.y = r.k) select k, x from r",
     "k: =v.k; x: =v.x | v.k v.x v.y"},
    {BOTH,
     "with recursive r(p, q) as (select a, b from t union all select q, p from r where p < 3) select p from r",
     "p: =t.a =t.b | t.a t.b"},
    {POSTGRES, "with recursive r as (select * from s), s as (select a from t) select a from r",
     "a: =t.a |"},
    {POSTGRES,
     "with recursive r as (select k, x from v union all select v.k, r.x from v join r on v.y = r.k) search depth first by k set o select x, o from r",
     "x: =v.x; o: ~v.k | v.k v.y"},
    {DUCKDB,
     "with recursive t as (select a from t union all select a + 1 from t where a < 3) select a from t",
     "a: =t.a ~t.a | t.a"},
    /* set operations */
    {BOTH, "select a, b from t union all select e, f from u where a = 1",
     "a: =t.a =u.e; b: =t.b =u.f | u.a"},
    {BOTH, "select a from t union select e from u", "a: =t.a =u.e | t.a u.e"},
    {BOTH, "select a, b from t except select e, f from u", "a: =t.a; b: =t.b | t.a t.b u.e u.f"},
    {BOTH, "select a from t intersect all select e from u", "a: =t.a | t.a u.e"},
    {BOTH, "select a from t union all (select e from u order by f limit 1) order by 1",
     "a: =t.a =u.e | u.f"},
    {BOTH, "select a from t union all select e from u order by a limit 1",
     "a: =t.a =u.e | t.a u.e"},
    {BOTH, "(select a from t union all select e from u) except select x from v",
     "a: =t.a =u.e | t.a u.e v.x"},
    /* functions in from */
    {BOTH, "select g from generate_series(1, 3) as s(g)", "g: |"},
    {BOTH, "select t.b, n from t, generate_series(1, t.a) as s(n)", "b: =t.b; n: ~t.a | t.a"},
    {BOTH, "select b, unnest(a) as e from t", "b: =t.b; e: ~t.a | t.a"},
    {BOTH, "select q.b from (select b, unnest(a) as e from t) as q", "b: =t.b | t.a"},
    {POSTGRES, "select b, e, o from t, unnest(a) with ordinality as q(e, o)",
     "b: =t.b; e: ~t.a; o: ~t.a | t.a"},
    {POSTGRES, "select f.z, b from t, my_function(c) as f", "z: ~t.c?; b: =t.b | t.c"},
    {POSTGRES, "select a from t tablesample bernoulli (10)", "a: =t.a |"},
    {POSTGRES, "select t, count(u) as n from t, u group by t",
     "t: ~t.a ~t.b ~t.c ~t.d; n: ~u.a ~u.e ~u.f | t.a t.b t.c t.d"},
    {POSTGRES, "select (t.a).f, (t.b).* from t", "_: ~t.a; *: ~t.b |"},
    /* DuckDB's own */
    {DUCKDB, "from t", "a: =t.a; b: =t.b; c: =t.c; d: =t.d |"},
    {DUCKDB, "select * exclude (b, c) replace (a + d as a) from t", "a: ~t.a ~t.d; d: =t.d |"},
    {DUCKDB, "select * rename (a as z) from v join u on k = a", NULL},
    {DUCKDB, "select max(columns(*)) from u", "*: ~u.a ~u.e ~u.f |"},
    {DUCKDB, "select columns('e|f') from u", "*: ~u.a ~u.e ~u.f |"},
    {DUCKDB, "select a, sum(b) as s, c + 1 as g from t group by all",
     "a: =t.a; s: ~t.b; g: ~t.c | t.a t.c"},
    {DUCKDB, "select a, my_sum(b) as s from t group by all", "a: =t.a; s: ~t.b | t.a t.b"},
    {DUCKDB, "select a from t order by all limit 2", "a: =t.a | t.a"},
    {DUCKDB, "select a + 1 as i, i * b as m from t where i > 0", "i: ~t.a; m: ~t.a ~t.b | t.a"},
    {DUCKDB, "select a from t qualify row_number() over (partition by b order by c) = 1",
     "a: =t.a | t.b t.c"},
    {DUCKDB, "select t.b, u.e from t asof join u on t.a = u.a and t.b >= u.f",
     "b: =t.b; e: =u.e | t.a t.b u.a u.f"},
    {DUCKDB, "select * from t semi join u using (a)",
     "a: =t.a; b: =t.b; c: =t.c; d: =t.d | t.a u.a"},
    {DUCKDB, "select b from t anti join u on t.c = u.e", "b: =t.b | t.c u.e"},
    {DUCKDB, "select list_transform(b, lambda c: c + a) as l from t qualify true",
     "l: ~t.a ~t.b |"},
    {DUCKDB, "select list_filter(b, c -> c > d) as l from t", "l: ~t.b ~t.d |"},
    {DUCKDB, "select b -> 'c' as l from t group by all", "l: ~t.b | t.b"},
    {DUCKDB, "select b.c.d as z, t.a.x as y from t group by all", "z: ~t.b; y: ~t.a | t.a t.b"},
    {DUCKDB, "select {'k': a, 'l': [b, c]} as s from t", "s: ~t.a ~t.b ~t.c |"},
    {DUCKDB, "select a, b from t union by name select e as b, f as z from u",
     "a: =t.a; b: =t.b =u.e; z: =u.f | t.a t.b u.e u.f"},
    {DUCKDB, "select a, b from t union all by name select e as b from u",
     "a: =t.a; b: =t.b =u.e |"},
    {DUCKDB, "from (pivot t on b in ('x', 'y') using sum(c) group by a)",
     "*: ~t.a ~t.b ~t.c ~t.d | t.a t.b t.c t.d"},
    {DUCKDB, "select p from (unpivot u on e, f into name n value p)",
     "p: ~u.a? ~u.e? ~u.f? | u.a u.e u.f"},
    {DUCKDB, "select u.e from (from t where b = 1) as q join (from u) as u on q.a = u.a",
     "e: =u.e | t.a t.b u.a"},
    {DUCKDB, "with q as materialized (from t) select a from q group by all", "a: =t.a | t.a"},
    {DUCKDB,
     "with recursive r(n, m) using key (n) as (select a, b from t union all select n + 1, m from r where n < 9) select m from r",
     "m: =t.b | t.a"},
    {DUCKDB, "select r from range(3) as q(r), t group by all", "r: |"},
    {DUCKDB, "select unnest from unnest([1, 2]), u where unnest = f", "unnest: | u.f"},
    {DUCKDB, "select (select e from u where u.a = t.a) as z from t group by all", NULL},
    {DUCKDB, "select a from t where (from u select max(e) where u.f = t.b) = 2",
     "a: =t.a | t.b u.e u.f"},
    {DUCKDB, "from (values (1, 2)) as q(m, n) select n", "n: |"},
    /* columns that nobody knows */
    {BOTH, "select p from w where q = 1", "p: =w.p | w.q"},
    {BOTH, "select * from w", "*: =w.* |"},
    {BOTH, "select w.*, a from w, t", "a: =t.a; *: =w.* |"},
    {BOTH, "select p from w, x", "p: =w.p? =x.p? |"},
    {BOTH, "select a, p from t, w", "a: =t.a; p: =w.p |"},
    {BOTH, "select w.p, x.q from w, x", "p: =w.p; q: =x.q |"},
    {BOTH, "select b from t where exists (select 1 from w where z = a)", "b: =t.b | t.a? w.a? w.z"},
    {BOTH, "select z from (select * from w) as q", "z: =w.z |"},
    {BOTH, "select z from (select *, 1 as y from w) as q", "z: =w.z |"},
    {BOTH, "select y from (select *, a + 1 as y from w) as q", "y: ~w.a |"},
    {BOTH, "select m from w as q(m, n)", "m: =w.*? |"},
    {BOTH, "select * from w join x using (k)", "k: =w.k; *: =w.*; *: =x.* | w.k x.k"},
    {BOTH, "select k from w natural join x", "k: =w.k? =x.k? | w.*? x.*?"},
    {BOTH, "select p, q from (select p, q from w union all select * from x) as z",
     "p: =w.p =x.*?; q: =w.q =x.*? |"},
    {BOTH, "select s.w.p from s.w", "p: =s.w.p |"},
    {BOTH, "select nothing from t", "nothing: ~t.a? ~t.b? ~t.c? ~t.d? |"},
};

static void
check_case(SqlAnalyzer *analyzer, const Case *row, SqlDialect dialect)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    LineageFacts *facts = must_trace(analyzer, arena, tables, row->sql, dialect);
    if (row->expected != NULL) {
        char *found = lineage_text(arena, facts, "; ");
        cr_expect_str_eq(found, row->expected, "%s (%s)\n  expected %s\n  found    %s", row->sql,
                         dialect == SQL_DUCKDB ? "duckdb" : "postgres", row->expected, found);
    }
}

Test(query, cases)
{
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        if (cases[i].engine != DUCKDB) {
            check_case(analyzer, &cases[i], SQL_POSTGRES);
        }
        if (cases[i].engine != POSTGRES) {
            check_case(analyzer, &cases[i], SQL_DUCKDB);
        }
    }
}
