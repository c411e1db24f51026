#include "runtime/copy/copy.h"

#include "runtime/base/clock.h"
#include "runtime/base/vec.h"
#include "runtime/copy/choose.h"
#include "runtime/copy/whole.h"
#include "runtime/store/dependents.h"
#include "runtime/store/mask.h"
#include "runtime/store/sql_text.h"
#include "runtime/transfer/transfer.h"

#include <string.h>

enum { LOCK_TIMEOUT_MS = 10000 };

/* ---- what rows weigh ---- */

/** `create table … ` of the side table of a copy. What a run that died has left there goes. */
static const char *
begin_design(const Exec *exec, const char *name, Arena *scratch)
{
    const MetaLayout *layout = exec->input->layout;
    Str head = {0};
    if (meta_object(exec->input->snapshot, layout->metadata_schema, name) != NULL) {
        str_append(&head, "drop table ");
        sql_qualified(&head, layout->metadata_schema, name);
        str_append(&head, ";\n");
    }
    str_append(&head, "create table ");
    sql_qualified(&head, layout->metadata_schema, name);
    return str_take_in(&head, scratch);
}

/** @param ret_sql  the SELECT of it; NULL where the table has none */
static int
weigh(Exec *exec, ExecTarget *target, const char **ret_sql, Error *reterr)
{
    const CopyJob *job = exec->copier_user;
    if (copy_choice_weigh(job->choice, target->table, ret_sql, reterr) < 0) {
        return -1;
    }
    if (*ret_sql != NULL) {
        target->design =
            meta_design_name(target->physical, store_identifier_limit(exec->store), exec->arena);
    }
    return 0;
}

static int
make_design(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr)
{
    const char *sql = NULL;
    if (weigh(exec, target, &sql, reterr) < 0) {
        return -1;
    }
    return sql == NULL ? 0
                       : exec_send(exec,
                                   arena_printf(scratch, "%s as %s",
                                                begin_design(exec, target->design, scratch), sql),
                                   NULL, reterr);
}

/** ExecKind of a copied table that the target's connection sees. */
static int
make_copy(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr)
{
    const CopyJob *job = exec->copier_user;
    Str head = {0};
    exec_append_create(exec, target, &head);
    if (copy_choice_send(job->choice, str_take_in(&head, scratch), target->table, "", &target->rows,
                         reterr) < 0) {
        return -1;
    }
    return make_design(exec, target, scratch, reterr);
}

/* ---- from another database ---- */

#define SHAPE "pdc columns"

/** The columns of the temporary table, as the source calls their types. */
static int
take_shape(Store *source, Arena *scratch, StoreColumn **ret_columns, size_t *ret_n, Error *reterr)
{
    if (store_columns(source, NULL, SHAPE, scratch, ret_columns, ret_n, reterr) != 0) {
        return -1;
    }
    return store_exec(source, "drop table \"" SHAPE "\"", reterr);
}

static bool
may_go_on(void *user, int64_t bytes)
{
    (void)bytes;
    Error ignored = {0};
    bool going = exec_check_interrupt(user, &ignored) == 0;
    error_deinit(&ignored);
    return going;
}

/** The rows of a query of the source, in a new table here. */
typedef struct Moving Moving;
struct Moving {
    const FlowTable *table;
    const char *sql;
    StoreColumn *columns; /* of the query */
    size_t n_columns;
    const char *create; /* the statement, up to the columns */
    const char *schema;
    const char *name;
};

static int
move_rows(Exec *exec, const Moving *moving, Arena *scratch, int64_t *ret_rows, Error *reterr)
{
    const CopyJob *job = exec->copier_user;
    Store *source = copy_way_store(&job->source->way, exec->store);
    const FlowTable *table = moving->table;
    Transfer transfer = {0};
    Str create = {0};
    if (transfer_plan(source, moving->sql, moving->columns, moving->n_columns, exec->store, scratch,
                      &transfer, reterr) < 0) {
        error_set_origin(reterr, flow_span(job->source->options.sources, table->body->at));
        return error_wrap(reterr, "copying %s.%s", table->stage->name, table->name);
    }
    str_append(&create, moving->create);
    transfer_append_columns(&transfer, &create);
    int status = exec_send(exec, str_text(&create), NULL, reterr);
    str_deinit(&create);
    return status < 0 ? status
                      : transfer_run(&transfer, source, exec->store, moving->schema, moving->name,
                                     may_go_on, exec, ret_rows, reterr);
}

static int
move_design(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr)
{
    const CopyJob *job = exec->copier_user;
    Store *source = copy_way_store(&job->source->way, exec->store);
    Moving moving = {.table = target->table, .schema = exec->input->layout->metadata_schema};
    int64_t rows;
    if (weigh(exec, target, &moving.sql, reterr) < 0) {
        return -1;
    }
    if (moving.sql == NULL) {
        return 0;
    }
    const char *look = arena_printf(
        scratch, "create temporary table \"" SHAPE "\" as select * from (%s\n) as r limit 0",
        moving.sql);
    if (exec_send_to(exec, source, look, NULL, reterr) < 0 ||
        take_shape(source, scratch, &moving.columns, &moving.n_columns, reterr) < 0) {
        return -1;
    }
    moving.create = begin_design(exec, target->design, scratch);
    moving.name = target->design;
    return move_rows(exec, &moving, scratch, &rows, reterr);
}

/** ExecKind of a copied table whose rows come through this process. */
static int
make_transfer(Exec *exec, ExecTarget *target, Arena *scratch, Error *reterr)
{
    static const char look[] = "create temporary table \"" SHAPE "\" as select * from (";
    CopyJob *job = exec->copier_user;
    Store *source = copy_way_store(&job->source->way, exec->store);
    Moving moving = {.table = target->table, .schema = target->schema, .name = target->name};
    Str create = {0};
    if (copy_choice_send(job->choice, look, target->table, "\n) as r limit 0", NULL, reterr) < 0 ||
        take_shape(source, scratch, &moving.columns, &moving.n_columns, reterr) < 0 ||
        copy_choice_select(job->choice, target->table, &moving.sql, reterr) < 0) {
        return -1;
    }
    exec_append_create_empty(exec, target, &create);
    moving.create = str_take_in(&create, scratch);
    if (move_rows(exec, &moving, scratch, &target->rows, reterr) < 0) {
        return -1;
    }
    return move_design(exec, target, scratch, reterr);
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
lock_source_tables(const CopySource *source, Store *store, const DueTables *due, Arena *scratch,
                   Error *reterr)
{
    VEC(StoreRelation) relations = {0};
    for (size_t i = 0; i < due->n; i++) {
        const CopyTable *there = &source->tables[due->items[i].table->index];
        StoreRelation relation = {.schema = there->schema, .name = there->table};
        vec_push_in(scratch, &relations, relation);
    }
    int status = store_lock_relations(store, relations.items, relations.n, STORE_LOCK_SHARED,
                                      LOCK_TIMEOUT_MS, reterr);
    if (status == STORE_BUSY) {
        reterr->code = ERROR_LOCK;
    }
    return status == 0 ? 0 : -1;
}

/** A clause that was declared since the source was last run may not hold there. */
static void
hint_at_source(const CopyJob *job, Error *error)
{
    if (error->code == ERROR_DATA && error->hint == NULL) {
        error_set_hint(error, "the rows are those of instance %s: does that hold there?",
                       job->source->options.source->name);
    }
}

/** @param ret_failed  the table that could not be made; NULL if it was something else */
static int
make_all(Exec *exec, DueTables *due, const FlowTable **ret_failed, Error *reterr)
{
    const CopyJob *job = exec->copier_user;
    ExecKind make = job->source->way.path == COPY_STREAMED ? make_transfer : make_copy;
    for (size_t i = 0; i < due->n; i++) {
        CLEANUP(arena_freep) Arena *scratch = arena_new();
        Due *item = &due->items[i];
        int64_t started_us = clock_monotonic_us();
        *ret_failed = item->table;
        exec_begin_step(exec, item->table);
        if (exec_make(exec, item->table, make, scratch, &item->made, reterr) != 0) {
            hint_at_source(job, reterr);
            return -1;
        }
        item->seconds = (double)(clock_monotonic_us() - started_us) / 1e6;
    }
    *ret_failed = NULL;
    return 0;
}

static int
check_all(const CopyJob *job, Exec *exec, DueTables *due, const FlowTable **ret_failed,
          Arena *scratch, Error *reterr)
{
    ExecMade **made = ARENA_ARRAY(scratch, ExecMade *, job->source->options.flow->n_tables + 1);
    for (size_t i = 0; i < due->n; i++) {
        made[due->items[i].table->index] = &due->items[i].made;
    }
    return copy_check_whole(job->choice, exec, made, ret_failed, reterr);
}

/** Lists keys, copies, checks what came, and drops the lists. */
static int
choose_and_make(CopyJob *job, Exec *exec, DueTables *due, const FlowTable **ret_failed,
                Arena *scratch, Error *reterr)
{
    bool *is_due = ARENA_ARRAY(scratch, bool, job->source->options.flow->n_tables + 1);
    for (size_t i = 0; i < due->n; i++) {
        is_due[due->items[i].table->index] = true;
    }
    *ret_failed = due->n > 0 ? due->items[0].table : NULL;
    if (copy_choice_new(job->source, exec, is_due, scratch, &job->choice, reterr) < 0 ||
        make_all(exec, due, ret_failed, reterr) < 0) {
        return -1;
    }
    if (check_all(job, exec, due, ret_failed, scratch, reterr) < 0) {
        return -1;
    }
    return copy_choice_end(job->choice, reterr);
}

static int
make_in_transaction(CopyJob *job, Exec *exec, DueTables *due, const FlowTable **ret_failed,
                    Error *reterr)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    const CopySource *source = job->source;
    Store *from = copy_way_store(&source->way, exec->store);
    bool is_streamed = source->way.path == COPY_STREAMED;
    int status = store_begin(exec->store, reterr);
    if (status == 0 && is_streamed) {
        status = store_begin_snapshot(from, reterr);
    }
    if (status != 0) {
        store_rollback(exec->store);
        return status;
    }
    if (source->way.path != COPY_ATTACHED) {
        status = lock_source_tables(source, from, due, scratch, reterr);
    }
    status = status == 0 ? choose_and_make(job, exec, due, ret_failed, scratch, reterr) : status;
    status = status == 0 ? store_commit(exec->store, reterr) : status;
    if (status != 0) {
        store_rollback(exec->store);
    }
    store_forget_mask_key(from);
    if (is_streamed) {
        store_rollback(from);
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
        status = make_in_transaction(job, exec, &due, &failed, &error);
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
                         .rules = copy_rules_text(table, exec->arena),
                         .rows = step->made->rows};
        meta_record_copy(exec->input->layout, &copy, sql);
    }
}
