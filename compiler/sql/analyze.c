#include "compiler/sql/analyze.h"

#include "compiler/sql/facts_cache.h"
#include "compiler/sql/guard_priv.h"
#include "compiler/sql/job_priv.h"
#include "compiler/sql/parsers_priv.h"
#include "compiler/sql/statement_priv.h"
#include "compiler/sql/tree.h"

#include <stdlib.h>
#include <string.h>

struct SqlAnalyzer {
    Arena *arena; /* which it lies in itself */
    DuckdbParser duckdb;
    FactsCache *cache; /* or NULL */
};

/** What a text is; also part of its name in the cache. */
typedef enum TextKind { TEXT_QUERY, TEXT_EXPRESSION, TEXT_STATEMENT } TextKind;

SqlAnalyzer *
sql_analyzer_new(void)
{
    Arena *arena = arena_new();
    SqlAnalyzer *analyzer = ARENA_NEW(arena, SqlAnalyzer);
    analyzer->arena = arena;
    return analyzer;
}

void
sql_analyzer_free(SqlAnalyzer *analyzer)
{
    if (analyzer) {
        duckdb_parser_deinit(&analyzer->duckdb);
        arena_free(analyzer->arena);
    }
}

void
sql_analyzer_use_cache(SqlAnalyzer *analyzer, FactsCache *cache)
{
    analyzer->cache = cache;
}

static int
refuse_with(SqlJob *job, const SqlProblem *problem)
{
    return job_refuse(job, problem->place, problem->hint, "%s", problem->message);
}

/** Of a statement only the query is for DuckDB's parser, which takes nothing else. `syntax` is what
 * libpg_query said, or NULL where it wasn't asked. */
static int
parse_by_duckdb(SqlAnalyzer *analyzer, SqlJob *job, const SqlProblem *syntax)
{
    if (job->takes_statement && !statement_cut_query(job)) {
        return job_refuse(
            job, syntax ? syntax->place : job_whole(job),
            "compute it in `create temporary table … as`, where DuckDB's SQL is known", "%s",
            syntax ? syntax->message : "here only PostgreSQL's SQL can be read, on DuckDB as well");
    }
    if (duckdb_parser_open(&analyzer->duckdb) < 0) {
        const Error *error = &analyzer->duckdb.error;
        return job_refuse(job, syntax ? syntax->place : job_whole(job), error->hint,
                          "%s%sonly DuckDB's own parser may read this, and it can't be asked: %s",
                          syntax ? syntax->message : "", syntax ? "; " : "", error->message);
    }
    int status = duckdb_parse(&analyzer->duckdb, job);
    if (status < 0 && syntax != NULL && strstr(job->problem.message, "NOT IMPLEMENTED") != NULL) {
        job->problem = *syntax; /* DuckDB 1.4 has no words for what its grammar refuses */
    }
    return status;
}

static int
parse(SqlAnalyzer *analyzer, SqlJob *job)
{
    if (job->dialect == SQL_DUCKDB && guard_misread(job)) {
        return parse_by_duckdb(analyzer, job, NULL);
    }
    SqlProblem syntax = {0};
    int status = postgres_parse(job, &syntax);
    if (job->misread) {
        job_restart(job);
        return parse_by_duckdb(analyzer, job, NULL);
    }
    if (status != POSTGRES_SYNTAX_ERROR) {
        return status;
    }
    return job->dialect == SQL_DUCKDB ? parse_by_duckdb(analyzer, job, &syntax)
                                      : refuse_with(job, &syntax);
}

static size_t
clip(size_t at, size_t offset, size_t length)
{
    at = at > offset ? at - offset : 0;
    return at < length ? at : length;
}

/** Takes facts or problem out of the job; `offset` is what stands before the user's `length` bytes.
 */
static int
end_job(SqlJob *job, int status, size_t offset, size_t length, SqlFacts **ret_facts,
        SqlProblem *ret_problem)
{
    if (status == 0) {
        *ret_facts = job_finish(job, offset);
    } else {
        *ret_problem = job->problem;
        ret_problem->place.start = clip(job->problem.place.start, offset, length);
        ret_problem->place.end = clip(job->problem.place.end, offset, length);
    }
    job_deinit(job);
    return status;
}

static int
parse_whole(SqlAnalyzer *analyzer, SqlJob *job)
{
    int status = guard_text(job);
    if (status == 0 && job->words.n == 0) {
        status = job_refuse(job, job_whole(job), NULL, "a %s is missing",
                            job->takes_statement ? "statement" : "query");
    }
    return status == 0 ? parse(analyzer, job) : status;
}

static int
analyze_query(SqlAnalyzer *analyzer, const char *text, size_t length, SqlDialect dialect,
              Arena *arena, SqlFacts **ret_facts, SqlProblem *ret_problem)
{
    SqlJob job;
    job_init(&job, dialect, text, length, arena);
    return end_job(&job, parse_whole(analyzer, &job), 0, length, ret_facts, ret_problem);
}

/** The outermost query: both parsers were seen to have given one when they were walked. */
static uint32_t
find_query(const SqlTree *tree)
{
    const JsonDoc *doc = &tree->doc;
    if (tree->by_duckdb) {
        return json_member(doc, json_first(doc, json_member(doc, JSON_ROOT, "statements")), "node");
    }
    uint32_t statement = json_first(doc, json_member(doc, JSON_ROOT, "stmts"));
    return json_member(doc, json_member(doc, statement, "stmt"), "SelectStmt");
}

int
sql_parse_tree(SqlAnalyzer *analyzer, const char *text, size_t length, SqlDialect dialect,
               Arena *arena, SqlTree *ret_tree, SqlProblem *ret_problem)
{
    SqlJob job;
    SqlFacts *facts = NULL;
    *ret_tree = (SqlTree){0};
    job_init(&job, dialect, text, length, arena);
    job.keeps_tree = true;
    int status = parse_whole(analyzer, &job);
    const char *json = job.tree;
    ret_tree->by_duckdb = job.read_by_duckdb;
    status = end_job(&job, status, 0, length, &facts, ret_problem);
    if (status == 0 && json_parse(json, strlen(json), &ret_tree->doc) < 0) {
        BUG("a tree that was read once can't be read again");
    }
    ret_tree->facts = facts;
    ret_tree->query = status == 0 ? find_query(ret_tree) : JSON_NONE;
    return status;
}

void
sql_tree_deinit(SqlTree *tree)
{
    json_deinit(&tree->doc);
    *tree = (SqlTree){0};
}

/** Looks at the expression by itself: nothing in it may reach out of the brackets that it is put
 * in. */
static int
guard_alone(const char *text, size_t length, SqlDialect dialect, Arena *arena,
            SqlProblem *ret_problem)
{
    SqlJob job;
    job_init(&job, dialect, text, length, arena);
    int status = guard_text(&job) < 0 || guard_expression(&job) < 0 ? -1 : 0;
    if (status < 0) {
        *ret_problem = job.problem;
    }
    job_deinit(&job);
    return status;
}

/** `*` is no expression, though DuckDB reads it as one between brackets. */
static int
refuse_star(SqlJob *job)
{
    if (job->outputs.n != 1 || job->outputs.items[0].is_star) {
        return job_refuse(job, job_whole(job), "name the columns",
                          "only one expression can stand here");
    }
    job->outputs.n = 0;
    return 0;
}

static int
analyze_expression(SqlAnalyzer *analyzer, const char *text, size_t length, SqlDialect dialect,
                   Arena *arena, SqlFacts **ret_facts, SqlProblem *ret_problem)
{
    static const char before[] = "select (";
    static const char after[] = "\n)"; /* a line comment may end the text */
    size_t offset = sizeof(before) - 1;
    if (guard_alone(text, length, dialect, arena, ret_problem) < 0) {
        return -1;
    }
    Str wrapped = {0};
    str_append_n(&wrapped, before, offset);
    str_append_n(&wrapped, text, length);
    str_append_n(&wrapped, after, sizeof(after) - 1);
    SqlJob job;
    job_init(&job, dialect, wrapped.data, wrapped.length, arena);
    str_deinit(&wrapped);
    int status = parse(analyzer, &job);
    status = status == 0 ? refuse_star(&job) : status;
    if (status < 0 && job.problem.place.start >= offset + length) {
        job.problem.message = "the expression ends too early";
    }
    return end_job(&job, status, offset, length, ret_facts, ret_problem);
}

static int
analyze_statement(SqlAnalyzer *analyzer, const char *text, size_t length, SqlDialect dialect,
                  Arena *arena, SqlFacts **ret_facts, SqlProblem *ret_problem)
{
    SqlJob job;
    job_init(&job, dialect, text, length, arena);
    job.takes_statement = true;
    return end_job(&job, parse_whole(analyzer, &job), 0, length, ret_facts, ret_problem);
}

/** Looks into the cache first; only what is right goes into it. */
static int
analyze(SqlAnalyzer *analyzer, TextKind kind, const char *text, size_t length, SqlDialect dialect,
        Arena *arena, SqlFacts **ret_facts, SqlProblem *ret_problem)
{
    static int (*const functions[])(SqlAnalyzer *, const char *, size_t, SqlDialect, Arena *,
                                    SqlFacts **, SqlProblem *) = {
        [TEXT_QUERY] = analyze_query,
        [TEXT_EXPRESSION] = analyze_expression,
        [TEXT_STATEMENT] = analyze_statement,
    };
    FactsCache *cache = analyzer->cache;
    unsigned mode = (unsigned)kind * 2 + (unsigned)dialect;
    SqlFacts *known = cache != NULL ? facts_cache_get(cache, text, length, mode, arena) : NULL;
    if (known != NULL) {
        *ret_facts = known;
        return 0;
    }
    int status = functions[kind](analyzer, text, length, dialect, arena, ret_facts, ret_problem);
    if (status == 0 && cache != NULL) {
        facts_cache_put(cache, *ret_facts);
    }
    return status;
}

int
sql_analyze(SqlAnalyzer *analyzer, const char *text, size_t length, SqlDialect dialect,
            Arena *arena, SqlFacts **ret_facts, SqlProblem *ret_problem)
{
    return analyze(analyzer, TEXT_QUERY, text, length, dialect, arena, ret_facts, ret_problem);
}

int
sql_analyze_expression(SqlAnalyzer *analyzer, const char *text, size_t length, SqlDialect dialect,
                       Arena *arena, SqlFacts **ret_facts, SqlProblem *ret_problem)
{
    return analyze(analyzer, TEXT_EXPRESSION, text, length, dialect, arena, ret_facts, ret_problem);
}

int
sql_analyze_statement(SqlAnalyzer *analyzer, const char *text, size_t length, SqlDialect dialect,
                      Arena *arena, SqlFacts **ret_facts, SqlProblem *ret_problem)
{
    return analyze(analyzer, TEXT_STATEMENT, text, length, dialect, arena, ret_facts, ret_problem);
}
