/**
 * Walk: over the tree of one query, with what is visible at each place.
 *
 * A stack of work instead of recursion, since trees are as deep as the user likes. An item is a
 * node and its surroundings: which CTEs can be seen from there (a list that only grows at its head,
 * so parts of the tree share it), and the select it stands in. A visitor puts what it finds into
 * the job and pushes what is to be visited next.
 */
#ifndef PDC_SQL_WALK_PRIV_H
#define PDC_SQL_WALK_PRIV_H

#include "compiler/sql/job_priv.h"
#include "compiler/sql/json.h"

typedef struct WalkCte WalkCte;
struct WalkCte {
    const char *name;
    const WalkCte *next;
};

typedef struct WalkItem WalkItem;
struct WalkItem {
    uint32_t node;
    const WalkCte *ctes;
    size_t scope;
    bool is_select;            /* PostgreSQL's tree: a select without its type's name around it */
    const char *recursive_cte; /* DuckDB: seen by the second half of this union alone; else NULL */
};

typedef struct Walk Walk;
struct Walk {
    SqlJob *job;
    const JsonDoc *doc;
    VEC(WalkItem) stack;
};

/** Visits all that is pushed, until the stack is empty or the job refused. @return 0, or -1 */
MUST_CHECK int walk_run(Walk *walk, void (*visit)(Walk *walk, WalkItem item));
/** Pushes `node`, which is in the same surroundings as `item`; nothing is done for what is no
 * container. */
void walk_push(Walk *walk, WalkItem item, uint32_t node);
/** Pushes the children of `node`. */
void walk_push_children(Walk *walk, WalkItem item, uint32_t node);
/** The list with one more CTE. */
const WalkCte *walk_add_cte(Walk *walk, const WalkCte *ctes, const char *name);
/** Is a name without a schema a CTE there? On DuckDB letter case does not count, not even between
 * quotes. */
bool walk_is_cte(const Walk *walk, const WalkCte *ctes, const char *name);

/** Puts the facts of libpg_query's JSON into the job. @return 0, or -1 where the job was refused */
MUST_CHECK int walk_postgres_tree(SqlJob *job, const JsonDoc *doc);
/** The same of what DuckDB's json_serialize_sql() gave. */
MUST_CHECK int walk_duckdb_tree(SqlJob *job, const JsonDoc *doc);

#endif
