/**
 * Lower: what the two ways from a parser's tree to a TreeQuery share.
 */
#ifndef PDC_LINEAGE_LOWER_PRIV_H
#define PDC_LINEAGE_LOWER_PRIV_H

#include "compiler/lineage/tree_priv.h"

typedef struct Lower Lower;
struct Lower {
    const JsonDoc *doc;
    Arena *arena;
    SqlDialect dialect;
    size_t depth;
    bool too_deep;
};

/** Names of lambda parameters that an expression sees, innermost first. */
typedef struct LowerHidden LowerHidden;
struct LowerHidden {
    const char *name;
    const LowerHidden *next;
};

/** A node of an expression that is still to be looked at. */
typedef struct LowerItem LowerItem;
struct LowerItem {
    uint32_t node;
    bool filters;
    const LowerHidden *hidden;
};

/** An expression that is being made: the way through its tree is a stack, not recursion. */
typedef struct LowerExpr LowerExpr;
struct LowerExpr {
    VEC(LowerItem) stack; /* heap */
    VEC(TreeAtom) atoms;  /* arena */
    TreeExpr expr;
    uint32_t windows; /* PostgreSQL: the windows of the select that the expression stands in */
};

/** Enters a query or join. @return false where the limit is reached; then nothing is to be left */
bool lower_enter(Lower *l);
void lower_leave(Lower *l);

void lower_push(LowerExpr *e, LowerItem from, uint32_t node, bool filters);
void lower_push_children(Lower *l, LowerExpr *e, LowerItem from, uint32_t node, bool filters);
/** Adds a column, unless its first name is that of a lambda's parameter. */
void lower_add_column(Lower *l, LowerExpr *e, LowerItem at, TreeNames names);
void lower_add_query(Lower *l, LowerExpr *e, LowerItem at, TreeAtomKind kind,
                     const TreeQuery *query);
/** What a call of a function says about the expression. */
void lower_note_call(LowerExpr *e, const char *name);
TreeExpr lower_end(LowerExpr *e);

const char *lower_text(Lower *l, uint32_t node, const char *key);
/** The strings of an array; where an element is an object, of its member "String". */
TreeNames lower_names(Lower *l, uint32_t array);

/* ---- libpg_query's tree ---- */

/** A SelectStmt, without its type's name around it. @return NULL where it is none, or too deep */
const TreeQuery *postgres_query(Lower *l, uint32_t select);
/** `node` is a container that holds one expression: `{"ColumnRef": {…}}`, or an array of them.
 * @param windows  the windows of the select that it stands in, or JSON_NONE */
TreeExpr postgres_expr(Lower *l, uint32_t node, uint32_t windows);
TreeExprs postgres_exprs(Lower *l, uint32_t array, uint32_t windows);
/** The last part of a function's name. */
const char *postgres_function_name(Lower *l, uint32_t call);

/* ---- DuckDB's tree ---- */

/** @return NULL where the node is no query, or too deep */
const TreeQuery *duckdb_query(Lower *l, uint32_t node);
TreeExpr duckdb_expr(Lower *l, uint32_t node);
TreeExprs duckdb_exprs(Lower *l, uint32_t array);
bool duckdb_class_is(const JsonDoc *doc, uint32_t node, const char *class);

#endif
