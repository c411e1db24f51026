/* `pdc lineage`: where columns come from and go to, in one instance. */
#include "compiler/driver/driver.h"
#include "compiler/lineage/show.h"
#include "compiler/lineage/unused.h"
#include "compiler/types/data_file.h"
#include "runtime/base/suggest.h"

#include <stdio.h>
#include <string.h>

/* ---- files ---- */

/** The header of a file beside the `.flow` that names it. What is wrong with it the run will say.
 */
static bool
csv_columns(void *user, const FlowBody *body, Arena *arena, const char *const **ret_names,
            size_t *ret_n)
{
    const Compilation *c = user;
    CsvOptions options;
    if (!data_file_csv_options(body, &options)) {
        return false;
    }
    const char *path = data_file_path(body, c->flow_sources, arena);
    Error error = {0};
    int status = csv_header(path, &options, arena, ret_names, ret_n, &error);
    error_deinit(&error);
    return status == 0;
}

/* ---- the target ---- */

/** Names that may have been meant, nearest first in the message. */
static void
report_unknown(Compilation *c, DiagId id, const char *part, const char *whole,
               const char *const *names, size_t n_names)
{
    if (id == DIAG_UNKNOWN_TABLE) {
        diag_add(c->diags, id, SPAN_NONE, whole);
    } else {
        diag_add(c->diags, id, SPAN_NONE, whole, part);
    }
    const char *nearest = suggest_nearest(part, names, n_names);
    if (nearest != NULL) {
        diag_hint(c->diags, "did you mean `%s`?", nearest);
    }
}

static void
report_unknown_table(Compilation *c, const FlowLineage *lineage, const char *name)
{
    const char **names = ARENA_ARRAY(c->arena, const char *, lineage->n_nodes);
    for (size_t i = 0; i < lineage->n_nodes; i++) {
        names[i] = lineage_node_name(&lineage->nodes[i], c->arena);
    }
    report_unknown(c, DIAG_UNKNOWN_TABLE, name, name, names, lineage->n_nodes);
}

/** A node by `stage.name`, of which `text` may be longer by a column: `*ret_rest` is what follows.
 */
static const LineageNode *
find_node(Compilation *c, const FlowLineage *lineage, const char *text, const char **ret_rest)
{
    for (size_t i = 0; i < lineage->n_nodes; i++) {
        const char *name = lineage_node_name(&lineage->nodes[i], c->arena);
        size_t length = strlen(name);
        if (strncmp(text, name, length) == 0 && (text[length] == '\0' || text[length] == '.')) {
            *ret_rest = text[length] == '.' ? text + length + 1 : NULL;
            return &lineage->nodes[i];
        }
    }
    return NULL;
}

/** @return false with a message */
static bool
find_target(Compilation *c, const FlowLineage *lineage, const char *text, LineageTarget *target)
{
    if (text == NULL) {
        return true;
    }
    target->node = find_node(c, lineage, text, &target->column);
    if (target->node == NULL) {
        report_unknown_table(c, lineage, text);
        return false;
    }
    if (target->column == NULL || lineage_node_column(target->node, target->column) != NULL) {
        return true;
    }
    report_unknown(c, DIAG_UNKNOWN_COLUMN, target->column,
                   lineage_node_name(target->node, c->arena), target->node->names,
                   target->node->is_known ? target->node->n_columns : 0);
    return false;
}

/* ---- the command ---- */

static const FlowLineage *
trace(Compilation *c)
{
    CheckedInstance checked;
    if (!compilation_elaborate(c, &checked)) {
        return NULL;
    }
    bool duckdb = text_equal(checked.environment.engine, "duckdb");
    FlowLineageInput input = {.flow = checked.flow,
                              .environment = &checked.environment,
                              .sources = c->flow_sources,
                              .dialect = duckdb ? SQL_DUCKDB : SQL_POSTGRES,
                              .csv_columns = csv_columns,
                              .user = c};
    return lineage_of_flow(&input, c->arena);
}

/* ---- what nothing uses ---- */

static void
append_unused(void *user, const LineageNode *node, const char *column)
{
    Str *text = user;
    if (column != NULL) {
        str_append_format(text, "%s.%s.%s\n", node->table->stage->name, node->table->name, column);
    }
}

/** Files and tables of other systems come as they are: their columns are nobody's fault. */
static void
warn_of_unused(void *user, const LineageNode *node, const char *column)
{
    Compilation *c = user;
    const FlowTable *table = node->table;
    Span span = flow_span(c->flow_sources, table->at);
    if (column == NULL) {
        diag_add(c->diags, DIAG_UNUSED_TABLE, span, table->stage->name, table->name);
    } else if (table->body->kind == FLOW_BODY_QUERY) {
        diag_add(c->diags, DIAG_UNUSED_COLUMN, span, column, table->stage->name, table->name);
    }
}

void
pass_unused(Compilation *c)
{
    bool asked = c->options->unused && text_equal(c->options->subcommand, "check");
    const FlowLineage *lineage = asked ? trace(c) : NULL;
    if (lineage != NULL) {
        lineage_each_unused(lineage, c->arena, warn_of_unused, c);
    }
}

static bool
print_lineage(Compilation *c)
{
    const FlowLineage *lineage = trace(c);
    bool both = c->options->up == c->options->down;
    LineageTarget target = {.up = both || c->options->up, .down = both || c->options->down};
    if (lineage == NULL || !find_target(c, lineage, c->options->target, &target)) {
        return false;
    }
    CLEANUP(str_deinit) Str text = {0};
    if (c->options->unused) {
        lineage_each_unused(lineage, c->arena, append_unused, &text);
    } else if (c->options->json) {
        lineage_show_json(lineage, &target, c->arena, &text);
    } else {
        lineage_show(lineage, &target, c->arena, &text);
    }
    fputs(str_text(&text), stdout);
    return true;
}

int
driver_lineage(const DriverOptions *options)
{
    Compilation c;
    compilation_init(&c, options);
    bool done = compilation_run(&c, "judge") && print_lineage(&c);
    compilation_report(&c);
    int code = done ? EXIT_DONE : EXIT_INPUT;
    compilation_deinit(&c);
    return code;
}
