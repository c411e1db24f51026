#include "compiler/lineage/flow_lineage.h"

#include "runtime/base/str.h"
#include "runtime/base/vec.h"
#include "runtime/diag/source.h"
#include "runtime/elaborate/render.h"
#include "runtime/store/sql_text.h"

#include <string.h>

typedef struct Tracer Tracer;
struct Tracer {
    const FlowLineageInput *input;
    FlowLineage *lineage;
    SqlAnalyzer *analyzer;
    Arena *arena;
};

const LineageNode *
flow_lineage_node(const FlowLineage *lineage, const FlowTable *table)
{
    return &lineage->nodes[table->index];
}

const char *
lineage_node_name(const LineageNode *node, Arena *arena)
{
    const FlowStage *stage = node->table ? node->table->stage : node->check->stage;
    return arena_printf(arena, "%s.%s", stage->name,
                        node->table ? node->table->name : node->check->name);
}

const LineageColumn *
lineage_node_column(const LineageNode *node, const char *name)
{
    const LineageColumn *open = NULL;
    for (size_t i = 0; i < node->n_columns; i++) {
        const LineageColumn *column = &node->columns[i];
        if (column->name != NULL && text_equal_ignore_case(column->name, name)) {
            return column;
        }
        open = column->is_open || column->name == NULL ? column : open;
    }
    return open;
}

/* ---- queries ---- */

static void
append_table(void *user, const FlowTable *table, Str *sql)
{
    (void)user;
    sql_qualified(sql, table->stage->name, table->name);
}

static void
append_output(void *user, const char *output, Str *sql)
{
    (void)user;
    sql_ident(sql, output);
}

static int
find_columns(void *user, const FlowTable *table, Arena *arena, FlowColumn **ret_columns,
             size_t *ret_n, Error *reterr)
{
    Tracer *t = user;
    const LineageNode *node = flow_lineage_node(t->lineage, table);
    if (!node->is_known) {
        error_set(reterr, ERROR_UNSUPPORTED, "the columns of %s aren't known", table->name);
        return -1;
    }
    *ret_columns = ARENA_ARRAY(arena, FlowColumn, node->n_columns);
    *ret_n = node->n_columns;
    for (size_t i = 0; i < node->n_columns; i++) {
        (*ret_columns)[i].name = node->names[i];
    }
    return 0;
}

static LineageTable
look_up(void *user, const char *schema, const char *name)
{
    Tracer *t = user;
    const FlowTable *table = schema ? flow_find_table(t->input->flow, schema, name) : NULL;
    if (table == NULL) {
        return (LineageTable){0};
    }
    const LineageNode *node = flow_lineage_node(t->lineage, table);
    return (LineageTable){node->names, node->is_known ? node->n_columns : 0, node->is_known};
}

/** Does a fragment ask for the type of a column (`c.type`)? Types aren't known here. */
static bool
asks_for_types(const Tracer *t, const FlowQuery *query)
{
    for (size_t i = 0; i < query->n_pieces; i++) {
        const FlowPiece *piece = &query->pieces[i];
        if (piece->kind != FLOW_PIECE_LATE) {
            continue;
        }
        Span span = flow_span(t->input->sources, piece->at);
        const char *text = span.file ? span.file->text + span.start : "";
        size_t length = span.file ? span.end - span.start : 0;
        const char *piece_text = arena_strndup(t->arena, text, length);
        if (span.file == NULL || strstr(piece_text, "type") != NULL) {
            return true;
        }
    }
    return false;
}

/** @return NULL where it can't be put into words, or its parser refuses it */
static const LineageFacts *
trace_query(Tracer *t, const FlowQuery *query, bool order_counts)
{
    RenderContext context = {.flow = t->input->flow,
                             .environment = t->input->environment,
                             .sources = t->input->sources,
                             .append_table = append_table,
                             .append_output = append_output,
                             .columns = find_columns,
                             .user = t};
    Rendered rendered;
    Error error = {0};
    bool wordless = asks_for_types(t, query) ||
                    flow_query_render(query, &context, t->arena, &rendered, &error) < 0;
    error_deinit(&error);
    if (wordless) {
        return NULL;
    }
    LineageQuestion question = {.text = rendered.text,
                                .length = rendered.length,
                                .dialect = t->input->dialect,
                                .lookup = look_up,
                                .user = t,
                                .order_counts = order_counts};
    LineageFacts *facts = NULL;
    SqlProblem problem;
    int status = lineage_of_query(t->analyzer, &question, t->arena, &facts, &problem);
    return status == 0 ? facts : NULL;
}

static LineageEdges
edges_of(Tracer *t, LineageSources sources)
{
    LineageEdge *edges = ARENA_ARRAY(t->arena, LineageEdge, sources.n);
    size_t n = 0;
    for (size_t i = 0; i < sources.n; i++) {
        const LineageSource *source = &sources.items[i];
        const FlowTable *from =
            source->schema ? flow_find_table(t->input->flow, source->schema, source->table) : NULL;
        if (from != NULL) {
            edges[n++] = (LineageEdge){from, source->column, source->kinds};
        }
    }
    return (LineageEdges){edges, n};
}

static void
take_facts(Tracer *t, const LineageFacts *facts, LineageNode *node)
{
    LineageColumn *columns = ARENA_ARRAY(t->arena, LineageColumn, facts->n_outputs);
    node->is_known = true;
    node->names = ARENA_ARRAY(t->arena, const char *, facts->n_outputs);
    for (size_t i = 0; i < facts->n_outputs; i++) {
        const LineageOutput *output = &facts->outputs[i];
        columns[i] = (LineageColumn){output->name, output->is_open, edges_of(t, output->sources)};
        node->names[i] = output->name;
        node->is_known &= !output->is_open && output->name != NULL;
    }
    node->columns = columns;
    node->n_columns = facts->n_outputs;
    node->filters = edges_of(t, facts->filters);
}

/** Nobody knows its columns: each may be made of all that it reads. */
static void
take_anything(Tracer *t, const FlowTable *const *inputs, size_t n_inputs, LineageNode *node)
{
    LineageEdge *edges = ARENA_ARRAY(t->arena, LineageEdge, n_inputs);
    LineageEdge *filters = ARENA_ARRAY(t->arena, LineageEdge, n_inputs);
    for (size_t i = 0; i < n_inputs; i++) {
        edges[i] = (LineageEdge){inputs[i], NULL, LINEAGE_COPIED | LINEAGE_COMPUTED};
        filters[i] = (LineageEdge){inputs[i], NULL, LINEAGE_FILTERED};
    }
    LineageColumn *column = ARENA_NEW(t->arena, LineageColumn);
    *column = (LineageColumn){.is_open = true, .from = {edges, n_inputs}};
    node->columns = column;
    node->n_columns = 1;
    node->filters = (LineageEdges){filters, n_inputs};
}

static void
trace_into(Tracer *t, const FlowQuery *query, bool order_counts, LineageNode *node)
{
    const LineageFacts *facts = trace_query(t, query, order_counts);
    if (facts != NULL) {
        take_facts(t, facts, node);
    } else {
        take_anything(t, query->inputs, query->n_inputs, node);
    }
}

/* ---- tables ---- */

static bool
trace_csv(Tracer *t, const FlowBody *body, LineageNode *node)
{
    const char *const *names;
    size_t n;
    if (t->input->csv_columns == NULL ||
        !t->input->csv_columns(t->input->user, body, t->arena, &names, &n)) {
        return false;
    }
    LineageColumn *columns = ARENA_ARRAY(t->arena, LineageColumn, n);
    node->names = ARENA_ARRAY(t->arena, const char *, n);
    for (size_t i = 0; i < n; i++) {
        columns[i].name = node->names[i] = names[i];
    }
    node->columns = columns;
    node->n_columns = n;
    node->is_known = true;
    return true;
}

static void
trace_table(Tracer *t, const FlowTable *table)
{
    LineageNode *node = &t->lineage->nodes[table->index];
    node->table = table;
    const FlowBody *body = table->body;
    bool known = false;
    if (body != NULL && body->kind == FLOW_BODY_QUERY && body->query != NULL) {
        trace_into(t, body->query, table->kind == PDC_VIEW, node);
        known = true;
    } else if (body != NULL && body->kind == FLOW_BODY_CSV) {
        known = trace_csv(t, body, node);
    }
    if (!known) {
        take_anything(t, table->inputs, table->n_inputs, node);
    }
}

const FlowLineage *
lineage_of_flow(const FlowLineageInput *input, Arena *arena)
{
    const Flow *flow = input->flow;
    CLEANUP(sql_analyzer_freep) SqlAnalyzer *analyzer = sql_analyzer_new();
    FlowLineage *lineage = ARENA_NEW(arena, FlowLineage);
    lineage->flow = flow;
    lineage->n_nodes = flow->n_tables + flow->n_checks;
    lineage->nodes = ARENA_ARRAY(arena, LineageNode, lineage->n_nodes);
    Tracer t = {input, lineage, analyzer, arena};
    for (size_t i = 0; i < flow->n_tables; i++) {
        trace_table(&t, flow->tables[i]);
    }
    for (size_t i = 0; i < flow->n_checks; i++) {
        LineageNode *node = &lineage->nodes[flow->n_tables + i];
        node->check = flow->checks[i];
        trace_into(&t, node->check->query, false, node);
    }
    return lineage;
}
