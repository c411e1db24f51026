#include "runtime/copy/choose.h"

#include "runtime/copy/choose_priv.h"
#include "runtime/copy/weigh.h"
#include "runtime/store/sql_text.h"

/* ---- which lists are needed ---- */

static bool
is_entity_node(const CopyChoice *choice, size_t node)
{
    return node >= 2 * choice->graph->flow->n_tables;
}

static const FlowTable *
table_of(const CopyChoice *choice, size_t node)
{
    return choice->graph->flow->tables[node / 2];
}

static const FlowEntity *
entity_of(const CopyChoice *choice, size_t node)
{
    return choice->graph->flow->entities[node - 2 * choice->graph->flow->n_tables];
}

static bool
is_picked_node(const CopyChoice *choice, size_t node)
{
    return !is_entity_node(choice, node) && node == copy_picked_node(table_of(choice, node));
}

/** Whatever leads to a table that is due. Components come before those that depend on them, so one
 * walk from the last to the first finds it all. */
static void
mark_needed(CopyChoice *choice, const bool *due)
{
    const CopyGraph *graph = choice->graph;
    for (size_t i = 0; i < graph->flow->n_tables; i++) {
        if (due[i]) {
            choice->lists[copy_kept_node(graph->flow->tables[i])].is_needed = true;
        }
    }
    for (size_t c = graph->n_components; c-- > 0;) {
        const CopyComponent *component = &graph->components[c];
        bool needed = false;
        for (size_t i = 0; i < component->n_nodes; i++) {
            needed |= choice->lists[component->nodes[i]].is_needed;
        }
        for (size_t i = 0; needed && i < component->n_nodes; i++) {
            size_t node = component->nodes[i];
            choice->lists[node].is_needed = true;
            for (size_t k = graph->first_arriving[node]; k < graph->first_arriving[node + 1]; k++) {
                choice->lists[graph->edges[graph->arriving[k]].from].is_needed = true;
            }
        }
    }
}

/** Rules whose rows are looked for one after the other, and those that a statement can't combine
 * with others. */
static bool
has_added_rows(const FlowTable *table)
{
    for (size_t i = 0; i < table->body->n_copy_rules; i++) {
        switch (table->body->copy_rules[i].kind) {
        case PDC_COPY_AT_LEAST:
        case PDC_COPY_CERTAIN:
        case PDC_COPY_COVER_VALUES:
        case PDC_COPY_COVER_PAIRS:
        case PDC_COPY_COVER_BOUNDS:
        case PDC_COPY_PLUS_WHERE:
        case PDC_COPY_PLUS_KEYS: return true;
        default: break;
        }
    }
    return false;
}

/** A list is made where other rows depend on these; else the rules stand in the table's own
 * statement. */
static void
mark_listed(CopyChoice *choice)
{
    const CopyGraph *graph = choice->graph;
    CopyList *lists = choice->lists;
    for (size_t i = 0; i < graph->n_edges; i++) {
        const CopyEdge *edge = &graph->edges[i];
        if (!lists[edge->to].is_needed || edge->kind == COPY_EDGE_KEPT) {
            continue;
        }
        if (edge->kind == COPY_EDGE_ENTITY) {
            lists[edge->from].is_listed = true;
            continue;
        }
        lists[copy_picked_node(edge->kind == COPY_EDGE_FOLLOW ? edge->link->parent
                                                              : edge->link->child)]
            .is_listed = true;
        if (edge->kind == COPY_EDGE_CLOSURE) {
            lists[edge->to].is_listed = true;
            lists[copy_picked_node(edge->link->parent)].is_listed = true;
        }
    }
    for (size_t i = 0; i < graph->flow->n_tables; i++) {
        const FlowTable *table = graph->flow->tables[i];
        size_t node = copy_picked_node(table);
        if (table->body->kind == FLOW_BODY_COPY && lists[node].is_needed) {
            lists[node].is_listed |= has_added_rows(table);
        }
    }
}

/* ---- keys ---- */

static void
add_columns(CopyChoice *choice, CopyKey *key, const char *const *columns, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!text_is_one_of(columns[i], key->columns.items, key->columns.n)) {
            vec_push_in(choice->arena, &key->columns, columns[i]);
        }
    }
}

static const FlowConstraint *
find_key(const FlowTable *table)
{
    const FlowConstraint *key = flow_primary_key(table);
    for (size_t i = 0; key == NULL && i < table->n_constraints; i++) {
        if (table->constraints[i].kind == PDC_CLAUSE_UNIQUE && !table->constraints[i].warn) {
            key = &table->constraints[i];
        }
    }
    return key != NULL && key->warn ? NULL : key;
}

/** The key first, then the columns by which others are found and are referred to. */
static void
set_key(CopyChoice *choice, const FlowTable *table)
{
    const Flow *flow = choice->graph->flow;
    CopyKey *key = &choice->keys[table->index];
    const FlowConstraint *declared = find_key(table);
    if (declared != NULL) {
        add_columns(choice, key, declared->columns, declared->n_columns);
        key->n_key = key->columns.n;
    } else {
        key->row_id = store_row_id(choice->store);
    }
    for (size_t i = 0; i < flow->n_links; i++) {
        const FlowLink *link = &flow->links[i];
        if (link->child == table && !link->is_broken) {
            add_columns(choice, key, link->child_columns, link->n_columns);
        }
        if (link->parent == table) {
            add_columns(choice, key, link->parent_columns, link->n_columns);
        }
    }
}

static void
set_keys(CopyChoice *choice)
{
    const Flow *flow = choice->graph->flow;
    for (size_t i = 0; i < flow->n_tables; i++) {
        if (flow->tables[i]->body->kind == FLOW_BODY_COPY) {
            set_key(choice, flow->tables[i]);
        }
    }
    for (size_t i = 0; i < flow->n_entities; i++) {
        CopyKey *key = &choice->entity_keys[i];
        add_columns(choice, key, flow->entities[i]->columns, flow->entities[i]->n_columns);
        key->n_key = key->columns.n;
    }
}

CopyPicker
copy_picker_of_table(CopyChoice *choice, const FlowTable *table)
{
    return (CopyPicker){.table = table,
                        .rules = table->body->copy_rules,
                        .n_rules = table->body->n_copy_rules,
                        .carriers = table->body->carriers,
                        .n_carriers = table->body->n_carriers,
                        .key = &choice->keys[table->index],
                        .node = copy_picked_node(table)};
}

CopyPicker
copy_picker_of_entity(CopyChoice *choice, const FlowEntity *entity)
{
    return (CopyPicker){.table = entity->home,
                        .entity = entity,
                        .rules = entity->rules,
                        .n_rules = entity->n_rules,
                        .key = &choice->entity_keys[entity->index],
                        .node = copy_entity_node(choice->graph->flow, entity)};
}

CopyRows
copy_rows_of(const CopyChoice *choice, const FlowTable *table, bool kept, const CopyDelta *delta)
{
    bool grows = delta->cycle != NULL && delta->round >= 0;
    size_t nodes[] = {copy_picked_node(table), copy_kept_node(table)};
    CopyRows rows = {.key = &choice->keys[table->index], .round = grows ? delta->round : -1};
    for (size_t i = 0; i < (kept ? 2 : 1); i++) {
        bool matters = delta->cycle == NULL || copy_in_cycle(choice, delta, nodes[i]) == grows;
        if (choice->lists[nodes[i]].is_listed && matters) {
            rows.nodes[rows.n_nodes++] = nodes[i];
        }
    }
    return rows;
}

/* ---- lists ---- */

static CopyPicker
picker_of(CopyChoice *choice, size_t node)
{
    return is_entity_node(choice, node) ? copy_picker_of_entity(choice, entity_of(choice, node))
                                        : copy_picker_of_table(choice, table_of(choice, node));
}

/** Empty, with the types of the source's columns. */
static int
create_list(CopyChoice *choice, size_t node, Error *reterr)
{
    CopyPicker picker = picker_of(choice, node);
    CopyStatement statement = {0};
    const char *what = is_entity_node(choice, node)   ? "entity"
                       : is_picked_node(choice, node) ? "picked"
                                                      : "closed";
    choice->lists[node].name = arena_printf(choice->arena, "pdc %s %zu", what, node);
    str_append(&statement.sql, "create temporary table ");
    sql_ident(&statement.sql, choice->lists[node].name);
    str_append(&statement.sql, " as select ");
    for (size_t i = 0; i < picker.key->columns.n; i++) {
        copy_append_listed_value(choice, picker.table, picker.key->columns.items[i], &statement);
        str_append_format(&statement.sql, " as c%zu, ", i);
    }
    if (picker.key->row_id != NULL) {
        copy_append_key(picker.table, picker.key, &statement);
        str_append(&statement.sql, " as r, ");
    }
    str_append(&statement.sql, "cast(0 as bigint) as round, cast(0 as integer) as reason");
    copy_append_from(choice, picker.table, &statement);
    str_append(&statement.sql, " limit 0");
    int status = copy_send(choice, &statement, NULL, reterr);
    copy_statement_deinit(&statement);
    return status < 0 ? error_wrap(reterr, "listing keys of %s.%s", picker.table->stage->name,
                                   picker.table->name)
                      : 0;
}

static int
create_lists(CopyChoice *choice, const CopyComponent *component, Error *reterr)
{
    for (size_t i = 0; i < component->n_nodes; i++) {
        size_t node = component->nodes[i];
        if (choice->lists[node].is_listed && create_list(choice, node, reterr) < 0) {
            return -1;
        }
    }
    return 0;
}

/** So that the planner knows how short they are. */
static int
analyze_lists(CopyChoice *choice, const CopyComponent *component, Error *reterr)
{
    int status = 0;
    for (size_t i = 0; i < component->n_nodes && status == 0; i++) {
        const CopyList *list = &choice->lists[component->nodes[i]];
        if (list->is_listed && store_can(choice->store, STORE_SERVER)) {
            Str sql = {0};
            str_append(&sql, "analyze ");
            sql_ident(&sql, list->name);
            status = copy_exec(choice, str_text(&sql), reterr);
            str_deinit(&sql);
        }
    }
    return status;
}

/* ---- rows of a list ---- */

/** The rows that the rules pick themselves; in the rounds of a cycle, those that follow new ones.
 */
static int
insert_base(CopyChoice *choice, const CopyPicker *picker, const CopyDelta *delta, int64_t *ret_rows,
            Error *reterr)
{
    CopyStatement statement = {0};
    const FlowCopyRule *limit = copy_picker_rule(picker, PDC_COPY_LIMIT);
    int64_t round = delta->cycle == NULL ? 0 : delta->round + 1;
    *ret_rows = 0;
    if (!copy_picker_has_base(picker)) {
        return 0;
    }
    copy_begin_insert(choice, picker, picker->node, round, COPY_REASON_PICKED, &statement);
    int status = copy_append_base(choice, picker, delta, &statement, reterr);
    if (status == 0 && limit == NULL) {
        return copy_end_insert(choice, picker, picker->node, &statement, ret_rows, reterr);
    }
    status = status < 0 ? status : copy_send(choice, &statement, ret_rows, reterr);
    copy_statement_deinit(&statement);
    return status;
}

/** The children of rows of the same table. */
static int
follow_itself(CopyChoice *choice, const CopyEdge *edge, const CopyDelta *delta, int64_t *ret_rows,
              Error *reterr)
{
    int64_t round = delta->round;
    CopyPicker picker = copy_picker_of_table(choice, edge->link->child);
    CopyDelta complete = {0};
    CopyStatement statement = {0};
    const FlowLink *link = edge->link;
    CopyRows rows = copy_rows_of(choice, link->parent, edge->rule->all, delta);
    *ret_rows = 0;
    if (edge->rule->amount >= 0 && round >= edge->rule->amount) {
        return 0;
    }
    copy_begin_insert(choice, &picker, picker.node, round + 1, COPY_REASON_FOLLOWED, &statement);
    int status = copy_append_population(choice, &picker, &complete, &statement, reterr);
    copy_and(&statement);
    copy_append_listed(choice, link->child, link->child_columns, link->parent_columns,
                       link->n_columns, &rows, &statement);
    if (status < 0) {
        copy_statement_deinit(&statement);
        return -1;
    }
    return copy_end_insert(choice, &picker, picker.node, &statement, ret_rows, reterr);
}

/** The parents of kept rows, along one key. */
static int
close_over(CopyChoice *choice, const CopyEdge *edge, const CopyDelta *delta, int64_t *ret_rows,
           Error *reterr)
{
    const FlowLink *link = edge->link;
    CopyPicker picker = copy_picker_of_table(choice, link->parent);
    CopyStatement statement = {0};
    CopyRows rows = copy_rows_of(choice, link->child, true, delta);
    int64_t round = delta->cycle == NULL ? 0 : delta->round + 1;
    *ret_rows = 0;
    if (rows.n_nodes == 0) {
        return 0;
    }
    copy_begin_insert(choice, &picker, edge->to, round, COPY_REASON_CLOSURE, &statement);
    copy_and(&statement);
    copy_append_listed(choice, link->parent, link->parent_columns, link->child_columns,
                       link->n_columns, &rows, &statement);
    return copy_end_insert(choice, &picker, edge->to, &statement, ret_rows, reterr);
}

/** What comes into a list from outside of its component. */
static int
seed_list(CopyChoice *choice, const CopyComponent *component, size_t node, Error *reterr)
{
    const CopyGraph *graph = choice->graph;
    CopyDelta delta = {.cycle = component->is_cycle ? component : NULL, .round = -1};
    int64_t ignored;
    if (is_entity_node(choice, node) || is_picked_node(choice, node)) {
        CopyPicker picker = picker_of(choice, node);
        return insert_base(choice, &picker, &delta, &ignored, reterr) < 0
                   ? -1
                   : copy_add_rows(choice, &picker, reterr);
    }
    for (size_t i = graph->first_arriving[node]; i < graph->first_arriving[node + 1]; i++) {
        const CopyEdge *edge = &graph->edges[graph->arriving[i]];
        if (edge->kind == COPY_EDGE_CLOSURE &&
            close_over(choice, edge, &delta, &ignored, reterr) < 0) {
            return -1;
        }
    }
    return 0;
}

/* ---- cycles ---- */

/** Along one edge of a cycle, from the rows that the last round added. */
static int
advance(CopyChoice *choice, const CopyEdge *edge, const CopyDelta *delta, int64_t *ret_rows,
        Error *reterr)
{
    if (edge->kind == COPY_EDGE_CLOSURE) {
        return close_over(choice, edge, delta, ret_rows, reterr);
    }
    if (edge->kind == COPY_EDGE_FOLLOW && edge->link->child == edge->link->parent) {
        return follow_itself(choice, edge, delta, ret_rows, reterr);
    }
    return 0;
}

static bool
follows_in_cycle(const CopyChoice *choice, size_t node, const CopyDelta *delta)
{
    const CopyGraph *graph = choice->graph;
    for (size_t i = graph->first_arriving[node]; i < graph->first_arriving[node + 1]; i++) {
        const CopyEdge *edge = &graph->edges[graph->arriving[i]];
        if (edge->kind == COPY_EDGE_FOLLOW && edge->link->child != edge->link->parent &&
            copy_in_cycle(choice, delta, edge->from)) {
            return true;
        }
    }
    return false;
}

static int
advance_node(CopyChoice *choice, size_t node, const CopyDelta *delta, int64_t *n_new, Error *reterr)
{
    const CopyGraph *graph = choice->graph;
    int64_t rows = 0;
    for (size_t i = graph->first_arriving[node]; i < graph->first_arriving[node + 1]; i++) {
        const CopyEdge *edge = &graph->edges[graph->arriving[i]];
        rows = 0;
        if (copy_in_cycle(choice, delta, edge->from) &&
            advance(choice, edge, delta, &rows, reterr) < 0) {
            return -1;
        }
        *n_new += rows;
    }
    if (is_picked_node(choice, node) && follows_in_cycle(choice, node, delta)) {
        CopyPicker picker = copy_picker_of_table(choice, table_of(choice, node));
        if (insert_base(choice, &picker, delta, &rows, reterr) < 0) {
            return -1;
        }
        *n_new += rows;
    }
    return 0;
}

/** Round after round, until none adds anything. Each adds at least one key, so it ends. */
static int
close_cycle(CopyChoice *choice, const CopyComponent *component, Error *reterr)
{
    int64_t n_new = 1;
    for (int64_t round = 0; n_new > 0; round++) {
        CopyDelta delta = {.cycle = component, .round = round};
        n_new = 0;
        for (size_t i = 0; i < component->n_nodes; i++) {
            size_t node = component->nodes[i];
            if (choice->lists[node].is_listed &&
                advance_node(choice, node, &delta, &n_new, reterr) < 0) {
                return -1;
            }
        }
    }
    return 0;
}

static int
list_component(CopyChoice *choice, const CopyComponent *component, Error *reterr)
{
    if (!choice->lists[component->nodes[0]].is_needed) {
        return 0;
    }
    if (create_lists(choice, component, reterr) < 0) {
        return -1;
    }
    for (size_t i = 0; i < component->n_nodes; i++) {
        size_t node = component->nodes[i];
        if (choice->lists[node].is_listed && seed_list(choice, component, node, reterr) < 0) {
            return -1;
        }
    }
    if (component->is_cycle && close_cycle(choice, component, reterr) < 0) {
        return -1;
    }
    return analyze_lists(choice, component, reterr);
}

/* ---- the whole ---- */

static double *
unknown_percents(size_t n, Arena *arena)
{
    double *percents = ARENA_ARRAY(arena, double, n + 1);
    for (size_t i = 0; i < n; i++) {
        percents[i] = -1;
    }
    return percents;
}

int
copy_choice_new(const CopySource *source, const Exec *exec, const bool *due, Arena *arena,
                CopyChoice **ret_choice, Error *reterr)
{
    const Flow *flow = source->options.flow;
    CopyChoice *choice = ARENA_NEW(arena, CopyChoice);
    *choice = (CopyChoice){.source = source,
                           .exec = exec,
                           .store = copy_way_store(&source->way, exec->store),
                           .graph = copy_graph_new(flow, arena),
                           .arena = arena,
                           .keys = ARENA_ARRAY(arena, CopyKey, flow->n_tables + 1),
                           .entity_keys = ARENA_ARRAY(arena, CopyKey, flow->n_entities + 1),
                           .percents = unknown_percents(flow->n_tables, arena),
                           .entity_percents = unknown_percents(flow->n_entities, arena)};
    choice->lists = ARENA_ARRAY(arena, CopyList, choice->graph->n_nodes + 1);
    mark_needed(choice, due);
    mark_listed(choice);
    set_keys(choice);
    if (copy_hide_keys(choice, reterr) < 0 || copy_give_key(choice, reterr) < 0) {
        return -1;
    }
    for (size_t i = 0; i < choice->graph->n_components; i++) {
        if (list_component(choice, &choice->graph->components[i], reterr) < 0) {
            return -1;
        }
    }
    *ret_choice = choice;
    return 0;
}

int
copy_append_chosen(CopyChoice *choice, const FlowTable *table, CopyStatement *statement,
                   Error *reterr)
{
    CopyPicker picker = copy_picker_of_table(choice, table);
    CopyDelta complete = {0};
    CopyRows rows = copy_rows_of(choice, table, true, &complete);
    if (rows.n_nodes == 0) {
        return copy_append_base(choice, &picker, &complete, statement, reterr);
    }
    copy_and(statement);
    copy_append_row_listed(choice, table, &rows, statement);
    return 0;
}

/** `head`, the SELECT of the rows of a table, `tail`. */
static int
append_select(CopyChoice *choice, const char *head, const FlowTable *table, const char *tail,
              CopyStatement *statement, Error *reterr)
{
    str_append(&statement->sql, head);
    int status = copy_append_values(choice, table, statement, reterr);
    copy_append_from(choice, table, statement);
    status = status < 0 ? status : copy_append_chosen(choice, table, statement, reterr);
    str_append(&statement->sql, tail);
    return status;
}

int
copy_choice_send(CopyChoice *choice, const char *head, const FlowTable *table, const char *tail,
                 int64_t *ret_rows, Error *reterr)
{
    CopyStatement statement = {0};
    int status = append_select(choice, head, table, tail, &statement, reterr);
    status = status < 0 ? status : copy_send(choice, &statement, ret_rows, reterr);
    copy_statement_deinit(&statement);
    return status;
}

int
copy_choice_select(CopyChoice *choice, const FlowTable *table, const char **ret_sql, Error *reterr)
{
    CopyStatement statement = {0};
    int status = append_select(choice, "", table, "", &statement, reterr);
    *ret_sql = arena_strdup(choice->arena, str_text(&statement.sql));
    copy_statement_deinit(&statement);
    return status;
}

int
copy_choice_weigh(CopyChoice *choice, const FlowTable *table, const char **ret_sql, Error *reterr)
{
    *ret_sql = NULL;
    return weigh_is_whole(table) || !weigh_has_key(choice, table)
               ? 0
               : weigh_select_design(choice, table, ret_sql, reterr);
}

int
copy_choice_end(CopyChoice *choice, Error *reterr)
{
    if (weigh_end(choice, reterr) < 0) {
        return -1;
    }
    for (size_t i = 0; i < choice->graph->n_nodes; i++) {
        Str sql = {0};
        if (choice->lists[i].name == NULL) {
            continue;
        }
        str_append(&sql, "drop table ");
        sql_ident(&sql, choice->lists[i].name);
        int status = copy_exec(choice, str_text(&sql), reterr);
        str_deinit(&sql);
        if (status < 0) {
            return -1;
        }
    }
    return 0;
}
