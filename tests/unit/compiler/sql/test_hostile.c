#include "compiler/sql/analyze.h"
#include "compiler/sql/canon.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Queries that are broken in every way that a fixed seed gives, and pieces to break them with. */
static const char *const seeds[] = {
    "select a, b.c, d.e.f, count(*) filter (where x) over (order by y) from raw.orders o join b on true",
    "with recursive a (x) as (select 1 union all select x + 1 from a), c as (table a) select * from c",
    "select * from spine(a, f(1)) s, lateral (select 'äöü' as \"Ü\") q where x in (select y from z)",
    "from t select [1, 2], {'a': x -> y}, columns('a.*') group by all",
    "select * exclude (a) from s.t asof join u on t.x >= u.x qualify row_number() over () = 1",
    "values (1, E'\\'x', $$y$$), (current_date, now(), 'today'::date)",
    "with a as materialized (from b union all by name from c) from a, 'x' || 1",
    "select case when a is distinct from b then (select max(x) from t) else -1 end -- end\n from d",
    "(select 1 union (values (2) except table t)) order by 1 limit (select 1 from u)",
    "from (pivot t on a in (1, 2) using sum(b)), (unpivot u on x, y), (summarize v)",
};

static const char *const pieces[] = {
    "select ",  " from ", "(",     ")",       ",",      "'",          "\"",     "$$",
    ";",        "--",     "/*",    "*/",      "[",      "]",          "{",      "}",
    " as ",     ".",      "::",    "*",       "with ",  "union ",     "\xFF",   "\xC3",
    "\xC2\xA0", " t ",    "1",     "$1",      "?",      "\\",         "from t", "()",
    "äö",       "e'",     "u&'",   "over (",  " in ",   "->",         "=>",     "a.b.c",
    "lateral",  "values", "table", "insert ", " into ", "for update", "\n",     "recursive ",
    "join ",    " on ",
};

static uint32_t
next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

enum { BUFFER_BYTES = 2000 };

/** One of: bytes changed, a piece put in, a part cut out, a part of another query put in. */
static size_t
mutate(char *text, size_t length, uint32_t *state)
{
    size_t at = length > 0 ? next_random(state) % length : 0;
    const char *other = seeds[next_random(state) % ARRAY_LENGTH(seeds)];
    size_t from = next_random(state) % strlen(other);
    size_t part = next_random(state) % (strlen(other) - from) % 40;
    const char *piece = pieces[next_random(state) % ARRAY_LENGTH(pieces)];
    switch (next_random(state) % 4) {
    case 0:
        if (length > 0) {
            text[at] = (char)next_random(state);
        }
        return length;
    case 1: other = piece, from = 0, part = strlen(piece); break;
    case 2: {
        size_t cut = next_random(state) % 20;
        cut = cut < length - at ? cut : length - at;
        memmove(text + at, text + at + cut, length - at - cut);
        return length - cut;
    }
    default: break;
    }
    if (length + part > BUFFER_BYTES) {
        return length;
    }
    memmove(text + at + part, text + at, length - at);
    memcpy(text + at, other + from, part);
    return length + part;
}

static void
check_range(SqlRange place, size_t length)
{
    cr_assert(place.start <= place.end && place.end <= length);
}

/** What was found must lie in the text, in order. */
static void
check_facts(const SqlFacts *facts, size_t length)
{
    for (size_t i = 0; i < facts->n_relations; i++) {
        const SqlRelation *relation = &facts->relations[i];
        check_range(relation->place, length);
        cr_assert(relation->name && relation->scope < facts->n_scopes);
        cr_assert(relation->place.end <= relation->call_end &&
                  relation->call_end <= relation->alias_at);
        cr_assert(relation->alias_at <= length);
        cr_assert(i == 0 || facts->relations[i - 1].place.start < relation->place.start);
        for (size_t k = 0; k < relation->n_arguments; k++) {
            check_range(relation->arguments[k], length);
        }
    }
    for (size_t i = 0; i < facts->n_qualifiers; i++) {
        check_range(facts->qualifiers[i].place, length);
        cr_assert(facts->qualifiers[i].relation == SQL_NONE ||
                  facts->qualifiers[i].relation < facts->n_relations);
    }
    for (size_t i = 0; i < facts->n_functions; i++) {
        check_range(facts->functions[i].place, length);
    }
    for (size_t i = 0; i < facts->n_outputs; i++) {
        if (facts->outputs[i].place.start != SQL_NONE) {
            check_range(facts->outputs[i].place, length);
        }
    }
}

/** A copy that ends where the text does, so that reading on is noticed. */
static void
analyze_all(SqlAnalyzer *analyzer, const char *text, size_t length, size_t *ret_n_good)
{
    char *copy = malloc(length > 0 ? length : 1);
    cr_assert(copy);
    memcpy(copy, text, length);
    for (SqlDialect dialect = SQL_POSTGRES; dialect <= SQL_DUCKDB; dialect++) {
        for (int form = 0; form < 2; form++) {
            CLEANUP(arena_freep) Arena *arena = arena_new();
            SqlFacts *facts = NULL;
            SqlProblem problem = {0};
            int status = form == 0
                             ? sql_analyze(analyzer, copy, length, dialect, arena, &facts, &problem)
                             : sql_analyze_expression(analyzer, copy, length, dialect, arena,
                                                      &facts, &problem);
            if (status == 0) {
                check_facts(facts, length);
                (*ret_n_good)++;
            } else {
                cr_assert(problem.message && problem.message[0]);
                check_range(problem.place, length);
            }
        }
    }
    Str canon = {0};
    sql_canon(copy, length, &canon);
    str_deinit(&canon);
    free(copy);
}

static void
run(uint32_t seed, int n_rounds, int n_mutations)
{
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    char text[BUFFER_BYTES];
    size_t n_good = 0;
    for (int round = 0; round < n_rounds; round++) {
        const char *sql = seeds[next_random(&seed) % ARRAY_LENGTH(seeds)];
        size_t length = strlen(sql);
        memcpy(text, sql, length);
        for (int k = (int)(next_random(&seed) % (uint32_t)n_mutations); k >= 0; k--) {
            length = mutate(text, length, &seed);
        }
        analyze_all(analyzer, text, length, &n_good);
    }
    cr_expect_gt(n_good, (size_t)n_rounds / 50, "only %zu texts were taken", n_good);
}

Test(hostile, queries_changed_a_little, .timeout = 600)
{
    run(1, 10000, 2);
}

Test(hostile, queries_changed_much, .timeout = 600)
{
    run(2, 10000, 12);
}

Test(hostile, random_bytes, .timeout = 600)
{
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    uint32_t state = 3;
    size_t n_good = 0;
    for (int round = 0; round < 10000; round++) {
        char text[64];
        size_t length = next_random(&state) % sizeof(text);
        for (size_t i = 0; i < length; i++) {
            text[i] = (char)next_random(&state);
        }
        analyze_all(analyzer, text, length, &n_good);
    }
}

Test(hostile, pieces_in_any_order, .timeout = 600)
{
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    uint32_t state = 4;
    size_t n_good = 0;
    for (int round = 0; round < 10000; round++) {
        Str text = {0};
        for (uint32_t k = next_random(&state) % 12; k > 0; k--) {
            str_append(&text, pieces[next_random(&state) % ARRAY_LENGTH(pieces)]);
        }
        analyze_all(analyzer, str_text(&text), text.length, &n_good);
        str_deinit(&text);
    }
}
