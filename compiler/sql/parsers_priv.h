/**
 * Parsers: the engines' own, which read a job's text and put what they found into the job.
 */
#ifndef PDC_SQL_PARSERS_PRIV_H
#define PDC_SQL_PARSERS_PRIV_H

#include "compiler/sql/job_priv.h"
#include "runtime/store/store.h"

/** Outcome of postgres_parse(): the text is not PostgreSQL's SQL. */
#define POSTGRES_SYNTAX_ERROR 1

/**
 * Reads the text with libpg_query.
 * @return 0; -1: refused; POSTGRES_SYNTAX_ERROR: `ret_syntax` says where and why, in the job's
 * arena
 */
MUST_CHECK int postgres_parse(SqlJob *job, SqlProblem *ret_syntax);

/** DuckDB's parser: an empty database in memory, opened when first asked. Start with {0}. */
typedef struct DuckdbParser DuckdbParser;
struct DuckdbParser {
    Store *store;
    Error error; /* why it can't be opened: not tried again */
};
void duckdb_parser_deinit(DuckdbParser *parser);

/** Opens the database. @return 0, or -1 with `parser->error` filled */
MUST_CHECK int duckdb_parser_open(DuckdbParser *parser);

/** Reads the text with the opened parser. @return 0, or -1: refused */
MUST_CHECK int duckdb_parse(DuckdbParser *parser, SqlJob *job);

#endif
