/**
 * Tree: a query as lineage sees it, made from either parser's tree (lower_postgres.c,
 * lower_duckdb.c).
 *
 * Of an expression only what it reads is kept, as a flat row, since expressions are as deep as the
 * user likes; queries and joins nest, up to LINEAGE_DEPTH. Everything lives in one arena.
 */
#ifndef PDC_LINEAGE_TREE_PRIV_H
#define PDC_LINEAGE_TREE_PRIV_H

#include "compiler/sql/json.h"
#include "compiler/sql/tree.h"
#include "runtime/base/vec.h"

/** Queries in queries, joins in joins: past this lineage is given up. */
#define LINEAGE_DEPTH 300

typedef struct TreeQuery TreeQuery;

typedef struct TreeNames TreeNames;
struct TreeNames {
    const char *const *items;
    size_t n;
};

typedef enum TreeAtomKind {
    ATOM_COLUMN, /* `a`, `t.a`, `s.t.a` */
    ATOM_STAR,   /* `*`, `t.*` inside of an expression: whole rows */
    ATOM_QUERY,  /* a subquery whose value counts */
    ATOM_EXISTS  /* a subquery of which only counts whether it has rows */
} TreeAtomKind;

/** Something that an expression reads. */
typedef struct TreeAtom TreeAtom;
struct TreeAtom {
    TreeAtomKind kind;
    bool filters;    /* stands in `filter (…)`, `partition by` or `order by` of a call */
    TreeNames names; /* COLUMN; STAR: what is before the star */
    const TreeQuery *query;
};

typedef struct TreeExpr TreeExpr;
struct TreeExpr {
    const TreeAtom *atoms;
    size_t n_atoms;
    bool is_plain;     /* one atom and nothing around it: its value is copied */
    bool has_star;     /* DuckDB: `max(columns(*))` is as many columns as there are */
    bool returns_rows; /* calls a function like unnest(): the number of rows depends on it */
    bool is_aggregate; /* calls what is known to be an aggregate */
    size_t ordinal;    /* the constant 1, 2, …: in `order by` and `group by` a position; else 0 */
};

typedef struct TreeExprs TreeExprs;
struct TreeExprs {
    const TreeExpr *items;
    size_t n;
};

/** `* replace (expr as name)`, `* rename (name as to)`. */
typedef struct TreeChange TreeChange;
struct TreeChange {
    const char *name;
    const char *to;
    TreeExpr expr;
    bool is_replace;
};

/** An item of a select list. */
typedef struct TreeItem TreeItem;
struct TreeItem {
    bool is_star;
    const char *name; /* NULL: the engine makes one up */
    bool is_alias;    /* the name was written */
    TreeExpr expr;
    TreeNames qualifier; /* stars */
    TreeNames except;
    const TreeChange *changes;
    size_t n_changes;
};

typedef enum TreeFromKind {
    FROM_TABLE,
    FROM_QUERY,
    FROM_FUNCTION,
    FROM_JOIN,
    FROM_ROWS, /* any columns, made of all columns of `left`: pivot, unpivot, describe, summarize */
    FROM_SAMPLE /* `left`, and `arguments` decide how many rows */
} TreeFromKind;

typedef enum TreeJoin { JOIN_INNER, JOIN_LEFT, JOIN_RIGHT, JOIN_FULL, JOIN_SEMI } TreeJoin;

typedef struct TreeFrom TreeFrom;
struct TreeFrom {
    TreeFromKind kind;
    const char *alias;
    TreeNames columns; /* `as t(a, b)` */
    const char *catalog;
    const char *schema; /* TABLE */
    const char *name;   /* TABLE, FUNCTION */
    const TreeQuery *query;
    bool sees_siblings;  /* QUERY: `lateral`, or on DuckDB */
    TreeExprs arguments; /* FUNCTION, SAMPLE */
    bool is_single; /* FUNCTION: known to give one column per argument that is a list, or one */
    bool has_ordinality; /* FUNCTION */
    const TreeFrom *left;
    const TreeFrom *right;
    TreeJoin join;
    bool is_natural;
    TreeNames using;
    const char *using_alias;
    TreeExpr condition;
};

typedef struct TreeSelect TreeSelect;
struct TreeSelect {
    const TreeItem *items;
    size_t n_items;
    const TreeFrom *const *from;
    size_t n_from;
    TreeExprs filters; /* where, having, qualify */
    TreeExprs groups;
    bool groups_all; /* `group by all` */
    bool is_distinct;
    TreeExprs distinct_on;
    const TreeExprs *rows; /* `values`: then there is nothing else */
    size_t n_rows;
};

/** A query of a set operation, or the only one. */
typedef struct TreeBranch TreeBranch;
struct TreeBranch {
    const TreeSelect *select; /* else `query`: one with clauses of its own */
    const TreeQuery *query;
    bool compares;  /* its rows are compared: under a `union`, `intersect` or `except` */
    bool is_hidden; /* its rows don't come out: the right side of `except` and `intersect` */
    bool by_name;   /* DuckDB: `union by name` */
};

typedef struct TreeCte TreeCte;
struct TreeCte {
    const char *name;
    TreeNames columns;
    TreeNames extra_columns; /* that `search` and `cycle` add */
    TreeExprs extra;         /* what these are made of, and what `using key` compares */
    const TreeQuery *query;
};

struct TreeQuery {
    const TreeCte *ctes;
    size_t n_ctes;
    bool ctes_see_all; /* PostgreSQL's `with recursive` */
    bool is_recursive;
    const TreeBranch *branches; /* at least one */
    size_t n_branches;
    TreeExprs order;
    bool orders_all; /* `order by all` */
    bool is_limited; /* by `limit`, `offset` or `fetch`: then the order decides which rows there are
                      */
    TreeExprs limits;
};

/** Makes the query of a parser's tree. @return NULL where it is nested too deeply */
const TreeQuery *tree_from_postgres(const SqlTree *tree, SqlDialect dialect, Arena *arena);
const TreeQuery *tree_from_duckdb(const SqlTree *tree, Arena *arena);

/** Does a function, called in a select list, return any number of rows? */
bool tree_function_returns_rows(const char *name);
/** Is it known to be an aggregate? */
bool tree_function_is_aggregate(const char *name);
/** Do its arguments hold lambdas (`x -> x + 1`)? */
bool tree_function_takes_lambda(const char *name);
/** In `from`: is it known to give one column (for each argument, for unnest)? */
bool tree_function_is_single(const char *name);

#endif
