#include "facts_text.h"

/** P: PostgreSQL, D: DuckDB. Expected: the bytes at the problem's place, and its message. */
typedef struct Case Case;
struct Case {
    const char *engines;
    const char *sql;
    const char *expected;
};

static void
check(const Case *cases, size_t n_cases)
{
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    CLEANUP(arena_freep) Arena *arena = arena_new();
    for (size_t i = 0; i < n_cases; i++) {
        const char *sql = cases[i].sql;
        for (const char *engine = cases[i].engines; *engine; engine++) {
            SqlFacts *facts = NULL;
            SqlProblem problem = {0};
            SqlDialect dialect = *engine == 'P' ? SQL_POSTGRES : SQL_DUCKDB;
            int status = sql_analyze(analyzer, sql, strlen(sql), dialect, arena, &facts, &problem);
            cr_expect_eq(status, -1, "not refused (%c): %s", *engine, sql);
            if (status == -1) {
                cr_expect_null(facts);
                const char *found = problem_text(arena, sql, &problem);
                cr_expect_str_eq(found, cases[i].expected,
                                 "%s (%c)\n  found:    %s\n  expected: %s", sql, *engine, found,
                                 cases[i].expected);
            }
        }
    }
}

Test(refusals, not_one_query)
{
    static const Case cases[] = {
        {"PD", "", ": a query is missing"},
        {"PD", " \n\t", " \n\t: a query is missing"},
        {"PD", "-- nothing", "-- nothing: a query is missing"},
        {"PD", "/* nothing */", "/* nothing */: a query is missing"},
        {"PD", ";", ";: only one query can stand here"},
        {"PD", "select 1;", ";: only one query can stand here"},
        {"PD", "select 1; drop table x", "drop table x: only one query can stand here"},
        {"PD", "select 'ä;' ; /* x */ select 2", "select 2: only one query can stand here"},
        {"PD", "insert into t values (1)", "insert: only a query can stand here"},
        {"PD", "update t set x = 1", "update: only a query can stand here"},
        {"PD", "delete from t", "delete: only a query can stand here"},
        {"PD", "create table t as select 1", "create: only a query can stand here"},
        {"PD", "drop table t", "drop: only a query can stand here"},
        {"PD", "explain select 1", "explain: only a query can stand here"},
        {"PD", "set x = 1", "set: only a query can stand here"},
        {"PD", "call f()", "call: only a query can stand here"},
        {"PD", "copy (select 1) to 'x'", "copy: only a query can stand here"},
        {"PD", "/* x */ begin", "begin: only a query can stand here"},
        {"D", "attach 'x.duckdb'", "attach: only a query can stand here"},
        {"D", "pragma version", "pragma: only a query can stand here"},
        {"D", "summarize t", "summarize: only a query can stand here"},
        {"D", "describe t", "describe: only a query can stand here"},
        {"D", "from (show tables)",
         "from (show tables): a query can't read the engine's catalogue "
         "(`show …`)"},
    };
    check(cases, ARRAY_LENGTH(cases));
}

Test(refusals, queries_that_do_more)
{
    static const Case cases[] = {
        {"PD", "with x as (insert into t values (1) returning a) select * from x",
         "t: a query can't insert, update, delete or merge"},
        {"PD", "with x as (update ö.t set a = 1 returning a) select 1",
         "ö: a query can't insert, update, delete or merge"},
        {"PD", "select * from (with x as (delete from t returning a) select * from x) y",
         "t: a query can't insert, update, delete or merge"},
        {"D", "with x as (insert into t values (1) returning a) from x",
         "with x as (insert into t values (1) returning a) from x: a query can't insert, update, "
         "delete or merge"},
        {"PD", "select 1 into t", "t: a query can't make a table with `select into`"},
        {"PD", "select 'ä' as x into temp ö from t",
         "ö: a query can't make a table with `select into`"},
        {"PD", "select * from t for update", "for update: a query can't lock rows"},
        {"PD", "select * from (select substring(x for 2) from t for no key update nowait) y",
         "for no: a query can't lock rows"},
        {"D", "from t for update", "from t for update: a query can't lock rows"},
        {"PD", "select $1", "$1: a query has no parameters"},
        {"PD", "select 1 from t where x = $12", "$12: a query has no parameters"},
        {"D", "from t where x = ?", "from t where x = ?: a query has no parameters (`?`, `$name`)"},
        {"D", "from t where x = $name",
         "from t where x = $name: a query has no parameters (`?`, `$name`)"},
        {"D", "from 'x.csv'", "'x.csv': a query can't read a file by itself"},
        {"D", "select * from 'ä.csv' x, t", "'ä.csv': a query can't read a file by itself"},
        {"D", "from (pivot t on a using sum(b))",
         "pivot: the columns of this `pivot` depend on the data"},
    };
    check(cases, ARRAY_LENGTH(cases));
}

Test(refusals, broken_texts)
{
    static const Case cases[] = {
        {"PD", "selec 1", "selec: syntax error at or near \"selec\""},
        {"P", "select 1 form t x", "t: syntax error at or near \"t\""},
        {"P", "select 'äöü', x y z from t", "z: syntax error at or near \"z\""},
        {"D", "from t select 'äöü', x y z", "z: syntax error at or near \"z\""},
        {"PD", "select 1 from", ": syntax error at end of input"},
        {"PD", "select ä from ü where", ": syntax error at end of input"},
        {"D", "from t select [1, 2", ": syntax error at end of input"},
        {"PD", "select (1", ": syntax error at end of input"},
        {"PD", "select 1)", "): syntax error at or near \")\""},
        {"P", "from t", "from: syntax error at or near \"from\""},
        {"P", "select * exclude (a) from t", "exclude: syntax error at or near \"exclude\""},
        {"PD", "select 'abc", "'abc: this string has no end"},
        {"PD", "select E'abc\\'", "E'abc\\': this string has no end"},
        {"PD", "select $x$abc$", "$x$abc$: this string has no end"},
        {"PD", "select \"abc", "\"abc: this quoted name has no end"},
        {"PD", "select 1 /* abc /* */", "/* abc /* */: this comment has no end"},
        {"PD", "select\xC2\xA0 1",
         "\xC2\xA0: this is a special space (U+00A0), which engines read "
         "differently"},
        {"PD", "select a\xE3\x80\x80 from t",
         "\xE3\x80\x80: this is a special space (U+3000), which "
         "engines read differently"},
        {"PD", "select 'a\xFF'", "\xFF: this byte is not UTF-8"},
        {"PD", "select 1 -- \xC3", "\xC3: this byte is not UTF-8"},
        {"P", "select 1 1e", "1: trailing junk after numeric literal at or near \"1e\""},
        {"D", "from t select", "from t select: SELECT clause without selection list"},

    };
    check(cases, ARRAY_LENGTH(cases));
}

Test(refusals, a_nul_byte)
{
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    CLEANUP(arena_freep) Arena *arena = arena_new();
    SqlFacts *facts = NULL;
    SqlProblem problem = {0};
    static const char sql[] = "select 1 \0; drop table x";
    cr_expect_eq(sql_analyze(analyzer, sql, sizeof(sql) - 1, SQL_POSTGRES, arena, &facts, &problem),
                 -1);
    cr_expect_str_eq(problem.message, "a NUL byte can't stand in SQL");
    cr_expect_eq(problem.place.start, 9);
    cr_expect_eq(problem.place.end, 10);
}

/** Spaces that are special only by their look are fine where they mean themselves. */
Test(refusals, special_spaces_in_quotes_are_not_refused)
{
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const char *sql = "select '\xC2\xA0', \"\xC2\xA0\" /* \xC2\xA0 */ from t";
    must_analyze(analyzer, arena, sql, SQL_POSTGRES);
    must_analyze(analyzer, arena, sql, SQL_DUCKDB);
}

typedef struct Nest Nest;
struct Nest {
    const char *start;
    const char *open;
    const char *middle;
    const char *close;
};

static const Nest nests[] = {
    {"select ", "(", "1", ")"},
    {"select ", "1 + ", "1", ""},
    {"select 1", " + 1", "", ""},
    {"select x", " || y", "", ""},
    {"select x", " and y", "", ""},
    {"select x", "::int", "", ""},
    {"select x", "[1]", "", ""},
    {"select x", ".a", "", ""},
    {"select x", " is null", "", ""},
    {"select x", " between 1 and 2", "", ""},
    {"select ", "not ", "x", ""},
    {"select ", "- ", "x", ""},
    {"select ", "x ^ ", "x", ""},
    {"select ", "case when a then ", "1", " end"},
    {"select ", "(select ", "1", ")"},
    {"select ", "f(", "1", ")"},
    {"select ", "array[", "1", "]"},
    {"select 1", " union select 1", "", ""},
    {"select * from a", " natural join b", "", ""},
    {"select * from a", ", b", "", ""},
    {"select * from ", "(select * from ", "a", ") x"},
    {"select * from ", "(a cross join ", "b", ")"},
    {"", "(", "select 1", ")"},
    {"", "with a as (", "select 1", ") select * from a"},
    {"select 1 from a where ", "exists (select 1 from b where ", "true", ")"},
    {"select ", "x in (", "1", ")"},
    {"from ", "(from ", "a", ")"},
    {"select ", "[", "1", "]"},
    {"select ", "{'a': ", "1", "}"},
    {"", "with a as (", "from t", ") from a"},
    {"", "with a as materialized (", "from t", ") from a"},
};

static void
analyze_nest(SqlAnalyzer *analyzer, const Nest *nest, size_t depth, SqlDialect dialect)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    SqlFacts *facts = NULL;
    SqlProblem problem = {0};
    Str sql = {0};
    str_append(&sql, nest->start);
    for (size_t d = 0; d < depth; d++) {
        str_append(&sql, nest->open);
    }
    str_append(&sql, nest->middle);
    for (size_t d = 0; d < depth; d++) {
        str_append(&sql, nest->close);
    }
    int status = sql_analyze(analyzer, sql.data, sql.length, dialect, arena, &facts, &problem);
    cr_expect(status == 0 ? facts != NULL : problem.message != NULL);
    str_deinit(&sql);
}

/** However deep a text is, there is an answer: facts or a problem, never a crash. */
Test(refusals, deep_nesting, .timeout = 600)
{
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    static const size_t depths[] = {10, 300, 3000, 12000};
    for (size_t i = 0; i < ARRAY_LENGTH(nests); i++) {
        for (size_t k = 0; k < ARRAY_LENGTH(depths); k++) {
            analyze_nest(analyzer, &nests[i], depths[k], SQL_POSTGRES);
            analyze_nest(analyzer, &nests[i], depths[k], SQL_DUCKDB);
        }
    }
}

/** Trees of this depth end the process where libpg_query has only the usual stack of 8 MiB. */
Test(refusals, long_chains, .timeout = 600)
{
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    static const Nest chains[] = {
        {"select x", " || y", "", ""},
        {"select 1", " union select 1", "", ""},
        {"select * from a", " natural join b", "", ""},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(chains); i++) {
        analyze_nest(analyzer, &chains[i], 150000, SQL_POSTGRES);
    }
}

Test(refusals, too_many_words)
{
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    CLEANUP(arena_freep) Arena *arena = arena_new();
    SqlFacts *facts = NULL;
    SqlProblem problem = {0};
    Str sql = {0};
    str_append(&sql, "select 1");
    for (int i = 0; i < 1000 * 1000; i++) {
        str_append(&sql, "+1");
    }
    cr_expect_eq(sql_analyze(analyzer, sql.data, sql.length, SQL_POSTGRES, arena, &facts, &problem),
                 -1);
    cr_expect_str_eq(problem.message,
                     "a query of more than 64 MiB or two million words is too long");
    str_deinit(&sql);
}
