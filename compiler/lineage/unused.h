/**
 * Unused: columns of a flow's tables that nothing in the flow depends on.
 *
 * A column is used if it decides which rows a table has or a check finds, if it is named in a
 * clause of its table, or if a used column is made of it. Tables that no other table reads are made
 * for people: all of their columns are used.
 */
#ifndef PDC_LINEAGE_UNUSED_H
#define PDC_LINEAGE_UNUSED_H

#include "compiler/lineage/flow_lineage.h"

/** Gets an unused column of a table; `column` NULL: an input table that nothing reads. */
typedef void (*LineageUnused)(void *user, const LineageNode *node, const char *column);

/** Visits what is unused, in the order of the flow. */
void lineage_each_unused(const FlowLineage *lineage, Arena *arena, LineageUnused visit, void *user);

#endif
