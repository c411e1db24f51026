#include "facts_text.h"

/** Which engines the case is for; N: DuckDB's own parser must have been asked. */
typedef struct Case Case;
struct Case {
    const char *engines; /* P, D, N */
    const char *sql;
    const char *relations;
};

static void
check(const Case *cases, size_t n_cases)
{
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    CLEANUP(arena_freep) Arena *arena = arena_new();
    for (size_t i = 0; i < n_cases; i++) {
        for (const char *engine = cases[i].engines; *engine; engine++) {
            SqlDialect dialect = *engine == 'P' ? SQL_POSTGRES : SQL_DUCKDB;
            const SqlFacts *facts = must_analyze(analyzer, arena, cases[i].sql, dialect);
            const char *found = relations_text(arena, cases[i].sql, facts);
            cr_expect_str_eq(found, cases[i].relations, "%s (%c)\n  found:    %s\n  expected: %s",
                             cases[i].sql, *engine, found, cases[i].relations);
            cr_expect_eq(facts->read_by_duckdb, *engine == 'N', "%s (%c)", cases[i].sql, *engine);
        }
    }
}

Test(relations, places)
{
    static const Case cases[] = {
        {"PD", "select 1", ""},
        {"PD", "values (1, 2)", ""},
        {"PD", "table raw.orders", "raw.orders"},
        {"N", "from raw.orders", "raw.orders"},
        {"PD", "select * from orders", "orders"},
        {"PD", "select * from raw.orders", "raw.orders"},
        {"PD", "select * from c.raw.orders", "c.raw.orders"},
        {"PD", "select * from RAW . Orders o", "raw.orders[RAW . Orders] as o"},
        {"PD", "select * from raw/*x*/.--y\n orders", "raw.orders[raw/*x*/.--y\n orders]"},
        {"PD", "select * from \"Raw\".\"Or\"\"ders\" \"O o\"",
         "Raw.Or\"ders[\"Raw\".\"Or\"\"ders\"] as O o"},
        {"PD", "select 'äöü', 1 as \"ü\" from \"Äpfel\".öl as x", "Äpfel.öl[\"Äpfel\".öl] as x"},
        {"PD", "select * from a, b.c, d e", "a, b.c, d as e"},
        {"PD", "select * from a join b on true left join c.d using (x)", "a, b, c.d"},
        {"PD", "select * from (a cross join b) join (c natural join d) on true", "a, b, c, d"},
        {"PD", "select * from (a join b on true) as j", "a, b"},
        {"PD", "select * from (select * from a) x, (values (1)) y, (table b) z", "a, b"},
        {"PD",
         "select (select max(x) from a), exists (select from_ from b), x in (select y from c), "
         "x = any (select 1 from d), array(select 1 from e)",
         "a, b, c, d, e"},
        {"PD", "select 1 from a where b in (select 1 from c where d = (select 2 from e))",
         "a, c, e"},
        {"PD",
         "select case when (select 1 from a) > 0 then (select 2 from b) else (select 3 from c) end",
         "a, b, c"},
        {"PD",
         "select coalesce((select 1 from a), 2), nullif((select 1 from b), 1), "
         "greatest(1, (select 1 from c))",
         "a, b, c"},
        {"PD",
         "select sum(x) filter (where y > (select 1 from a)) over (partition by (select 1 from b) "
         "order by (select 2 from c)) from d",
         "a, b, c, d"},
        {"PD", "select sum(x) over w from d window w as (partition by (select 1 from a))", "d, a"},
        {"PD", "select 1 from a group by (select 1 from b) having (select true from c)", "a, b, c"},
        {"PD",
         "select 1 from a order by (select 1 from b) limit (select 1 from c) offset (select 1 from d)",
         "a, b, c, d"},
        {"PD", "select distinct on ((select 1 from a)) x from b", "a, b"},
        {"PD",
         "select 1 from a union select 2 from b intersect select 3 from c except (select 4 from d)",
         "a, b, c, d"},
        {"PD",
         "(select 1 from a order by 1 limit 1) union all (table b) order by (select 1 from c)",
         "a, b, c"},
        {"PD", "values ((select 1 from a)), ((select 2 from b))", "a, b"},
        {"PD", "select * from a, lateral (select * from b where b.x = a.x) l", "a, b"},
        {"PD",
         "select cast((select 1 from a) as int), (select 1 from b)::int, not (select true from c)",
         "a, b, c"},
        {"PD", "select (select row(1, 2) from a) = (select row(1, 2) from b), -(select 1 from c)",
         "a, b, c"},
        {"PD", "select x[(select 1 from a)], x between (select 1 from b) and (select 1 from c)",
         "a, b, c"},
        {"PD", "select string_agg(x, ',' order by (select 1 from a)) from b", "a, b"},
        {"PD", "select extract(year from (select d from a)), substring((select 1 from b) from 2)",
         "a, b"},
        {"PD", "select * from a tablesample bernoulli (10)", "a"},
        {"PD", "select * from a as x (u, v), b y (w)", "a as x, b as y"},
        {"P", "select * from only a, only (b), c *, only (d.e) f", "a, b @), c @ *, d.e as f"},
        {"P", "select * from xmltable('x' passing (select 1 from a) columns b int)", "a"},
        {"P", "select U&\"d\\0061t\" from U&\"d\\0061t\".x", "dat.x[U&\"d\\0061t\".x]"},
        {"PD", "select * from a a, a b, a", "a as a, a as b, a"},
        {"PD", "select * from select_, \"from\", \"select\".\"where\"",
         "select_, from[\"from\"], select.where[\"select\".\"where\"]"},
        {"PD", "select a.*, b.c.d from b.c", "b.c"},
        {"PD", "select * from previous", "previous"},
        {"PD", "\n\t-- first\n/* b /* nested */ */ select * from a -- end", "a"},
    };
    check(cases, ARRAY_LENGTH(cases));
}

Test(relations, ctes)
{
    static const Case cases[] = {
        {"PD", "with a as (select * from b) select * from a", "b"},
        {"PD", "with a as (select * from b), c as (select * from a) select * from c, a", "b"},
        {"PD", "with a as (select 1) select * from s.a", "s.a"},
        {"PD", "with a as (select 1) select * from a, s.a, b", "s.a, b"},
        {"PD", "with a as (select * from a) select * from a", "a"},
        {"PD", "with a as (select * from b), b as (select 1) select * from a, b", "b"},
        {"PD", "with A as (select 1) select * from a", ""},
        {"PD", "with a as (select 1) select * from A", ""},
        {"PD", "with a as (select 1) select * from \"a\"", ""},
        {"P", "with a as (select 1) select * from \"A\"", "A[\"A\"]"},
        {"D", "with a as (select 1) select * from \"A\"", ""},
        {"P", "with \"A\" as (select 1) select * from a", "a"},
        {"D", "with \"A\" as (select 1) select * from a", ""},
        {"PD", "with \"x y\" as (select 1) select * from \"x y\"", ""},
        {"PD", "select (with a as (select 1 from t) select * from a), (select 1 from a)", "t, a"},
        {"PD",
         "with a as (select 1) select (with b as (select * from a) select * from b), b.x from b",
         "b"},
        {"PD",
         "with a as (select 1) select * from (with a as (select * from a, t) select * from a) x",
         "t"},
        {"PD", "with a as (with b as (select * from c) select * from b) select * from a, b",
         "c, b"},
        {"PD", "(with a as (select 1 from t) select * from a) union select * from a", "t, a"},
        {"PD", "with a as (select 1 from t) (select * from a) union select * from a", "t"},
        {"PD",
         "with a as (select 1) select * from x where y in (select z from a) order by (select 1 from a)",
         "x"},
        {"PD",
         "with a (x, y) as materialized (select 1, 2 from t), b as not materialized (table a) table b",
         "t"},
        {"PD", "with a as (values (1)) table a", ""},
        {"PD", "with recursive a as (select 1 union all select * from a) select * from a", ""},
        {"PD", "with recursive a as (select x from t union select * from a, u) select * from a",
         "t, u"},
        {"PD", "with a as (select 1 union all select * from a) select * from a", "a"},
        /* all names of a RECURSIVE clause are seen by all its queries in PostgreSQL, by none before
           in DuckDB */
        {"P", "with recursive a as (select * from b), b as (select 1) select * from a", ""},
        {"D", "with recursive a as (select * from b), b as (select 1) select * from a", "b"},
        {"P", "with recursive a as (select * from a union select 1) select * from a", ""},
        {"D", "with recursive a as (select * from a union select 1) select * from a", "a"},
        {"D", "with recursive a as (select * from a) select * from a", "a"},
        {"PD",
         "with recursive a as (select 1 union all (with b as (select * from t) select * from a, b)) "
         "select * from a",
         "t"},
        {"N", "with a as (from b) from a", "b"},
        {"N", "with a as (from b), c as (from a) from c, a, main.a", "b, main.a"},
        {"N", "with a as (from a) from a", "a"},
        {"N", "with a as (from b), b as (from a) from b", "b"},
        {"N", "with a as materialized (from b), c as not materialized (from a) from c, d", "b, d"},
        {"N", "with recursive a as (from t union all from a, u) from a", "t, u"},
        {"N", "with recursive a as (from a union all from a) from a", "a"},
        {"N", "with recursive a as (from b), b as (from c) from a, b", "b, c"},
        {"N", "from (with a as (from t) from a) x, a", "t, a"},
        {"N", "with \"A\" as (from t) from a, \"a\", s.a", "t, s.a"},
        {"N", "with recursive t(a, b) using key (a) as (from b union from t) from t", "b"},
    };
    check(cases, ARRAY_LENGTH(cases));
}

Test(relations, functions)
{
    static const Case cases[] = {
        {"PD", "select * from spine(1)", "spine(1)"},
        {"PD", "select * from spine()", "spine()"},
        {"PD", "select * from spine(a, 'x,y', f(b, c), (1)) as s",
         "spine(a|'x,y'|f(b, c)|(1)) as s"},
        {"PD", "select * from s.spine( a  ,b ) t (c, d)", "s.spine(a|b) as t"},
        {"PD", "select * from \"S\".Spine(1), other", "S.spine[\"S\".Spine](1), other"},
        {"PD", "select * from generate_series(1, (select max(x) from big)) g(i)",
         "generate_series(1|(select max(x) from big)) as g, big"},
        {"PD", "select * from a, lateral f(a.x), unnest(a.y) with ordinality",
         "a, f(a.x), unnest(a.y) @ with ordinality"},
        {"PD", "select * from a cross join lateral f(a.x) u", "a, f(a.x) as u"},
        {"P", "select * from rows from (f(1), g(2)) as x", ""},
        {"P", "select * from f(1) as (a int, b text)", "f(1)"},
        {"P", "select * from current_date", ""},
        {"N", "select * from user, localtime x", "user, localtime as x"},
        {"PD", "with f as (select 1) select * from f(1), f", "f(1)"},
        {"N", "from range(10) r(i), unnest([1, 2]), s.f(1)",
         "range(10) as r, unnest([1, 2]), s.f(1)"},
        {"N", "from double_values(raw.orders) select *", "double_values(raw.orders)"},
        {"N", "from t, lateral f(t.x) g", "t, f(t.x) as g"},
    };
    check(cases, ARRAY_LENGTH(cases));
}

Test(relations, duckdb)
{
    static const Case cases[] = {
        {"N", "from a select x", "a"},
        {"N", "select a, b, from t", "t"},
        {"N", "select 'äöü', (from s.u) from t asof join y on t.a >= y.a", "s.u, t, y"},
        {"N", "select * from a asof left join b using (x)", "a, b"},
        {"N", "select * from a semi join b using (x)", "a, b"},
        {"N", "select * from a anti join b using (x)", "a, b"},
        {"N", "select * from a positional join b", "a, b"},
        {"N", "select * from a x semi join b y on x.i = y.i", "a as x, b as y"},
        {"N", "select * from a qualify (x)", "a"},
        {"N", "select row_number() over (order by x) r from a qualify r = (select 1 from b)",
         "a, b"},
        {"N", "select x, sum(y) from a group by all order by all", "a"},
        {"N", "select * exclude (x) replace ((select 1 from b) as y) from a", "b, a"},
        {"N", "select a.* rename (x as y) from a", "a"},
        {"D", "select columns(c -> c like 'a%') from a", "a"},
        {"N", "select [1, 2], {'a': (select 1 from b)}, map {'k': 1} from a", "b, a"},
        {"N", "select [x + (from c) for x in (from b)] from a", "c, b, a"},
        {"N", "select list_filter(l, x -> x > 1), try_cast(x as int) from a", "a"},
        {"N", "select list_transform(l, lambda x : x + (select 1 from b)) from a", "b, a"},
        {"N", "from a using sample 10%", "a"},
        {"N", "from a tablesample 10%", "a"},
        {"N", "from a limit 10%", "a"},
        {"N", "from a: raw.orders, b: t", "raw.orders as a, t as b"},
        {"N", "select x: 1 from raw.orders", "raw.orders"},
        {"N", "from (from a) x, (from (from b))", "a, b"},
        {"N", "from a union all by name from b", "a, b"},
        {"N", "from (pivot t on a in (1, 2) using sum(b))", "t"},
        {"N", "select * from s.t pivot (sum(x) for y in ('a', 'b')) p", "s.t"},
        {"N", "from (unpivot s.t on a, b into name n value v)", "s.t"},
        {"N", "from (summarize raw.orders)", "raw.orders"},
        {"N", "from (describe (from a))", "a"},
        {"N", "select exists (from a), x in (from b), x = any (from c), array(from d)",
         "a, b, c, d"},
        {"N", "select x in [1, 2] from a", "a"},
        {"N", "select * from a at (version => (select 1 from b))", "a, b"},
        {"N", "select first_value(x ignore nulls) over (order by y) from a", "a"},
        {"N", "select 1_000, 0x1f, x // 2 from a", "a"},
        {"N", "select sum(x) filter (y > (from b)) from a", "b, a"},
        {"N",
         "select sum(x) over w, max(x) over w from a window w as (order by (select 1 from b)) qualify true",
         "a, b"},
        {"D", "select x // 2, x ** 2, x ^@ 'a', x == 1 from a", "a"},
        {"D", "select x -> x + 1, struct_pack(a := 1) from a", "a"},
        {"N", "select \"pivot\".x, pivot_ from \"pivot\" anti join t using (x)",
         "pivot[\"pivot\"], t"},
        {"D", "select \"asof\" from \"semi\" \"anti\"", "semi[\"semi\"] as anti"},
        {"N", "from a1234567890123456789012345678901234567890123456789012345678901234567890.b x",
         "a1234567890123456789012345678901234567890123456789012345678901234567890.b as x"},
        {"N",
         "select * from a1234567890123456789012345678901234567890123456789012345678901234567890",
         "a1234567890123456789012345678901234567890123456789012345678901234567890"},
        {"P",
         "select * from a1234567890123456789012345678901234567890123456789012345678901234567890",
         "a1234567890123456789012345678901234567890123456789012345678901234567890"},
        {"N", "from \"ä ö\".\"ü\" as \"Ü\", 日本.表 select 'ß'",
         "ä ö.ü[\"ä ö\".\"ü\"] as Ü, 日本.表"},
    };
    check(cases, ARRAY_LENGTH(cases));
}
