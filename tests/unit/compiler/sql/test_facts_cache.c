/* What is kept comes back as it was, and what is not a cache is none. */
#include "compiler/sql/facts_cache.h"
#include "facts_text.h"
#include "runtime/base/file.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const queries[] = {
    "select 1",
    "values (1, 'a'), (2, null)",
    "with x as (select * from raw.a) select x.id, raw.b.c, count(*) filter (where b.d > 1) as n, "
    "current_date from x join raw.b on x.id = b.id group by 1, 2",
    "select * from generate_series(1, 2) as g(x), lateral (select f(x, 'y')) as l",
    "select a / b, sum(c), o from raw.o o where d = null and e not in (select e from raw.p) limit 3",
    "select row_number() over (partition by a order by b, 2) from raw.t order by \"Ä\" limit 1",
};

static SqlFacts *
read_query(FactsCache *cache, const char *text, Arena *arena)
{
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    SqlFacts *facts = NULL;
    SqlProblem problem;
    sql_analyzer_use_cache(analyzer, cache);
    cr_assert_eq(sql_analyze(analyzer, text, strlen(text), SQL_POSTGRES, arena, &facts, &problem),
                 0);
    return facts;
}

/** A folder of its own, with a cache file of all queries. */
static void
fill(const char *path)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    FactsCache *cache = facts_cache_open(path, "1");
    for (size_t i = 0; i < ARRAY_LENGTH(queries); i++) {
        read_query(cache, queries[i], arena);
    }
    facts_cache_close(cache);
    cr_assert(file_exists(path));
}

static void
enter_folder(void)
{
    char folder[] = "/tmp/pdc-facts-XXXXXX";
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
}

Test(facts_cache, comes_back_as_it_was)
{
    enter_folder();
    fill("sql");
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(facts_cache_closep) FactsCache *cache = facts_cache_open("sql", "1");
    for (size_t i = 0; i < ARRAY_LENGTH(queries); i++) {
        SqlFacts *fresh = read_query(NULL, queries[i], arena);
        SqlFacts *kept = facts_cache_get(cache, queries[i], strlen(queries[i]), 0, arena);
        cr_assert_not_null(kept, "%s", queries[i]);
        cr_expect_null(facts_cache_get(cache, queries[i], strlen(queries[i]), 1, arena));
        char *(*const texts[])(Arena *, const char *, const SqlFacts *) = {
            relations_text, functions_text, qualifiers_text, outputs_text};
        for (size_t k = 0; k < ARRAY_LENGTH(texts); k++) {
            cr_expect_str_eq(texts[k](arena, queries[i], fresh), texts[k](arena, queries[i], kept));
        }
        cr_expect_eq(fresh->uses_current_date, kept->uses_current_date);
        cr_expect_eq(fresh->statement, kept->statement);
        cr_expect_eq(fresh->n_columns, kept->n_columns);
        cr_expect_eq(fresh->n_scopes, kept->n_scopes);
        cr_expect_eq(fresh->n_lints, kept->n_lints);
        for (size_t k = 0; k < fresh->n_lints; k++) {
            cr_expect_eq(fresh->lints[k].kind, kept->lints[k].kind);
            cr_expect_eq(fresh->lints[k].n_columns, kept->lints[k].n_columns);
            cr_expect_eq(fresh->lints[k].operands[0].end, kept->lints[k].operands[0].end);
        }
    }
}

Test(facts_cache, another_version_is_none)
{
    enter_folder();
    fill("sql");
    CLEANUP(arena_freep) Arena *arena = arena_new();
    CLEANUP(facts_cache_closep) FactsCache *cache = facts_cache_open("sql", "2");
    cr_expect_null(facts_cache_get(cache, queries[0], strlen(queries[0]), 0, arena));
}

Test(facts_cache, a_damaged_file_is_none)
{
    enter_folder();
    fill("sql");
    CLEANUP(arena_freep) Arena *arena = arena_new();
    char *text;
    size_t length;
    cr_assert_eq(file_read(arena, "sql", 1 << 20, &text, &length), 0);
    for (size_t i = 0; i < length; i += 7) {
        char *damaged = arena_memdup(arena, text, length);
        damaged[i] ^= 0x21;
        cr_assert_eq(file_write_atomic("sql", damaged, i % 2 == 0 ? length : i, 0666), 0);
        CLEANUP(facts_cache_closep) FactsCache *cache = facts_cache_open("sql", "1");
        cr_expect_null(facts_cache_get(cache, queries[0], strlen(queries[0]), 0, arena));
    }
}

/** Facts of a long text, put under the name of a short one: their places lie outside of it. */
Test(facts_cache, what_does_not_fit_the_text_is_none)
{
    enter_folder();
    CLEANUP(arena_freep) Arena *arena = arena_new();
    SqlFacts *facts = read_query(NULL, queries[2], arena);
    for (int wrong = 0; wrong < 2; wrong++) {
        FactsCache *cache = facts_cache_open("sql", "1");
        cr_expect_null(facts_cache_get(cache, "select 1", wrong == 0 ? 8 : 7, 0, arena));
        facts->qualifiers[0].relation = wrong == 0 ? facts->qualifiers[0].relation : 1000;
        facts_cache_put(cache, facts);
        facts_cache_close(cache);
        cache = facts_cache_open("sql", "1");
        cr_expect_null(facts_cache_get(cache, "select 1", wrong == 0 ? 8 : 7, 0, arena));
        facts_cache_close(cache);
    }
}

Test(facts_cache, a_small_one_makes_no_folder)
{
    enter_folder();
    CLEANUP(arena_freep) Arena *arena = arena_new();
    FactsCache *cache = facts_cache_open("folder/sql", "1");
    read_query(cache, queries[0], arena);
    facts_cache_close(cache);
    cr_expect_not(file_exists("folder"));
    cache = facts_cache_open("folder/sql", "1");
    for (int i = 0; i < 120; i++) {
        read_query(cache, arena_printf(arena, "select %d", i), arena);
    }
    facts_cache_close(cache);
    cr_expect(file_exists("folder/sql"));
}
