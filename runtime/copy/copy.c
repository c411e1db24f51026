#include "runtime/copy/copy.h"

#include "runtime/base/clock.h"
#include "runtime/base/vec.h"
#include "runtime/copy/copy_priv.h"
#include "runtime/store/dependents.h"
#include "runtime/store/sql_text.h"

#include <string.h>

enum { LOCK_TIMEOUT_MS = 10000 };

/* ---- the rows that are chosen ---- */

/** A condition of the user, and where it stands in the statement. */
typedef struct Condition Condition;
struct Condition {
    Rendered rendered;
    size_t start;
};

/** A statement in the making. */
typedef struct Choosing Choosing;
struct Choosing {
    const CopySource *source;
    const Exec *exec;
    const FlowTable *table;
    Arena *arena;
    Str sql;
    VEC(Condition) conditions;
};

static void
append_source_name(void *user, const FlowTable *table, Str *sql)
{
    const CopySource *source = user;
    const CopyTable *there = &source->tables[table->index];
    copy_append_name(source, there->schema, there->table, sql);
}

static int
append_condition(Choosing *choosing, const FlowQuery *query, Error *reterr)
{
    RenderContext context = {.flow = choosing->source->options.flow,
                             .environment = choosing->source->options.environment,
                             .sources = choosing->source->options.sources,
                             .append_table = append_source_name,
                             .user = (void *)(uintptr_t)choosing->source};
    Condition condition = {0};
    if (flow_query_render(query, &context, choosing->arena, &condition.rendered, reterr) < 0) {
        return -1;
    }
    str_append(&choosing->sql, choosing->conditions.n == 0 ? " where (" : " and (");
    condition.start = choosing->sql.length;
    str_append(&choosing->sql, condition.rendered.text);
    str_append(&choosing->sql, "\n)");
    vec_push_in(choosing->arena, &choosing->conditions, condition);
    return 0;
}

static const FlowConstraint *
primary_key(const FlowTable *table)
{
    for (size_t i = 0; i < table->n_constraints; i++) {
        if (table->constraints[i].kind == PDC_CLAUSE_PRIMARY_KEY) {
            return &table->constraints[i];
        }
    }
    return NULL;
}

/** By all columns, in their order. */
static int
append_all_columns(Choosing *choosing, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Str sql = {0};
    str_append(&sql, "select * from ");
    append_source_name((void *)(uintptr_t)choosing->source, choosing->table, &sql);
    str_append(&sql, " limit 0");
    int status = store_query(choosing->exec->store, str_text(&sql), &result, reterr);
    str_deinit(&sql);
    for (size_t i = 0; status == 0 && i < store_result_columns(result); i++) {
        str_append_format(&choosing->sql, "%s%zu", i == 0 ? " order by " : ", ", i + 1);
    }
    return status;
}

/** The first rows by primary key, or by all columns: always the same. */
static int
append_limit(Choosing *choosing, int64_t limit, Error *reterr)
{
    const FlowConstraint *key = primary_key(choosing->table);
    if (key == NULL && append_all_columns(choosing, reterr) < 0) {
        return -1;
    }
    for (size_t i = 0; key != NULL && i < key->n_columns; i++) {
        str_append(&choosing->sql, i == 0 ? " order by " : ", ");
        sql_ident(&choosing->sql, key->columns[i]);
    }
    str_append_format(&choosing->sql, " limit %lld", (long long)limit);
    return 0;
}

static int
append_rules(Choosing *choosing, Error *reterr)
{
    const FlowBody *body = choosing->table->body;
    int64_t limit = -1;
    bool none = false;
    for (size_t i = 0; i < body->n_copy_rules; i++) {
        const FlowCopyRule *rule = &body->copy_rules[i];
        switch (rule->kind) {
        case PDC_COPY_ALL: break;
        case PDC_COPY_NONE: none = true; break;
        case PDC_COPY_WHERE:
            if (append_condition(choosing, rule->condition, reterr) < 0) {
                return -1;
            }
            break;
        case PDC_COPY_LIMIT: limit = limit < 0 || rule->limit < limit ? rule->limit : limit; break;
        }
    }
    if (none) {
        str_append(&choosing->sql, choosing->conditions.n == 0 ? " where false" : " and false");
    }
    return limit < 0 ? 0 : append_limit(choosing, limit, reterr);
}

static void
locate(const Choosing *choosing, Error *error)
{
    for (size_t i = 0; i < choosing->conditions.n; i++) {
        const Condition *condition = &choosing->conditions.items[i];
        rendered_locate(&condition->rendered, str_text(&choosing->sql), condition->start,
                        choosing->source->options.sources, error);
    }
}

/** ExecKind of a copied table. */
static int
make_copy(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr)
{
    const CopyJob *job = exec->copier_user;
    Choosing choosing = {
        .source = job->source, .exec = exec, .table = target->table, .arena = scratch};
    exec_append_create(exec, target, &choosing.sql);
    str_append(&choosing.sql, "select * from ");
    append_source_name(job->source, target->table, &choosing.sql);
    str_append(&choosing.sql, " as ");
    sql_ident(&choosing.sql, target->table->name);
    int status = append_rules(&choosing, reterr);
    if (status == 0) {
        status = exec_send(exec, str_text(&choosing.sql), &target->rows, reterr);
        if (status < 0) {
            locate(&choosing, reterr);
        }
    }
    str_deinit(&choosing.sql);
    return status;
}

/* ---- all that are due, as one ---- */

/** A table that is due, and what was made of it. */
typedef struct Due Due;
struct Due {
    const FlowTable *table;
    ExecMade made;
    double seconds;
};

typedef VEC(Due) DueTables;

static bool
is_any_planned(const Exec *exec)
{
    for (size_t i = 0; i < exec->plan->n_steps; i++) {
        if (exec->plan->steps[i].decision.action == PLAN_COPY) {
            return true;
        }
    }
    return false;
}

static void
list_due(Exec *exec, DueTables *due)
{
    for (size_t i = 0; i < exec->plan->n_steps; i++) {
        const FlowTable *table = exec->plan->steps[i].table;
        ExecStep *step = &exec->steps[table->index];
        if (table->body->kind != FLOW_BODY_COPY) {
            continue;
        }
        PlanDecision decision =
            plan_decide(exec->input, exec->plan, exec->progress, table, exec->arena);
        if (decision.action == PLAN_COPY) {
            step->decision = decision;
            vec_push_in(exec->arena, due, (Due){.table = table});
        }
    }
}

/** Nobody replaces or drops what is read: not by our locks, and not by hand. */
static int
lock_source_tables(const CopySource *source, const Exec *exec, const DueTables *due, Arena *scratch,
                   Error *reterr)
{
    VEC(StoreRelation) relations = {0};
    for (size_t i = 0; i < due->n; i++) {
        const CopyTable *there = &source->tables[due->items[i].table->index];
        StoreRelation relation = {.schema = there->schema, .name = there->table};
        vec_push_in(scratch, &relations, relation);
    }
    int status = store_lock_relations(exec->store, relations.items, relations.n, STORE_LOCK_SHARED,
                                      LOCK_TIMEOUT_MS, reterr);
    if (status == STORE_BUSY) {
        reterr->code = ERROR_LOCK;
    }
    return status == 0 ? 0 : -1;
}

/** @param ret_failed  the table that could not be made; NULL if it was something else */
static int
make_all(Exec *exec, DueTables *due, const FlowTable **ret_failed, Error *reterr)
{
    for (size_t i = 0; i < due->n; i++) {
        CLEANUP(arena_freep) Arena *scratch = arena_new();
        Due *item = &due->items[i];
        int64_t started_us = clock_monotonic_us();
        *ret_failed = item->table;
        exec_begin_step(exec, item->table);
        if (exec_make(exec, item->table, make_copy, scratch, &item->made, reterr) != 0) {
            return -1;
        }
        item->seconds = (double)(clock_monotonic_us() - started_us) / 1e6;
    }
    *ret_failed = NULL;
    return 0;
}

static int
make_in_transaction(const CopySource *source, Exec *exec, DueTables *due,
                    const FlowTable **ret_failed, Error *reterr)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    int status = store_begin(exec->store, reterr);
    if (status != 0) {
        return status;
    }
    if (source->path == COPY_SAME_DATABASE) {
        status = lock_source_tables(source, exec, due, scratch, reterr);
    }
    status = status == 0 ? make_all(exec, due, ret_failed, reterr) : status;
    status = status == 0 ? store_commit(exec->store, reterr) : status;
    if (status != 0) {
        store_rollback(exec->store);
    }
    return status;
}

static void
end_all(Exec *exec, const DueTables *due)
{
    for (size_t i = 0; i < due->n; i++) {
        const Due *item = &due->items[i];
        exec_end_step(exec, item->table, STEP_DONE, &item->made, item->seconds, NULL);
    }
}

/** One failed, so all are gone again: they are of one state of the source. */
static void
fail_all(Exec *exec, const DueTables *due, const FlowTable *failed, const Error *error)
{
    exec_end_step(exec, failed, STEP_FAILED, NULL, 0, error);
    for (size_t i = 0; i < due->n; i++) {
        const FlowTable *table = due->items[i].table;
        if (table != failed) {
            exec->steps[table->index].decision.reason =
                arena_printf(exec->arena, "copied as one with %s.%s, which failed",
                             failed->stage->name, failed->name);
            exec_end_step(exec, table, STEP_SKIPPED, NULL, 0, NULL);
        }
    }
}

static bool
ends_run(const Error *error)
{
    return error->code == ERROR_CONNECTION || error->code == ERROR_INTERRUPTED ||
           error->code == ERROR_LOCK;
}

int
copy_tables(void *user, Exec *exec, Error *reterr)
{
    CopyJob *job = user;
    DueTables due = {0};
    const FlowTable *failed = NULL;
    Error error = {0};
    if (!is_any_planned(exec)) {
        return 0;
    }
    if (copy_enter(job->source, exec->store, reterr) < 0) {
        return -1;
    }
    int status = copy_look_inside(job->source, exec->store, job->fresh, exec->arena, &error);
    if (status == 0) {
        list_due(exec, &due);
        status = make_in_transaction(job->source, exec, &due, &failed, &error);
    }
    copy_leave(job->source, exec->store);
    if (status == 0) {
        end_all(exec, &due);
    } else if (failed != NULL && !ends_run(&error)) {
        fail_all(exec, &due, failed, &error);
        status = 0;
    } else {
        error_move(reterr, &error);
        status = -1;
    }
    error_deinit(&error);
    return status;
}

/* ---- what is remembered ---- */

static const char *
rules_text(const FlowTable *table, Arena *arena)
{
    Str text = {0};
    for (size_t i = 0; i < table->body->n_copy_rules; i++) {
        const FlowCopyRule *rule = &table->body->copy_rules[i];
        str_append(&text, i > 0 ? ", " : "");
        switch (rule->kind) {
        case PDC_COPY_ALL: str_append(&text, "all"); break;
        case PDC_COPY_NONE: str_append(&text, "none"); break;
        case PDC_COPY_LIMIT: str_append_format(&text, "limit %lld", (long long)rule->limit); break;
        case PDC_COPY_WHERE:
            str_append(&text, "where ");
            flow_query_canon(rule->condition, &text);
            break;
        }
    }
    return str_take_in(&text, arena);
}

void
copy_append_records(const CopySource *source, const Exec *exec, Str *sql)
{
    for (size_t i = 0; i < exec->plan->n_steps; i++) {
        const FlowTable *table = exec->plan->steps[i].table;
        const ExecStep *step = &exec->steps[i];
        if (table->body->kind != FLOW_BODY_COPY || step->made == NULL) {
            continue;
        }
        MetaCopy copy = {.run = exec->run,
                         .stage = table->stage->name,
                         .name = table->name,
                         .source_instance = source->options.source->instance_id,
                         .source_run = source->tables[i].run,
                         .source_content_key = source->tables[i].content_key,
                         .rules = rules_text(table, exec->arena),
                         .rows = step->made->rows};
        meta_record_copy(exec->input->layout, &copy, sql);
    }
}
