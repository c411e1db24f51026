#include "runtime/elaborate/elaborate_priv.h"

/** What the clauses of a declaration and of the task that it calls come to. */
typedef struct Bound Bound;
struct Bound {
    VEC(FlowConstraint) constraints;
    VEC(FlowIndex) indexes;
    VEC(const char *) tags;
    const char *owner;
    VEC(FlowMeta) meta;
    VEC(const FlowTable *) after;
    FlowCache cache;
    const char *version;
    bool allow_fresh_input;
    bool unlogged;
    bool cutoff;
    int64_t fails_above;
    bool says_violation;
    FlowViolation violation;
};

/* ---- clauses ---- */

static int
bind_text(Elaboration *e, const PdcExpr *expr, const FlowScope *scope, const char **ret_text)
{
    Value value;
    Str text = {0};
    if (eval(e, expr, scope, &value) < 0) {
        return -1;
    }
    if (!value_append_plain(&value, &text)) {
        str_deinit(&text);
        diag_add(e->diags, DIAG_EXPR_TYPE, at_span(e, expr->at), "text",
                 value_kind_name(value.kind));
        return -1;
    }
    *ret_text = str_take_in(&text, e->arena);
    return 0;
}

static int
bind_constraint(Elaboration *e, const PdcClause *clause, const FlowScope *scope, Bound *bound)
{
    FlowConstraint constraint = {.kind = clause->kind,
                                 .warn = clause->warn,
                                 .at = clause->at,
                                 .columns = clause->columns,
                                 .n_columns = clause->n_columns,
                                 .target_columns = clause->target_columns,
                                 .n_target_columns = clause->n_target_columns};
    if (clause->kind == PDC_CLAUSE_CHECK &&
        expand_query(e, clause->query, scope, &constraint.condition) < 0) {
        return -1;
    }
    if (clause->kind == PDC_CLAUSE_FOREIGN_KEY) {
        constraint.target = find_relation(e, &clause->target, clause->at, scope);
        if (constraint.target == NULL) {
            return -1;
        }
    }
    vec_push_in(e->arena, &bound->constraints, constraint);
    return 0;
}

static int
bind_index(Elaboration *e, const PdcClause *clause, const FlowScope *scope, Bound *bound)
{
    FlowIndex index = {
        .at = clause->at, .columns = clause->columns, .n_columns = clause->n_columns};
    if (clause->query != NULL && expand_query(e, clause->query, scope, &index.expressions) < 0) {
        return -1;
    }
    vec_push_in(e->arena, &bound->indexes, index);
    return 0;
}

static int
bind_cache(Elaboration *e, const PdcClause *clause, const FlowScope *scope, Bound *bound)
{
    static const FlowCacheKind kinds[] = {
        [PDC_CLAUSE_CACHE_BY_QUERY] = FLOW_CACHE_QUERY,
        [PDC_CLAUSE_CACHE_BY_FILE] = FLOW_CACHE_FILE,
        [PDC_CLAUSE_CACHE_BY_SHELL] = FLOW_CACHE_SHELL,
        [PDC_CLAUSE_CACHE_BY_VALUE] = FLOW_CACHE_VALUE,
        [PDC_CLAUSE_CACHE_ALWAYS] = FLOW_CACHE_ALWAYS,
        [PDC_CLAUSE_CACHE_NEVER] = FLOW_CACHE_NEVER,
    };
    bound->cache = (FlowCache){.kind = kinds[clause->kind], .at = clause->at};
    if (clause->query != NULL) {
        return expand_query(e, clause->query, scope, &bound->cache.query);
    }
    return clause->expr == NULL ? 0 : bind_text(e, clause->expr, scope, &bound->cache.text);
}

static int
bind_after(Elaboration *e, const PdcClause *clause, const FlowScope *scope, Bound *bound)
{
    const FlowTable *table = find_relation(e, &clause->target, clause->at, scope);
    if (table == NULL) {
        return -1;
    }
    vec_push_in(e->arena, &bound->after, table);
    return 0;
}

static int
bind_fails_above(Elaboration *e, const PdcClause *clause, const FlowScope *scope, Bound *bound)
{
    Value value;
    if (eval(e, clause->expr, scope, &value) < 0) {
        return -1;
    }
    if (value.kind != VALUE_INT || value.integer < 0) {
        diag_add(e->diags, DIAG_EXPR_TYPE, at_span(e, clause->expr->at), "a number of rows",
                 value_kind_name(value.kind));
        return -1;
    }
    bound->fails_above = value.integer;
    return 0;
}

/** A table's own word counts before that of its stage, which comes first. */
static int
bind_meta(Elaboration *e, const PdcClause *clause, Bound *bound)
{
    FlowMeta meta = {.key = clause->columns[0], .value = clause->text};
    for (size_t i = 0; i < bound->meta.n; i++) {
        if (text_equal(bound->meta.items[i].key, meta.key)) {
            bound->meta.items[i] = meta;
            return 0;
        }
    }
    vec_push_in(e->arena, &bound->meta, meta);
    return 0;
}

static int
bind_violation(FlowViolation violation, Bound *bound)
{
    bound->says_violation = true;
    bound->violation = violation;
    return 0;
}

static int
bind_clause(Elaboration *e, const PdcClause *clause, const FlowScope *scope, Bound *bound)
{
    switch (clause->kind) {
    case PDC_CLAUSE_PRIMARY_KEY:
    case PDC_CLAUSE_UNIQUE:
    case PDC_CLAUSE_NOT_NULL:
    case PDC_CLAUSE_CHECK:
    case PDC_CLAUSE_FOREIGN_KEY: return bind_constraint(e, clause, scope, bound);
    case PDC_CLAUSE_INDEX: return bind_index(e, clause, scope, bound);
    case PDC_CLAUSE_VERSION: bound->version = clause->text; return 0;
    case PDC_CLAUSE_CACHE_BY_QUERY:
    case PDC_CLAUSE_CACHE_BY_FILE:
    case PDC_CLAUSE_CACHE_BY_SHELL:
    case PDC_CLAUSE_CACHE_BY_VALUE:
    case PDC_CLAUSE_CACHE_ALWAYS:
    case PDC_CLAUSE_CACHE_NEVER: return bind_cache(e, clause, scope, bound);
    case PDC_CLAUSE_AFTER: return bind_after(e, clause, scope, bound);
    case PDC_CLAUSE_TAG: vec_push_in(e->arena, &bound->tags, clause->text); return 0;
    case PDC_CLAUSE_OWNER: bound->owner = clause->text; return 0;
    case PDC_CLAUSE_META: return bind_meta(e, clause, bound);
    case PDC_CLAUSE_ALLOW_FRESH_INPUT: bound->allow_fresh_input = true; return 0;
    case PDC_CLAUSE_FAILS_ABOVE: return bind_fails_above(e, clause, scope, bound);
    case PDC_CLAUSE_UNLOGGED: bound->unlogged = true; return 0;
    case PDC_CLAUSE_CUTOFF: bound->cutoff = true; return 0;
    case PDC_CLAUSE_VIOLATION_FAIL: return bind_violation(FLOW_VIOLATION_FAIL, bound);
    case PDC_CLAUSE_VIOLATION_WARN: return bind_violation(FLOW_VIOLATION_WARN, bound);
    case PDC_CLAUSE_VIOLATION_REJECT: return bind_violation(FLOW_VIOLATION_REJECT, bound);
    }
    BUG("clause of kind %d", (int)clause->kind);
}

static int
bind_clauses(Elaboration *e, const PdcClauses *clauses, const FlowScope *scope, Bound *bound)
{
    int result = 0;
    for (size_t i = 0; i < clauses->n; i++) {
        result |= bind_clause(e, &clauses->items[i], scope, bound);
    }
    return result;
}

/* ---- bodies ---- */

static int
bind_option(Elaboration *e, const PdcOption *option, const FlowScope *scope, const char **ret_text)
{
    Value value;
    if (eval(e, option->value, scope, &value) < 0) {
        return -1;
    }
    if (value.kind == VALUE_NULL) {
        *ret_text = NULL;
        return 0;
    }
    return bind_text(e, option->value, scope, ret_text);
}

static int
check_options(Elaboration *e, const FlowBody *body)
{
    size_t n = body->n_options;
    size_t wrong = n;
    const char **names = ARENA_ARRAY(e->arena, const char *, n + 1);
    const char **values = ARENA_ARRAY(e->arena, const char *, n + 1);
    Error error = {0};
    for (size_t i = 0; i < n; i++) {
        names[i] = body->options[i].name;
        values[i] = body->options[i].text;
    }
    if (body->kind != FLOW_BODY_CSV || e->environment->check_csv == NULL ||
        e->environment->check_csv(names, values, n, &wrong, &error) == 0) {
        return 0;
    }
    diag_add(e->diags, DIAG_CSV_OPTION, at_span(e, wrong < n ? body->options[wrong].at : body->at),
             error.message);
    if (error.hint != NULL) {
        diag_hint(e->diags, "%s", error.hint);
    }
    error_clear(&error);
    return -1;
}

static int
bind_options(Elaboration *e, const PdcBody *declared, const FlowScope *scope, FlowBody *body)
{
    FlowOption *options = ARENA_ARRAY(e->arena, FlowOption, declared->n_options);
    int result = 0;
    for (size_t i = 0; i < declared->n_options; i++) {
        options[i].name = declared->options[i].name;
        options[i].at = declared->options[i].at;
        result |= bind_option(e, &declared->options[i], scope, &options[i].text);
    }
    body->options = options;
    body->n_options = declared->n_options;
    return result < 0 ? -1 : check_options(e, body);
}

static int
bind_file(Elaboration *e, const PdcBody *declared, const FlowScope *scope, FlowBodyKind kind,
          FlowBody *body)
{
    body->kind = kind;
    body->file = declared->at.file;
    if (bind_text(e, declared->args[0], scope, &body->path) < 0) {
        return -1;
    }
    return bind_options(e, declared, scope, body);
}

static int bind_body(Elaboration *e, const PdcBody *declared, const FlowScope *scope,
                     FlowBody *body, Bound *bound, size_t depth);

static int
bind_task(Elaboration *e, const PdcBody *declared, const FlowScope *scope, FlowBody *body,
          Bound *bound, size_t depth)
{
    const PdcTask *task = find_task(e->unit, declared->text);
    const FlowScope *inner;
    if (task == NULL || task->body == NULL) {
        return -1; /* a task with an error of its own */
    }
    if (depth >= MAX_CALL_DEPTH) {
        diag_add(e->diags, DIAG_TASK_RECURSION, at_span(e, declared->at), task->name);
        return -1;
    }
    if (bind_arguments(e, task, declared->args, declared->n_args, declared->at, scope, &inner) <
        0) {
        return -1;
    }
    body->task = task->name;
    int result = bind_clauses(e, &task->clauses, inner, bound);
    return bind_body(e, task->body, inner, body, bound, depth + 1) < 0 ? -1 : result;
}

static int
bind_body(Elaboration *e, const PdcBody *declared, const FlowScope *scope, FlowBody *body,
          Bound *bound, size_t depth)
{
    body->at = declared->at;
    switch (declared->kind) {
    case PDC_BODY_QUERY:
    case PDC_BODY_SCRIPT:
        body->kind = declared->kind == PDC_BODY_QUERY ? FLOW_BODY_QUERY : FLOW_BODY_SCRIPT;
        return expand_query(e, declared->query, scope, &body->query);
    case PDC_BODY_TASK: return bind_task(e, declared, scope, body, bound, depth);
    case PDC_BODY_CSV: return bind_file(e, declared, scope, FLOW_BODY_CSV, body);
    case PDC_BODY_PARQUET: return bind_file(e, declared, scope, FLOW_BODY_PARQUET, body);
    case PDC_BODY_EXTERNAL:
        body->kind = FLOW_BODY_EXTERNAL;
        if (bind_text(e, declared->args[0], scope, &body->schema) < 0) {
            return -1;
        }
        return bind_text(e, declared->args[1], scope, &body->table);
    }
    BUG("body of kind %d", (int)declared->kind);
}

int
bind_rows(Elaboration *e, const PdcTestRows *rows, FlowBody *body)
{
    Bound unused = {0};
    e->stage = NULL;
    if (bind_body(e, rows->body, NULL, body, &unused, 0) < 0) {
        return -1;
    }
    if (body->kind == FLOW_BODY_SCRIPT || body->kind == FLOW_BODY_EXTERNAL) {
        diag_add(e->diags, DIAG_TEST_BODY, at_span(e, rows->body->at), rows->body->text);
        return -1;
    }
    return 0;
}

/* ---- declarations ---- */

static void
set_table(FlowTable *table, const FlowBody *body, const Bound *bound)
{
    table->body = body;
    table->allow_fresh_input = bound->allow_fresh_input;
    table->cache = bound->cache;
    table->constraints = bound->constraints.items;
    table->n_constraints = bound->constraints.n;
    table->indexes = bound->indexes.items;
    table->n_indexes = bound->indexes.n;
    table->tags = bound->tags.items;
    table->n_tags = bound->tags.n;
    table->owner = bound->owner;
    table->meta = bound->meta.items;
    table->n_meta = bound->meta.n;
    table->after = bound->after.items;
    table->n_after = bound->after.n;
    table->unlogged = bound->unlogged;
    table->cutoff = bound->cutoff;
    if (body->query != NULL) {
        table->inputs = body->query->inputs;
        table->n_inputs = body->query->n_inputs;
    }
}

/* ---- promises ---- */

static int
bind_contract(Elaboration *e, const Pending *pending, Bound *bound)
{
    const char *name = pending->declaration->contract;
    for (size_t i = 0; name != NULL && i < e->unit->n_contracts; i++) {
        const PdcContract *contract = &e->unit->contracts[i];
        if (text_equal(contract->name, name)) {
            for (size_t k = 0; k < pending->declaration->n_names; k++) {
                pending->tables[k]->contract = contract;
            }
            return bind_clauses(e, &contract->clauses, NULL, bound);
        }
    }
    return 0;
}

/** `on violation warn` turns every clause into one that only reports. */
static int
set_promise(Elaboration *e, FlowTable *table, const Bound *bound)
{
    table->is_promised = table->contract != NULL || bound->says_violation;
    table->violation = bound->violation;
    if (!table->is_promised) {
        return 0;
    }
    const FlowTable *other = map_get(table->stage->tables, flow_rejected_name(table, e->arena));
    if (other != NULL) {
        diag_add(e->diags, DIAG_REJECTED_NAME, at_span(e, other->at), other->name, table->name);
        return -1;
    }
    if (table->kind == PDC_VIEW && table->violation == FLOW_VIOLATION_REJECT) {
        diag_add(e->diags, DIAG_VIEW_REJECTS, at_span(e, table->at), table->stage->name,
                 table->name);
        return -1;
    }
    for (size_t i = 0; i < table->n_constraints; i++) {
        table->constraints[i].warn |= table->violation == FLOW_VIOLATION_WARN;
    }
    return 0;
}

/** The names by which a script knows its outputs: those of its task, or of the tables themselves.
 */
static void
set_outputs(Elaboration *e, const Pending *pending)
{
    const PdcBody *body = pending->declaration->body;
    const PdcTask *task = body->kind == PDC_BODY_TASK ? find_task(e->unit, body->text) : NULL;
    for (size_t i = 0; i < pending->declaration->n_names; i++) {
        FlowTable *table = pending->tables[i];
        bool named = task != NULL && i < task->n_outputs;
        table->output = named                           ? task->outputs[i]
                        : body->kind == PDC_BODY_SCRIPT ? table->name
                                                        : NULL;
    }
}

static int
bind_tables(Elaboration *e, const Pending *pending)
{
    const PdcTable *declaration = pending->declaration;
    Bound bound = {0};
    FlowBody *body = ARENA_NEW(e->arena, FlowBody);
    int result = bind_contract(e, pending, &bound);
    if (pending->tables[0]->body == NULL) {
        result |= bind_body(e, declaration->body, pending->scope, body, &bound, 0);
    }
    result |= bind_clauses(e, &declaration->clauses, pending->scope,
                           &bound); /* the table's own say is the last */
    body->version = bound.version;
    for (size_t i = 0; i < declaration->n_names && result == 0; i++) {
        FlowTable *table = pending->tables[i];
        set_table(table, table->body != NULL ? table->body : body, &bound);
        result |= set_promise(e, table, &bound);
    }
    if (result == 0 && pending->tables[0]->body->kind != FLOW_BODY_COPY) {
        set_outputs(e, pending);
    }
    return result;
}

static int
bind_check(Elaboration *e, const Pending *pending)
{
    Bound bound = {0};
    FlowBody body = {0};
    int result = bind_body(e, pending->declaration->body, pending->scope, &body, &bound, 0);
    result |= bind_clauses(e, &pending->declaration->clauses, pending->scope, &bound);
    pending->check->query = body.query;
    pending->check->fails_above = bound.fails_above;
    return result;
}

int
bind_pending(Elaboration *e, const Pending *pending)
{
    if (pending->declaration->body == NULL) {
        return -1; /* what is wrong with it was reported */
    }
    return pending->check != NULL ? bind_check(e, pending) : bind_tables(e, pending);
}

/* ---- foreign keys ---- */

static int
bind_foreign_key(Elaboration *e, FlowConstraint *constraint)
{
    const FlowTable *target = constraint->target;
    if (target->body == NULL) {
        return -1; /* it has an error of its own, so its keys aren't known */
    }
    if (constraint->n_target_columns == 0) {
        const FlowConstraint *key = flow_primary_key(target);
        if (key == NULL) {
            diag_add(e->diags, DIAG_NO_PRIMARY_KEY, at_span(e, constraint->at), target->stage->name,
                     target->name);
            diag_note(e->diags, at_span(e, target->at), "declared here");
            return -1;
        }
        constraint->target_columns = key->columns;
        constraint->n_target_columns = key->n_columns;
    }
    if (constraint->n_columns != constraint->n_target_columns) {
        diag_add(e->diags, DIAG_KEY_LENGTH, at_span(e, constraint->at),
                 arena_printf(e->arena, "%zu", constraint->n_columns),
                 arena_printf(e->arena, "%zu", constraint->n_target_columns));
        return -1;
    }
    return 0;
}

int
bind_foreign_keys(Elaboration *e)
{
    int result = 0;
    for (size_t i = 0; i < e->tables.n; i++) {
        FlowTable *table = e->tables.items[i];
        for (size_t k = 0; k < table->n_constraints; k++) {
            if (table->constraints[k].kind == PDC_CLAUSE_FOREIGN_KEY) {
                result |= bind_foreign_key(e, &table->constraints[k]);
            }
        }
    }
    return result;
}
