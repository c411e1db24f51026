#include "compiler/lineage/graph.h"

#include "runtime/diag/diag.h"

/* ---- Graphviz ---- */

#define CHECK " (check)"

/** A text in quotes; the language knows no other escape than that of the quote. */
static void
add_quoted(Str *out, const char *text)
{
    str_append_char(out, '"');
    for (; *text != '\0'; text++) {
        str_append(out, *text == '"' || *text == '\\' ? "\\" : "");
        str_append_char(out, *text);
    }
    str_append_char(out, '"');
}

/** @param what  tells a check from a table of the same name */
static void
add_name(Str *out, const FlowStage *stage, const char *name, const char *what)
{
    Str whole = {0};
    str_append_format(&whole, "%s.%s%s", stage->name, name, what);
    add_quoted(out, str_text(&whole));
    str_deinit(&whole);
}

static const char *
shape_of(const FlowTable *table)
{
    return table->is_input           ? "shape=cylinder"
           : table->kind == PDC_VIEW ? "style=dashed"
                                     : "style=solid";
}

static void
add_table(Str *out, const FlowTable *table)
{
    str_append(out, "    ");
    add_name(out, table->stage, table->name, "");
    str_append(out, " [label=");
    add_quoted(out, table->name);
    str_append_format(out, ", %s", shape_of(table));
    if (table->doc != NULL) {
        str_append(out, ", tooltip=");
        add_quoted(out, table->doc);
    }
    str_append(out, "];\n");
}

static void
add_stage(Str *out, const Flow *flow, const FlowStage *stage)
{
    str_append(out, "  subgraph ");
    Str cluster = {0};
    str_append_format(&cluster, "cluster_%s", stage->name);
    add_quoted(out, str_text(&cluster));
    str_deinit(&cluster);
    str_append(out, " {\n    label=");
    add_quoted(out, stage->name);
    str_append(out, ";\n");
    for (size_t i = 0; i < flow->n_tables; i++) {
        if (flow->tables[i]->stage == stage) {
            add_table(out, flow->tables[i]);
        }
    }
    for (size_t i = 0; i < flow->n_checks; i++) {
        const FlowCheck *check = flow->checks[i];
        if (check->stage == stage) {
            str_append(out, "    ");
            add_name(out, stage, check->name, CHECK);
            str_append(out, " [label=");
            add_quoted(out, check->name);
            str_append_format(out, ", shape=note, color=%s];\n", check->warn ? "orange" : "gray");
        }
    }
    str_append(out, "  }\n");
}

static void
add_arrows(Str *out, const FlowTable *const *inputs, size_t n_inputs, const FlowStage *stage,
           const char *name, const char *what, const char *attributes)
{
    for (size_t i = 0; i < n_inputs; i++) {
        str_append(out, "  ");
        add_name(out, inputs[i]->stage, inputs[i]->name, "");
        str_append(out, " -> ");
        add_name(out, stage, name, what);
        str_append_format(out, "%s;\n", attributes);
    }
}

void
graph_append_dot(const Flow *flow, Str *out)
{
    str_append(out, "digraph ");
    add_quoted(out, flow->name);
    str_append(out, " {\n  rankdir=LR;\n  node [shape=box, fontname=\"Helvetica\"];\n");
    for (size_t i = 0; i < flow->n_stages; i++) {
        add_stage(out, flow, flow->stages[i]);
    }
    for (size_t i = 0; i < flow->n_tables; i++) {
        const FlowTable *table = flow->tables[i];
        add_arrows(out, table->inputs, table->n_inputs, table->stage, table->name, "", "");
        add_arrows(out, table->after, table->n_after, table->stage, table->name, "",
                   " [style=dotted]");
    }
    for (size_t i = 0; i < flow->n_checks; i++) {
        const FlowCheck *check = flow->checks[i];
        add_arrows(out, check->query->inputs, check->query->n_inputs, check->stage, check->name,
                   CHECK, " [color=gray]");
    }
    str_append(out, "}\n");
}

/* ---- JSON ---- */

static void
add_json_name(Str *out, const FlowStage *stage, const char *name)
{
    Str whole = {0};
    str_append_format(&whole, "%s.%s", stage->name, name);
    diag_append_json(out, str_text(&whole));
    str_deinit(&whole);
}

static void
add_json_tables(Str *out, const char *key, const FlowTable *const *tables, size_t n_tables)
{
    str_append_format(out, ", \"%s\": [", key);
    for (size_t i = 0; i < n_tables; i++) {
        str_append(out, i > 0 ? ", " : "");
        add_json_name(out, tables[i]->stage, tables[i]->name);
    }
    str_append(out, "]");
}

static void
add_json_table(Str *out, const FlowTable *table)
{
    str_append(out, "{\"table\": ");
    add_json_name(out, table->stage, table->name);
    str_append_format(out, ", \"kind\": \"%s\", \"input\": %s",
                      table->kind == PDC_VIEW ? "view" : "table",
                      table->is_input ? "true" : "false");
    add_json_tables(out, "reads", table->inputs, table->n_inputs);
    add_json_tables(out, "after", table->after, table->n_after);
    str_append(out, ", \"tags\": [");
    for (size_t i = 0; i < table->n_tags; i++) {
        str_append(out, i > 0 ? ", " : "");
        diag_append_json(out, table->tags[i]);
    }
    str_append(out, "], \"doc\": ");
    diag_append_json(out, table->doc);
    str_append(out, "}\n");
}

void
graph_append_json(const Flow *flow, Str *out)
{
    for (size_t i = 0; i < flow->n_tables; i++) {
        add_json_table(out, flow->tables[i]);
    }
    for (size_t i = 0; i < flow->n_checks; i++) {
        const FlowCheck *check = flow->checks[i];
        str_append(out, "{\"check\": ");
        add_json_name(out, check->stage, check->name);
        str_append_format(out, ", \"kind\": \"%s\"", check->warn ? "warn" : "check");
        add_json_tables(out, "reads", check->query->inputs, check->query->n_inputs);
        str_append(out, "}\n");
    }
}
