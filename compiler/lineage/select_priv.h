/**
 * Select: one select with its scope, while the clauses of the query around it are bound.
 */
#ifndef PDC_LINEAGE_SELECT_PRIV_H
#define PDC_LINEAGE_SELECT_PRIV_H

#include "compiler/lineage/bind_priv.h"

typedef struct BoundSelect BoundSelect;
struct BoundSelect {
    Scope scope;
    Shape *outputs;
    Shape *aliases; /* the outputs that have a name, but for those of stars */
};

/** Binds a select; what decides about its rows goes to `filters`. */
void select_bind(Bind *b, const Scope *parent, const BindCte *ctes, const TreeSelect *tree,
                 BoundSelect *select, SetBuilder *filters);
/** Adds what `order by` or `distinct on` is made of. */
void select_add_order(Bind *b, const BoundSelect *select, TreeExprs exprs, SetBuilder *filters);
/** Adds what all output columns are made of. */
void select_add_all(Bind *b, const BoundSelect *select, SetBuilder *filters);

#endif
