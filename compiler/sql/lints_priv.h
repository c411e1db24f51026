/**
 * Lints, private: what the files share that look for them in libpg_query's tree.
 */
#ifndef PDC_SQL_LINTS_PRIV_H
#define PDC_SQL_LINTS_PRIV_H

#include "compiler/sql/job_priv.h"
#include "compiler/sql/json.h"

typedef struct LintScan LintScan;
struct LintScan {
    SqlJob *job;
    const JsonDoc *doc;
    VEC(uint32_t) open; /* the containers around the node that is looked at, outermost first */
};

static inline uint32_t
lint_member(const LintScan *scan, uint32_t node, const char *key)
{
    return json_member(scan->doc, node, key);
}

/** NULL where it is missing or empty. */
static inline const char *
lint_text(const LintScan *scan, uint32_t node, const char *key)
{
    return json_member_string(scan->doc, node, key, scan->job->scratch);
}

static inline size_t
lint_location(const LintScan *scan, uint32_t node)
{
    return json_offset(scan->doc, lint_member(scan, node, "location"), SQL_NONE);
}

/** The word at the node's location. */
static inline SqlRange
lint_word(const LintScan *scan, uint32_t node)
{
    return job_range_at(scan->job, lint_location(scan, node));
}

/** Looks at a tree whose facts are in the job already; the lints go there too. */
void lint_postgres_tree(SqlJob *job, const JsonDoc *doc);
/** The same of DuckDB's tree. */
void lint_duckdb_tree(SqlJob *job, const JsonDoc *doc);
/** Calls `look` for each node, and notes the stars of the outermost select list. */
void lint_scan(SqlJob *job, const JsonDoc *doc, void (*look)(LintScan *scan, uint32_t node));

/** Adds one; it is valid until the next is added. */
JobLint *lint_add(LintScan *scan, SqlLintKind kind, SqlRange place, const char *name);
/** Adds to the columns of a lint; `name` is copied. */
void lint_add_column(const LintScan *scan, JobLint *lint, const char *name);
/** The last of a row of `{"String": …}`; "" where there is none. */
const char *lint_last_name(const LintScan *scan, uint32_t names);

/* ---- lints_operands.c: from words ---- */

/** Notes what stands left and right of the operator at the lint's place. Where that can't be said,
 * the lint goes: it is the last one. */
void lint_take_operands(LintScan *scan, JobLint *lint);
/** Notes argument `i` of the function at the lint's place. */
void lint_take_argument(LintScan *scan, JobLint *lint, size_t i);

/* ---- lints_select.c: a select with its clauses ---- */

/** `limit count` of a select. */
void lint_look_at_limit(LintScan *scan, uint32_t select, uint32_t count);
/** A window function whose result depends on the order of rows. */
void lint_look_at_window(LintScan *scan, uint32_t call, const char *name);
/** The query behind `not in`. */
void lint_look_at_not_in(LintScan *scan, uint32_t select);
/** Two or more things in a `from`. */
void lint_look_at_joins(LintScan *scan, uint32_t select, uint32_t from);
/** Does the select around the node read a subquery that is ordered? */
bool lint_reads_sorted(const LintScan *scan);

#endif
