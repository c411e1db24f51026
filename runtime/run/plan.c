#include "runtime/base/clock.h"
#include "runtime/exec/exec.h"
#include "runtime/run/report_plan.h"

#include <stdio.h>
#include <string.h>

/* ---- events ---- */

/** Columns of a table as it is published now; for `--explain`. */
static int
published_columns(void *user, const FlowTable *table, Arena *arena, FlowColumn **ret_columns,
                  size_t *ret_n, Error *reterr)
{
    const RunSession *session = user;
    const MetaTable *row = meta_published(session->snapshot, table->stage->name, table->name);
    StoreColumn *columns;
    size_t n;
    if (row == NULL) {
        return error_set(reterr, ERROR_DATA, "%s.%s is not published", table->stage->name,
                         table->name);
    }
    if (store_columns(session->store, row->schema, row->table, arena, &columns, &n, reterr) < 0) {
        return -1;
    }
    *ret_columns = ARENA_ARRAY(arena, FlowColumn, n);
    for (size_t i = 0; i < n; i++) {
        (*ret_columns)[i] = (FlowColumn){.name = columns[i].name, .type = columns[i].sql_type};
    }
    *ret_n = n;
    return 0;
}

/** The lines of the query that differ from those of the published table; NULL: none, or nobody
 * knows. */
static const char *
changed_lines(RunSession *session, const PlanStep *step)
{
    const FlowQuery *query = step->table->body->query;
    if (step->published == NULL || step->published->query == NULL || query == NULL) {
        return NULL;
    }
    const char *text =
        exec_query_text(session->flow, &session->environment, session->request->sources, query,
                        published_columns, session, session->arena);
    return text == NULL ? NULL : plan_changed_lines(step->published->query, text, session->arena);
}

/** Is it made again because its query is another one? */
static bool
has_other_query(const PlanStep *step)
{
    return step->decision.action == PLAN_BUILD && step->published != NULL &&
           step->published->body_key != NULL && step->table->body->query != NULL &&
           text_equal(step->decision.reason, KEY_QUERY_CHANGED);
}

/** Words about one step; what the user asked for, and what the metadata knows. */
static void
explain(RunSession *session, PlanChanges *changes, const PlanStep *step, RunEventStep *event)
{
    Arena *arena = session->arena;
    if (step->decision.action == PLAN_BUILD && session->request->explain) {
        event->detail = changed_lines(session, step);
    }
    if (has_other_query(step) && session->wants_queries) {
        PlanChange *change = ARENA_NEW(arena, PlanChange);
        *change = plan_change_of(changes, step->table, step->published);
        event->change = change;
    } else if (step->decision.action == PLAN_KEEP && session->wants_queries &&
               changed_lines(session, step) != NULL) {
        event->reason = arena_printf(arena, "%s; written differently, with the same result",
                                     step->decision.reason);
        event->is_rewritten = true;
    }
}

static void
tell_step(const RunSession *session, RunEventStep step)
{
    run_listener_tell(&session->request->listener,
                      (RunEvent){.kind = RUN_EVENT_PLAN, .step = step});
}

/** Whether a table that left the flow lives on under another name. */
static bool
is_renamed(const RunSession *session, const MetaTable *table)
{
    for (size_t i = 0; i < session->plan->n_steps; i++) {
        const PlanDecision *decision = &session->plan->steps[i].decision;
        if (decision->action == PLAN_RENAME && decision->origin == table) {
            return true;
        }
    }
    return false;
}

/** What is known of rows that stay. */
static void
add_made(RunEventStep *event, const PlanStep *step)
{
    const MetaTable *made = step->decision.origin;
    if (step->decision.action == PLAN_KEEP && made != NULL) {
        event->rows = made->rows;
        event->seconds = made->seconds;
    }
}

void
run_tell_plan(RunSession *session)
{
    const Plan *plan = session->plan;
    PlanChanges *changes = plan_changes_new(session->flow, session->arena);
    for (size_t i = 0; i < plan->n_steps; i++) {
        const PlanStep *step = &plan->steps[i];
        if (step->selected) {
            RunEventStep event = {.stage = step->table->stage->name,
                                  .table = step->table->name,
                                  .action = step->decision.action,
                                  .settled = step->decision.settled,
                                  .reason = step->decision.reason,
                                  .rows = -1};
            add_made(&event, step);
            explain(session, changes, step, &event);
            tell_step(session, event);
        }
    }
    for (size_t i = 0; i < plan->n_vanished && !plan->keeps_vanished; i++) {
        const MetaTable *table = plan->vanished[i];
        if (!is_renamed(session, table)) {
            tell_step(session, (RunEventStep){.stage = table->stage,
                                              .table = table->name,
                                              .action = PLAN_DROP,
                                              .settled = true,
                                              .reason = "it left the flow",
                                              .rows = -1});
        }
    }
}

/* ---- ./flow plan ---- */

static void
count_planned(const Plan *plan, RunCounts *counts)
{
    for (size_t i = 0; i < plan->n_steps; i++) {
        counts->actions[plan->steps[i].decision.action] += plan->steps[i].selected ? 1 : 0;
    }
}

int
run_plan(const RunRequest *request, Diags *diags, RunSummary *ret_summary, Error *reterr)
{
    RunSession session;
    int64_t started_us = clock_monotonic_us();
    memset(ret_summary, 0, sizeof *ret_summary);
    run_session_init(&session, request, diags);
    session.wants_queries = true;
    int status = run_session_look(&session, reterr);
    if (status == 0) {
        run_tell_plan(&session);
        count_planned(session.plan, &ret_summary->counts);
        ret_summary->state = RUN_DONE;
    }
    ret_summary->seconds = (double)(clock_monotonic_us() - started_us) / 1e6;
    if (status != RUN_OUTCOME_DIAGS) {
        RunEvent event = {.kind = RUN_EVENT_END,
                          .end = {.state = status == 0 ? RUN_DONE : RUN_FAILED,
                                  .counts = &ret_summary->counts,
                                  .seconds = ret_summary->seconds,
                                  .error = status < 0 ? reterr : NULL}};
        run_listener_tell(&request->listener, event);
    }
    run_session_deinit(&session);
    return status;
}
