#include "compiler/lineage/show.h"

#include "runtime/base/map.h"
#include "runtime/base/vec.h"
#include "runtime/diag/diag.h"

#include <string.h>

/** How deep a tree is drawn; a flow with longer ways is still shown, cut off. */
enum { MAX_INDENT = 100 };

typedef struct Shower Shower;
struct Shower {
    const FlowLineage *lineage;
    Arena *arena;
    Str *out;
    Map *seen; /* what a tree has drawn already */
};

typedef struct KindRow KindRow;
struct KindRow {
    unsigned kind;
    const char *word; /* in text */
    const char *name; /* in JSON */
};

static const KindRow kind_rows[] = {
    {LINEAGE_COPIED, "copied", "copied"},
    {LINEAGE_COMPUTED, "computed", "computed"},
    {LINEAGE_FILTERED, "filtered by", "filtered"},
};

static const char *
name_of(const Shower *s, const LineageNode *node)
{
    return lineage_node_name(node, s->arena);
}

/** "check" or "warn"; "" for tables. */
static const char *
word_of_node(const LineageNode *node)
{
    return node->check == NULL ? "" : node->check->warn ? "warn" : "check";
}

static const char *
name_of_column(const LineageColumn *column)
{
    return column->is_open ? "*" : column->name ? column->name : "?column?";
}

/** "copied, filtered by, perhaps" */
static const char *
words_of(const Shower *s, unsigned kinds)
{
    Str words = {0};
    for (size_t i = 0; i < ARRAY_LENGTH(kind_rows); i++) {
        if (kinds & kind_rows[i].kind) {
            str_append_format(&words, "%s%s", words.length > 0 ? ", " : "", kind_rows[i].word);
        }
    }
    str_append(&words, kinds & LINEAGE_SURE ? "" : ", perhaps");
    return str_take_in(&words, s->arena);
}

static void
add_line(Shower *s, size_t indent, const char *name, const char *words)
{
    str_append_repeat(s->out, ' ', 2 * indent);
    int width = indent < 20 ? 40 - 2 * (int)indent : 0;
    if (words[0] == '\0') {
        str_append_format(s->out, "%s\n", name);
    } else {
        str_append_format(s->out, "%-*s  %s\n", width, name, words);
    }
}

static const char *
name_of_end(const Shower *s, const LineageEdge *edge)
{
    const LineageNode *node = flow_lineage_node(s->lineage, edge->from);
    return arena_printf(s->arena, "%s.%s", name_of(s, node), edge->column ? edge->column : "*");
}

/* ---- up ---- */

static void draw_up(Shower *s, const LineageNode *node, const char *column, size_t indent);

/** Draws an edge, and what its other end comes from: values only, since what decides about rows
 * does so for all of a table. */
static void
draw_up_edge(Shower *s, const LineageEdge *edge, size_t indent)
{
    const char *name = name_of_end(s, edge);
    bool again = map_set(s->seen, name, s) != NULL;
    const LineageNode *node = flow_lineage_node(s->lineage, edge->from);
    bool has_more = edge->column != NULL && (edge->kinds & (LINEAGE_COPIED | LINEAGE_COMPUTED));
    const LineageColumn *column = has_more ? lineage_node_column(node, edge->column) : NULL;
    has_more = column != NULL && column->from.n > 0;
    const char *words = words_of(s, edge->kinds);
    add_line(s, indent, name, again && has_more ? arena_printf(s->arena, "%s …", words) : words);
    if (has_more && !again && indent < MAX_INDENT) {
        draw_up(s, node, edge->column, indent + 1);
    }
}

/** A column that an open one stands for is the column of the same name there. */
static LineageEdge
edge_for(const LineageColumn *column, const LineageEdge *edge, const char *wanted)
{
    LineageEdge found = *edge;
    if (column->is_open && found.column == NULL && (found.kinds & LINEAGE_COPIED) &&
        (found.kinds & LINEAGE_SURE)) {
        found.column = wanted;
    }
    return found;
}

static void
draw_up(Shower *s, const LineageNode *node, const char *column, size_t indent)
{
    const LineageColumn *found = lineage_node_column(node, column);
    for (size_t i = 0; found != NULL && i < found->from.n; i++) {
        LineageEdge edge = edge_for(found, &found->from.items[i], column);
        draw_up_edge(s, &edge, indent);
    }
}

static void
draw_filters(Shower *s, const LineageNode *node, size_t indent)
{
    for (size_t i = 0; i < node->filters.n; i++) {
        const LineageEdge *edge = &node->filters.items[i];
        const char *perhaps = edge->kinds & LINEAGE_SURE ? "" : "perhaps";
        add_line(s, indent, name_of_end(s, edge), perhaps);
    }
}

/* ---- down ---- */

/** A way down: a column of a node that is made of something, or all its rows. */
typedef struct Reader Reader;
struct Reader {
    const LineageNode *node;
    const char *column; /* NULL: what rows there are */
    unsigned kinds;
};

typedef struct Readers Readers;
struct Readers {
    VEC(Reader) items; /* arena */
};

static bool
reads(const LineageEdge *edge, const FlowTable *table, const char *column)
{
    return edge->from == table &&
           (column == NULL || edge->column == NULL || text_equal_ignore_case(edge->column, column));
}

static unsigned
kinds_of(LineageEdges edges, const FlowTable *table, const char *column)
{
    unsigned kinds = 0;
    for (size_t i = 0; i < edges.n; i++) {
        kinds |= reads(&edges.items[i], table, column) ? edges.items[i].kinds : 0;
    }
    return kinds;
}

static void
add_reader(const Shower *s, Readers *readers, const LineageNode *node, const char *column,
           unsigned kinds)
{
    if (kinds != 0) {
        vec_push_in(s->arena, &readers->items, (Reader){node, column, kinds});
    }
}

/** Of a check only its rows count; what it merely shows is said where it does nothing else. */
static void
add_check(const Shower *s, Readers *readers, const LineageNode *node, const FlowTable *table,
          const char *column)
{
    unsigned kinds = kinds_of(node->filters, table, column);
    for (size_t i = 0; kinds == 0 && i < node->n_columns; i++) {
        kinds = kinds_of(node->columns[i].from, table, column);
    }
    add_reader(s, readers, node, NULL, kinds);
}

/** Who reads a column of a table (NULL: any). */
static Readers
readers_of(const Shower *s, const FlowTable *table, const char *column)
{
    Readers readers = {0};
    for (size_t i = 0; i < s->lineage->n_nodes; i++) {
        const LineageNode *node = &s->lineage->nodes[i];
        if (node->check != NULL) {
            add_check(s, &readers, node, table, column);
            continue;
        }
        for (size_t k = 0; k < node->n_columns; k++) {
            const LineageColumn *reader = &node->columns[k];
            unsigned kinds = kinds_of(reader->from, table, column);
            /* what copies all columns has one of that name */
            bool passes = reader->is_open && column != NULL && (kinds & LINEAGE_SURE);
            add_reader(s, &readers, node, passes ? column : name_of_column(reader), kinds);
        }
        add_reader(s, &readers, node, NULL, kinds_of(node->filters, table, column));
    }
    return readers;
}

static const char *
name_of_reader(const Shower *s, const Reader *reader)
{
    const char *name = name_of(s, reader->node);
    if (reader->node->check != NULL) {
        return arena_printf(s->arena, "%s %s", word_of_node(reader->node), name);
    }
    return reader->column ? arena_printf(s->arena, "%s.%s", name, reader->column)
                          : arena_printf(s->arena, "%s (rows)", name);
}

static void
draw_down(Shower *s, const FlowTable *table, const char *column, size_t indent)
{
    Readers readers = readers_of(s, table, column);
    for (size_t i = 0; i < readers.items.n; i++) {
        const Reader *reader = &readers.items.items[i];
        const char *name = name_of_reader(s, reader);
        bool again = map_set(s->seen, name, s) != NULL;
        const char *words = words_of(s, reader->kinds);
        add_line(s, indent, name, again ? arena_printf(s->arena, "%s …", words) : words);
        if (!again && reader->column != NULL && reader->node->table && indent < MAX_INDENT) {
            draw_down(s, reader->node->table, reader->column, indent + 1);
        }
    }
}

/* ---- text ---- */

static void
show_column(Shower *s, const LineageTarget *target, const char *column)
{
    const LineageNode *node = target->node;
    str_append_format(s->out, "%s.%s\n", name_of(s, node), column);
    if (target->up) {
        const LineageColumn *found = lineage_node_column(node, column);
        str_append(s->out, found && found->from.n > 0 ? "  comes from\n" : "");
        s->seen = map_new(s->arena);
        draw_up(s, node, column, 2);
        str_append(s->out, node->filters.n > 0 ? "  its rows are filtered by\n" : "");
        draw_filters(s, node, 2);
    }
    if (target->down && node->table != NULL) {
        size_t before = s->out->length;
        str_append(s->out, "  goes to\n");
        size_t after = s->out->length;
        s->seen = map_new(s->arena);
        draw_down(s, node->table, column, 2);
        str_truncate(s->out, s->out->length == after ? before : s->out->length);
    }
}

static void
show_own_columns(Shower *s, const LineageNode *node)
{
    for (size_t i = 0; i < node->n_columns; i++) {
        const LineageColumn *column = &node->columns[i];
        add_line(s, 1, name_of_column(column), "");
        for (size_t k = 0; k < column->from.n; k++) {
            const LineageEdge *edge = &column->from.items[k];
            add_line(s, 2, name_of_end(s, edge), words_of(s, edge->kinds));
        }
    }
}

static bool
is_input(const FlowTable *const *inputs, size_t n_inputs, const FlowTable *table)
{
    for (size_t i = 0; i < n_inputs; i++) {
        if (inputs[i] == table) {
            return true;
        }
    }
    return false;
}

/** Who reads the table, if only to count its rows. */
static void
show_readers(Shower *s, const FlowTable *table)
{
    bool first = true;
    for (size_t i = 0; i < s->lineage->n_nodes; i++) {
        const LineageNode *node = &s->lineage->nodes[i];
        bool reader =
            node->table ? is_input(node->table->inputs, node->table->n_inputs, table)
                        : is_input(node->check->query->inputs, node->check->query->n_inputs, table);
        if (reader) {
            const char *word = word_of_node(node);
            str_append(s->out, first ? "  goes to\n" : "");
            add_line(s, 2,
                     arena_printf(s->arena, "%s%s%s", word, *word ? " " : "", name_of(s, node)),
                     "");
            first = false;
        }
    }
}

/** A table with the columns that its own are made of directly. */
static void
show_table(Shower *s, const LineageNode *node, const LineageTarget *target)
{
    const char *word = word_of_node(node);
    str_append_format(s->out, "%s%s%s\n", word, *word ? " " : "", name_of(s, node));
    if (target->up) {
        if (node->check == NULL) {
            show_own_columns(s, node);
        }
        str_append(s->out, node->filters.n > 0 ? "  (rows) filtered by\n" : "");
        draw_filters(s, node, 2);
    }
    if (target->down && node->table != NULL && target->node != NULL) {
        show_readers(s, node->table);
    }
}

void
lineage_show(const FlowLineage *lineage, const LineageTarget *target, Arena *arena, Str *out)
{
    Shower s = {.lineage = lineage, .arena = arena, .out = out};
    if (target->node != NULL && target->column != NULL) {
        show_column(&s, target, target->column);
    } else if (target->node != NULL) {
        show_table(&s, target->node, target);
    } else {
        for (size_t i = 0; i < lineage->n_nodes; i++) {
            show_table(&s, &lineage->nodes[i], target);
        }
    }
}

/* ---- JSON ---- */

static void
add_json_field(Str *out, const char *key, const char *text)
{
    str_append_format(out, ", \"%s\": ", key);
    diag_append_json(out, text);
}

/** One line for each kind of an edge. */
static void
add_json_edge(Shower *s, const LineageNode *node, const char *column, const LineageEdge *edge)
{
    for (size_t i = 0; i < ARRAY_LENGTH(kind_rows); i++) {
        if (!(edge->kinds & kind_rows[i].kind)) {
            continue;
        }
        str_append_format(s->out, "{\"%s\": ", node->check ? "check" : "table");
        diag_append_json(s->out, name_of(s, node));
        add_json_field(s->out, "column", column);
        add_json_field(s->out, "from_table", name_of(s, flow_lineage_node(s->lineage, edge->from)));
        add_json_field(s->out, "from_column", edge->column);
        add_json_field(s->out, "kind", kind_rows[i].name);
        str_append_format(s->out, ", \"sure\": %s}\n",
                          edge->kinds & LINEAGE_SURE ? "true" : "false");
    }
}

static void
add_json_columns(Shower *s, const LineageNode *node, const LineageColumn *column, const char *name)
{
    for (size_t i = 0; i < column->from.n; i++) {
        LineageEdge edge = edge_for(column, &column->from.items[i], name);
        add_json_edge(s, node, name, &edge);
    }
}

/** What of the flow was put out: a node's column, or its rows, once. */
static bool
is_new(Shower *s, const LineageNode *node, const char *column)
{
    const char *key = arena_printf(s->arena, "%s.%s", name_of(s, node), column ? column : "\x01");
    return map_set(s->seen, key, s) == NULL;
}

static void
json_rows(Shower *s, const LineageNode *node)
{
    size_t n = is_new(s, node, NULL) ? node->filters.n : 0;
    for (size_t i = 0; i < n; i++) {
        add_json_edge(s, node, NULL, &node->filters.items[i]);
    }
}

/** A way that is still to be gone. */
typedef struct Step Step;
struct Step {
    const LineageNode *node;
    const char *column;
};

typedef struct Steps Steps;
struct Steps {
    VEC(Step) items; /* arena */
};

static void
json_up(Shower *s, Step start)
{
    Steps steps = {0};
    vec_push_in(s->arena, &steps.items, start);
    for (size_t i = 0; i < steps.items.n; i++) {
        Step step = steps.items.items[i];
        const LineageColumn *column = lineage_node_column(step.node, step.column);
        if (column == NULL || !is_new(s, step.node, step.column)) {
            continue;
        }
        add_json_columns(s, step.node, column, step.column);
        json_rows(s, step.node);
        for (size_t k = 0; k < column->from.n; k++) {
            LineageEdge edge = edge_for(column, &column->from.items[k], step.column);
            Step next = {flow_lineage_node(s->lineage, edge.from), edge.column};
            if (next.column != NULL) {
                vec_push_in(s->arena, &steps.items, next);
            }
        }
    }
}

static void
json_down(Shower *s, Step start)
{
    Steps steps = {0};
    vec_push_in(s->arena, &steps.items, start);
    for (size_t i = 0; i < steps.items.n; i++) {
        Step step = steps.items.items[i];
        Readers readers = {0};
        if (step.node->table != NULL) {
            readers = readers_of(s, step.node->table, step.column);
        }
        for (size_t k = 0; k < readers.items.n; k++) {
            const Reader *reader = &readers.items.items[k];
            LineageEdge edge = {step.node->table, step.column, reader->kinds};
            const char *key = arena_printf(s->arena, "%s.%s<%s.%s", name_of(s, reader->node),
                                           reader->column ? reader->column : "\x01",
                                           name_of(s, step.node), step.column);
            if (map_set(s->seen, key, s) != NULL) {
                continue;
            }
            add_json_edge(s, reader->node, reader->column, &edge);
            if (reader->column != NULL) {
                vec_push_in(s->arena, &steps.items, (Step){reader->node, reader->column});
            }
        }
    }
}

static void
json_node(Shower *s, const LineageNode *node)
{
    for (size_t i = 0; i < node->n_columns; i++) {
        add_json_columns(s, node, &node->columns[i], node->columns[i].name);
    }
    json_rows(s, node);
}

static void
json_columns(Shower *s, const LineageTarget *target)
{
    const LineageNode *node = target->node;
    for (size_t i = 0; i < (target->column ? 1 : node->n_columns); i++) {
        const char *column = target->column ? target->column : name_of_column(&node->columns[i]);
        if (target->up) {
            json_up(s, (Step){node, column});
        }
        if (target->down) {
            json_down(s, (Step){node, column});
        }
    }
}

void
lineage_show_json(const FlowLineage *lineage, const LineageTarget *target, Arena *arena, Str *out)
{
    Shower s = {.lineage = lineage, .arena = arena, .out = out, .seen = map_new(arena)};
    if (target->node != NULL) {
        json_columns(&s, target);
        return;
    }
    for (size_t i = 0; i < lineage->n_nodes; i++) {
        json_node(&s, &lineage->nodes[i]);
    }
}
