#include "runtime/base/clock.h"
#include "runtime/publish/publish_priv.h"
#include "runtime/store/sql_text.h"

#include <time.h>

enum { FIRST_PAUSE_MS = 20, LONGEST_PAUSE_MS = 1000, LEAST_WAIT_MS = 10000 };

/* ---- the metadata ---- */

static void
append_change_row(const Publication *publication, const Change *change, Str *sql)
{
    const MetaLayout *layout = publication->input->layout;
    bool is_table = change->row != NULL && text_equal(change->row->kind, "table");
    if (change->old != NULL) {
        bool moved = text_equal(change->old->schema, change->schema);
        if (text_equal(change->old->kind, "view") ||
            (moved && (change->stands == NULL || !text_equal(change->stands->kind, "table")))) {
            meta_delete_table(layout, change->old->physical, sql); /* nothing is left of it */
        } else {
            meta_move_table(layout, change->old->physical, META_OLD, layout->hidden_schema,
                            moved ? change->trash : change->old->table, NULL, sql);
        }
    }
    if (change->row == NULL) {
        return;
    }
    if (change->renamed != NULL) {
        MetaTable row = *change->row;
        row.stage = change->table->stage->name;
        row.name = change->table->name;
        meta_update_table(layout, &row, sql);
    }
    bool stays_hidden = is_table && publication->is_read_views;
    meta_move_table(layout, change->row->physical, META_PUBLISHED,
                    stays_hidden ? change->row->schema : change->schema,
                    stays_hidden ? change->row->table : change->name, publication->now, sql);
}

/** The rows are those that were published; their key is another one. */
static void
append_touched_row(const Publication *publication, const FlowTable *table, Str *sql)
{
    const ExecStep *step = &publication->exec->steps[table->index];
    MetaTable row = *step->touched;
    const MetaTable *loaded = step->touch_row;
    row.key = loaded->key;
    row.code_key = loaded->code_key;
    row.body_key = loaded->body_key;
    row.version = loaded->version;
    row.fresh = loaded->fresh;
    row.run_date = loaded->run_date;
    row.inputs = loaded->inputs;
    row.n_inputs = loaded->n_inputs;
    row.query = loaded->query;
    row.outline = loaded->outline;
    row.design = loaded->design; /* the same rows may weigh otherwise now */
    meta_update_table(publication->input->layout, &row, sql);
}

static void
append_altered_row(const Publication *publication, const FlowTable *table, Arena *scratch, Str *sql)
{
    MetaTable row = *publication->exec->plan->steps[table->index].published;
    row.definition = plan_definition(publication->input, table, scratch);
    meta_update_table(publication->input->layout, &row, sql);
}

void
publish_append_metadata(const Publication *publication, Arena *scratch, Str *sql)
{
    const MetaLayout *layout = publication->input->layout;
    for (size_t i = 0; i < publication->changes.n; i++) {
        append_change_row(publication, &publication->changes.items[i], sql);
    }
    for (size_t i = 0; i < publication->touched.n; i++) {
        append_touched_row(publication, publication->touched.items[i], sql);
    }
    for (size_t i = 0; i < publication->altered.n; i++) {
        append_altered_row(publication, publication->altered.items[i], scratch, sql);
    }
    if (publication_changes(publication) > 0) {
        const char **schemas = ARENA_ARRAY(scratch, const char *, publication->schemas.n + 1);
        for (size_t i = 0; i < publication->schemas.n; i++) {
            schemas[i] = publication->schemas.items[i];
        }
        schemas[publication->schemas.n] = layout->hidden_schema;
        meta_note_identities(publication->exec->store, layout, schemas, publication->schemas.n + 1,
                             scratch, sql);
    }
}

/* ---- the transaction ---- */

static int
create_schemas(const Publication *publication, const PublishOptions *options, Error *reterr)
{
    Str sql = {0};
    for (size_t i = 0; i < publication->schemas.n && options->may_create_schemas; i++) {
        str_append(&sql, "create schema if not exists ");
        sql_ident(&sql, publication->schemas.items[i]);
        str_append(&sql, ";\n");
    }
    int status = sql.length == 0 ? 0 : exec_send(publication->exec, str_text(&sql), NULL, reterr);
    str_deinit(&sql);
    return status;
}

static int
change_everything(const Publication *publication, const PublishOptions *options, const char *end,
                  Error *reterr)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    Store *store = publication->exec->store;
    int status = 0;
    if (publication_changes(publication) > 0) {
        status = create_schemas(publication, options, reterr);
        if (status == 0) {
            status = store_can(store, STORE_MOVE_TABLES)
                         ? publish_by_exchange(publication, scratch, reterr)
                         : publish_by_replacement(publication, scratch, reterr);
        }
    }
    if (status != 0) {
        return status;
    }
    Str sql = {0};
    publish_append_metadata(publication, scratch, &sql);
    str_append(&sql, end);
    status = store_exec(store, str_text(&sql), reterr);
    str_deinit(&sql);
    return status;
}

static int
try_once(const Publication *publication, const PublishOptions *options, const char *end,
         bool *ret_unknown, Error *reterr)
{
    Store *store = publication->exec->store;
    int status = store_begin(store, reterr);
    if (status != 0) {
        return status;
    }
    status = change_everything(publication, options, end, reterr);
    if (status != 0) {
        store_rollback(store);
        return status;
    }
    status = exec_check_interrupt(publication->exec, reterr);
    if (status < 0) {
        store_rollback(store);
        return status;
    }
    status = store_commit(store, reterr);
    *ret_unknown = status < 0 && reterr->code == ERROR_CONNECTION;
    return status;
}

/* ---- waiting for readers ---- */

static void
pause_ms(int64_t ms)
{
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};
    nanosleep(&time, NULL);
}

static const char *
users_of(const Publication *publication, Arena *scratch)
{
    VEC(StoreRelation) relations = {0};
    Error ignored = {0};
    char *users = NULL;
    for (size_t i = 0; i < publication->changes.n; i++) {
        const Change *change = &publication->changes.items[i];
        StoreRelation relation = {.schema = change->schema, .name = change->name};
        if (change->stands != NULL) {
            vec_push_in(scratch, &relations, relation);
        }
    }
    if (store_relation_users(publication->exec->store, relations.items, relations.n, scratch,
                             &users, &ignored) < 0) {
        users = NULL;
    }
    error_deinit(&ignored);
    return users;
}

static void
tell_wait(const Publication *publication, const char *users)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    run_listener_say(publication->exec->listener, RUN_EVENT_LOCK_WAIT,
                     users != NULL
                         ? arena_printf(scratch, "published tables are in use by %s", users)
                         : "published tables are in use");
}

static int
give_up(const char *users, Error *reterr)
{
    error_clear(reterr);
    error_set(reterr, ERROR_LOCK, "published tables are in use, so nothing was published");
    if (users != NULL) {
        error_set_detail(reterr, "%s", users);
    }
    error_set_hint(reterr, "what was made is kept: run again when they are free");
    return -1;
}

int
publication_run(Publication *publication, const PublishOptions *options, const char *end,
                bool *ret_unknown, Error *reterr)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    int64_t limit_ms = options->wait_ms >= 0 && options->wait_ms < LEAST_WAIT_MS ? LEAST_WAIT_MS
                                                                                 : options->wait_ms;
    int64_t started_us = clock_monotonic_us();
    int64_t pause = FIRST_PAUSE_MS;
    bool told = false;
    for (;;) {
        error_clear(reterr);
        *ret_unknown = false;
        int status = try_once(publication, options, end, ret_unknown, reterr);
        if (status != STORE_BUSY) {
            return status < 0 && !*ret_unknown ? error_wrap(reterr, "publishing") : status;
        }
        const char *users = users_of(publication, scratch);
        if (limit_ms >= 0 && clock_monotonic_us() - started_us > limit_ms * 1000) {
            return give_up(users, reterr);
        }
        if (!told && pause >= LONGEST_PAUSE_MS / 4) {
            tell_wait(publication, users);
            told = true;
        }
        if (exec_check_interrupt(publication->exec, reterr) < 0) {
            return -1;
        }
        pause_ms(pause);
        pause = pause * 2 < LONGEST_PAUSE_MS ? pause * 2 : LONGEST_PAUSE_MS;
    }
}
