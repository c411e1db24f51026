#include "compiler/sql/lints_priv.h"
#include "compiler/sql/outline_priv.h"
#include "compiler/sql/parsers_priv.h"
#include "compiler/sql/walk_priv.h"
#include "runtime/base/utf8.h"

#include <pg_query.h>
#include <pthread.h>
#include <string.h>

/*
 * libpg_query writes its tree out by recursion without a bound: `1+1+1+…` of 130,000 terms ends the
 * process on a stack of 8 MiB. A tree is no deeper than the text has words, and a level takes less
 * than 300 bytes (measured, all forms of nesting), so a text with many words is read by a thread
 * whose stack fits it. Memory that is not touched costs nothing.
 */
enum { SMALL_WORDS = 1000, STACK_BASE_BYTES = 1024 * 1024, STACK_WORD_BYTES = 512 };

typedef struct Parse Parse;
struct Parse {
    const char *text;
    PgQueryParseResult result;
};

static void *
run_parse(void *argument)
{
    Parse *parse = argument;
    parse->result = pg_query_parse(parse->text);
    return NULL;
}

static int
run_in_thread(Parse *parse, size_t n_words)
{
    pthread_attr_t attributes;
    pthread_t thread;
    if (pthread_attr_init(&attributes) != 0) {
        return -1;
    }
    size_t stack_bytes = STACK_BASE_BYTES + n_words * STACK_WORD_BYTES;
    int status = pthread_attr_setstacksize(&attributes, stack_bytes);
    status = status == 0 ? pthread_create(&thread, &attributes, run_parse, parse) : status;
    pthread_attr_destroy(&attributes);
    return status == 0 && pthread_join(thread, NULL) == 0 ? 0 : -1;
}

static SqlProblem
syntax_problem(const SqlJob *job, const PgQueryError *error)
{
    const SqlWords *words = &job->words;
    SqlProblem problem = {.place = job_whole(job)};
    if (error->cursorpos > 0) {
        problem.place =
            job_range_at(job, utf8_byte_of_character(words->text, words->length, error->cursorpos));
    }
    if (strstr(error->message, "memory exhausted") != NULL) {
        problem.message = "the query is nested too deeply";
        problem.hint = "build it from several tables";
    } else {
        bool limit = strstr(error->message, "LIMIT #,#") != NULL;
        problem.message = arena_strdup(job->arena, error->message);
        problem.hint = limit ? "write: limit 10 offset 5" : NULL;
    }
    return problem;
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
    } else {
        status = walk_postgres_tree(job, &doc);
        if (status == 0 && !job->misread) {
            lint_postgres_tree(job, &doc);
            outline_postgres_tree(job, &doc);
        }
    }
    json_deinit(&doc);
    return status;
}

int
postgres_parse(SqlJob *job, SqlProblem *ret_syntax)
{
    Parse parse = {.text = job->words.text};
    if (job->words.n <= SMALL_WORDS) {
        run_parse(&parse);
    } else if (run_in_thread(&parse, job->words.n) < 0) {
        return job_refuse(job, job_whole(job), "build it from several tables",
                          "there is not enough memory to read so long a query");
    }
    int status = POSTGRES_SYNTAX_ERROR;
    if (parse.result.error) {
        *ret_syntax = syntax_problem(job, parse.result.error);
    } else {
        status = take_tree(job, parse.result.parse_tree);
    }
    pg_query_free_parse_result(parse.result);
    return status;
}
