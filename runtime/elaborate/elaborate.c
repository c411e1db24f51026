#include "runtime/elaborate/elaborate.h"

#include "runtime/elaborate/elaborate_priv.h"

static int elaborate_items(Elaboration *e, const PdcItems *items, const FlowScope *scope,
                           FlowStage *stage, PendingList *pending);

/* ---- what stands in a stage ---- */

static FlowTable *
add_table(Elaboration *e, const PdcTable *declaration, FlowStage *stage, const char *name)
{
    FlowTable *earlier = map_get(stage->tables, name);
    if (earlier != NULL) {
        diag_add(e->diags, DIAG_DUPLICATE_TABLE, at_span(e, declaration->at), name, stage->name);
        diag_note(e->diags, at_span(e, earlier->at), "first declared here");
        return NULL;
    }
    FlowTable *table = ARENA_NEW(e->arena, FlowTable);
    table->stage = stage;
    table->name = name;
    table->kind = declaration->kind;
    table->is_input = declaration->is_input;
    table->at = declaration->at;
    table->doc = declaration->doc;
    table->leader = table;
    map_set(stage->tables, name, table);
    vec_push_in(e->arena, &e->tables, table);
    return table;
}

static int
add_check(Elaboration *e, const PdcTable *declaration, FlowStage *stage, const char *name,
          Pending *pending)
{
    for (size_t i = 0; i < e->checks.n; i++) {
        if (e->checks.items[i]->stage == stage && text_equal(e->checks.items[i]->name, name)) {
            diag_add(e->diags, DIAG_DUPLICATE_CHECK, at_span(e, declaration->at), name,
                     stage->name);
            diag_note(e->diags, at_span(e, e->checks.items[i]->at), "first declared here");
            return -1;
        }
    }
    FlowCheck *check = ARENA_NEW(e->arena, FlowCheck);
    check->stage = stage;
    check->name = name;
    check->warn = declaration->kind == PDC_WARN;
    check->at = declaration->at;
    pending->check = check;
    vec_push_in(e->arena, &e->checks, check);
    return 0;
}

static int
elaborate_table(Elaboration *e, const PdcTable *declaration, const FlowScope *scope,
                FlowStage *stage, PendingList *list)
{
    Pending pending = {.declaration = declaration, .scope = scope, .stage = stage};
    bool is_check = declaration->kind == PDC_CHECK || declaration->kind == PDC_WARN;
    pending.tables = ARENA_ARRAY(e->arena, FlowTable *, declaration->n_names);
    for (size_t i = 0; i < declaration->n_names; i++) {
        const char *name;
        if (eval_name(e, &declaration->names[i], declaration->at, scope, &name) < 0) {
            return -1;
        }
        if (name == NULL) {
            diag_add(e->diags, DIAG_DEFERRED_NAME, at_span(e, declaration->at));
            return -1;
        }
        if (is_check && add_check(e, declaration, stage, name, &pending) < 0) {
            return -1;
        }
        if (!is_check && (pending.tables[i] = add_table(e, declaration, stage, name)) == NULL) {
            return -1;
        }
        if (!is_check) {
            pending.tables[i]->leader = pending.tables[0];
        }
    }
    vec_push_in(e->arena, &list->items, pending);
    return 0;
}

static int
elaborate_if(Elaboration *e, const PdcItem *item, const FlowScope *scope, FlowStage *stage,
             PendingList *pending)
{
    bool truth;
    bool deferred;
    if (eval_condition(e, item->expr, scope, &truth, &deferred) < 0) {
        return -1;
    }
    if (deferred) {
        diag_add(e->diags, DIAG_DEFERRED_HERE, at_span(e, item->expr->at));
        return -1;
    }
    return elaborate_items(e, truth ? &item->body : &item->otherwise, scope, stage, pending);
}

static int
elaborate_for(Elaboration *e, const PdcItem *item, const FlowScope *scope, FlowStage *stage,
              PendingList *pending)
{
    Value list;
    if (eval_list(e, item->expr, scope, &list) < 0) {
        return -1;
    }
    if (list.kind == VALUE_DEFERRED) {
        diag_add(e->diags, DIAG_DEFERRED_HERE, at_span(e, item->expr->at));
        return -1;
    }
    int result = 0;
    for (size_t i = 0; i < list.n_items && result == 0; i++) {
        const FlowScope *inner =
            bind_variables(e, item->variables, item->n_variables, &list.items[i], item->at, scope);
        result = inner == NULL ? -1 : elaborate_items(e, &item->body, inner, stage, pending);
    }
    return result;
}

static int
elaborate_items(Elaboration *e, const PdcItems *items, const FlowScope *scope, FlowStage *stage,
                PendingList *pending)
{
    int result = 0;
    for (size_t i = 0; i < items->n; i++) {
        const PdcItem *item = &items->items[i];
        switch (item->kind) {
        case PDC_ITEM_TABLE:
            result |= elaborate_table(e, item->table, scope, stage, pending);
            break;
        case PDC_ITEM_IF: result |= elaborate_if(e, item, scope, stage, pending); break;
        case PDC_ITEM_FOR: result |= elaborate_for(e, item, scope, stage, pending); break;
        }
    }
    stage->is_partial |= result < 0;
    return result;
}

/* ---- the flow ---- */

int
elaborate_constants(Elaboration *e)
{
    int result = 0;
    e->constants = map_new(e->arena);
    for (size_t i = 0; i < e->unit->n_consts; i++) {
        const PdcConst *constant = &e->unit->consts[i];
        Value *value = ARENA_NEW(e->arena, Value);
        if (eval(e, constant->value, NULL, value) < 0) {
            result = -1;
        } else {
            map_set(e->constants, constant->name, value);
        }
    }
    return result;
}

static int
elaborate_stages(Elaboration *e, PendingList *pending)
{
    Flow *flow = e->flow;
    flow->stages = ARENA_ARRAY(e->arena, FlowStage *, e->unit->n_stages);
    for (size_t i = 0; i < e->unit->n_stages; i++) {
        FlowStage *stage = ARENA_NEW(e->arena, FlowStage);
        stage->name = e->unit->stages[i].name;
        stage->at = e->unit->stages[i].at;
        stage->tables = map_new(e->arena);
        flow->stages[flow->n_stages++] = stage;
    }
    int result = 0;
    for (size_t i = 0; i < flow->n_stages; i++) {
        e->stage = flow->stages[i];
        result |= elaborate_items(e, &e->unit->stages[i].items, NULL, flow->stages[i], pending);
    }
    return result;
}

static int
bind_all(Elaboration *e, const PendingList *pending)
{
    int result = e->is_test ? 0 : bind_copy(e);
    for (size_t i = 0; i < pending->items.n; i++) {
        e->stage = pending->items.items[i].stage;
        result |= bind_pending(e, &pending->items.items[i]);
    }
    result |= bind_foreign_keys(e);
    return e->is_test ? result : bind_copy_rules(e) | result;
}

int
elaborate_unit(Elaboration *e)
{
    PendingList pending = {0};
    e->flow = ARENA_NEW(e->arena, Flow);
    e->flow->name = e->unit->name;
    e->flow->unit = e->unit;
    int result = elaborate_constants(e);
    e->flow->constants = e->constants;
    result |= elaborate_stages(e, &pending);
    result |= check_engine_names(e);
    result |= bind_all(e, &pending);
    e->flow->checks = e->checks.items;
    e->flow->n_checks = e->checks.n;
    return result;
}

int
elaborate(const PdcFlow *unit, const Environment *environment, FlowSources *sources, Arena *arena,
          Diags *diags, const Flow **ret_flow)
{
    Elaboration e = {.unit = unit,
                     .environment = environment,
                     .sources = sources,
                     .arena = arena,
                     .diags = diags};
    int result = elaborate_unit(&e);
    result |= sort_tables(&e);
    if (result < 0 || bind_copy_graph(&e) < 0) {
        return -1;
    }
    *ret_flow = e.flow;
    return 0;
}
