/**
 * Guard: what can be told from a text's words alone, before a parser sees it.
 */
#ifndef PDC_SQL_GUARD_PRIV_H
#define PDC_SQL_GUARD_PRIV_H

#include "compiler/sql/job_priv.h"

/** A text may be one query for a parser: valid UTF-8, nothing unterminated, no `;`, no parameter.
 * @return 0, or -1 */
MUST_CHECK int guard_text(SqlJob *job);

/** A text may stand between the brackets of `select (…)` and stay one expression there. @return 0,
 * or -1 */
MUST_CHECK int guard_expression(SqlJob *job);

/** Is DuckDB's parser to be asked first, since libpg_query would take the text for something else?
 */
bool guard_misread(const SqlJob *job);

/** Will DuckDB's parser, which copies CTEs again and again, end in reasonable time and memory?
 * @return 0, or -1 */
MUST_CHECK int guard_duckdb_cost(SqlJob *job);

#endif
