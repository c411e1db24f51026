/**
 * Change: what is different about a query, and which columns of other tables that can reach. For
 * `plan`: keys decide what is made again (key/columns.h), these are words.
 */
#ifndef PDC_PLAN_CHANGE_H
#define PDC_PLAN_CHANGE_H

#include "runtime/plan/plan.h"

typedef struct PlanEffect PlanEffect;
struct PlanEffect {
    const char *stage;
    const char *table;
    const char *columns; /* "total, n"; NULL: any of them, and its rows */
};

typedef struct PlanChange PlanChange;
struct PlanChange {
    const char *words;   /* "column tax added, where changed"; NULL: the parts aren't known */
    PlanEffect *effects; /* in the order of the flow */
    size_t n_effects;
};

typedef struct PlanChanges PlanChanges;

/** For the changes of one flow; in `arena`, in which all changes will be, too. */
PlanChanges *plan_changes_new(const Flow *flow, Arena *arena);

/** What changed in the query of a table that is published, with MetaTable.outline loaded.
 * O(tables and their inputs). */
PlanChange plan_change_of(PlanChanges *changes, const FlowTable *table, const MetaTable *published);

#endif
