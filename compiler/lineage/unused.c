#include "compiler/lineage/unused.h"

#include "runtime/base/map.h"

#include <string.h>

typedef struct Marker Marker;
struct Marker {
    const FlowLineage *lineage;
    Arena *arena;
    Map *used;     /* "stage.table.column", folded; "stage.table.*": all of the table */
    Map *is_input; /* "stage.table": another table reads it */
};

static const char *
key_of(const Marker *m, const FlowTable *table, const char *column)
{
    const char *key = arena_printf(m->arena, "%s.%s.%s", table->stage->name, table->name, column);
    return text_fold(m->arena, key, strlen(key));
}

static void
mark(Marker *m, const FlowTable *table, const char *column)
{
    map_set(m->used, key_of(m, table, column ? column : "*"), m);
}

static bool
is_used(const Marker *m, const FlowTable *table, const LineageColumn *column)
{
    return column->name == NULL || map_get(m->used, key_of(m, table, "*")) != NULL ||
           map_get(m->used, key_of(m, table, column->name)) != NULL;
}

static void
mark_edges(Marker *m, LineageEdges edges)
{
    for (size_t i = 0; i < edges.n; i++) {
        mark(m, edges.items[i].from, edges.items[i].column);
    }
}

/** A condition or expression of a clause is text here: each column that it may name counts. */
static void
mark_named(Marker *m, const FlowTable *table, const FlowQuery *query)
{
    const LineageNode *node = flow_lineage_node(m->lineage, table);
    for (size_t i = 0; query != NULL && i < query->n_pieces; i++) {
        const char *text = query->pieces[i].text;
        const char *folded = text ? text_fold(m->arena, text, strlen(text)) : "";
        for (size_t k = 0; k < node->n_columns; k++) {
            const char *name = node->columns[k].name;
            bool named = name && strstr(folded, text_fold(m->arena, name, strlen(name))) != NULL;
            if (named || query->pieces[i].kind == FLOW_PIECE_LATE) {
                mark(m, table, name);
            }
        }
    }
}

static void
mark_columns(Marker *m, const FlowTable *table, const char *const *columns, size_t n_columns)
{
    for (size_t i = 0; i < n_columns; i++) {
        mark(m, table, columns[i]);
    }
}

static void
mark_clauses(Marker *m, const FlowTable *table)
{
    for (size_t i = 0; i < table->n_constraints; i++) {
        const FlowConstraint *clause = &table->constraints[i];
        mark_columns(m, table, clause->columns, clause->n_columns);
        mark_named(m, table, clause->condition);
        if (clause->target != NULL) {
            mark_columns(m, clause->target, clause->target_columns, clause->n_target_columns);
        }
    }
    for (size_t i = 0; i < table->n_indexes; i++) {
        mark_columns(m, table, table->indexes[i].columns, table->indexes[i].n_columns);
        mark_named(m, table, table->indexes[i].expressions);
    }
}

static void
mark_inputs(Marker *m)
{
    for (size_t i = 0; i < m->lineage->n_nodes; i++) {
        const FlowTable *table = m->lineage->nodes[i].table;
        for (size_t k = 0; table != NULL && k < table->n_inputs; k++) {
            map_set(m->is_input, key_of(m, table->inputs[k], ""), m);
        }
    }
}

/** Readers come before what they read: checks, then the tables from the last to the first. */
static void
mark_node(Marker *m, const LineageNode *node)
{
    const FlowTable *table = node->table;
    mark_edges(m, node->filters);
    if (table == NULL) {
        return; /* whether a check finds rows is all that counts */
    }
    if (map_get(m->is_input, key_of(m, table, "")) == NULL) {
        mark(m, table, NULL);
    }
    for (size_t i = 0; i < node->n_columns; i++) {
        if (is_used(m, table, &node->columns[i])) {
            mark_edges(m, node->columns[i].from);
        }
    }
}

void
lineage_each_unused(const FlowLineage *lineage, Arena *arena, LineageUnused visit, void *user)
{
    Marker m = {lineage, arena, map_new(arena), map_new(arena)};
    mark_inputs(&m);
    for (size_t i = 0; i < lineage->flow->n_tables; i++) {
        mark_clauses(&m, lineage->flow->tables[i]);
    }
    for (size_t i = lineage->n_nodes; i-- > 0;) {
        mark_node(&m, &lineage->nodes[i]);
    }
    for (size_t i = 0; i < lineage->flow->n_tables; i++) {
        const LineageNode *node = &lineage->nodes[i];
        if (node->table->is_input && map_get(m.is_input, key_of(&m, node->table, "")) == NULL) {
            visit(user, node, NULL);
        }
        for (size_t k = 0; k < node->n_columns; k++) {
            if (!is_used(&m, node->table, &node->columns[k])) {
                visit(user, node, node->columns[k].name);
            }
        }
    }
}
