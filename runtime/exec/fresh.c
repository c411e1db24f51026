#include "runtime/exec/fresh.h"

#include "runtime/base/file.h"
#include "runtime/base/process.h"
#include "runtime/exec/exec.h"
#include "runtime/key/hash.h"
#include "runtime/store/sql_text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

typedef struct Look Look;
struct Look {
    const FreshInput *input;
    const FlowTable *table;
    Arena *arena;
    FreshFiles *files;
};

/* ---- files ---- */

const char *
exec_data_file(FlowSources *sources, const PdcFlow *unit, const char *directory, uint32_t file,
               const char *path, Arena *arena)
{
    (void)sources;
    if (file < unit->n_sources && unit->sources[file].directory != NULL) {
        directory = path_join(arena, directory, unit->sources[file].directory);
    }
    return path_normalize(arena, path_join(arena, directory, path));
}

const char *
exec_data_path(const PlanInput *input, const char *data_directory, uint32_t file, const char *path,
               Arena *arena)
{
    return exec_data_file(input->sources, input->flow->unit, data_directory, file, path, arena);
}

static int
file_problem(const Look *look, PdcSpan at, const char *path, const char *why, Error *reterr)
{
    error_set(reterr, ERROR_IO, "%s can't be read: %s", path, why);
    error_set_origin(reterr, flow_span(look->input->sources, at));
    return -1;
}

/** The checksum of a file's content; from the metadata if size and time are as they were. */
static int
look_at_file(const Look *look, uint32_t source, const char *name, PdcSpan at,
             const char **ret_value, Error *reterr)
{
    const char *path = exec_data_file(look->input->sources, look->input->flow->unit,
                                      look->input->data_directory, source, name, look->arena);
    char digits[HASH_DIGITS + 1];
    struct stat status;
    if (stat(path, &status) != 0) {
        return file_problem(look, at, path, strerror(errno), reterr);
    }
    if (!S_ISREG(status.st_mode)) { /* a pipe would be waited for, perhaps for ever */
        const char *what = S_ISDIR(status.st_mode) ? "it is a folder" : "it is no regular file";
        return file_problem(look, at, path, what, reterr);
    }
    MetaFile file = {.path = path,
                     .size_bytes = (int64_t)status.st_size,
                     .modified_ns =
                         (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec};
    const MetaFile *known = map_get(look->input->snapshot->files, path);
    if (known != NULL && known->size_bytes == file.size_bytes &&
        known->modified_ns == file.modified_ns) {
        *ret_value = known->checksum;
        return 0;
    }
    if (hash_file(path, digits) < 0) {
        return file_problem(look, at, path, strerror(errno), reterr);
    }
    file.checksum = arena_strdup(look->arena, digits);
    vec_push_in(look->arena, look->files, file);
    *ret_value = file.checksum;
    return 0;
}

/* ---- cache by (select …) ---- */

/** Queries of `cache by` see what is published. */
static void
append_published(void *user, const FlowTable *table, Str *sql)
{
    const Look *look = user;
    sql_qualified(sql, meta_stage_schema(look->input->layout, table->stage->name, look->arena),
                  table->name);
}

static const char *
digest_of_result(const StoreResult *result, Arena *arena)
{
    Hash *hash = hash_begin();
    for (size_t row = 0; row < store_result_rows(result); row++) {
        for (size_t column = 0; column < store_result_columns(result); column++) {
            hash_text(hash, store_result_text(result, row, column));
        }
    }
    return hash_end_in(hash, arena);
}

static int
look_by_query(Look *look, const char **ret_value, Error *reterr)
{
    CLEANUP(store_result_freep) StoreResult *result = NULL;
    const FlowCache *cache = &look->table->cache;
    RenderContext context = {.flow = look->input->flow,
                             .environment = look->input->environment,
                             .sources = look->input->sources,
                             .append_table = append_published,
                             .user = look};
    Rendered rendered;
    if (flow_query_render(cache->query, &context, look->arena, &rendered, reterr) < 0) {
        return -1;
    }
    if (store_query(look->input->store, rendered.text, &result, reterr) != 0) {
        rendered_locate(&rendered, rendered.text, 0, look->input->sources, reterr);
        return error_wrap(reterr, "working out `cache by` of %s.%s", look->table->stage->name,
                          look->table->name);
    }
    *ret_value = digest_of_result(result, look->arena);
    return 0;
}

/* ---- cache by shell('…') ---- */

static int
look_by_shell(const Look *look, const char **ret_value, Error *reterr)
{
    const char *directory =
        exec_data_file(look->input->sources, look->input->flow->unit, look->input->data_directory,
                       look->table->cache.at.file, ".", look->arena);
    const char *command = look->table->cache.text;
    const char *argv[] = {"/bin/sh", "-c", "cd \"$1\" && exec /bin/sh -c \"$2\"", "sh", directory,
                          command,   NULL};
    Str output = {0};
    int status = 0;
    int result = process_run(argv, &output, &status);
    if (result < 0 || status != 0) {
        result =
            error_set(reterr, ERROR_IO, "`cache by shell(…)` of %s.%s failed with exit code %d",
                      look->table->stage->name, look->table->name, status);
        error_set_detail(reterr, "%s", str_text(&output));
        error_set_origin(reterr, flow_span(look->input->sources, look->table->cache.at));
    }
    *ret_value = hash_of_text(str_text(&output), look->arena);
    str_deinit(&output);
    return result;
}

/* ---- a table ---- */

/** A value of its own for what the body reads and for what `cache by` says. */
static void
add_value(KeyFresh *fresh, const char *value, const char *what, Arena *arena)
{
    fresh->is_fresh = true;
    fresh->what = what;
    fresh->value = fresh->value == NULL ? value : arena_printf(arena, "%s %s", fresh->value, value);
}

static int
look_at_cache(Look *look, KeyFresh *fresh, Error *reterr)
{
    const FlowCache *cache = &look->table->cache;
    const char *value = NULL;
    int status = 0;
    if (cache->kind == FLOW_CACHE_NONE || look->table->body->kind == FLOW_BODY_COPY) {
        return 0; /* a copy follows its source, whatever that one goes by */
    }
    fresh->is_fresh = true;
    fresh->what = "the value of `cache by`";
    if (look->input->validation.disable_cache_function) {
        return 0;
    }
    switch (cache->kind) {
    case FLOW_CACHE_NONE: break;
    case FLOW_CACHE_QUERY: status = look_by_query(look, &value, reterr); break;
    case FLOW_CACHE_FILE:
        status = look_at_file(look, cache->at.file, cache->text, cache->at, &value, reterr);
        break;
    case FLOW_CACHE_SHELL: status = look_by_shell(look, &value, reterr); break;
    case FLOW_CACHE_VALUE: value = cache->text; break;
    case FLOW_CACHE_ALWAYS: fresh->is_always = true; return 0;
    case FLOW_CACHE_NEVER: value = "never"; break;
    }
    if (status == 0) {
        add_value(fresh, value, fresh->what, look->arena);
    }
    return status;
}

static int
look_at_body(Look *look, KeyFresh *fresh, Error *reterr)
{
    const FlowBody *body = look->table->body;
    const char *value = NULL;
    switch (body->kind) {
    case FLOW_BODY_QUERY:
    case FLOW_BODY_SCRIPT:
    case FLOW_BODY_COPY: /* copy/ looks at its source */ return 0;
    case FLOW_BODY_CSV:
    case FLOW_BODY_PARQUET:
        if (look_at_file(look, body->file, body->path, body->at, &value, reterr) < 0) {
            return -1;
        }
        add_value(fresh, value, arena_printf(look->arena, "file %s", body->path), look->arena);
        return 0;
    case FLOW_BODY_EXTERNAL:
        fresh->is_fresh = true;
        fresh->is_always = look->table->cache.kind == FLOW_CACHE_NONE;
        fresh->what = arena_printf(look->arena, "external table %s.%s", body->schema, body->table);
        return 0;
    }
    BUG("body of kind %d", (int)body->kind);
}

/** Where inputs stay as they are, one that can't be looked at is no reason to fail, so long as it
 * is published. */
static bool
may_be_missing(const Look *look)
{
    return look->input->validation.mode == CACHE_IGNORE_FRESH_INPUT &&
           meta_published(look->input->snapshot, look->table->stage->name, look->table->name) !=
               NULL;
}

int
fresh_look(const FreshInput *input, Arena *arena, KeyFresh **ret_fresh, FreshFiles *files,
           Error *reterr)
{
    KeyFresh *fresh = ARENA_ARRAY(arena, KeyFresh, input->flow->n_tables + 1);
    for (size_t i = 0; i < input->flow->n_tables; i++) {
        Look look = {
            .input = input, .table = input->flow->tables[i], .arena = arena, .files = files};
        bool failed = look_at_body(&look, &fresh[i], reterr) < 0 ||
                      look_at_cache(&look, &fresh[i], reterr) < 0;
        if (failed && !may_be_missing(&look)) {
            return -1;
        }
        if (failed) {
            error_clear(reterr);
            fresh[i] = (KeyFresh){.is_fresh = true, .what = "what it reads"};
        }
    }
    *ret_fresh = fresh;
    return 0;
}
