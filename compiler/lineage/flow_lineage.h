/**
 * Flow lineage: where the columns of all tables, views and checks of a flow come from, in one
 * instance.
 *
 * Each query is rendered with the names of the flow's tables and analyzed (lineage.h). Tables come
 * before those that read them, so the columns of what a query reads are known when its turn comes,
 * as far as they can be: those of a CSV file are in its header, those of external tables, Parquet
 * files and scripts nobody knows here.
 */
#ifndef PDC_LINEAGE_FLOW_LINEAGE_H
#define PDC_LINEAGE_FLOW_LINEAGE_H

#include "compiler/lineage/lineage.h"
#include "runtime/elaborate/elaborate.h"
#include "runtime/elaborate/flow.h"

/** A column of a table of the flow that something is made of. */
typedef struct LineageEdge LineageEdge;
struct LineageEdge {
    const FlowTable *from;
    const char *column; /* NULL: some columns, nobody knows which */
    unsigned kinds;     /* of LineageKind */
};

typedef struct LineageEdges LineageEdges;
struct LineageEdges {
    const LineageEdge *items;
    size_t n;
};

typedef struct LineageColumn LineageColumn;
struct LineageColumn {
    const char *name; /* NULL: the engine makes one up, or is_open */
    bool is_open;     /* stands for any number of columns, which nobody knows */
    LineageEdges from;
};

/** A table or view, or a check. */
typedef struct LineageNode LineageNode;
struct LineageNode {
    const FlowTable *table; /* NULL: a check */
    const FlowCheck *check;
    const LineageColumn *columns;
    size_t n_columns;
    LineageEdges filters; /* what decides which rows there are */
    bool is_known;        /* these are all columns, and each has a name */
    const char **names;   /* of the columns, where they are known */
};

typedef struct FlowLineage FlowLineage;
struct FlowLineage {
    const Flow *flow;
    LineageNode *nodes; /* the tables in the order of Flow.tables, then the checks */
    size_t n_nodes;
};

typedef struct FlowLineageInput FlowLineageInput;
struct FlowLineageInput {
    const Flow *flow;
    const Environment *environment;
    FlowSources *sources;
    SqlDialect dialect;
    /** Gives the columns of a CSV file. @return false where they can't be known */
    bool (*csv_columns)(void *user, const FlowBody *body, Arena *arena,
                        const char *const **ret_names, size_t *ret_n);
    void *user;
};

/** Works the lineage of a flow out; everything is in `arena`. What a query's parser refuses has
 * columns that nobody knows. */
const FlowLineage *lineage_of_flow(const FlowLineageInput *input, Arena *arena);

/** The node of a table. */
const LineageNode *flow_lineage_node(const FlowLineage *lineage, const FlowTable *table);
/** `stage.name` of a node, in `arena`. */
const char *lineage_node_name(const LineageNode *node, Arena *arena);
/** The column of a node: one of its own, or the open one that a name may stand for; else NULL. */
const LineageColumn *lineage_node_column(const LineageNode *node, const char *name);

#endif
