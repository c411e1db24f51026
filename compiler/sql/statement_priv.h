/**
 * Statement: the head of `create table … as QUERY` and `insert into … QUERY`, read from the words,
 * where only the query is for DuckDB's parser.
 */
#ifndef PDC_SQL_STATEMENT_PRIV_H
#define PDC_SQL_STATEMENT_PRIV_H

#include "compiler/sql/job_priv.h"

/** Takes the target from the head and leaves white space in its place, so that the query stays
 * where it is. @return false, with the job as it was, where the statement is of another form */
bool statement_cut_query(SqlJob *job);

#endif
