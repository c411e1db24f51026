/* The copy block in force: its source, its lines, and what they come to for each table. */
#include "runtime/elaborate/copy_priv.h"

/** The copy block whose condition holds, or NULL. Two are an error. */
static int
find_active_copy(Elaboration *e, const PdcCopy **ret_copy)
{
    *ret_copy = NULL;
    for (size_t i = 0; i < e->unit->n_copies; i++) {
        const PdcCopy *copy = &e->unit->copies[i];
        bool truth = true;
        bool deferred = false;
        if (copy->condition != NULL &&
            eval_condition(e, copy->condition, NULL, &truth, &deferred) < 0) {
            return -1;
        }
        if (truth && *ret_copy != NULL) {
            diag_add(e->diags, DIAG_TWO_COPIES, at_span(e, copy->at),
                     e->environment->instance_name);
            diag_note(e->diags, at_span(e, (*ret_copy)->at), "the other one");
            return -1;
        }
        *ret_copy = truth ? copy : *ret_copy;
    }
    return 0;
}

static int
eval_source(Elaboration *e, const PdcCopy *copy, FlowCopySource *source)
{
    Value name;
    bool deferred;
    if (eval(e, copy->source, NULL, &name) < 0) {
        return -1;
    }
    if (name.kind != VALUE_TEXT) {
        diag_add(e->diags, DIAG_EXPR_TYPE, at_span(e, copy->source->at), "the name of an instance",
                 value_kind_name(name.kind));
        return -1;
    }
    source->instance = name.text;
    source->at = copy->source->at;
    if (copy->per_user != NULL &&
        eval_condition(e, copy->per_user, NULL, &source->per_user, &deferred) < 0) {
        return -1;
    }
    if (text_equal(name.text, e->environment->instance_name) && !source->per_user) {
        diag_add(e->diags, DIAG_COPY_FROM_ITSELF, at_span(e, copy->source->at), name.text);
        return -1;
    }
    const Environment *environment = e->environment;
    if (environment->n_instances > 0 &&
        !text_is_one_of(name.text, environment->instances, environment->n_instances)) {
        diag_add(e->diags, DIAG_COPY_SOURCE, at_span(e, copy->source->at), name.text);
        hint_instance(e->diags, name.text, environment->instances, environment->n_instances);
        return -1;
    }
    return 0;
}

/** A view of the source becomes a table: this instance never reads the source's places. */
static void
copy_inputs(Elaboration *e, PdcSpan at)
{
    for (size_t i = 0; i < e->tables.n; i++) {
        FlowTable *table = e->tables.items[i];
        if (table->is_input) {
            FlowBody *body = ARENA_NEW(e->arena, FlowBody);
            *body = (FlowBody){.kind = FLOW_BODY_COPY, .at = at};
            table->body = body;
            table->kind = PDC_TABLE;
        }
    }
}

int
bind_copy(Elaboration *e)
{
    FlowCopySource *source = ARENA_NEW(e->arena, FlowCopySource);
    if (find_active_copy(e, &e->copy) < 0) {
        return -1;
    }
    if (e->copy == NULL) {
        return 0;
    }
    int result = eval_source(e, e->copy, source);
    e->flow->copy_source = source;
    copy_inputs(e, e->copy->at);
    return result;
}

/* ---- foreign keys ---- */

static void
list_links(Elaboration *e)
{
    VEC(FlowLink) links = {0};
    for (size_t i = 0; i < e->tables.n; i++) {
        const FlowTable *table = e->tables.items[i];
        for (size_t k = 0; table->is_input && k < table->n_constraints; k++) {
            const FlowConstraint *constraint = &table->constraints[k];
            if (constraint->kind != PDC_CLAUSE_FOREIGN_KEY || !constraint->target->is_input ||
                constraint->n_columns != constraint->n_target_columns) {
                continue;
            }
            FlowLink link = {.child = table,
                             .child_columns = constraint->columns,
                             .parent = constraint->target,
                             .parent_columns = constraint->target_columns,
                             .n_columns = constraint->n_columns,
                             .at = constraint->at};
            vec_push_in(e->arena, &links, link);
        }
    }
    e->flow->links = links.items;
    e->flow->n_links = links.n;
}

/* ---- lines ---- */

typedef VEC(FlowCopyRule) RuleList;

static bool
is_rest(const PdcCopyLine *line)
{
    return line->table.name.n_parts == 0 && line->n_entity == 0;
}

static int
append_rules(Elaboration *e, const PdcCopyLine *line, const FlowTable *table,
             const FlowEntity *entity, RuleList *rules)
{
    int result = 0;
    e->stage = table != NULL ? table->stage : NULL;
    for (size_t i = 0; i < line->n_rules; i++) {
        FlowCopyRule rule;
        if (copy_rule_bind(e, &line->rules[i], table, entity, &rule) < 0) {
            result = -1;
        } else {
            vec_push_in(e->arena, rules, rule);
        }
    }
    return copy_rules_check(e, rules->items, rules->n) < 0 ? -1 : result;
}

static void
set_rules(const FlowTable *table, const RuleList *rules, PdcSpan at)
{
    FlowBody *body = (FlowBody *)(uintptr_t)table->body; /* made by copy_inputs() */
    body->copy_rules = rules->items;
    body->n_copy_rules = rules->n;
    body->at = at;
}

/** The table that a line names, which must be an input. @return NULL with a message */
static const FlowTable *
find_named(Elaboration *e, const PdcCopyLine *line)
{
    const FlowTable *table = find_relation(e, &line->table, line->at, NULL);
    if (table != NULL && !table->is_input) {
        diag_add(e->diags, DIAG_COPY_NOT_INPUT, at_span(e, line->at), table->stage->name,
                 table->name);
        diag_note(e->diags, at_span(e, table->at), "declared here, outside `input { … }`");
        return NULL;
    }
    return table;
}

/** `*ret_all` where each was found and understood: else nobody can tell which table has no line. */
static int
bind_named_lines(Elaboration *e, bool *ret_all)
{
    int result = 0;
    *ret_all = true;
    for (size_t i = 0; i < e->copy->n_lines; i++) {
        const PdcCopyLine *line = &e->copy->lines[i];
        if (line->table.name.n_parts == 0) {
            continue;
        }
        const FlowTable *table = find_named(e, line);
        RuleList rules = {0};
        if (table == NULL) {
            result = -1;
            *ret_all = false;
        } else {
            int bound = append_rules(e, line, table, NULL, &rules);
            set_rules(table, &rules, line->at);
            *ret_all &= bound == 0;
            result |= bound;
        }
    }
    return result;
}

static int
bind_entity_lines(Elaboration *e)
{
    VEC(const FlowEntity *) entities = {0};
    int result = 0;
    for (size_t i = 0; i < e->copy->n_lines; i++) {
        const PdcCopyLine *line = &e->copy->lines[i];
        if (line->n_entity == 0) {
            continue;
        }
        FlowEntity *entity = ARENA_NEW(e->arena, FlowEntity);
        RuleList rules = {0};
        *entity = (FlowEntity){.index = entities.n,
                               .at = line->at,
                               .columns = line->entity,
                               .n_columns = line->n_entity};
        if (copy_entity_place(e, entity) < 0 ||
            append_rules(e, line, entity->home, entity, &rules) < 0) {
            result = -1;
            continue;
        }
        entity->rules = rules.items;
        entity->n_rules = rules.n;
        vec_push_in(e->arena, &entities, entity);
    }
    e->flow->entities = entities.items;
    e->flow->n_entities = entities.n;
    return result;
}

static bool
is_picked(const FlowTable *table)
{
    for (size_t i = 0; i < table->body->n_copy_rules; i++) {
        PdcCopyRuleKind kind = table->body->copy_rules[i].kind;
        if (!flow_copy_rule_adds(kind) && !flow_copy_rule_changes(kind)) {
            return true;
        }
    }
    return table->body->n_carriers > 0;
}

/** What the rest's line says goes to tables of which no other line picks rows. */
static int
bind_rest(Elaboration *e, const PdcCopyLine *line, const FlowTable *table)
{
    RuleList rules = {0};
    int result = append_rules(e, line, table, NULL, &rules);
    for (size_t i = 0; i < table->body->n_copy_rules; i++) {
        vec_push_in(e->arena, &rules, table->body->copy_rules[i]);
    }
    set_rules(table, &rules, table->body->n_copy_rules > 0 ? table->body->at : line->at);
    return result;
}

static const PdcCopyLine *
find_rest(const PdcCopy *copy)
{
    for (size_t i = 0; i < copy->n_lines; i++) {
        if (is_rest(&copy->lines[i])) {
            return &copy->lines[i];
        }
    }
    return NULL;
}

static int
bind_other_tables(Elaboration *e, bool all_named)
{
    const PdcCopyLine *rest = find_rest(e->copy);
    int result = 0;
    for (size_t i = 0; i < e->tables.n; i++) {
        const FlowTable *table = e->tables.items[i];
        if (!table->is_input || is_picked(table)) {
            continue;
        }
        if (rest != NULL) {
            result |= bind_rest(e, rest, table);
        } else if (all_named && !copy_rules_any(table, flow_copy_rule_adds)) {
            diag_add(e->diags, DIAG_COPY_NO_RULE, at_span(e, table->at), table->stage->name,
                     table->name);
            diag_note(e->diags, at_span(e, e->copy->at), "the copy block in force");
            result = -1;
        }
    }
    return result;
}

int
bind_copy_rules(Elaboration *e)
{
    bool all_named;
    if (e->copy == NULL) {
        return 0;
    }
    list_links(e);
    int result = bind_named_lines(e, &all_named);
    result |= copy_links_break(e);
    int entities = bind_entity_lines(e);
    result |= bind_other_tables(e, all_named && entities == 0) | entities;
    return result != 0 ? result : copy_masks_check(e); /* a line that was lost may hold the mask */
}

/* ---- what depends on what ---- */

static bool
is_picked_node(const Flow *flow, size_t node, const FlowTable **ret_table)
{
    *ret_table = node < 2 * flow->n_tables ? flow->tables[node / 2] : NULL;
    return *ret_table != NULL && node == copy_picked_node(*ret_table);
}

/** Does anything bring rows into a cycle? Rules that only choose among what is followed do not. */
static bool
is_seeded(const CopyGraph *graph, const CopyComponent *component)
{
    for (size_t i = 0; i < component->n_nodes; i++) {
        size_t node = component->nodes[i];
        const FlowTable *table;
        for (size_t k = graph->first_arriving[node]; k < graph->first_arriving[node + 1]; k++) {
            const CopyEdge *edge = &graph->edges[graph->arriving[k]];
            if (edge->kind != COPY_EDGE_ENTITY &&
                graph->component_of[edge->from] != graph->component_of[node]) {
                return true;
            }
        }
        if (is_picked_node(graph->flow, node, &table) &&
            (copy_rules_any(table, flow_copy_rule_adds) ||
             (copy_follows_itself(table) &&
              (table->body->n_carriers > 0 || copy_rules_any(table, copy_rule_begins))))) {
            return true;
        }
    }
    return false;
}

/** Rules that count or rank rows of a set that is still growing would have no meaning. */
static int
check_ranks(Elaboration *e, const FlowTable *table)
{
    const FlowBody *body = table->body;
    for (size_t i = 0; i < body->n_copy_rules; i++) {
        const FlowCopyRule *rule = &body->copy_rules[i];
        if (!copy_follows_itself(table) && copy_rule_ranks(rule->kind)) {
            diag_add(e->diags, DIAG_FOLLOW_RANKED, at_span(e, rule->at), table->stage->name,
                     table->name);
            return -1;
        }
    }
    return 0;
}

static int
check_cycle(Elaboration *e, const CopyGraph *graph, const CopyComponent *component)
{
    const FlowTable *follower = NULL;
    int result = 0;
    for (size_t i = 0; component->is_cycle && i < component->n_nodes; i++) {
        const FlowTable *table;
        if (is_picked_node(e->flow, component->nodes[i], &table)) {
            follower = table;
            result |= check_ranks(e, table);
        }
    }
    if (follower != NULL && !is_seeded(graph, component)) {
        diag_add(e->diags, DIAG_FOLLOW_CYCLE, at_span(e, follower->body->at), follower->stage->name,
                 follower->name);
        return -1;
    }
    return result;
}

int
bind_copy_graph(Elaboration *e)
{
    int result = 0;
    if (e->copy == NULL) {
        return 0;
    }
    const CopyGraph *graph = copy_graph_new(e->flow, e->arena);
    for (size_t i = 0; i < graph->n_components; i++) {
        result |= check_cycle(e, graph, &graph->components[i]);
    }
    copy_graph_set_needs(graph, e->arena);
    return result;
}
