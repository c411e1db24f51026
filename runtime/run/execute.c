/* What a run is: lock, plan, execute, verify, publish, report. The list to read first. */
#include "runtime/base/clock.h"
#include "runtime/publish/publish.h"
#include "runtime/run/report_plan.h"
#include "runtime/run/session.h"
#include "runtime/verify/verify.h"

#include <stdio.h>
#include <string.h>

/** One run under way. */
typedef struct Execution Execution;
struct Execution {
    RunSession *session;
    Exec exec;
    CopyJob copy_job;
    VerifyResults checks;
    RunState state;
    bool has_row; /* its row in the metadata */
    int64_t started_us;
};

/* ---- its row in the metadata ---- */

static MetaRun
run_row(const Execution *x, char *ended, size_t size_bytes)
{
    const RunSession *session = x->session;
    const size_t *actions = x->exec.counts.actions;
    clock_format_utc(clock_now_us(), ended, size_bytes);
    ended[10] = ' ';
    ended[26] = '\0';
    return (MetaRun){.run = session->run,
                     .flow = session->flow->name,
                     .instance = session->request->instance->name,
                     .user = session->user,
                     .host = session->host,
                     .started = session->started,
                     .ended = x->state == RUN_RUNNING ? NULL : ended,
                     .state = run_state_name(x->state),
                     .built = (int64_t)actions[PLAN_BUILD],
                     .kept = (int64_t)actions[PLAN_KEEP],
                     .copied = (int64_t)actions[PLAN_COPY],
                     .renamed = (int64_t)actions[PLAN_RENAME],
                     .altered = (int64_t)actions[PLAN_ALTER],
                     .reused = (int64_t)actions[PLAN_REUSE],
                     .dropped = (int64_t)actions[PLAN_DROP],
                     .failed = (int64_t)x->exec.counts.failed,
                     .message = x->exec.first_error};
}

static void
append_end(const Execution *x, Str *sql)
{
    char ended[32];
    MetaRun row = run_row(x, ended, sizeof ended);
    const RunSession *session = x->session;
    if (x->has_row) {
        meta_update_run(&session->layout, &row, sql);
    }
    for (size_t i = 0; i < x->checks.n; i++) {
        meta_record_check(&session->layout, &x->checks.items[i], session->run, row.ended, sql);
    }
    for (size_t i = 0; i < session->files.n; i++) {
        meta_record_file(&session->layout, &session->files.items[i], sql);
    }
    if (session->copy != NULL && x->state == RUN_DONE) {
        copy_append_records(session->copy, &x->exec, sql);
    }
}

/** Where we may not make schemas, all that will be needed are asked for at once. */
static int
require_schemas(const RunSession *session, Error *reterr)
{
    const Flow *flow = session->flow;
    const char **schemas = ARENA_ARRAY(session->arena, const char *, flow->n_stages + 2);
    schemas[0] = session->layout.metadata_schema;
    schemas[1] = session->layout.hidden_schema;
    for (size_t i = 0; i < flow->n_stages; i++) {
        schemas[i + 2] = meta_stage_schema(&session->layout, flow->stages[i]->name, session->arena);
    }
    return meta_require_schemas(session->store, schemas, flow->n_stages + 2, reterr);
}

/** The run begins to write: metadata schemas are there, dead runs are buried, it has a row. */
static int
begin_row(Execution *x, Error *reterr)
{
    RunSession *session = x->session;
    char ended[32];
    Str sql = {0};
    bool may_create = !session->request->instance->avoid_create_schema;
    if ((!may_create && require_schemas(session, reterr) < 0) ||
        meta_prepare(session->store, &session->layout, may_create, reterr) < 0) {
        return -1;
    }
    MetaRun row = run_row(x, ended, sizeof ended);
    if (session->snapshot->n_running > 0) {
        meta_bury_runs(&session->layout, session->snapshot->running, session->snapshot->n_running,
                       &sql);
    }
    meta_insert_run(&session->layout, &row, &sql);
    int status = store_exec(session->store, str_text(&sql), reterr);
    str_deinit(&sql);
    x->has_row = status == 0;
    return status == 0 ? 0 : -1;
}

/* ---- what there is to do ---- */

static bool
has_work(const RunSession *session)
{
    for (size_t i = 0; i < session->plan->n_steps; i++) {
        const PlanDecision *decision = &session->plan->steps[i].decision;
        if (decision->action != PLAN_KEEP || !decision->settled) {
            return true;
        }
    }
    return (session->plan->n_vanished > 0 && !session->plan->keeps_vanished) ||
           session->files.n > 0 || session->snapshot->n_running > 0;
}

static bool
fail_fast(const RunRequest *request)
{
    switch (request->on_failure) {
    case RUN_FAIL_FAST: return true;
    case RUN_KEEP_GOING: return false;
    case RUN_BY_CONFIG: return request->instance->fail_fast;
    }
    return false;
}

static void
prepare_exec(Execution *x)
{
    RunSession *session = x->session;
    const RunRequest *request = session->request;
    x->exec = (Exec){.store = session->store,
                     .input = &session->input,
                     .plan = session->plan,
                     .environment = &session->environment,
                     .run = session->run,
                     .data_directory = request->executable_directory,
                     .listener = &request->listener,
                     .interrupted = run_session_interrupted(),
                     .fail_fast = fail_fast(request),
                     .print_sql = request->instance->print_sql,
                     .print_materialize = request->instance->print_materialize,
                     .arena = session->arena};
    if (session->copy != NULL) {
        x->copy_job = (CopyJob){.source = session->copy, .fresh = session->fresh};
        x->exec.copier = copy_tables;
        x->exec.copier_user = &x->copy_job;
    }
    exec_init(&x->exec);
}

/* ---- publish ---- */

/** The connection was lost while the commit was under way: the metadata knows how it ended. */
static int
ask_outcome(Execution *x, Error *reterr)
{
    RunSession *session = x->session;
    const char *state = NULL;
    Error lost = {0};
    error_move(&lost, reterr);
    store_close(session->store);
    session->store = NULL;
    int status = run_session_open(session, reterr);
    if (status == 0) {
        x->exec.store = session->store;
        status = meta_run_state(session->store, &session->layout, session->run, session->arena,
                                &state, reterr);
    }
    if (status == 0 && text_equal(state, run_state_name(RUN_DONE))) {
        error_deinit(&lost);
        return 0;
    }
    error_clear(reterr);
    error_move(reterr, &lost);
    return -1;
}

static void
tell_publish(const Execution *x, RunEventKind kind, size_t n_changes, int64_t since_us)
{
    RunEvent event = {.kind = kind, .publish = {.n_changes = n_changes}};
    event.publish.seconds = (double)(clock_monotonic_us() - since_us) / 1e6;
    run_listener_tell(&x->session->request->listener, event);
}

/** The transaction, under the lock for which copies wait. */
static int
publish_locked(Execution *x, Publication *publication, Error *reterr)
{
    RunSession *session = x->session;
    const char *lock = meta_lock_name(&session->layout, "publish", session->arena);
    PublishOptions options = {.may_create_schemas =
                                  !session->request->instance->avoid_create_schema,
                              .wait_ms = session->request->wait_ms};
    bool unknown = false;
    Str end = {0};
    int status = store_lock(session->store, lock, STORE_LOCK_EXCLUSIVE, -1, reterr);
    if (status != 0) {
        return -1;
    }
    x->state = RUN_DONE;
    append_end(x, &end);
    status = publication_run(publication, &options, str_text(&end), &unknown, reterr);
    str_deinit(&end);
    if (status < 0 && unknown) {
        return ask_outcome(x, reterr);
    }
    Error ignored = {0};
    if (store_unlock(session->store, lock, STORE_LOCK_EXCLUSIVE, &ignored) < 0) {
        error_deinit(&ignored); /* a lost connection has given it up */
    }
    return status;
}

static int
publish(Execution *x, Error *reterr)
{
    Publication *publication = publication_new(&x->exec);
    size_t n_changes = publication_changes(publication);
    int64_t since_us = clock_monotonic_us();
    x->exec.counts.actions[PLAN_DROP] = publication_drops(publication);
    if (!x->has_row && n_changes == 0 && x->checks.n == 0) {
        x->state = RUN_DONE;
        return 0;
    }
    if (n_changes > 0) {
        tell_publish(x, RUN_EVENT_PUBLISH_START, n_changes, since_us);
    }
    int status = publish_locked(x, publication, reterr);
    if (status == 0 && n_changes > 0) {
        tell_publish(x, RUN_EVENT_PUBLISH_END, n_changes, since_us);
    }
    return status;
}

/* ---- the end ---- */

static RunState
state_of_error(const Error *error)
{
    switch (error->code) {
    case ERROR_INTERRUPTED: return RUN_INTERRUPTED;
    case ERROR_CONNECTION:
    case ERROR_LOCK: return RUN_LOST;
    default: /* whatever else: tables failed, or what they need did */ return RUN_FAILED;
    }
}

/** Says in the metadata that the run failed; if that can't be said, the next run finds it dead. */
static void
record_failure(Execution *x)
{
    Str sql = {0};
    Error ignored = {0};
    if (x->has_row) {
        append_end(x, &sql);
        if (store_exec(x->session->store, str_text(&sql), &ignored) < 0) {
            error_deinit(&ignored);
        }
    }
    str_deinit(&sql);
}

static void
collect(Execution *x)
{
    RunSession *session = x->session;
    Collected collected;
    Error ignored = {0};
    MetaSnapshot *old = session->snapshot;
    bool views = session->input.options.is_read_views;
    CollectOptions options = {.keep_versions =
                                  views ? session->request->instance->keep_versions : 0,
                              .keep_finished = false};
    if (!x->has_row || run_session_load(session, &ignored) < 0 ||
        (collect_is_due(session->snapshot, &session->layout, &options) &&
         collect_run(session->store, session->snapshot, &session->layout, &options, &collected,
                     &ignored) < 0)) {
        error_deinit(&ignored); /* what is left is dropped by the next run */
    }
    session->snapshot = old;
}

static int
run_steps(Execution *x, Error *reterr)
{
    RunSession *session = x->session;
    if (has_work(session) && begin_row(x, reterr) < 0) {
        return -1;
    }
    int failed = exec_run(&x->exec, reterr);
    if (failed < 0) {
        return -1;
    }
    int broken = failed > 0 ? 0 : verify_run(&x->exec, &x->checks, reterr);
    if (broken < 0 || (x->checks.n > 0 && !x->has_row && begin_row(x, reterr) < 0)) {
        return -1;
    }
    if (failed > 0 || broken > 0) {
        x->state = RUN_FAILED;
        record_failure(x);
        return RUN_OUTCOME_FAILED;
    }
    return publish(x, reterr);
}

static void
tell_start(const RunSession *session)
{
    const Instance *source = session->source;
    RunEventPlace from = {0};
    if (source != NULL) {
        from = (RunEventPlace){source->display_url, source->schema_prefix, source->schema_suffix};
    }
    RunEvent event = {.kind = RUN_EVENT_START,
                      .start = {.run = session->run,
                                .flow = session->flow->name,
                                .instance = session->request->instance->name,
                                .place = store_place(session->store),
                                .n_tables = session->flow->n_tables,
                                .copied_from = source != NULL ? &from : NULL}};
    run_listener_tell(&session->request->listener, event);
}

/** From the store to the plan; then the steps. */
static int
run_locked(Execution *x, Error *reterr)
{
    RunSession *session = x->session;
    if (run_session_open(session, reterr) < 0 || run_session_lock(session, reterr) < 0) {
        return -1;
    }
    tell_start(session);
    if (run_session_load(session, reterr) < 0 || run_session_plan(session, reterr) < 0) {
        return -1;
    }
    run_tell_plan(session);
    prepare_exec(x);
    int status = run_steps(x, reterr);
    if (status < 0) {
        x->state = state_of_error(reterr);
        x->exec.first_error = arena_strdup(session->arena, reterr->message);
        record_failure(x);
    } else if (status == 0) {
        collect(x);
    }
    return status;
}

static void
tell_end(const Execution *x, RunSummary *summary, const Error *error)
{
    summary->state = x->state;
    summary->counts = x->exec.counts;
    summary->seconds = (double)(clock_monotonic_us() - x->started_us) / 1e6;
    snprintf(summary->run, sizeof summary->run, "%s", x->session->run);
    RunEvent event = {.kind = RUN_EVENT_END,
                      .end = {.state = x->state,
                              .counts = &summary->counts,
                              .seconds = summary->seconds,
                              .error = error,
                              .run = x->session->run}};
    run_listener_tell(&x->session->request->listener, event);
}

int
run_execute(const RunRequest *request, Diags *diags, RunSummary *ret_summary, Error *reterr)
{
    RunSession session;
    Execution x = {.session = &session, .started_us = clock_monotonic_us()};
    memset(ret_summary, 0, sizeof *ret_summary);
    run_session_init(&session, request, diags);
    int status = run_session_elaborate(&session, reterr);
    if (status == 0) {
        status = run_session_find_source(&session, reterr);
    }
    if (status == 0) {
        status = run_locked(&x, reterr);
    }
    if (status < 0 && x.state == RUN_RUNNING) {
        x.state = state_of_error(reterr);
    }
    if (status != RUN_OUTCOME_DIAGS) {
        tell_end(&x, ret_summary, status < 0 ? reterr : NULL);
    }
    run_session_deinit(&session);
    return status;
}
