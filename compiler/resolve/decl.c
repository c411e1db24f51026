#include "compiler/resolve/resolve_priv.h"
#include "runtime/base/suggest.h"

#include <string.h>

/* ---- types ---- */

static bool
lower_type(Resolver *r, const AstType *type, bool is_param, int *ret_type, bool *ret_is_list)
{
    static const char *const known[] = {"bool",      "int",      "float", "text",  "date",
                                        "timestamp", "instance", "table", "column"};
    PdcType lowered;
    bool is_numeric = is_param && text_equal(type->name, "numeric");
    bool found = type_parse(is_numeric ? "float" : type->name,
                            strlen(is_numeric ? "float" : type->name), &lowered);
    bool fits = found && (is_param || (lowered != PDC_TYPE_TABLE && lowered != PDC_TYPE_COLUMN));
    if (!fits || (type->args.n > 0 && !is_numeric) || type->array_dimensions > 1) {
        diag_add(r->diags, DIAG_UNKNOWN_TYPE, type->node.span, type->name);
        const char *nearest =
            suggest_nearest(type->name, known, ARRAY_LENGTH(known) - (is_param ? 0 : 2));
        if (nearest != NULL && !text_equal(nearest, type->name)) {
            diag_suggest(r->diags, type->name, nearest);
            *ret_type = type_parse(nearest, strlen(nearest), &lowered) ? (int)lowered : *ret_type;
        }
        return false;
    }
    *ret_type = (int)lowered;
    *ret_is_list = type->array_dimensions == 1;
    return true;
}

/* ---- attrs ---- */

static bool
lower_attr(Resolver *r, const AstAttr *attr, PdcAttr *made)
{
    Place nowhere = {0};
    made->name = attr->decl.name->text;
    made->at = span_lower(r, attr->decl.name->node.span);
    made->doc = attr->decl.doc;
    if (!lower_type(r, attr->type, false, &made->type, &made->is_list)) {
        return false;
    }
    if (attr->value != NULL) {
        ExprWant want = made->is_list                     ? WANT_LIST
                        : made->type == PDC_TYPE_INSTANCE ? WANT_INSTANCE
                                                          : WANT_VALUE;
        made->initial = expr_lower(r, attr->value, want, &nowhere);
        return made->initial != NULL;
    }
    return true;
}

void
attrs_lower(Resolver *r)
{
    PdcAttr *attrs = ARENA_ARRAY(r->arena, PdcAttr, map_count(r->attrs));
    size_t n = 0;
    for (size_t i = 0; i < map_count(r->attrs); i++) {
        if (lower_attr(r, map_value_at(r->attrs, i), &attrs[n])) {
            n++;
        }
    }
    r->unit->attrs = attrs;
    r->unit->n_attrs = n;
}

/* ---- tasks ---- */

static const Scope *
lower_params(Resolver *r, const AstParams *params, PdcTask *made, bool *ret_done)
{
    const Scope *scope = NULL;
    PdcParam *lowered = ARENA_ARRAY(r->arena, PdcParam, params->n);
    for (size_t i = 0; i < params->n; i++) {
        const AstParam *param = params->items[i];
        Span span = param->decl.name->node.span;
        const Scope *earlier = scope_lookup(scope, param->decl.name->text);
        if (earlier != NULL) {
            diag_add(r->diags, DIAG_DECLARED_TWICE, span, "parameter", param->decl.name->text);
            diag_note(r->diags, earlier->span, "first declared here");
            *ret_done = false;
        }
        lowered[i].name = param->decl.name->text;
        lowered[i].at = span_lower(r, span);
        *ret_done &= lower_type(r, param->type, true, &lowered[i].type, &lowered[i].is_list);
        if (earlier == NULL) {
            scope = scope_push(r, scope, lowered[i].name, (PdcType)lowered[i].type, span);
        }
    }
    made->params = lowered;
    made->n_params = params->n;
    return scope;
}

/** A result that changes from run to run needs somebody to say when it is due again. */
static bool
check_volatile(Resolver *r, const QueryFacts *facts, const AstClauses *own,
               const AstClauses *others)
{
    if (facts->volatile_function == NULL || ast_find_clause(own, AST_CLAUSE_CACHE_BY) != NULL ||
        (others != NULL && ast_find_clause(others, AST_CLAUSE_CACHE_BY) != NULL)) {
        return true;
    }
    diag_add(r->diags, DIAG_VOLATILE, facts->volatile_span, facts->volatile_function);
    return false;
}

static void
lower_task(Resolver *r, const TaskSymbol *task)
{
    PdcTask *made = task->made;
    QueryFacts facts = {0};
    bool done = true;
    made->name = task->decl->name->text;
    made->at = span_lower(r, task->decl->name->node.span);
    Place place = {.scope = lower_params(r, task->params, made, &done), .outputs = task->outputs};
    if (task->outputs != NULL) {
        made->outputs = names_lower(r, task->outputs, &made->n_outputs);
    }
    done &= clauses_lower(r, task->clauses, NULL, &place, &made->clauses);
    if (task->is_check && task->body->node.kind == AST_BODY_SQL) {
        place.bare = &task->body->as.sql->pieces;
    }
    made->body = body_lower(r, task->body, &place, false, &facts);
    done &= task->is_check || check_volatile(r, &facts, task->clauses, NULL);
    if (made->body != NULL && (made->body->kind == PDC_BODY_SCRIPT) != (made->n_outputs > 0)) {
        diag_add(r->diags, DIAG_TASK_OUTPUTS, task->decl->name->node.span, made->name);
        done = false;
    }
    if (!done) {
        made->body = NULL;
    }
}

void
tasks_lower(Resolver *r)
{
    PdcTask *tasks = ARENA_ARRAY(r->arena, PdcTask, map_count(r->tasks));
    for (size_t i = 0; i < map_count(r->tasks); i++) {
        const TaskSymbol *task = map_value_at(r->tasks, i);
        lower_task(r, task);
        tasks[i] = *task->made;
    }
    r->unit->tasks = tasks;
    r->unit->n_tasks = map_count(r->tasks);
}

/* ---- what stands in a stage ---- */

typedef struct StageLowering StageLowering;
struct StageLowering {
    Resolver *r;
    const StageSymbol *stage;
    const AstClauses *defaults; /* of this opening of the stage */
};

static PdcItems lower_items(StageLowering *s, const AstDecls *items, const Scope *scope,
                            bool is_input);

static bool
lower_table_names(StageLowering *s, const AstNames *names, const Place *place, PdcTable *made)
{
    PdcName *lowered = ARENA_ARRAY(s->r->arena, PdcName, names->n);
    for (size_t i = 0; i < names->n; i++) {
        if (!name_lower(s->r, names->items[i], place, &lowered[i])) {
            return false;
        }
    }
    made->names = lowered;
    made->n_names = names->n;
    return true;
}

/** Several names want a task with as many outputs, and the other way round. */
static bool
check_outputs(StageLowering *s, const AstTable *table, const PdcBody *body)
{
    const TaskSymbol *task = body->kind == PDC_BODY_TASK ? map_get(s->r->tasks, body->text) : NULL;
    size_t n_outputs = task != NULL && task->outputs != NULL ? task->outputs->n : 1;
    if (n_outputs == table->names.n || body->kind == PDC_BODY_SCRIPT) {
        return true;
    }
    diag_add(s->r->diags, DIAG_OUTPUT_COUNT, table->decl.name->node.span,
             arena_printf(s->r->arena, "%zu", table->names.n),
             arena_printf(s->r->arena, "%zu", n_outputs));
    if (task != NULL) {
        diag_note(s->r->diags, task->decl->name->node.span, "task `%s` is declared here",
                  task->decl->name->text);
    } else {
        diag_hint(s->r->diags,
                  "a query makes one table; several need a task that says `returns (a, b)`");
    }
    return false;
}

static bool
is_check_task(const StageLowering *s, const PdcBody *body)
{
    const TaskSymbol *task = body->kind == PDC_BODY_TASK ? map_get(s->r->tasks, body->text) : NULL;
    return task != NULL && task->is_check;
}

static bool
lower_promise(StageLowering *s, const AstName *name, Place *place, PdcTable *made)
{
    const PdcContract *contract = contract_require(s->r, name);
    if (contract == NULL) {
        return false;
    }
    made->contract = contract->name;
    place->contract = contract;
    return contract_check_clauses(s->r, contract, &made->clauses);
}

/** Lowers what tables, views and checks share. A failed body is left out; names stay, so that
 * others find them. */
static PdcTable *
lower_table_like(StageLowering *s, PdcTableKind kind, const AstDecl *decl, const AstNames *names,
                 const AstName *contract, const AstClauses *clauses, const AstBody *body,
                 const Scope *scope)
{
    PdcTable *made = ARENA_NEW(s->r->arena, PdcTable);
    Place place = {.scope = scope, .stage = s->stage, .outputs = kind == PDC_TABLE ? names : NULL};
    QueryFacts facts = {0};
    bool is_check = kind == PDC_CHECK || kind == PDC_WARN;
    made->kind = kind;
    made->at = span_lower(s->r, decl->name->node.span);
    made->doc = decl->doc;
    if (!lower_table_names(s, names, &place, made)) {
        return NULL;
    }
    bool done = clauses_lower(s->r, clauses, is_check ? NULL : s->defaults, &place, &made->clauses);
    if (contract != NULL) {
        done &= lower_promise(s, contract, &place, made);
    }
    made->body = body_lower(s->r, body, &place, kind == PDC_VIEW, &facts);
    done &= is_check || kind == PDC_VIEW || check_volatile(s->r, &facts, clauses, s->defaults);
    if (made->body != NULL && is_check_task(s, made->body) != is_check &&
        made->body->kind == PDC_BODY_TASK) {
        diag_add(s->r->diags, is_check ? DIAG_TASK_AS_CHECK : DIAG_CHECK_AS_TASK, body->node.span,
                 made->body->text);
        done = false;
    }
    if (!done) {
        made->body = NULL;
    }
    return made;
}

static AstNames
one_name(StageLowering *s, AstName *name)
{
    AstNames names = {0};
    vec_push_in(s->r->arena, &names, name);
    return names;
}

static PdcTable *
lower_table(StageLowering *s, const AstTable *table, const Scope *scope, bool is_input)
{
    PdcTable *made = lower_table_like(s, PDC_TABLE, &table->decl, &table->names, table->contract,
                                      &table->clauses, table->body, scope);
    if (made != NULL) {
        made->is_input = is_input;
        if (made->body != NULL && !check_outputs(s, table, made->body)) {
            made->body = NULL;
        }
    }
    return made;
}

static PdcTable *
lower_view(StageLowering *s, const AstView *view, const Scope *scope, bool is_input)
{
    AstNames names = one_name(s, view->decl.name);
    PdcTable *made = lower_table_like(s, PDC_VIEW, &view->decl, &names, view->contract,
                                      &view->clauses, view->body, scope);
    if (made != NULL) {
        made->is_input = is_input;
    }
    return made;
}

static PdcTable *
lower_check(StageLowering *s, const AstCheck *check, const Scope *scope)
{
    AstNames names = one_name(s, check->decl.name);
    PdcTableKind kind = check->warn_only ? PDC_WARN : PDC_CHECK;
    return lower_table_like(s, kind, &check->decl, &names, NULL, &check->clauses, check->body,
                            scope);
}

static bool
lower_for(StageLowering *s, const AstFor *loop, const Scope *scope, bool is_input, PdcItem *item)
{
    Place place = {.scope = scope, .stage = s->stage};
    item->kind = PDC_ITEM_FOR;
    item->expr = expr_lower(s->r, loop->list, WANT_LIST, &place);
    if (item->expr == NULL) {
        return false;
    }
    item->n_variables = loop->vars.n;
    const Scope *inside = loop_scope(s->r, &loop->vars, item->expr, scope, &item->variables);
    item->body = lower_items(s, &loop->items, inside, is_input);
    return true;
}

static bool
lower_if(StageLowering *s, const AstIf *choice, const Scope *scope, bool is_input, PdcItem *item)
{
    Place place = {.scope = scope, .stage = s->stage};
    item->kind = PDC_ITEM_IF;
    item->expr = expr_lower(s->r, choice->condition, WANT_VALUE, &place);
    item->body = lower_items(s, &choice->then_items, scope, is_input);
    item->otherwise = lower_items(s, &choice->else_items, scope, is_input);
    return item->expr != NULL;
}

/** @return whether `item` was made */
static bool
lower_item(StageLowering *s, const AstDecl *decl, const Scope *scope, bool is_input, PdcItem *item)
{
    item->kind = PDC_ITEM_TABLE;
    item->at = span_lower(s->r, decl->node.span);
    switch ((int)decl->node.kind) {
    case AST_TABLE:
        item->table = lower_table(s, (const AstTable *)decl, scope, is_input);
        return item->table != NULL;
    case AST_VIEW:
        item->table = lower_view(s, (const AstView *)decl, scope, is_input);
        return item->table != NULL;
    case AST_CHECK:
        item->table = lower_check(s, (const AstCheck *)decl, scope);
        return item->table != NULL;
    case AST_IF: return lower_if(s, (const AstIf *)decl, scope, is_input, item);
    case AST_FOR: return lower_for(s, (const AstFor *)decl, scope, is_input, item);
    case AST_HISTORY: refuse(s->r, decl->node.span, "`history`"); return false;
    case AST_EXPOSURE: refuse(s->r, decl->node.span, "`exposure`"); return false;
    case AST_HOOK:
        refuse(s->r, decl->node.span,
               ((const AstHook *)decl)->after_publish ? "`after publish`" : "`setup`");
        return false;
    }
    BUG("%s in a stage", ast_kind_name(decl->node.kind));
}

static PdcItems
lower_items(StageLowering *s, const AstDecls *items, const Scope *scope, bool is_input)
{
    VEC(PdcItem) lowered = {0};
    for (size_t i = 0; i < items->n; i++) {
        const AstDecl *decl = items->items[i];
        if (decl->node.kind == AST_INPUT) {
            PdcItems inputs = lower_items(s, &((const AstInput *)decl)->items, scope, true);
            for (size_t k = 0; k < inputs.n; k++) {
                vec_push_in(s->r->arena, &lowered, inputs.items[k]);
            }
            continue;
        }
        PdcItem item = {0};
        if (lower_item(s, decl, scope, is_input, &item)) {
            vec_push_in(s->r->arena, &lowered, item);
        }
    }
    return (PdcItems){.items = lowered.items, .n = lowered.n};
}

static void
lower_stage(Resolver *r, const StageSymbol *stage, PdcStage *made)
{
    VEC(PdcItem) items = {0};
    const AstStage *first = stage->parts.items[0];
    made->name = stage->name;
    made->at = span_lower(r, first->decl.name->node.span);
    for (size_t i = 0; i < stage->parts.n; i++) {
        const AstStage *part = stage->parts.items[i];
        StageLowering s = {.r = r, .stage = stage, .defaults = &part->clauses};
        PdcItems lowered = lower_items(&s, &part->items, NULL, false);
        for (size_t k = 0; k < lowered.n; k++) {
            vec_push_in(r->arena, &items, lowered.items[k]);
        }
        made->doc = made->doc != NULL ? made->doc : part->decl.doc;
    }
    made->items = (PdcItems){.items = items.items, .n = items.n};
}

void
stages_lower(Resolver *r)
{
    size_t n = map_count(r->stages);
    PdcStage *stages = ARENA_ARRAY(r->arena, PdcStage, n);
    for (size_t i = 0; i < n; i++) {
        lower_stage(r, map_value_at(r->stages, i), &stages[i]);
    }
    r->unit->stages = stages;
    r->unit->n_stages = n;
}
