/**
 * Graph: the tables of a flow and who reads whom, in one instance: as a text for Graphviz, and as
 * JSON.
 */
#ifndef PDC_LINEAGE_GRAPH_H
#define PDC_LINEAGE_GRAPH_H

#include "runtime/base/str.h"
#include "runtime/elaborate/flow.h"

/** Appends the flow in the language of Graphviz: a cluster for each stage, an arrow from what is
 * read to what reads it. */
void graph_append_dot(const Flow *flow, Str *out);
/** Appends an object a line: each table, view and check with what it reads. */
void graph_append_json(const Flow *flow, Str *out);

#endif
