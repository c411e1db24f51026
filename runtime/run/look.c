/* What the command line asks of an instance without running it. */
#include "runtime/base/clock.h"
#include "runtime/base/vec.h"
#include "runtime/run/find.h"
#include "runtime/run/session.h"
#include "runtime/store/sql_text.h"

#include <string.h>

/* ---- ./flow status ---- */

typedef VEC(RunStatusRow) StatusRows;

static const char *
copy_text(Arena *arena, const char *text)
{
    return text == NULL ? NULL : arena_strdup(arena, text);
}

static const char *
as_iso(Arena *arena, const char *time)
{
    return time == NULL ? NULL : arena_printf(arena, "%.10sT%sZ", time, time + 11);
}

static double
age_of(const char *time)
{
    int64_t then_us;
    return time == NULL || clock_parse_utc(time, &then_us) != 0
               ? -1
               : (double)(clock_now_us() - then_us) / 1e6;
}

/** What the metadata has of a table. */
static void
set_published(RunStatusRow *row, const MetaTable *table, Arena *arena)
{
    row->is_published = true;
    row->published_at = as_iso(arena, table->published_at);
    row->made_at = as_iso(arena, table->made_at);
    row->age_seconds = age_of(table->made_at);
    row->rows = table->rows;
    row->bytes = table->bytes;
}

static void
add_step(const RunSession *session, const PlanStep *step, Arena *arena, StatusRows *rows)
{
    const FlowTable *table = step->table;
    RunStatusRow row = {.stage = arena_strdup(arena, table->stage->name),
                        .name = arena_strdup(arena, table->name),
                        .kind = table->kind == PDC_VIEW ? "view" : "table",
                        .rows = -1,
                        .bytes = -1,
                        .age_seconds = -1,
                        .is_valid = step->decision.action == PLAN_KEEP && step->decision.settled,
                        .next = step->decision.action,
                        .reason = copy_text(arena, step->decision.reason)};
    row.place =
        arena_printf(arena, "%s.%s", meta_stage_schema(&session->layout, table->stage->name, arena),
                     table->name);
    if (step->published != NULL) {
        set_published(&row, step->published, arena);
    }
    vec_push_in(arena, rows, row);
}

static void
add_vanished(const RunSession *session, const MetaTable *table, Arena *arena, StatusRows *rows)
{
    RunStatusRow row = {.stage = arena_strdup(arena, table->stage),
                        .name = arena_strdup(arena, table->name),
                        .kind = arena_strdup(arena, table->kind),
                        .next = PLAN_DROP,
                        .reason = "it left the flow"};
    row.place = arena_printf(arena, "%s.%s",
                             meta_stage_schema(&session->layout, table->stage, arena), table->name);
    set_published(&row, table, arena);
    vec_push_in(arena, rows, row);
}

int
run_status(const RunRequest *request, Arena *arena, Diags *diags, RunStatusRow **ret_rows,
           size_t *ret_n, Error *reterr)
{
    RunSession session;
    StatusRows rows = {0};
    run_session_init(&session, request, diags);
    int status = run_session_look(&session, reterr);
    for (size_t i = 0; status == 0 && i < session.plan->n_steps; i++) {
        add_step(&session, &session.plan->steps[i], arena, &rows);
    }
    for (size_t i = 0; status == 0 && i < session.plan->n_vanished; i++) {
        add_vanished(&session, session.plan->vanished[i], arena, &rows);
    }
    *ret_rows = rows.items;
    *ret_n = rows.n;
    run_session_deinit(&session);
    return status;
}

/* ---- ./flow history ---- */

static RunHistoryRow
history_row(const MetaRun *run, Arena *arena)
{
    int64_t started_us;
    int64_t ended_us;
    bool timed = run->ended != NULL && clock_parse_utc(run->started, &started_us) == 0 &&
                 clock_parse_utc(run->ended, &ended_us) == 0;
    return (RunHistoryRow){.run = copy_text(arena, run->run),
                           .flow = copy_text(arena, run->flow),
                           .instance = copy_text(arena, run->instance),
                           .user = copy_text(arena, run->user),
                           .host = copy_text(arena, run->host),
                           .started = as_iso(arena, run->started),
                           .ended = as_iso(arena, run->ended),
                           .seconds = timed ? (double)(ended_us - started_us) / 1e6 : -1,
                           .state = copy_text(arena, run->state),
                           .built = (size_t)run->built,
                           .kept = (size_t)run->kept,
                           .copied = (size_t)run->copied,
                           .renamed = (size_t)run->renamed,
                           .altered = (size_t)run->altered,
                           .reused = (size_t)run->reused,
                           .dropped = (size_t)run->dropped,
                           .failed = (size_t)run->failed,
                           .message = copy_text(arena, run->message)};
}

int
run_history(const RunRequest *request, size_t limit, Arena *arena, RunHistoryRow **ret_rows,
            size_t *ret_n, Error *reterr)
{
    RunSession session;
    MetaRun *runs = NULL;
    size_t n = 0;
    run_session_init(&session, request, NULL);
    int status = run_session_open_to_look(&session, reterr);
    if (status == 0) {
        status =
            meta_history(session.store, &session.layout, limit, session.arena, &runs, &n, reterr);
    }
    *ret_rows = ARENA_ARRAY(arena, RunHistoryRow, n);
    for (size_t i = 0; i < n; i++) {
        (*ret_rows)[i] = history_row(&runs[i], arena);
    }
    *ret_n = n;
    run_session_deinit(&session);
    return status;
}

/* ---- ./flow show ---- */

/** By primary key where there is one, else by all columns, so that the order is always the same. */
static void
append_order(const FlowTable *table, const StoreColumn *columns, size_t n_columns, Str *sql)
{
    const FlowConstraint *key = NULL;
    for (size_t i = 0; i < table->n_constraints; i++) {
        key = table->constraints[i].kind == PDC_CLAUSE_PRIMARY_KEY ? &table->constraints[i] : key;
    }
    size_t n = key != NULL ? key->n_columns : n_columns;
    for (size_t i = 0; i < n; i++) {
        str_append(sql, i == 0 ? " order by " : ", ");
        sql_ident(sql, key != NULL ? key->columns[i] : columns[i].name);
    }
}

static void
take_rows(const StoreResult *result, size_t limit, Arena *arena, RunRows *rows)
{
    size_t n = store_result_rows(result);
    rows->is_cut = limit > 0 && n > limit;
    rows->n_rows = rows->is_cut ? limit : n;
    rows->n_columns = store_result_columns(result);
    rows->names = ARENA_ARRAY(arena, const char *, rows->n_columns);
    rows->types = ARENA_ARRAY(arena, PdcType, rows->n_columns);
    rows->cells = ARENA_ARRAY(arena, const char *, rows->n_rows * rows->n_columns);
    for (size_t c = 0; c < rows->n_columns; c++) {
        rows->names[c] = arena_strdup(arena, store_result_name(result, c));
        rows->types[c] = store_result_type(result, c);
        for (size_t r = 0; r < rows->n_rows; r++) {
            rows->cells[r * rows->n_columns + c] =
                copy_text(arena, store_result_text(result, r, c));
        }
    }
}

static int
query_rows(const RunSession *session, const FlowTable *table, size_t limit, Arena *arena,
           RunRows *rows, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    CLEANUP(str_deinit) Str sql = {0};
    StoreColumn *columns;
    size_t n_columns;
    const char *schema = meta_stage_schema(&session->layout, table->stage->name, session->arena);
    if (store_columns(session->store, schema, table->name, session->arena, &columns, &n_columns,
                      reterr) < 0) {
        return -1;
    }
    str_append(&sql, "select * from ");
    sql_qualified(&sql, schema, table->name);
    append_order(table, columns, n_columns, &sql);
    if (limit > 0) {
        str_append_format(&sql, " limit %zu", limit + 1);
    }
    if (store_query(session->store, str_text(&sql), &result, reterr) < 0) {
        return -1;
    }
    take_rows(result, limit, arena, rows);
    return 0;
}

void
run_session_explain_missing(const RunSession *session, const FlowTable *table, Error *reterr)
{
    const char *instance = session->request->instance->name;
    if (text_equal(reterr->sqlstate, "42P01") || text_equal(reterr->sqlstate, "3F000")) {
        error_clear(reterr);
        error_set(reterr, ERROR_DATA, "%s.%s is not published in instance %s yet",
                  table->stage->name, table->name, instance);
        error_set_hint(reterr, "run ./flow --instance %s first", instance);
    }
}

int
run_show(const RunRequest *request, const char *table, size_t limit, Arena *arena, Diags *diags,
         RunRows *ret_rows, Error *reterr)
{
    RunSession session;
    const FlowTable *found;
    run_session_init(&session, request, diags);
    int status = run_session_elaborate(&session, reterr);
    if (status == 0) {
        status = run_find_table(session.flow, table, session.arena, &found, reterr);
    }
    if (status == 0) {
        status = run_session_open_to_look(&session, reterr);
    }
    if (status == 0) {
        status = query_rows(&session, found, limit, arena, ret_rows, reterr);
        if (status < 0) {
            run_session_explain_missing(&session, found, reterr);
        }
    }
    run_session_deinit(&session);
    return status;
}

/* ---- ./flow clean, ./flow unlock ---- */

static int
clean(RunSession *session, RunCleaned *ret_cleaned, Error *reterr)
{
    const Instance *instance = session->request->instance;
    MetaWanted wanted = {0};
    Collected collected = {0};
    if (run_session_open(session, reterr) < 0 || run_session_lock(session, reterr) < 0 ||
        meta_load(session->store, &session->layout, &wanted, session->arena, &session->snapshot,
                  reterr) < 0) {
        return -1;
    }
    bool views = instance->technique == TECHNIQUE_READ_VIEWS ||
                 !store_can(session->store, STORE_MOVE_TABLES);
    CollectOptions options = {.keep_versions = views ? instance->keep_versions : 0};
    int status = session->snapshot->exists
                     ? collect_run(session->store, session->snapshot, &session->layout, &options,
                                   &collected, reterr)
                     : 0;
    *ret_cleaned = (RunCleaned){.dropped = collected.dropped, .busy = collected.busy};
    return status;
}

int
run_clean(const RunRequest *request, RunCleaned *ret_cleaned, Error *reterr)
{
    RunSession session;
    *ret_cleaned = (RunCleaned){0};
    run_session_init(&session, request, NULL);
    int status = clean(&session, ret_cleaned, reterr);
    run_session_deinit(&session);
    return status;
}

int
run_lock_holder(const RunRequest *request, Arena *arena, const char **ret_holder, Error *reterr)
{
    RunSession session;
    RunRequest impatient = *request;
    char *holder = NULL;
    impatient.wait_ms = 0;
    *ret_holder = NULL;
    run_session_init(&session, &impatient, NULL);
    int status = run_session_open_to_look(&session, reterr);
    if (status == 0) {
        const char *lock = meta_lock_name(&session.layout, "run", session.arena);
        status = store_lock_holder(session.store, lock, arena, &holder, reterr);
        *ret_holder = holder;
    } else if (reterr->code == ERROR_LOCK) {
        *ret_holder = arena_strdup(
            arena, reterr->message); /* the file is the lock: who has it, has it open */
        error_clear(reterr);
        status = 0;
    }
    run_session_deinit(&session);
    return status;
}
