/* Which table next. The scheduler alone writes ExecSteps; a worker is given one table and gives
 * back what it made.
 *
 * There is one worker, which is called in place. With more, what pick() finds goes to an idle one,
 * and take() is what the scheduler does with each answer; nothing else changes. */
#include "runtime/base/clock.h"
#include "runtime/base/vec.h"
#include "runtime/exec/exec_priv.h"

#include <string.h>

void
exec_init(Exec *exec)
{
    const Flow *flow = exec->plan->flow;
    exec->progress = plan_progress_new(exec->input, exec->arena);
    exec->steps = ARENA_ARRAY(exec->arena, ExecStep, flow->n_tables + 1);
    for (size_t i = 0; i < exec->plan->n_steps; i++) {
        PlanAction action = exec->plan->steps[i].decision.action;
        exec->n_planned += action == PLAN_BUILD || action == PLAN_COPY ? 1 : 0;
    }
}

/* ---- events ---- */

static RunEvent
step_event(const Exec *exec, RunEventKind kind, const FlowTable *table)
{
    const ExecStep *step = &exec->steps[table->index];
    return (RunEvent){.kind = kind,
                      .step = {.stage = table->stage->name,
                               .table = table->name,
                               .action = step->decision.action,
                               .settled = true,
                               .reason = step->decision.reason,
                               .state = step->state,
                               .rows = -1,
                               .number = step->number > 0 ? step->number : exec->n_begun,
                               .of = exec->n_planned,
                               .of_flow = table}};
}

/** The file that a table's rows are read from, or NULL. */
static const char *
file_of(const Exec *exec, const FlowTable *table)
{
    const FlowBody *body = table->body;
    bool is_file = body->kind == FLOW_BODY_CSV || body->kind == FLOW_BODY_PARQUET;
    return is_file ? exec_data_path(exec->input, exec->data_directory, body->file, body->path,
                                    exec->arena)
                   : NULL;
}

void
exec_begin_step(Exec *exec, const FlowTable *table)
{
    ExecStep *step = &exec->steps[table->index];
    step->state = STEP_RUNNING;
    step->is_announced = true;
    step->number = ++exec->n_begun;
    if (exec->n_begun > exec->n_planned) {
        exec->n_planned = exec->n_begun;
    }
    RunEvent event = step_event(exec, RUN_EVENT_STEP_START, table);
    event.step.file = file_of(exec, table);
    run_listener_tell(exec->listener, event);
}

/** Where the rows of a table that exists already are. */
static void
set_place(ExecStep *step, const MetaTable *origin)
{
    step->schema = origin != NULL ? origin->schema : NULL;
    step->table = origin != NULL ? origin->table : NULL;
}

static void
take_made(Exec *exec, const FlowTable *table, const ExecMade *made)
{
    ExecStep *step = &exec->steps[table->index];
    step->decision.key = made->row->key;
    step->decision.content_key = made->row->content_key;
    step->scanned = made->scanned;
    if (made->is_same) {
        step->touched = exec->plan->steps[table->index].published;
        step->touch_row = made->row;
        set_place(step, step->touched);
        return;
    }
    step->made = made->row;
    set_place(step, made->row);
}

static bool
is_worth_telling(const Exec *exec, const FlowTable *table)
{
    const ExecStep *step = &exec->steps[table->index];
    return step->is_announced || step->state != STEP_DONE || step->decision.action != PLAN_KEEP ||
           exec->plan->steps[table->index].decision.action != PLAN_KEEP;
}

static void
count_step(Exec *exec, const FlowTable *table)
{
    const ExecStep *step = &exec->steps[table->index];
    if (step->state == STEP_FAILED) {
        exec->counts.failed++;
    } else if (step->state == STEP_SKIPPED) {
        exec->counts.skipped++;
    } else if (exec->plan->steps[table->index].selected) {
        exec->counts.actions[step->decision.action]++;
    }
}

/** The columns of what was made, for listeners that want them. What can't be read is left out: it
 * is no reason to fail. */
static void
add_columns(const Exec *exec, const ExecStep *step, Arena *scratch, RunEventStep *event)
{
    StoreColumn *columns;
    size_t n = 0;
    Error ignored = {0};
    if (!exec->listener->wants_columns) {
        return;
    }
    if (store_columns(exec->store, step->schema, step->table, scratch, &columns, &n, &ignored) <
        0) {
        error_deinit(&ignored);
        return;
    }
    RunEventColumn *told = ARENA_ARRAY(scratch, RunEventColumn, n + 1);
    for (size_t i = 0; i < n; i++) {
        told[i] = (RunEventColumn){.name = columns[i].name, .type = columns[i].sql_type};
    }
    event->columns = told;
    event->n_columns = n;
}

static void
tell_end(const Exec *exec, const FlowTable *table, const ExecMade *made, double seconds,
         const Error *error)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    const ExecStep *step = &exec->steps[table->index];
    RunEvent event = step_event(exec, RUN_EVENT_STEP_END, table);
    event.step.rows = made != NULL                    ? made->row->rows
                      : step->decision.origin != NULL ? step->decision.origin->rows
                                                      : -1;
    event.step.seconds = seconds;
    event.step.error = error;
    if (made != NULL) {
        add_columns(exec, step, scratch, &event.step);
    }
    run_listener_tell(exec->listener, event);
}

/** Broken promises that don't fail the table. */
static void
tell_broken(Exec *exec, const FlowTable *table, const ExecBroken *broken)
{
    Error error = {0};
    error_set(&error, ERROR_DATA, "%s", broken->message);
    error_set_detail(&error, "%s", broken->rows != NULL ? broken->rows : "");
    error_set_hint(&error, "%s", broken->hint);
    error_set_origin(&error, flow_span(exec->input->sources, table->at));
    RunEvent event = {.kind = RUN_EVENT_CHECK,
                      .check = {.stage = table->stage->name,
                                .name = table->name,
                                .clause = table->contract != NULL ? table->contract->name : NULL,
                                .warn = true,
                                .violations = broken->count,
                                .rows = broken->rows,
                                .error = &error}};
    run_listener_tell(exec->listener, event);
    exec->counts.warnings++;
    error_deinit(&error);
}

void
exec_end_step(Exec *exec, const FlowTable *table, StepState state, const ExecMade *made,
              double seconds, const Error *error)
{
    ExecStep *step = &exec->steps[table->index];
    step->state = state;
    if (made != NULL) {
        take_made(exec, table, made);
    }
    if (state == STEP_DONE) {
        plan_settle(exec->progress, table, &step->decision, exec->arena);
    }
    count_step(exec, table);
    if (is_worth_telling(exec, table)) {
        tell_end(exec, table, made, seconds, error);
    }
    if (made != NULL && made->broken != NULL) {
        tell_broken(exec, table, made->broken);
    }
    if (error != NULL && exec->first_error == NULL) {
        exec->first_error = arena_strdup(exec->arena, error->message);
    }
}

/* ---- one table ---- */

static bool
is_lost(const FlowTable *table, const Exec *exec)
{
    StepState state = exec->steps[table->index].state;
    return state == STEP_FAILED || state == STEP_SKIPPED;
}

/** What it needs and will never be there. */
static const FlowTable *
lost_need(const Exec *exec, const FlowTable *table)
{
    for (size_t i = 0; i < table->n_inputs; i++) {
        if (is_lost(table->inputs[i], exec)) {
            return table->inputs[i];
        }
    }
    for (size_t i = 0; i < table->n_after; i++) {
        if (is_lost(table->after[i], exec)) {
            return table->after[i];
        }
    }
    return NULL;
}

static void
skip(Exec *exec, const FlowTable *table, const char *reason)
{
    exec->steps[table->index].decision.reason = reason;
    exec_end_step(exec, table, STEP_SKIPPED, NULL, 0, NULL);
}

/** Does a worker have to do something? */
static bool
needs_work(const Exec *exec, const FlowTable *table)
{
    const PlanDecision *decision = &exec->steps[table->index].decision;
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    Definition old_items;
    Definition new_items;
    switch (decision->action) {
    case PLAN_BUILD:
    case PLAN_COPY: return true;
    case PLAN_REUSE: return decision->origin == NULL;
    case PLAN_ALTER:
        old_items = definition_parse(decision->origin->definition, scratch);
        new_items = definition_parse(plan_definition(exec->input, table, scratch), scratch);
        return !exec_can_alter(exec, &old_items, &new_items);
    case PLAN_KEEP:
    case PLAN_RENAME:
    case PLAN_DROP:
    case PLAN_N_ACTIONS: return false;
    }
    return false;
}

/** Errors that end the run rather than a table. */
static bool
is_fatal(const Error *error)
{
    return error->code == ERROR_INTERRUPTED || error->code == ERROR_CONNECTION;
}

typedef VEC(const FlowTable *) TableRow;

/** The tables that are made in one go with `table`, itself first: the outputs of its script. Their
 * decisions are taken here. */
static TableRow
gather_outputs(Exec *exec, const FlowTable *table, Arena *scratch)
{
    const Flow *flow = exec->plan->flow;
    TableRow tables = {0};
    vec_push_in(scratch, &tables, table);
    bool is_script = table->body->kind == FLOW_BODY_SCRIPT && table->given == NULL &&
                     exec->steps[table->index].decision.action == PLAN_BUILD;
    for (size_t i = 0; is_script && i < flow->n_tables; i++) {
        const FlowTable *other = flow->tables[i];
        if (other != table && other->leader == table->leader) {
            exec->steps[i].decision =
                plan_decide(exec->input, exec->plan, exec->progress, other, exec->arena);
            vec_push_in(scratch, &tables, other);
        }
    }
    return tables;
}

static void
end_outputs(Exec *exec, const FlowTable *const *tables, size_t n, const ExecMade *made,
            double seconds, const Error *error)
{
    const FlowTable *first = tables[0];
    exec_end_step(exec, first, error == NULL ? STEP_DONE : STEP_FAILED, made, seconds, error);
    for (size_t i = 1; i < n; i++) {
        if (error == NULL) {
            exec_end_step(exec, tables[i], STEP_DONE, &made[i], seconds, NULL);
        } else {
            skip(exec, tables[i],
                 arena_printf(exec->arena, "made together with %s.%s", first->stage->name,
                              first->name));
        }
    }
}

static int
work_on(Exec *exec, const FlowTable *table, Error *reterr)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    Error error = {0};
    TableRow tables = gather_outputs(exec, table, scratch);
    ExecMade *made = ARENA_ARRAY(scratch, ExecMade, tables.n);
    int64_t started_us = clock_monotonic_us();
    for (size_t i = 0; i < tables.n; i++) {
        exec_begin_step(exec, tables.items[i]);
    }
    int status = exec_work(exec, tables.items, tables.n, made, &error);
    double seconds = (double)(clock_monotonic_us() - started_us) / 1e6;
    if (status != 0 && is_fatal(&error)) {
        error_move(reterr, &error);
        return -1;
    }
    end_outputs(exec, tables.items, tables.n, status == 0 ? made : NULL, seconds,
                status == 0 ? NULL : &error);
    error_deinit(&error);
    return 0;
}

static int
run_step(Exec *exec, const FlowTable *table, Error *reterr)
{
    ExecStep *step = &exec->steps[table->index];
    step->decision = plan_decide(exec->input, exec->plan, exec->progress, table, exec->arena);
    if (needs_work(exec, table)) {
        return work_on(exec, table, reterr);
    }
    set_place(step, step->decision.origin);
    exec_end_step(exec, table, STEP_DONE, NULL, 0, NULL);
    return 0;
}

/** The next table that waits for nothing; the flow's order has inputs first. */
static const FlowTable *
pick(const Exec *exec, size_t *position)
{
    while (*position < exec->plan->n_steps) {
        const FlowTable *table = exec->plan->steps[(*position)++].table;
        if (exec->steps[table->index].state == STEP_WAITING) {
            return table;
        }
    }
    return NULL;
}

int
exec_run(Exec *exec, Error *reterr)
{
    size_t position = 0;
    if (exec->copier != NULL && exec->copier(exec->copier_user, exec, reterr) < 0) {
        return -1;
    }
    for (const FlowTable *table; (table = pick(exec, &position)) != NULL;) {
        const FlowTable *lost = lost_need(exec, table);
        if (exec_check_interrupt(exec, reterr) < 0) {
            return -1;
        }
        if (exec->fail_fast && exec->counts.failed > 0) {
            skip(exec, table, "the run stopped at the first failure");
        } else if (lost != NULL) {
            skip(exec, table,
                 arena_printf(exec->arena, "%s.%s is missing", lost->stage->name, lost->name));
        } else if (run_step(exec, table, reterr) < 0) {
            return -1;
        }
    }
    return exec->counts.failed > 0 ? 1 : 0;
}
