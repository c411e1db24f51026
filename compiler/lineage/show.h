/**
 * Show: the lineage of a flow for people, as a tree, and for programs, as JSON.
 */
#ifndef PDC_LINEAGE_SHOW_H
#define PDC_LINEAGE_SHOW_H

#include "compiler/lineage/flow_lineage.h"
#include "runtime/base/str.h"

/** What is asked about. */
typedef struct LineageTarget LineageTarget;
struct LineageTarget {
    const LineageNode *node; /* NULL: all tables */
    const char *column;      /* NULL: all columns */
    bool up;                 /* where it comes from */
    bool down;               /* where it goes to */
};

/** Appends the answer as text. */
void lineage_show(const FlowLineage *lineage, const LineageTarget *target, Arena *arena, Str *out);

/**
 * Appends the answer as JSON, an object a line: each way in which a column is made of another one,
 * for all tables that are met on the way.
 */
void lineage_show_json(const FlowLineage *lineage, const LineageTarget *target, Arena *arena,
                       Str *out);

#endif
