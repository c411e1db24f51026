/**
 * Functions: which ones a result depends on besides data that the flow knows of. The table is
 * functions.def; names are folded ones, without schema. A function that is not in the table is
 * taken to depend on its arguments alone.
 */
#ifndef PDC_SQL_FUNCTIONS_H
#define PDC_SQL_FUNCTIONS_H

#include <stdbool.h>
#include <stddef.h>

/** Does it give another result each time, or for each user or connection? A query that calls it
 * needs `cache by`. */
bool sql_function_is_volatile(const char *name);

/**
 * Does it read files, other databases, or tables that it is told of in a text, so that lineage
 * would miss them?
 * @return what to write instead, or NULL where it does not
 */
const char *sql_function_reads_outside(const char *name);

/** Does it depend on the present date (and on nothing shorter)? */
bool sql_function_uses_date(const char *name, size_t n_arguments);

/** Is the result settled by the values of the arguments alone, and one value? @param ret_aggregate
 * of many rows one */
bool sql_function_is_steady(const char *name, bool *ret_aggregate);

#endif
