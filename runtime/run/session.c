#include "runtime/run/session.h"

#include "runtime/base/clock.h"
#include "runtime/base/file.h"
#include "runtime/elaborate/attrs.h"
#include "runtime/exec/csv/csv.h"
#include "runtime/exec/exec.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { POLL_MS = 100, CONNECT_RETRIES = 5 };

/* ---- the signal flag, and the store whose statement a signal cancels ---- */

static volatile sig_atomic_t interrupted;
static Store *volatile running_store;

void
run_interrupt(void)
{
    interrupted = 1;
    if (running_store != NULL) {
        store_cancel(running_store);
    }
}

const volatile sig_atomic_t *
run_session_interrupted(void)
{
    return &interrupted;
}

/* ---- begin and end ---- */

static const char *
user_name(void)
{
    const struct passwd *entry = getpwuid(getuid());
    const char *name = getenv("USER");
    return entry != NULL ? entry->pw_name : name != NULL ? name : "unknown";
}

static const char *
host_name(Arena *arena)
{
    char name[256] = "";
    return gethostname(name, sizeof name - 1) == 0 ? arena_strdup(arena, name) : "unknown";
}

/** Without the `T` and the `Z`, as values and the metadata have it. */
static void
format_time(int64_t epoch_us, char *text, size_t size_bytes)
{
    clock_format_utc(epoch_us, text, size_bytes);
    text[10] = ' ';
    text[26] = '\0';
}

static void
set_times(RunSession *session)
{
    int64_t now_us = clock_now_us();
    int64_t told_us = now_us;
    format_time(now_us, session->started, sizeof session->started);
    if (session->request->at != NULL && clock_parse_utc(session->request->at, &told_us) != 0) {
        told_us = now_us; /* the command line has refused what is no time */
    }
    format_time(told_us, session->run_started, sizeof session->run_started);
    snprintf(session->run_date, sizeof session->run_date, "%.10s", session->run_started);
    const char *s = session->started;
    snprintf(session->run, sizeof session->run, "%.4s%.2s%.2sT%.2s%.2s%.2s.%.6s-%ld", s, s + 5,
             s + 8, s + 11, s + 14, s + 17, s + 20, (long)getpid());
}

void
run_session_init(RunSession *session, const RunRequest *request, Diags *diags)
{
    *session = (RunSession){.request = request,
                            .diags = diags,
                            .arena = arena_new(),
                            .wants_queries = request->explain};
    session->user = arena_strdup(session->arena, user_name());
    session->host = host_name(session->arena);
    session->layout = meta_layout(request->instance->schema_prefix,
                                  request->instance->schema_suffix, session->arena);
    set_times(session);
}

void
run_session_deinit(RunSession *session)
{
    running_store = NULL;
    store_close(session->store);
    arena_free(session->arena);
}

/* ---- the flow ---- */

static const char *
get_environment(const char *name)
{
    return getenv(name);
}

static int
resolve_attrs(const RunRequest *request, Arena *arena, Diags *diags, const Map **ret_attrs)
{
    AttrsInput input = {.instance_name = request->instance->name,
                        .configured = request->instance->attrs,
                        .overrides = request->attrs,
                        .n_overrides = request->n_attrs};
    input.instances = config_known_names(request->config, &input.n_instances);
    return attrs_resolve(request->unit, &input, request->sources, arena, diags, ret_attrs);
}

void
run_check_attrs(const RunRequest *request, Diags *diags)
{
    CLEANUP(arena_freep) Arena *arena = arena_new();
    const Map *attrs;
    (void)!resolve_attrs(request, arena, diags, &attrs); /* what is wrong is in `diags` */
}

int
run_session_prepare(RunSession *session)
{
    const RunRequest *request = session->request;
    const Map *attrs;
    size_t n_instances;
    const char *const *instances = config_known_names(request->config, &n_instances);
    if (resolve_attrs(request, session->arena, session->diags, &attrs) < 0) {
        return RUN_OUTCOME_DIAGS;
    }
    session->environment =
        (Environment){.attrs = attrs,
                      .instance_name = request->instance->name,
                      .instance_id = request->instance->instance_id,
                      .engine = config_engine_name(request->instance->engine),
                      .schema_prefix = request->instance->schema_prefix,
                      .schema_suffix = request->instance->schema_suffix,
                      .instances = instances,
                      .n_instances = n_instances,
                      .run_date = session->run_date,
                      .run_started = session->run_started,
                      .requires_masks = request->instance->masking == MASKING_REQUIRED,
                      .has_mask_key = request->instance->masking_key != NULL,
                      .getenv = get_environment,
                      .check_csv = csv_options_check_named};
    return 0;
}

int
run_session_elaborate(RunSession *session, Error *reterr)
{
    const RunRequest *request = session->request;
    (void)reterr;
    if (run_session_prepare(session) != 0) {
        return RUN_OUTCOME_DIAGS;
    }
    int status = elaborate(request->unit, &session->environment, request->sources, session->arena,
                           session->diags, &session->flow);
    return status < 0 ? RUN_OUTCOME_DIAGS : 0;
}

int
run_session_find_source(RunSession *session, Error *reterr)
{
    const RunRequest *request = session->request;
    const FlowCopySource *source = session->flow->copy_source;
    CopyOptions options = {.flow = session->flow,
                           .environment = &session->environment,
                           .sources = request->sources,
                           .target = request->instance,
                           .listener = &request->listener,
                           .interrupted = &interrupted,
                           .data_directory = request->executable_directory,
                           .wait_ms = request->wait_ms};
    if (source == NULL) {
        return 0;
    }
    if (config_resolve(request->config, source->instance, source->per_user, session->diags,
                       &options.source) < 0) {
        return RUN_OUTCOME_DIAGS;
    }
    session->source = options.source;
    if (copy_source_new(&options, session->arena, &session->copy, reterr) < 0) {
        return -1;
    }
    return copy_source_check(session->copy, reterr);
}

/* ---- the store ---- */

static int
check_interrupt(Error *reterr)
{
    if (interrupted != 0) {
        error_clear(reterr);
        return error_set(reterr, ERROR_INTERRUPTED, "interrupted");
    }
    return 0;
}

static void
tell_wait(const RunSession *session, bool *told, const Error *error)
{
    if (!*told) {
        run_listener_say(&session->request->listener, RUN_EVENT_LOCK_WAIT, error->message);
        *told = true;
    }
}

static void
tell_gone(const RunSession *session, bool told)
{
    if (told) {
        run_listener_tell(&session->request->listener, (RunEvent){.kind = RUN_EVENT_LOCK_GONE});
    }
}

static void
pause_ms(int64_t ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};
    nanosleep(&time, NULL);
}

static bool
is_over(const RunSession *session, int64_t since_us)
{
    int64_t wait_ms = session->request->wait_ms;
    return wait_ms >= 0 && clock_monotonic_us() - since_us >= wait_ms * 1000;
}

/** Another process has the database for itself: its file is the lock. */
static int
open_waiting(RunSession *session, const Secret *url, const StoreOptions *options, Error *reterr)
{
    int64_t since_us = clock_monotonic_us();
    bool told = false;
    for (;;) {
        error_clear(reterr);
        int status = store_open(url, options, &session->store, reterr);
        if (status != STORE_BUSY) {
            tell_gone(session, told);
            return status;
        }
        if (is_over(session, since_us)) {
            reterr->code = ERROR_LOCK;
            return -1;
        }
        tell_wait(session, &told, reterr);
        if (check_interrupt(reterr) < 0) {
            return -1;
        }
        pause_ms(POLL_MS);
    }
}

int
run_session_open(RunSession *session, Error *reterr)
{
    const Instance *instance = session->request->instance;
    StoreOptions options = {
        .create_database = instance->create_database,
        .connect_retries = CONNECT_RETRIES,
        .application_name =
            arena_printf(session->arena, "pdc %s/%s %s@%s %s", session->request->unit->name,
                         instance->name, session->user, session->host, session->run),
    };
    if (open_waiting(session, instance->url, &options, reterr) != 0) {
        return -1;
    }
    running_store = session->store;
    return 0;
}

int
run_session_lock(RunSession *session, Error *reterr)
{
    const char *name = meta_lock_name(&session->layout, "run", session->arena);
    int status = store_lock(session->store, name, STORE_LOCK_EXCLUSIVE, 0, reterr);
    if (status == STORE_BUSY && session->request->wait_ms != 0) {
        bool told = false;
        tell_wait(session, &told, reterr);
        error_clear(reterr);
        status = store_lock(session->store, name, STORE_LOCK_EXCLUSIVE, session->request->wait_ms,
                            reterr);
        tell_gone(session, status == 0);
    }
    if (status == STORE_BUSY) {
        reterr->code = ERROR_LOCK;
    }
    session->is_locked = status == 0;
    return status == 0 ? 0 : -1;
}

/* ---- state and plan ---- */

int
run_session_load(RunSession *session, Error *reterr)
{
    const Flow *flow = session->flow;
    const char **stages = ARENA_ARRAY(session->arena, const char *, flow->n_stages);
    for (size_t i = 0; i < flow->n_stages; i++) {
        stages[i] = flow->stages[i]->name;
    }
    MetaWanted wanted = {
        .stages = stages, .n_stages = flow->n_stages, .with_queries = session->wants_queries};
    return meta_load(session->store, &session->layout, &wanted, session->arena, &session->snapshot,
                     reterr);
}

static bool
uses_views(const RunSession *session)
{
    switch (session->request->instance->technique) {
    case TECHNIQUE_READ_VIEWS: return true;
    case TECHNIQUE_SCHEMA_SWAP: return false;
    case TECHNIQUE_AUTO: return !store_can(session->store, STORE_MOVE_TABLES);
    }
    return false;
}

static int
check_technique(const RunSession *session, Error *reterr)
{
    if (session->request->instance->technique == TECHNIQUE_SCHEMA_SWAP &&
        !store_can(session->store, STORE_MOVE_TABLES)) {
        error_set(
            reterr, ERROR_CONFIG,
            "`stage_commit_technique: schema_swap` can't work on this engine: it can't move tables that have keys");
        error_set_hint(reterr, "use read_views, or leave the setting out");
        return -1;
    }
    if (session->request->instance->commit == COMMIT_STAGE) {
        error_set(reterr, ERROR_CONFIG,
                  "`commit: stage` is not built yet: a run is published as a whole");
        error_set_hint(reterr, "leave the setting out, or say `commit: run`");
        return -1;
    }
    return 0;
}

/** Whether `default_materialization_details` names a label that says `unlogged`. */
static bool
default_unlogged(const Instance *instance)
{
    const char *label = instance->default_materialization_details;
    const ConfigNode *details =
        label == NULL ? NULL : config_node_get(instance->materialization_details, label);
    const ConfigNode *unlogged = details == NULL ? NULL : config_node_get(details, "unlogged");
    return unlogged != NULL && unlogged->kind == CONFIG_BOOL && unlogged->boolean;
}

static PlanOptions
plan_options(const RunSession *session)
{
    const RunRequest *request = session->request;
    return (PlanOptions){
        .keys = {.engine = store_engine_name(session->store),
                 .run_date = session->run_date,
                 .run = session->run,
                 .validation = request->instance->cache_validation},
        .select = request->select,
        .force = request->force,
        .can_unlogged = store_can(session->store, STORE_UNLOGGED),
        .is_read_views = uses_views(session),
        .default_unlogged = default_unlogged(request->instance),
    };
}

static int
look(RunSession *session, Error *reterr)
{
    const RunRequest *request = session->request;
    FreshInput input = {.flow = session->flow,
                        .layout = &session->layout,
                        .snapshot = session->snapshot,
                        .environment = &session->environment,
                        .sources = request->sources,
                        .data_directory = request->executable_directory,
                        .validation = request->instance->cache_validation,
                        .store = session->store};
    if (fresh_look(&input, session->arena, &session->fresh, &session->files, reterr) < 0) {
        return -1;
    }
    return session->copy == NULL ? 0
                                 : copy_source_look(session->copy, session->store, session->fresh,
                                                    session->arena, reterr);
}

int
run_session_plan(RunSession *session, Error *reterr)
{
    if (check_technique(session, reterr) < 0 || look(session, reterr) < 0) {
        return -1;
    }
    session->input = (PlanInput){.flow = session->flow,
                                 .layout = &session->layout,
                                 .snapshot = session->snapshot,
                                 .fresh = session->fresh,
                                 .sources = session->request->sources,
                                 .options = plan_options(session)};
    return plan_build(&session->input, session->arena, &session->plan, reterr);
}

/** The embedded database that was not made yet: an empty one in its place, for those who only look.
 */
static const Secret *
url_to_look_at(const RunSession *session)
{
    const Instance *instance = session->request->instance;
    const char *prefix = "duckdb:///";
    bool is_file = text_starts_with(instance->display_url, prefix);
    return is_file && !file_exists(instance->display_url + strlen(prefix))
               ? secret_new(session->arena, "duckdb:///:memory:")
               : instance->url;
}

int
run_session_open_to_look(RunSession *session, Error *reterr)
{
    StoreOptions options = {.application_name = "pdc", .connect_retries = CONNECT_RETRIES};
    const Secret *url = url_to_look_at(session);
    options.read_only = url == session->request->instance->url;
    if (open_waiting(session, url, &options, reterr) != 0) {
        return -1;
    }
    running_store = session->store;
    return 0;
}

int
run_session_look(RunSession *session, Error *reterr)
{
    int status = run_session_elaborate(session, reterr);
    if (status == 0) {
        status = run_session_find_source(session, reterr);
    }
    if (status != 0) {
        return status;
    }
    return run_session_open_to_look(session, reterr) < 0 || run_session_load(session, reterr) < 0 ||
                   run_session_plan(session, reterr) < 0
               ? -1
               : 0;
}
