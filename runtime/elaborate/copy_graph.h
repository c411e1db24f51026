/**
 * CopyGraph: what decides which rows are kept of a copied table.
 *
 * Each copied table has two nodes: the rows that rules pick, and those that are kept, which are the
 * picked ones and their parents' (closure). Each entity with rules of its own has one: its keys. An
 * edge says that the rows of one decide those of another. Within a component (strongly connected,
 * Tarjan 1972) the rows grow until no more come; the components stand in an order in which each
 * comes after all that it depends on.
 */
#ifndef PDC_ELABORATE_COPY_GRAPH_H
#define PDC_ELABORATE_COPY_GRAPH_H

#include "runtime/base/arena.h"
#include "runtime/elaborate/flow.h"

typedef enum CopyEdgeKind {
    COPY_EDGE_KEPT,    /* what is picked is kept */
    COPY_EDGE_CLOSURE, /* the parents of kept rows are kept */
    COPY_EDGE_FOLLOW,  /* the children of picked rows (of kept ones: `all`) are picked */
    COPY_EDGE_ENTITY   /* the rows of chosen keys are picked; the rows of its home choose them */
} CopyEdgeKind;

typedef struct CopyEdge CopyEdge;
struct CopyEdge {
    CopyEdgeKind kind;
    size_t from;
    size_t to;
    const FlowLink *link;     /* CLOSURE, FOLLOW */
    const FlowCopyRule *rule; /* FOLLOW */
};

typedef struct CopyComponent CopyComponent;
struct CopyComponent {
    const size_t *nodes;
    size_t n_nodes;
    bool is_cycle; /* more than one node, or one with an edge to itself */
};

typedef struct CopyGraph CopyGraph;
struct CopyGraph {
    const Flow *flow;
    size_t n_nodes;
    const CopyEdge *edges;
    size_t n_edges;
    const CopyComponent *components;
    size_t n_components;
    const size_t *component_of; /* by node */
    const size_t
        *first_arriving;    /* edges into node n: [first_arriving[n], first_arriving[n + 1]) */
    const size_t *arriving; /* of these, each the number of an edge */
};

size_t copy_picked_node(const FlowTable *table);
size_t copy_kept_node(const FlowTable *table);
size_t copy_entity_node(const Flow *flow, const FlowEntity *entity);
/** Are the keys of an entity listed, since a hash alone doesn't tell which they are? */
bool copy_entity_is_listed(const FlowEntity *entity);

/** O(tables + links + rules). Everything in `arena`. */
const CopyGraph *copy_graph_new(const Flow *flow, Arena *arena);

/** Sets `copy_needs` of all copied tables. */
void copy_graph_set_needs(const CopyGraph *graph, Arena *arena);

#endif
