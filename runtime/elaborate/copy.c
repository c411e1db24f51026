#include "runtime/elaborate/elaborate_priv.h"

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

static int
bind_rule(Elaboration *e, const PdcCopyRule *rule, FlowCopyRule *bound)
{
    Value limit;
    *bound = (FlowCopyRule){.kind = rule->kind, .at = rule->at};
    switch (rule->kind) {
    case PDC_COPY_ALL:
    case PDC_COPY_NONE: return 0;
    case PDC_COPY_WHERE: return expand_query(e, rule->query, NULL, &bound->condition);
    case PDC_COPY_LIMIT:
        if (eval(e, rule->expr, NULL, &limit) < 0) {
            return -1;
        }
        if (limit.kind != VALUE_INT || limit.integer < 0) {
            diag_add(e->diags, DIAG_EXPR_TYPE, at_span(e, rule->expr->at), "a number of rows",
                     limit.kind == VALUE_INT ? "a negative one" : value_kind_name(limit.kind));
            return -1;
        }
        bound->limit = limit.integer;
        return 0;
    }
    BUG("copy rule of kind %d", (int)rule->kind);
}

static int
bind_line(Elaboration *e, const PdcCopyLine *line, FlowTable *table)
{
    FlowBody *body = ARENA_NEW(e->arena, FlowBody);
    FlowCopyRule *rules = ARENA_ARRAY(e->arena, FlowCopyRule, line->n_rules);
    int result = 0;
    e->stage = table->stage;
    for (size_t i = 0; i < line->n_rules; i++) {
        result |= bind_rule(e, &line->rules[i], &rules[i]);
    }
    body->kind = FLOW_BODY_COPY;
    body->at = line->at;
    body->copy_rules = rules;
    body->n_copy_rules = line->n_rules;
    table->body = body;
    table->kind = PDC_TABLE; /* a view of the source becomes a table: this instance never reads the
                                source's places */
    return result;
}

/** The line of a table: the one that names it, else the one for the rest. */
static const PdcCopyLine *
find_line(const PdcCopy *copy, const FlowTable *const *named, const FlowTable *table)
{
    const PdcCopyLine *rest = NULL;
    for (size_t i = 0; i < copy->n_lines; i++) {
        if (named[i] == table) {
            return &copy->lines[i];
        }
        if (copy->lines[i].table.name.n_parts == 0) {
            rest = &copy->lines[i];
        }
    }
    return rest;
}

/** The table that each line names (NULL for the rest), which must be an input. `*ret_all` where
 * each was found, input or not: else nobody can tell which table has no line. */
static int
find_named(Elaboration *e, const PdcCopy *copy, const FlowTable **named, bool *ret_all)
{
    *ret_all = true;
    int result = 0;
    for (size_t i = 0; i < copy->n_lines; i++) {
        const PdcCopyLine *line = &copy->lines[i];
        if (line->table.name.n_parts == 0) {
            continue;
        }
        named[i] = find_relation(e, &line->table, line->at, NULL);
        if (named[i] == NULL) {
            *ret_all = false;
            result = -1;
        } else if (!named[i]->is_input) {
            diag_add(e->diags, DIAG_COPY_NOT_INPUT, at_span(e, line->at), named[i]->stage->name,
                     named[i]->name);
            diag_note(e->diags, at_span(e, named[i]->at), "declared here, outside `input { … }`");
            result = -1;
        }
    }
    return result;
}

int
bind_copy(Elaboration *e)
{
    const PdcCopy *copy;
    FlowCopySource *source = ARENA_NEW(e->arena, FlowCopySource);
    bool all_named;
    if (find_active_copy(e, &copy) < 0) {
        return -1;
    }
    if (copy == NULL) {
        return 0;
    }
    int result = eval_source(e, copy, source);
    const FlowTable **named = ARENA_ARRAY(e->arena, const FlowTable *, copy->n_lines);
    result |= find_named(e, copy, named, &all_named);
    e->flow->copy_source = source;
    for (size_t i = 0; i < e->tables.n; i++) {
        FlowTable *table = e->tables.items[i];
        const PdcCopyLine *line = table->is_input ? find_line(copy, named, table) : NULL;
        if (line != NULL) {
            result |= bind_line(e, line, table);
        } else if (table->is_input && all_named) {
            diag_add(e->diags, DIAG_COPY_NO_RULE, at_span(e, table->at), table->stage->name,
                     table->name);
            diag_note(e->diags, at_span(e, copy->at), "the copy block in force");
            result = -1;
        }
    }
    return result;
}
