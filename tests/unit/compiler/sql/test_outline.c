/* Which parts a query has, and which of them a change touches. */
#include "compiler/sql/analyze.h"
#include "runtime/base/macros.h"
#include "runtime/base/str.h"

#include <criterion/criterion.h>
#include <string.h>

static const SqlOutline *
outline(Arena *arena, const char *text)
{
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    SqlFacts *facts = NULL;
    SqlProblem problem = {0};
    cr_assert_eq(sql_analyze(analyzer, text, strlen(text), SQL_POSTGRES, arena, &facts, &problem),
                 0, "%s: %s", text, problem.message);
    return &facts->outline;
}

Test(outline, queries_that_use_all_columns)
{
    static const char *const yes[] = {
        "select * from t",
        "select t.* from t",
        "select t from t",
        "select count(x) from t as x",
        "select x from (select a from t) as x",
        "select to_json(orders) from raw.orders",
        "select a from t natural join u",
        "select x from t as v (x, y)",
        "select j.x from (t join u on true) as j (x, y)",
        "select a from t where exists (select * from u)",
        "table t",
        "select ctid from t",
        "select a from t tablesample system (10)",
        "select U&\"\\0061\" from t",
        "with c as (select * from t) select a from c",
    };
    static const char *const no[] = {
        "select count(*) from t",
        "select a * b from t",
        "select a from t join u using (b)",
        "select x from (values (1)) as v (x)",
        "with c (x) as (select a from t) select x from c",
        "select a from t limit 3",
        "select distinct a from t",
        "select random() as r from t",
    };
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(yes); i++) {
        cr_expect(outline(arena, yes[i])->uses_all, "%s", yes[i]);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(no); i++) {
        cr_expect_not(outline(arena, no[i])->uses_all, "%s", no[i]);
    }
    arena_free(arena);
}

Test(outline, queries_that_are_one_part)
{
    static const char *const yes[] = {
        "select distinct a from t",
        "select distinct on (a) a, b from t",
        "select a from t union select b from u",
        "select a from t except all select b from u",
        "select a from t limit 1",
        "select a from t order by a fetch first 2 rows only",
        "select a from (select a from t limit 1) as x",
        "select random() as r from t",
        "select now() as r from t",
        "select generate_series(1, 3) as r from t",
        "select unnest(a) as r from t",
        "select row_number() over (order by a) as r from t",
        "select sum(a) over (order by b rows 1 preceding) as r from t",
        "select string_agg(a, ',') as r from t",
        "select my.function(a) as r from t",
        "select a + 1 from t",
        "select a, a from t",
        "select a as \"x\", b as \"X\" from t",
        "values (1, 2)",
        "select a from t union all select b, c from u",
        "with recursive c as (select 1 as n union all select n + 1 from c where n < 3) select n from c",
    };
    static const char *const no[] = {
        "select a from t",
        "select a, b + 1 as c from t where d > 0 order by 2",
        "select a from t union all select b from u",
        "(select a from t) union all (select b as x from u) union all select 1",
        "select sum(a) as s, b from t group by b having count(*) > 1",
        "select rank() over (partition by a order by b) as r from t",
        "with c as (select a from t) select a from c",
        "select case when a > 0 then (select max(x) as m from u) end as c from t",
        "select a as \"odd name\", extract(year from d) as y, substring(a from 2 for 3) as z from t",
    };
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(yes); i++) {
        cr_expect_not(outline(arena, yes[i])->has_parts, "%s", yes[i]);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(no); i++) {
        cr_expect(outline(arena, no[i])->has_parts, "%s", no[i]);
    }
    arena_free(arena);
}

/* The parts that differ: `rows`, names of columns, names of clauses in brackets. */
static const char *
difference(Arena *arena, const char *old_text, const char *new_text)
{
    const SqlOutline *old = outline(arena, old_text);
    const SqlOutline *new = outline(arena, new_text);
    Str text = {0};
    str_append(&text, text_equal(old->rows.digest, new->rows.digest) ? "" : "rows ");
    for (size_t i = 0; i < new->n_columns; i++) {
        bool same = false;
        for (size_t k = 0; k < old->n_columns; k++) {
            same = same || (text_equal(old->columns[k].name, new->columns[i].name) &&
                            text_equal(old->columns[k].digest, new->columns[i].digest));
        }
        str_append_format(&text, same ? "" : "%s ", new->columns[i].name);
    }
    for (size_t i = 0; i < new->n_clauses; i++) {
        bool same = false;
        for (size_t k = 0; k < old->n_clauses; k++) {
            same = same || (text_equal(old->clauses[k].name, new->clauses[i].name) &&
                            text_equal(old->clauses[k].digest, new->clauses[i].digest));
        }
        str_append_format(&text, same ? "" : "(%s) ", new->clauses[i].name);
    }
    return str_take_in(&text, arena);
}

typedef struct Change Change;
struct Change {
    const char *old;
    const char *new;
    const char *expected;
};

Test(outline, what_a_change_touches)
{
    static const Change changes[] = {
        {"select a, b from t", "SELECT a ,\n b -- c\n FROM t", ""},
        {"select a, b from t", "select b, a from t", ""},
        {"select a, b from t", "select a, b, c + 1 as c from t", "c "},
        {"select a, b + 1 as b from t", "select a, b + 2 as b from t", "b "},
        {"select a, b + 1 b from t", "select a, b + 1 as b from t", ""},
        {"select a from t", "select a from t where a > 0", "rows (where) "},
        {"select a from t where a > 0", "select a from t where a > 1", "rows (where) "},
        {"select a from t", "select a from u", "rows (from) "},
        {"select a, b from t group by a, b", "select a, b from t group by b, a",
         "rows (group by) "},
        /* numbers and names of outputs */
        {"select a, b, 1 as n from t group by 1, 2", "select 1 as n, a, b from t group by 1, 2",
         "rows "},
        {"select a, b + 1 as g, 1 as n from t group by a, g",
         "select a, b + 2 as g, 1 as n from t group by a, g", "rows g "},
        {"select a, b + 1 as g, 1 as n from t group by a, b",
         "select a, b + 2 as g, 1 as n from t group by a, b", "g "},
        {"select b + 1 as g, g * 2 as h, a from t", "select b + 2 as g, g * 2 as h, a from t",
         "g h "},
        {"select b + 1 as g, t.g * 2 as h, a from t", "select b + 2 as g, t.g * 2 as h, a from t",
         "g "},
        {"select t.a from t, u group by a", "select u.a from t, u group by a", "rows a "},
        /* one row for all, or one each */
        {"select 1 as one from t", "select 1 as one, count(*) as n from t", "rows n "},
        {"select 1 as one, sum(a) as n from t group by b", "select 1 as one from t group by b",
         "rows "},
        {"select 1 as one, sum(a) as n from t group by b",
         "select 1 as one, max(a) as n from t group by b", "n "},
        /* branches */
        {"select a, b from t union all select a, b from u",
         "select a, b from t union all select a, c from u", "b "},
        {"select a, b from t union all select a, b from u",
         "select a, b from t union all select a, b from u where a", "rows "},
        {"with c as (select a from t) select a, 1 as n from c",
         "with c as (select a from t where a) select a, 1 as n from c", "rows (with) "},
    };
    Arena *arena = arena_new();
    for (size_t i = 0; i < ARRAY_LENGTH(changes); i++) {
        cr_expect_str_eq(difference(arena, changes[i].old, changes[i].new), changes[i].expected,
                         "%s\n%s: %s", changes[i].old, changes[i].new,
                         difference(arena, changes[i].old, changes[i].new));
    }
    arena_free(arena);
}

/* 5,000 columns that each name the one before: linear work, and no deep recursion. */
Test(outline, many_columns)
{
    Arena *arena = arena_new();
    Str text = {0};
    str_append(&text, "select a as c0");
    for (int i = 1; i < 5000; i++) {
        str_append_format(&text, ", b%d + 1 as c%d", i, i);
    }
    str_append(&text, " from t group by c17, c4000");
    const SqlOutline *found = outline(arena, str_text(&text));
    cr_expect(found->has_parts);
    cr_expect_eq(found->n_columns, 5000);
    str_deinit(&text);
    arena_free(arena);
}
