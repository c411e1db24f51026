#include "runtime/elaborate/copy_graph.h"

#include "runtime/base/vec.h"

#include <stdlib.h>
#include <string.h>

typedef VEC(CopyEdge) CopyEdges;

size_t
copy_picked_node(const FlowTable *table)
{
    return 2 * table->index;
}

size_t
copy_kept_node(const FlowTable *table)
{
    return 2 * table->index + 1;
}

size_t
copy_entity_node(const Flow *flow, const FlowEntity *entity)
{
    return 2 * flow->n_tables + entity->index;
}

bool
copy_entity_is_listed(const FlowEntity *entity)
{
    return entity->n_rules != 1 || entity->rules[0].kind != PDC_COPY_SAMPLE_PERCENT;
}

static bool
is_copied(const FlowTable *table)
{
    return table->body->kind == FLOW_BODY_COPY;
}

/* ---- edges ---- */

static void
add_follow(const Flow *flow, const FlowTable *table, const FlowCopyRule *rule, CopyEdges *edges,
           Arena *arena)
{
    for (size_t i = 0; i < flow->n_links; i++) {
        const FlowLink *link = &flow->links[i];
        for (size_t k = 0; link->child == table && k < rule->n_tables; k++) {
            if (link->parent == rule->tables[k]) {
                CopyEdge edge = {.kind = COPY_EDGE_FOLLOW,
                                 .from = rule->all ? copy_kept_node(link->parent)
                                                   : copy_picked_node(link->parent),
                                 .to = copy_picked_node(table),
                                 .link = link,
                                 .rule = rule};
                vec_push_in(arena, edges, edge);
            }
        }
    }
}

static void
add_table(const Flow *flow, const FlowTable *table, CopyEdges *edges, Arena *arena)
{
    const FlowBody *body = table->body;
    vec_push_in(arena, edges,
                ((CopyEdge){.kind = COPY_EDGE_KEPT,
                            .from = copy_picked_node(table),
                            .to = copy_kept_node(table)}));
    for (size_t i = 0; i < body->n_copy_rules; i++) {
        if (body->copy_rules[i].kind == PDC_COPY_FOLLOW) {
            add_follow(flow, table, &body->copy_rules[i], edges, arena);
        }
    }
    for (size_t i = 0; i < body->n_carriers; i++) {
        const FlowEntity *entity = body->carriers[i].entity;
        if (copy_entity_is_listed(entity)) {
            vec_push_in(arena, edges,
                        ((CopyEdge){.kind = COPY_EDGE_ENTITY,
                                    .from = copy_entity_node(flow, entity),
                                    .to = copy_picked_node(table)}));
        }
    }
}

/** Nothing is closed over a reference that is nulled, nor into a table of which every row is there.
 */
static void
add_closure(const Flow *flow, CopyEdges *edges, Arena *arena)
{
    for (size_t i = 0; i < flow->n_links; i++) {
        const FlowLink *link = &flow->links[i];
        if (!link->is_broken && !flow_copies_all(link->parent)) {
            vec_push_in(arena, edges,
                        ((CopyEdge){.kind = COPY_EDGE_CLOSURE,
                                    .from = copy_kept_node(link->child),
                                    .to = copy_kept_node(link->parent),
                                    .link = link}));
        }
    }
}

static void
add_edges(const Flow *flow, CopyEdges *edges, Arena *arena)
{
    for (size_t i = 0; i < flow->n_tables; i++) {
        if (is_copied(flow->tables[i])) {
            add_table(flow, flow->tables[i], edges, arena);
        }
    }
    add_closure(flow, edges, arena);
}

/* ---- components ---- */

typedef struct Tarjan Tarjan;
struct Tarjan {
    CopyGraph *graph;
    Arena *arena;
    const size_t *first; /* edges that leave a node: [first[n], first[n + 1]) of `leaving` */
    const size_t *leaving;
    size_t *number; /* 0: not seen */
    size_t *low;
    bool *is_open;
    size_t n_seen;
    VEC(size_t) stack;
    VEC(CopyComponent) components;
    size_t *component_of;
};

/** Sorts the edges by one of their ends. */
static void
sort_edges(const CopyGraph *graph, bool by_target, Arena *arena, const size_t **ret_first,
           const size_t **ret_sorted)
{
    size_t *first = ARENA_ARRAY(arena, size_t, graph->n_nodes + 2);
    size_t *next = ARENA_ARRAY(arena, size_t, graph->n_nodes + 2);
    size_t *sorted = ARENA_ARRAY(arena, size_t, graph->n_edges + 1);
    for (size_t i = 0; i < graph->n_edges; i++) {
        first[(by_target ? graph->edges[i].to : graph->edges[i].from) + 1]++;
    }
    for (size_t i = 0; i < graph->n_nodes; i++) {
        first[i + 1] += first[i];
        next[i + 1] = first[i + 1];
    }
    for (size_t i = 0; i < graph->n_edges; i++) {
        sorted[next[by_target ? graph->edges[i].to : graph->edges[i].from]++] = i;
    }
    *ret_first = first;
    *ret_sorted = sorted;
}

static bool
has_edge_to_itself(const Tarjan *t, size_t node)
{
    for (size_t i = t->first[node]; i < t->first[node + 1]; i++) {
        if (t->graph->edges[t->leaving[i]].to == node) {
            return true;
        }
    }
    return false;
}

static void
close_component(Tarjan *t, size_t root)
{
    size_t n = 0;
    while (t->stack.items[t->stack.n - 1 - n] != root) {
        n++;
    }
    n++;
    size_t *nodes = ARENA_ARRAY(t->arena, size_t, n);
    memcpy(nodes, &t->stack.items[t->stack.n - n], n * sizeof *nodes);
    for (size_t i = 0; i < n; i++) {
        t->is_open[nodes[i]] = false;
        t->component_of[nodes[i]] = t->components.n;
    }
    t->stack.n -= n;
    CopyComponent component = {
        .nodes = nodes, .n_nodes = n, .is_cycle = n > 1 || has_edge_to_itself(t, nodes[0])};
    vec_push_in(t->arena, &t->components, component);
}

/** One node on the way down, and how many of its edges were seen. */
typedef struct Frame Frame;
struct Frame {
    size_t node;
    size_t next;
};

typedef VEC(Frame) Frames;

static void
enter(Tarjan *t, Frames *frames, size_t node)
{
    t->number[node] = ++t->n_seen;
    t->low[node] = t->number[node];
    t->is_open[node] = true;
    vec_push_in(t->arena, &t->stack, node);
    vec_push_in(t->arena, frames, ((Frame){node, t->first[node]}));
}

/** With a stack of its own: chains of tables are as long as the user likes. */
static void
visit(Tarjan *t, size_t root)
{
    Frames frames = {0};
    enter(t, &frames, root);
    while (frames.n > 0) {
        Frame *top = &frames.items[frames.n - 1];
        size_t node = top->node;
        if (top->next < t->first[node + 1]) {
            size_t to = t->graph->edges[t->leaving[top->next++]].to;
            if (t->number[to] == 0) {
                enter(t, &frames, to);
            } else if (t->is_open[to] && t->number[to] < t->low[node]) {
                t->low[node] = t->number[to];
            }
            continue;
        }
        if (t->low[node] == t->number[node]) {
            close_component(t, node);
        }
        frames.n--;
        size_t above = frames.n > 0 ? frames.items[frames.n - 1].node : node;
        t->low[above] = t->low[node] < t->low[above] ? t->low[node] : t->low[above];
    }
}

/** Tarjan finds what is reached first; here what reaches comes first. */
static void
turn_around(Tarjan *t)
{
    size_t n = t->components.n;
    for (size_t i = 0; i < n / 2; i++) {
        CopyComponent other = t->components.items[i];
        t->components.items[i] = t->components.items[n - 1 - i];
        t->components.items[n - 1 - i] = other;
    }
    for (size_t i = 0; i < t->graph->n_nodes; i++) {
        t->component_of[i] = n - 1 - t->component_of[i];
    }
}

static void
find_components(CopyGraph *graph, Arena *arena)
{
    size_t n = graph->n_nodes;
    Tarjan t = {.graph = graph,
                .arena = arena,
                .number = ARENA_ARRAY(arena, size_t, n + 1),
                .low = ARENA_ARRAY(arena, size_t, n + 1),
                .is_open = ARENA_ARRAY(arena, bool, n + 1),
                .component_of = ARENA_ARRAY(arena, size_t, n + 1)};
    sort_edges(graph, false, arena, &t.first, &t.leaving);
    for (size_t i = 0; i < n; i++) {
        if (t.number[i] == 0) {
            visit(&t, i);
        }
    }
    turn_around(&t);
    graph->components = t.components.items;
    graph->n_components = t.components.n;
    graph->component_of = t.component_of;
}

const CopyGraph *
copy_graph_new(const Flow *flow, Arena *arena)
{
    CopyEdges edges = {0};
    CopyGraph *graph = ARENA_NEW(arena, CopyGraph);
    add_edges(flow, &edges, arena);
    graph->flow = flow;
    graph->n_nodes = 2 * flow->n_tables + flow->n_entities;
    graph->edges = edges.items;
    graph->n_edges = edges.n;
    find_components(graph, arena);
    sort_edges(graph, true, arena, &graph->first_arriving, &graph->arriving);
    return graph;
}

/* ---- what a table needs ---- */

/** The search backwards from one table after the other. */
typedef struct Search Search;
struct Search {
    const CopyGraph *graph;
    Arena *arena;
    size_t *seen; /* by node: the number of the table that met it last, from 1 */
    VEC(size_t) nodes;
    VEC(const FlowTable *) tables;
};

static void
meet(Search *s, size_t node, size_t number)
{
    if (s->seen[node] != number) {
        s->seen[node] = number;
        vec_push(&s->nodes, node);
    }
}

static const FlowTable *
table_of(const Flow *flow, size_t node)
{
    return node < 2 * flow->n_tables ? flow->tables[node / 2]
                                     : flow->entities[node - 2 * flow->n_tables]->home;
}

static int
compare_tables(const void *a, const void *b)
{
    const FlowTable *const *first = a;
    const FlowTable *const *second = b;
    return ((*first)->index > (*second)->index) - ((*first)->index < (*second)->index);
}

static void
set_needs(Search *s, const FlowTable *table)
{
    const CopyGraph *graph = s->graph;
    vec_clear(&s->nodes);
    vec_clear(&s->tables);
    meet(s, copy_kept_node(table), table->index + 1);
    for (size_t i = 0; i < s->nodes.n; i++) {
        size_t node = s->nodes.items[i];
        for (size_t k = graph->first_arriving[node]; k < graph->first_arriving[node + 1]; k++) {
            meet(s, graph->edges[graph->arriving[k]].from, table->index + 1);
        }
        const FlowTable *met = table_of(graph->flow, node);
        if (met != NULL) {
            vec_push(&s->tables, met);
        }
    }
    qsort(s->tables.items, s->tables.n, sizeof *s->tables.items, compare_tables);
    FlowBody *body = (FlowBody *)(uintptr_t)table->body; /* made by copy.c, still being bound */
    body->copy_needs = ARENA_ARRAY(s->arena, const FlowTable *, s->tables.n);
    for (size_t i = 0; i < s->tables.n; i++) {
        if (i == 0 || s->tables.items[i] != s->tables.items[i - 1]) {
            body->copy_needs[body->n_copy_needs++] = s->tables.items[i];
        }
    }
}

void
copy_graph_set_needs(const CopyGraph *graph, Arena *arena)
{
    Search s = {
        .graph = graph, .arena = arena, .seen = ARENA_ARRAY(arena, size_t, graph->n_nodes + 1)};
    for (size_t i = 0; i < graph->flow->n_tables; i++) {
        if (is_copied(graph->flow->tables[i])) {
            set_needs(&s, graph->flow->tables[i]);
        }
    }
    vec_free(&s.nodes);
    vec_free(&s.tables);
}
