/**
 * Outline: which parts of a query's result can change without the others.
 *
 * A table that another one is made of may get a further column, or another expression in one, while
 * the rows and the other columns stay what they were; who reads only those need not be made again.
 * So a query is cut into the items of its select list and the rest, which says what rows there are.
 *
 * What is found is right or missing, never wrong:
 *
 * - What a query may use of what it reads is every name in it, whatever it refers to. Where columns
 *   are used without their names (`*`, whole rows, natural joins, renaming by position) it uses
 * all.
 * - A query has parts only if each column is settled by its expression and the rows that it reads:
 *   no `distinct`, no set operation but `union all`, no `limit`, and no function that could give
 *   another value, or several, for the same arguments (steady.def).
 * - A part that names an output of the query may mean it; then it counts that output as its own
 *   part. So does what is grouped by the number of a column.
 */
#ifndef PDC_SQL_OUTLINE_PRIV_H
#define PDC_SQL_OUTLINE_PRIV_H

#include "compiler/sql/job_priv.h"
#include "compiler/sql/json.h"

/** Puts the outline of libpg_query's tree, which was walked, into the job. Linear but for outputs
 * that name each other. */
void outline_postgres_tree(SqlJob *job, const JsonDoc *doc);

#endif
