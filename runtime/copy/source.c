/* The source of a copy: the way there, and what is published there. */
#include "runtime/base/clock.h"
#include "runtime/base/file.h"
#include "runtime/base/url.h"
#include "runtime/copy/copy_priv.h"
#include "runtime/key/hash.h"
#include "runtime/store/sql_text.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define ATTACHED "pdc copy source"

/* Two instances on DuckDB that copy from each other each hold their own file and want the other's:
 * one has to give up. */
enum { POLL_MS = 100, LONGEST_FILE_WAIT_MS = 60000 };

/* ---- the way ---- */

static const char *
or_default(const char *text, const char *otherwise)
{
    return text != NULL && text[0] != '\0' ? text : otherwise;
}

static bool
is_same_server(const Url *a, const Url *b)
{
    return text_equal(or_default(a->host, "localhost"), or_default(b->host, "localhost")) &&
           text_equal(or_default(a->port, "5432"), or_default(b->port, "5432")) &&
           text_equal(or_default(a->path, ""), or_default(b->path, ""));
}

static int
no_way(const CopyOptions *options, const char *why, Error *reterr)
{
    error_set(reterr, ERROR_UNSUPPORTED,
              "copying from instance %s (%s) into instance %s (%s) is not built yet: %s",
              options->source->name, options->source->display_url, options->target->name,
              options->target->display_url, why);
    error_set_hint(
        reterr,
        "what works: two instances in one PostgreSQL database, told apart by schema_prefix or "
        "schema_suffix, and two DuckDB files");
    return -1;
}

static int
find_path(const CopyOptions *options, Arena *arena, CopyPath *ret_path, Error *reterr)
{
    Url *source = NULL;
    Url *target = NULL;
    const char *problem = NULL;
    if (options->source->engine != options->target->engine) {
        return no_way(options, "they are on different engines", reterr);
    }
    if (options->source->engine == CONFIG_ENGINE_DUCKDB) {
        bool same = text_equal(options->source->display_url, options->target->display_url);
        *ret_path = same ? COPY_SAME_DATABASE : COPY_ATTACHED;
        return 0;
    }
    if (url_parse(arena, options->source->display_url, &source, &problem) < 0 ||
        url_parse(arena, options->target->display_url, &target, &problem) < 0) {
        return error_set(reterr, ERROR_CONFIG, "the database's URL can't be understood: %s",
                         problem);
    }
    if (!is_same_server(source, target)) {
        return no_way(options, "they are in different databases", reterr);
    }
    *ret_path = COPY_SAME_DATABASE;
    return 0;
}

int
copy_source_new(const CopyOptions *options, Arena *arena, CopySource **ret_source, Error *reterr)
{
    CopySource *source = ARENA_NEW(arena, CopySource);
    source->options = *options;
    source->arena = arena;
    source->layout =
        meta_layout(options->source->schema_prefix, options->source->schema_suffix, arena);
    source->tables = ARENA_ARRAY(arena, CopyTable, options->flow->n_tables + 1);
    if (find_path(options, arena, &source->path, reterr) < 0) {
        error_set_origin(reterr, flow_span(options->sources, options->flow->copy_source->at));
        return -1;
    }
    *ret_source = source;
    return 0;
}

void
copy_append_name(const CopySource *source, const char *schema, const char *table, Str *sql)
{
    if (source->path == COPY_ATTACHED) {
        sql_ident(sql, ATTACHED);
        str_append_char(sql, '.');
    }
    sql_qualified(sql, schema, table);
}

/** The first stage whose tables are copied: what the error about a source without any speaks of. */
static int
never_run(const CopySource *source, Error *reterr)
{
    const Flow *flow = source->options.flow;
    const char *stage = "stage";
    for (size_t i = flow->n_tables; i-- > 0;) {
        stage =
            flow->tables[i]->body->kind == FLOW_BODY_COPY ? flow->tables[i]->stage->name : stage;
    }
    error_clear(reterr);
    error_set(reterr, ERROR_DATA, "instance %s has no published %s: run ./flow --instance %s first",
              source->options.source->name, stage, source->options.source->name);
    error_set_origin(reterr, flow_span(source->options.sources, flow->copy_source->at));
    return -1;
}

/** The DuckDB file of an instance, by its URL for people (which holds no password). */
static const char *
file_of(const Instance *instance)
{
    const char *prefix = "duckdb:///";
    return text_starts_with(instance->display_url, prefix) ? instance->display_url + strlen(prefix)
                                                           : "";
}

/** Attaches the file, waiting for whoever has it. */
static int
attach(const CopySource *source, Store *store, Error *reterr)
{
    const CopyOptions *options = &source->options;
    int64_t started_us = clock_monotonic_us();
    int64_t limit_ms = options->wait_ms < 0 || options->wait_ms > LONGEST_FILE_WAIT_MS
                           ? LONGEST_FILE_WAIT_MS
                           : options->wait_ms;
    bool told = false;
    if (!file_exists(file_of(options->source))) {
        return never_run(source, reterr);
    }
    for (;;) {
        error_clear(reterr);
        int status = store_attach(store, options->source->url, ATTACHED, reterr);
        if (status != STORE_BUSY) {
            return status;
        }
        if (options->interrupted != NULL && *options->interrupted != 0) {
            error_clear(reterr);
            return error_set(reterr, ERROR_INTERRUPTED, "interrupted");
        }
        if (clock_monotonic_us() - started_us >= limit_ms * 1000) {
            return error_wrap(reterr, "waiting for instance %s, to copy from it",
                              options->source->name);
        }
        if (!told) {
            run_listener_say(options->listener, RUN_EVENT_LOCK_WAIT, reterr->message);
            told = true;
        }
        struct timespec pause = {.tv_nsec = (long)POLL_MS * 1000000};
        nanosleep(&pause, NULL);
    }
}

int
copy_enter(const CopySource *source, Store *store, Error *reterr)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    if (source->path == COPY_ATTACHED) {
        return attach(source, store, reterr) == 0 ? 0 : -1;
    }
    const char *lock = meta_lock_name(&source->layout, "publish", scratch);
    int status = store_lock(store, lock, STORE_LOCK_SHARED, source->options.wait_ms, reterr);
    if (status == STORE_BUSY) {
        reterr->code = ERROR_LOCK;
    }
    return status == 0
               ? 0
               : error_wrap(reterr, "waiting for the publication of instance %s, to copy from it",
                            source->options.source->name);
}

void
copy_leave(const CopySource *source, Store *store)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    Error ignored = {0};
    int status = source->path == COPY_ATTACHED
                     ? store_detach(store, ATTACHED, &ignored)
                     : store_unlock(store, meta_lock_name(&source->layout, "publish", scratch),
                                    STORE_LOCK_SHARED, &ignored);
    (void)status;
    error_deinit(&ignored);
}

/* ---- what is published there ---- */

static void
append_state_query(const CopySource *source, Str *sql)
{
    str_append(sql, "select stage, name, content_key, schema_name, table_name, run, kind from ");
    copy_append_name(source, source->layout.metadata_schema, "tables", sql);
    str_append(sql, " where state = 'published'");
}

static const char *
text_at(const StoreResult *result, size_t row, size_t column, Arena *arena)
{
    const char *text = store_result_text(result, row, column);
    return text != NULL ? arena_strdup(arena, text) : NULL;
}

static void
take_tables(CopySource *source, const StoreResult *result)
{
    const Flow *flow = source->options.flow;
    memset(source->tables, 0, flow->n_tables * sizeof(CopyTable));
    for (size_t row = 0; row < store_result_rows(result); row++) {
        const FlowTable *table = flow_find_table(flow, store_result_text(result, row, 0),
                                                 store_result_text(result, row, 1));
        if (table != NULL) {
            source->tables[table->index] =
                (CopyTable){.content_key = text_at(result, row, 2, source->arena),
                            .schema = text_at(result, row, 3, source->arena),
                            .table = text_at(result, row, 4, source->arena),
                            .run = text_at(result, row, 5, source->arena)};
        }
    }
}

static int
read_state(CopySource *source, Store *store, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    Str sql = {0};
    append_state_query(source, &sql);
    int status = store_query(store, str_text(&sql), &result, reterr);
    str_deinit(&sql);
    if (status != 0) {
        bool is_missing =
            text_equal(reterr->sqlstate, "42P01") || text_equal(reterr->sqlstate, "3F000");
        return is_missing ? never_run(source, reterr) : -1;
    }
    if (store_result_rows(result) == 0) {
        return never_run(source, reterr);
    }
    take_tables(source, result);
    return 0;
}

static int
not_there(const CopySource *source, const FlowTable *table, PdcSpan at, Error *reterr)
{
    error_set(reterr, ERROR_DATA,
              "instance %s has no published %s.%s: run ./flow --instance %s first",
              source->options.source->name, table->stage->name, table->name,
              source->options.source->name);
    error_set_origin(reterr, flow_span(source->options.sources, at));
    return -1;
}

/** What is hashed for one table, and where from. */
typedef struct Dependence Dependence;
struct Dependence {
    const CopySource *source;
    Hash *hash;
};

static int
depend_on_table(const Dependence *d, const FlowTable *table, PdcSpan at, Error *reterr)
{
    const char *content_key = d->source->tables[table->index].content_key;
    if (content_key == NULL) {
        return not_there(d->source, table, at, reterr);
    }
    hash_text(d->hash, content_key);
    return 0;
}

/** The keys in a file, by their bytes. */
static int
depend_on_file(const Dependence *d, const FlowCopyRule *rule, Error *reterr)
{
    CLEANUP(arena_freep) Arena *scratch = arena_new();
    char digits[HASH_DIGITS + 1];
    const CopyOptions *options = &d->source->options;
    const char *path = exec_data_file(options->sources, options->flow->unit,
                                      options->data_directory, rule->file, rule->text, scratch);
    if (hash_file(path, digits) < 0) {
        error_set(reterr, ERROR_DATA, "can't read the file of keys \"%s\": %s", path,
                  strerror(errno));
        error_set_origin(reterr, flow_span(d->source->options.sources, rule->at));
        return -1;
    }
    hash_text(d->hash, digits);
    return 0;
}

static int
depend_on_rules(const Dependence *d, const FlowCopyRule *rules, size_t n, Error *reterr)
{
    for (size_t i = 0; i < n; i++) {
        const FlowQuery *condition = rules[i].condition;
        for (size_t k = 0; condition != NULL && k < condition->n_inputs; k++) {
            if (depend_on_table(d, condition->inputs[k], condition->at, reterr) < 0) {
                return -1;
            }
        }
        if (rules[i].kind == PDC_COPY_PLUS_KEYS && depend_on_file(d, &rules[i], reterr) < 0) {
            return -1;
        }
    }
    return 0;
}

/** The rows of all tables that say which are kept, and what their conditions read. */
static int
depend_on_all(const Dependence *d, const FlowTable *table, Error *reterr)
{
    for (size_t i = 0; i < table->body->n_copy_needs; i++) {
        const FlowTable *needed = table->body->copy_needs[i];
        const FlowBody *body = needed->body;
        if (depend_on_table(d, needed, needed->at, reterr) < 0 ||
            depend_on_rules(d, body->copy_rules, body->n_copy_rules, reterr) < 0) {
            return -1;
        }
        for (size_t k = 0; k < body->n_carriers; k++) {
            const FlowEntity *entity = body->carriers[k].entity;
            if (depend_on_rules(d, entity->rules, entity->n_rules, reterr) < 0) {
                return -1;
            }
        }
    }
    return 0;
}

static int
look_at_table(const CopySource *source, const FlowTable *table, KeyFresh *fresh, Arena *arena,
              Error *reterr)
{
    Dependence d = {source, hash_begin()};
    if (depend_on_all(&d, table, reterr) < 0) {
        hash_free(d.hash);
        return -1;
    }
    *fresh = (KeyFresh){.is_fresh = true,
                        .value = hash_end_in(d.hash, arena),
                        .what = arena_printf(arena, "%s.%s of instance %s", table->stage->name,
                                             table->name, source->options.source->name)};
    return 0;
}

int
copy_look_inside(CopySource *source, Store *store, KeyFresh *fresh, Arena *arena, Error *reterr)
{
    const Flow *flow = source->options.flow;
    if (read_state(source, store, reterr) < 0) {
        return -1;
    }
    for (size_t i = 0; i < flow->n_tables; i++) {
        if (flow->tables[i]->body->kind == FLOW_BODY_COPY &&
            look_at_table(source, flow->tables[i], &fresh[i], arena, reterr) < 0) {
            return -1;
        }
    }
    return 0;
}

int
copy_source_look(CopySource *source, Store *store, KeyFresh *fresh, Arena *arena, Error *reterr)
{
    if (source->path ==
        COPY_SAME_DATABASE) { /* one query sees one state: no lock is needed for it */
        return copy_look_inside(source, store, fresh, arena, reterr);
    }
    if (copy_enter(source, store, reterr) < 0) {
        return -1;
    }
    int status = copy_look_inside(source, store, fresh, arena, reterr);
    copy_leave(source, store);
    return status;
}

int
copy_source_check(CopySource *source, Error *reterr)
{
    CLEANUP(store_closep) Store *store = NULL;
    StoreOptions options = {.read_only = true, .application_name = "pdc"};
    const Instance *instance = source->options.source;
    if (instance->engine == CONFIG_ENGINE_DUCKDB && !file_exists(file_of(instance))) {
        return never_run(source, reterr);
    }
    int status = store_open(instance->url, &options, &store, reterr);
    if (status == STORE_BUSY) {
        error_clear(reterr); /* somebody runs it: it will be waited for */
        return 0;
    }
    if (status < 0) {
        return text_equal(reterr->sqlstate, "3D000") ? never_run(source, reterr) : -1;
    }
    CopyPath path = source->path;
    source->path = COPY_SAME_DATABASE; /* it is the one that is open */
    status = read_state(source, store, reterr);
    source->path = path;
    return status;
}
