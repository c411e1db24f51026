/* The source of a copy: the way there, and what is published there. */
#include "runtime/base/file.h"
#include "runtime/copy/copy_priv.h"
#include "runtime/key/hash.h"
#include "runtime/store/mask.h"

#include <errno.h>
#include <string.h>

/* ---- the way ---- */

static int
no_way(const CopyOptions *options, const char *why, Error *reterr)
{
    error_set(reterr, ERROR_UNSUPPORTED,
              "copying from instance %s (%s) into instance %s (%s) is not built yet: %s",
              options->source->name, options->source->display_url, options->target->name,
              options->target->display_url, why);
    error_set_hint(reterr, COPY_WAYS);
    return -1;
}

static int
find_way(CopySource *source, Error *reterr)
{
    const CopyOptions *options = &source->options;
    const char *why = NULL;
    source->way = (CopyWay){.from = options->target,
                            .to = options->source,
                            .purpose = "copy from it",
                            .can_stream = true,
                            .listener = options->listener,
                            .interrupted = options->interrupted,
                            .wait_ms = options->wait_ms};
    int status = copy_way_find(&source->way, source->arena, &why, reterr);
    return status == COPY_NO_WAY ? no_way(options, why, reterr) : status;
}

/** Whatever masks by a key has a good one, before anything is read. */
static int
check_keys(const CopyOptions *options, Error *reterr)
{
    const Flow *flow = options->flow;
    for (size_t i = 0; i < flow->n_tables; i++) {
        const FlowBody *body = flow->tables[i]->body;
        for (size_t k = 0; body->kind == FLOW_BODY_COPY && k < body->n_copy_rules; k++) {
            if (flow_copy_rule_is_keyed(body->copy_rules[k].kind) &&
                store_check_mask_key(options->target->masking_key, reterr) < 0) {
                error_set_origin(reterr, flow_span(options->sources, body->copy_rules[k].at));
                return error_wrap(reterr, "masking in instance %s", options->target->name);
            }
        }
    }
    return 0;
}

int
copy_source_new(const CopyOptions *options, Arena *arena, CopySource **ret_source, Error *reterr)
{
    CopySource *source = ARENA_NEW(arena, CopySource);
    source->options = *options;
    source->arena = arena;
    source->tables = ARENA_ARRAY(arena, CopyTable, options->flow->n_tables + 1);
    if (check_keys(options, reterr) < 0) {
        return -1;
    }
    if (find_way(source, reterr) < 0) {
        error_set_origin(reterr, flow_span(options->sources, options->flow->copy_source->at));
        return -1;
    }
    *ret_source = source;
    return 0;
}

void
copy_append_name(const CopySource *source, const char *schema, const char *table, Str *sql)
{
    copy_way_append_name(&source->way, schema, table, sql);
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

int
copy_enter(CopySource *source, Store *store, Error *reterr)
{
    int status = copy_way_enter(&source->way, store, reterr);
    return status == COPY_NOTHING_THERE ? never_run(source, reterr) : status;
}

void
copy_leave(CopySource *source, Store *store)
{
    copy_way_leave(&source->way, store);
}

/* ---- what is published there ---- */

static void
append_state_query(const CopySource *source, Str *sql)
{
    str_append(sql, "select stage, name, content_key, schema_name, table_name, run, kind from ");
    copy_append_name(source, source->way.layout.metadata_schema, "tables", sql);
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

bool
copy_masks_by_key(const FlowTable *table)
{
    for (size_t i = 0; i < table->body->n_copy_rules; i++) {
        if (flow_copy_rule_is_keyed(table->body->copy_rules[i].kind)) {
            return true;
        }
    }
    return false;
}

/** Another key makes other values: what tells it from others is part of what the copy was made of.
 */
static void
depend_on_key(const Dependence *d, const FlowTable *table)
{
    char id[MASK_ID_DIGITS + 1];
    if (copy_masks_by_key(table)) {
        store_mask_key_id(d->source->options.target->masking_key, id);
        hash_text(d->hash, id);
    }
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
    depend_on_key(&d, table);
    *fresh =
        (KeyFresh){.is_fresh = true,
                   .value = hash_end_in(d.hash, arena),
                   .what = arena_printf(arena, "%s.%s of instance %s%s", table->stage->name,
                                        table->name, source->options.source->name,
                                        copy_masks_by_key(table) ? ", or `masking_key`," : "")};
    return 0;
}

int
copy_look_inside(CopySource *source, Store *store, KeyFresh *fresh, Arena *arena, Error *reterr)
{
    const Flow *flow = source->options.flow;
    if (read_state(source, copy_way_store(&source->way, store), reterr) < 0) {
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
    if (source->way.path ==
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
    if (instance->engine == CONFIG_ENGINE_DUCKDB && !file_exists(copy_file_of(instance))) {
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
    CopyPath path = source->way.path;
    source->way.path = COPY_SAME_DATABASE; /* it is the one that is open */
    status = read_state(source, store, reterr);
    source->way.path = path;
    return status;
}
