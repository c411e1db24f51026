#include "compiler/sql/guard_priv.h"
#include "compiler/sql/lints_priv.h"
#include "compiler/sql/parsers_priv.h"
#include "compiler/sql/walk_priv.h"
#include "runtime/base/str.h"
#include "runtime/store/sql_text.h"

#include <string.h>

void
duckdb_parser_deinit(DuckdbParser *parser)
{
    store_close(parser->store);
    error_deinit(&parser->error);
    *parser = (DuckdbParser){0};
}

int
duckdb_parser_open(DuckdbParser *parser)
{
    if (parser->store == NULL && parser->error.code == ERROR_NONE) {
        CLEANUP(arena_freep) Arena *arena = arena_new();
        const Secret *url = secret_new(arena, "duckdb:///:memory:");
        int status = store_open(url, NULL, &parser->store, &parser->error);
        if (status > 0) {
            error_set(&parser->error, ERROR_LOCK, "DuckDB's database in memory is busy");
        }
    }
    return parser->store ? 0 : -1;
}

/**
 * Blanks `materialized` and `not materialized`: they mean nothing here, but make DuckDB copy each
 * CTE into each part of the query (300 of them take 16 GB). Places stay what they are.
 */
static void
blank_materialized(const SqlWords *words, char *text)
{
    for (size_t i = 1; i + 1 < words->n; i++) {
        size_t first = words_is(words, i - 1, "not") ? i - 1 : i;
        if (words_is(words, i, "materialized") && words_is_char(words, i + 1, '(') && first > 0 &&
            words_is(words, first - 1, "as")) {
            for (size_t k = first; k <= i; k++) {
                memset(text + words_start(words, k), ' ',
                       words_end(words, k) - words_start(words, k));
            }
        }
    }
}

/** DuckDB gives the place of an error in characters, from 0, as a text. */
static SqlRange
error_place(const SqlJob *job, const JsonDoc *doc)
{
    const SqlWords *words = &job->words;
    const char *position = json_member_string(doc, JSON_ROOT, "position", job->scratch);
    if (position == NULL) {
        return job_whole(job);
    }
    size_t at = 0;
    for (unsigned long left = strtoul(position, NULL, 10); left > 0 && at < words->length; left--) {
        at++;
        while (at < words->length && ((unsigned char)words->text[at] & 0xC0) == 0x80) {
            at++;
        }
    }
    return job_range_at(job, at);
}

/** The word where it stands, or nothing. */
static size_t
find_word(const SqlWords *words, const char *text)
{
    for (size_t i = 0; i < words->n; i++) {
        if (words_is(words, i, text)) {
            return i;
        }
    }
    return WORDS_NONE;
}

static int
refuse_no_select(SqlJob *job)
{
    size_t pivot = find_word(&job->words, "pivot");
    if (pivot != WORDS_NONE) {
        return job_refuse(job, job_word_range(job, pivot), "list the values: `on c in ('a', 'b')`",
                          "the columns of this `pivot` depend on the data");
    }
    return job_refuse(job, job_word_range(job, 0),
                      "statements that change something stand in `script { … }`",
                      "only a query can stand here");
}

/** What DuckDB says, and how we say it. */
typedef struct Saying Saying;
struct Saying {
    const char *part; /* of DuckDB's message */
    const char *message;
    const char *hint;
};

static const Saying sayings[] = {
    {"A CTE needs a SELECT", "a query can't insert, update, delete or merge",
     "statements that change something stand in `script { … }`"},
    {"locking clause", "a query can't lock rows", "delete `for update`"},
    {"named and positional parameters", "a query has no parameters", "write a value as ${…}"},
    {"Max expression depth", "the query is nested too deeply", "build it from several tables"},
    {"memory exhausted", "the query is nested too deeply", "build it from several tables"},
};

static int
refuse_error(SqlJob *job, const JsonDoc *doc)
{
    const char *message = json_member_string(doc, JSON_ROOT, "error_message", job->scratch);
    message = message ? message : "DuckDB can't read the query";
    if (strstr(message, "Only SELECT statements") != NULL) {
        return refuse_no_select(job);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(sayings); i++) {
        if (strstr(message, sayings[i].part) != NULL) {
            return job_refuse(job, error_place(job, doc), sayings[i].hint, "%s",
                              sayings[i].message);
        }
    }
    return job_refuse(job, error_place(job, doc), NULL, "%s", message);
}

static int
take_tree(SqlJob *job, const char *tree)
{
    JsonDoc doc = {0};
    int status = -1;
    job->tree = job->keeps_tree ? arena_strdup(job->arena, tree) : NULL;
    if (json_parse(tree, strlen(tree), &doc) < 0) {
        job_refuse(job, job_whole(job), "build it from several tables",
                   "the query is too long for its parser");
    } else if (json_flag(&doc, JSON_ROOT, "error")) {
        status = refuse_error(job, &doc);
    } else {
        status = walk_duckdb_tree(job, &doc);
        if (status == 0) {
            lint_duckdb_tree(job, &doc);
        }
    }
    json_deinit(&doc);
    return status;
}

static char *
serialize_statement(SqlJob *job)
{
    const SqlWords *words = &job->words;
    char *text = arena_memdup(job->scratch, words->text, words->length + 1);
    blank_materialized(words, text);
    Str sql = {0};
    str_append(&sql, "select cast(json_serialize_sql(");
    sql_literal(&sql, text);
    str_append(&sql, ") as varchar)");
    return str_take_in(&sql, job->scratch);
}

int
duckdb_parse(DuckdbParser *parser, SqlJob *job)
{
    if (guard_duckdb_cost(job) < 0) {
        return -1;
    }
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Error error = {0};
    int status = store_query(parser->store, serialize_statement(job), &result, &error);
    const char *tree =
        status == 0 && store_result_rows(result) == 1 ? store_result_text(result, 0, 0) : NULL;
    if (tree == NULL) {
        job_refuse(job, job_whole(job), error.hint, "DuckDB can't read the query: %s",
                   error.message ? error.message : "no answer");
    }
    error_deinit(&error);
    return tree ? take_tree(job, tree) : -1;
}
