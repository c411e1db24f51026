/* What both parsers read, libpg_query and DuckDB's own, must mean the same to us: no text may be
 * misread. */
#include "compiler/sql/guard_priv.h"
#include "compiler/sql/parsers_priv.h"
#include "facts_text.h"

#include <stdint.h>
#include <string.h>

static const char *const seeds[] = {
    "select a, b.c, d.e.f, count(x) filter (where x) over (order by y) from raw.orders o join b on true",
    "with recursive a (x) as (select 1 union all select x + 1 from a), c as (table a) select * from c",
    "select * from spine(a, f(1)) s, lateral (select 'äöü' as \"Ü\") q where x in (select y from z)",
    "select * from s.t as t join u as of on t.x >= u.x where row_number() over () = 1",
    "values (1, E'\\'x', $$y$$), (current_date, now(), 3)",
    "with a as materialized (select * from b union all select * from c) select * from a, 'x' || 1",
    "select case when a is distinct from b then (select max(x) from t) else -1 end -- end\n from d",
    "(select 1 union (values (2) except table t)) order by 1 limit (select 1 from u)",
    "select distinct on (a) sum(x) over w y, z.* from t window w as (partition by (select 1 from q))",
    "select s.t.x, t.y from s.t natural join (select 1 from b) c left join d using (x) having y",
    "select * from a x cross join b group by rollup (x, y) order by (select 1 from c) offset 3",
};

static const char *const pieces[] = {
    "select ",
    " from ",
    "(",
    ")",
    ",",
    " t ",
    "1",
    " as ",
    ".",
    "::",
    "*",
    "with ",
    "union ",
    " at ",
    " lambda ",
    " map ",
    " struct ",
    " glob ",
    " columns ",
    " exclude ",
    " replace ",
    " rename ",
    " sample ",
    " using ",
    " all ",
    " by name ",
    " unpack ",
    " show ",
    " describe ",
    " summarize ",
    " try_cast ",
    " window ",
    " over ",
    " within ",
    " ignore nulls ",
    " filter ",
    " ordinality ",
    " percent ",
    " first ",
    " only ",
    " natural ",
    " cross ",
    " left ",
    " full ",
    " join ",
    " on ",
    " values ",
    " table ",
    " row ",
    "()",
    " in ",
    "->",
    "=>",
    ":",
    ":=",
    "//",
    "**",
    "==",
    " collate ",
    " interval ",
    " date ",
    "a.b.c",
    " lateral ",
    " limit ",
    " offset ",
    " fetch ",
    " for ",
    " recursive ",
    " materialized ",
    " not ",
    " exists ",
    " any ",
    " similar ",
    " isnull ",
    "{",
    "}",
    "[",
    "]",
    " grouping sets ",
    " cube ",
    " except ",
    " having ",
    " order by ",
    " group by ",
    " tablesample ",
    " variadic ",
    " default ",
    " user ",
    " current_date ",
    " localtime ",
    " end ",
    " 'x' ",
    "\"x\"",
    " semi ",
    " anti ",
    " asof ",
    " positional ",
    " pivot ",
    " unpivot ",
    " qualify ",
    " using (x) ",
    " unnest ",
    " set ",
    " position ",
    " into ",
};

static uint32_t
next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/** Puts pieces between the words of a query, in the place of some bytes or of none. */
static void
make_text(Str *out, uint32_t *state)
{
    str_append(out, seeds[next_random(state) % ARRAY_LENGTH(seeds)]);
    for (uint32_t n = 1 + next_random(state) % 3; n > 0; n--) {
        CLEANUP(arena_freep) Arena *arena = arena_new();
        const char *text = arena_strdup(arena, str_text(out));
        size_t length = out->length;
        size_t at = next_random(state) % length;
        while (at < length && text[at] != ' ') {
            at++;
        }
        size_t cut = next_random(state) % 3 == 0 ? next_random(state) % 12 : 0;
        size_t behind = at + cut < length ? at + cut : length;
        str_truncate(out, at);
        str_append(out, pieces[next_random(state) % ARRAY_LENGTH(pieces)]);
        str_append(out, text + behind);
    }
}

static char *
describe(Arena *arena, const char *sql, SqlJob *job)
{
    const SqlFacts *facts = job_finish(job, 0);
    char *text = arena_printf(arena, "%s; %s; %s%s", relations_text(arena, sql, facts),
                              qualifiers_text(arena, sql, facts), outputs_text(arena, sql, facts),
                              facts->uses_current_date ? "; date" : "");
    /* an alias is folded by one parser and kept by the other; names are compared without letter
     * case anyway */
    return text_fold(arena, text, strlen(text));
}

/** DuckDB drops what defines a window that nobody uses, and `default` has no place in its tree. */
static bool
is_known_difference(const char *sql)
{
    return strstr(sql, "window") != NULL || strstr(sql, "default") != NULL;
}

/** @return whether both parsers read it */
static bool
compare(DuckdbParser *duckdb, const char *sql)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    SqlProblem syntax = {0};
    SqlJob ours;
    SqlJob theirs;
    job_init(&ours, SQL_DUCKDB, sql, strlen(sql), arena);
    job_init(&theirs, SQL_DUCKDB, sql, strlen(sql), arena);
    bool both = guard_text(&ours) == 0 && ours.words.n > 0 && !guard_misread(&ours) &&
                postgres_parse(&ours, &syntax) == 0 && !ours.misread &&
                duckdb_parse(duckdb, &theirs) == 0;
    if (both) {
        const char *a = describe(arena, sql, &ours);
        const char *b = describe(arena, sql, &theirs);
        cr_expect(strcmp(a, b) == 0 || is_known_difference(sql),
                  "%s\n  libpg_query: %s\n  DuckDB:      %s", sql, a, b);
    }
    job_deinit(&ours);
    job_deinit(&theirs);
    return both;
}

Test(agreement, of_both_parsers, .timeout = 600)
{
    DuckdbParser duckdb = {0};
    cr_assert_eq(duckdb_parser_open(&duckdb), 0, "%s", duckdb.error.message);
    uint32_t state = 5;
    size_t n_compared = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(seeds); i++) {
        n_compared += compare(&duckdb, seeds[i]) ? 1 : 0;
    }
    for (int round = 0; round < 40000; round++) {
        Str sql = {0};
        make_text(&sql, &state);
        n_compared += compare(&duckdb, str_text(&sql)) ? 1 : 0;
        str_deinit(&sql);
    }
    cr_expect_gt(n_compared, 500, "only %zu texts were read by both", n_compared);
    duckdb_parser_deinit(&duckdb);
}
