#include "runtime/run/copy.h"

#include "runtime/run/find.h"
#include "runtime/run/session.h"

/** What the rules' statements are sent with. */
static void
prepare_exec(RunSession *session, Exec *exec)
{
    const RunRequest *request = session->request;
    *exec = (Exec){.store = session->store,
                   .input = &session->input,
                   .plan = session->plan,
                   .environment = &session->environment,
                   .run = session->run,
                   .data_directory = request->executable_directory,
                   .listener = &request->listener,
                   .interrupted = run_session_interrupted(),
                   .print_sql = request->instance->print_sql,
                   .arena = session->arena};
    exec_init(exec);
}

static bool
is_copied(const FlowTable *table)
{
    return table->body->kind == FLOW_BODY_COPY;
}

/* ---- the plan ---- */

/** Which tables are to be copied. */
static void
find_due(const RunSession *session, bool *due)
{
    for (size_t i = 0; i < session->plan->n_steps; i++) {
        const PlanStep *step = &session->plan->steps[i];
        due[i] = is_copied(step->table) && step->selected && step->decision.action == PLAN_COPY;
    }
}

/** Of a table that isn't copied again: what is there. */
static CopyPreview
present_preview(const PlanStep *step, CopyPreview preview)
{
    const MetaTable *there =
        step->decision.origin != NULL ? step->decision.origin : step->published;
    preview.rows = there != NULL ? there->rows : -1;
    preview.bytes = there != NULL ? there->bytes : -1;
    return preview;
}

static RunCopyRow
copy_row(const PlanStep *step, bool is_due, const CopyPreview *preview, Arena *arena)
{
    return (RunCopyRow){.stage = arena_strdup(arena, step->table->stage->name),
                        .name = arena_strdup(arena, step->table->name),
                        .action = step->decision.action,
                        .settled = step->decision.settled,
                        .reason = arena_strdup(arena, step->decision.reason),
                        .rules = copy_rules_text(step->table, arena),
                        .is_counted = is_due,
                        .preview = is_due ? *preview : present_preview(step, *preview)};
}

static int
make_plan(RunSession *session, Arena *arena, RunCopyPlan *ret_plan, Error *reterr)
{
    size_t n = session->plan->n_steps;
    bool *due = ARENA_ARRAY(session->arena, bool, n + 1);
    CopyPreview *previews = ARENA_ARRAY(session->arena, CopyPreview, n + 1);
    Exec exec;
    prepare_exec(session, &exec);
    find_due(session, due);
    if (copy_preview(session->copy, &exec, due, previews, reterr) < 0) {
        return -1;
    }
    ret_plan->source = arena_strdup(arena, session->flow->copy_source->instance);
    ret_plan->rows = ARENA_ARRAY(arena, RunCopyRow, n + 1);
    for (size_t i = 0; i < n; i++) {
        const PlanStep *step = &session->plan->steps[i];
        if (is_copied(step->table) && step->selected) {
            ret_plan->rows[ret_plan->n++] = copy_row(step, due[i], &previews[i], arena);
        }
    }
    return 0;
}

int
run_copy_plan(const RunRequest *request, Arena *arena, Diags *diags, RunCopyPlan *ret_plan,
              Error *reterr)
{
    RunSession session;
    *ret_plan = (RunCopyPlan){0};
    run_session_init(&session, request, diags);
    int status = run_session_look(&session, reterr);
    if (status == 0 && session.copy != NULL) {
        status = make_plan(&session, arena, ret_plan, reterr);
    }
    run_session_deinit(&session);
    return status;
}

/* ---- one row ---- */

static int
not_copied(const RunSession *session, const FlowTable *table, Error *reterr)
{
    error_set(reterr, ERROR_USAGE, "%s.%s isn't copied into instance %s", table->stage->name,
              table->name, session->request->instance->name);
    if (session->flow->copy_source == NULL) {
        error_set_hint(reterr, "no `copy` block is in force there: its inputs come from where the "
                               "flow says");
    } else {
        error_set_hint(reterr, "only input tables are; the flow makes this one in each instance");
    }
    return -1;
}

static int
explain(RunSession *session, const FlowTable *table, const char *key, Arena *arena,
        RunExplained *explained, Error *reterr)
{
    const PlanDecision *decision = &session->plan->steps[table->index].decision;
    Exec exec;
    prepare_exec(session, &exec);
    *explained =
        (RunExplained){.table = arena_printf(arena, "%s.%s", table->stage->name, table->name),
                       .source = arena_strdup(arena, session->flow->copy_source->instance),
                       .is_due = decision->action == PLAN_COPY,
                       .reason = arena_strdup(arena, decision->reason)};
    return copy_explain(session->copy, &exec, table, key, arena, &explained->found, reterr);
}

int
run_copy_explain(const RunRequest *request, const char *table, const char *key, Arena *arena,
                 Diags *diags, RunExplained *ret_explained, Error *reterr)
{
    RunSession session;
    const FlowTable *found = NULL;
    run_session_init(&session, request, diags);
    int status = run_session_elaborate(&session, reterr);
    if (status == 0) {
        status = run_find_table(session.flow, table, session.arena, &found, reterr);
    }
    if (status == 0 && !is_copied(found)) {
        status = not_copied(&session, found, reterr);
    }
    if (status == 0) {
        status = run_session_find_source(&session, reterr);
    }
    if (status == 0 &&
        (run_session_open_to_look(&session, reterr) < 0 || run_session_load(&session, reterr) < 0 ||
         run_session_plan(&session, reterr) < 0)) {
        status = -1;
    }
    if (status == 0) {
        status = explain(&session, found, key, arena, ret_explained, reterr);
    }
    run_session_deinit(&session);
    return status;
}
