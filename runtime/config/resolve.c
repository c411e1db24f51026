/* From a merged map to an Instance: environment, ids, placeholders, then each setting through its
 * row of config_keys.def. */

#include "runtime/base/file.h"
#include "runtime/base/str.h"
#include "runtime/config/config_priv.h"

#include <string.h>

const char *
config_absolute_path(const Config *config, const char *path)
{
    return path_normalize(config->arena, path_join(config->arena, config->directory, path));
}

void
config_add_place(Resolve *resolve, const char *key, const char *shown)
{
    Resolved *resolved = resolve->resolved;
    if (resolved->n_places < ARRAY_LENGTH(resolved->places)) {
        resolved->places[resolved->n_places++] = (Place){.key = key, .shown = shown};
    }
}

/* ---- expansion ---- */

static ExpandMode
mode_of(const char *path)
{
    const ConfigKey *key = config_key_find(path);
    bool is_path = key != NULL && (key->type == KEY_TEMPLATE || key->type == KEY_PATH);
    bool is_argument =
        text_starts_with(path, "lock_manager.args.") || text_starts_with(path, "blob_store.args.");
    return is_path || is_argument ? EXPAND_TEMPLATE : EXPAND_ENV;
}

static const ConfigNode *
expand_text(Resolve *resolve, const ConfigNode *node, const char *path)
{
    bool is_attr = text_starts_with(path, "attrs.");
    Expander expander = {
        .config = resolve->config,
        .diags = resolve->diags,
        .placeholders = &resolve->placeholders,
        .lenient = resolve->lenient && !is_attr,
    };
    if (strchr(node->text, '{') == NULL && strchr(node->text, '}') == NULL) {
        return node;
    }
    const char *text = config_expand(&expander, node, mode_of(path));
    ConfigNode *expanded = config_node_with_text(resolve->arena, node, text);
    expanded->is_expanded = expander.used_env && !expander.failed;
    expanded->is_incomplete = expander.failed;
    return expanded;
}

/** The URL waits for its attributes file, a template for its id; another store's metadata is an
 * error anyway. */
static bool
expands_later(const char *path)
{
    return strcmp(path, "table_store.args.url") == 0 || strcmp(path, "per_user_template") == 0 ||
           strcmp(path, "table_store.metadata_table_store") == 0;
}

static const ConfigNode *
expand_tree(Resolve *resolve, const ConfigNode *node, const char *path)
{
    if (expands_later(path)) {
        return node;
    }
    if (node->kind == CONFIG_TEXT) {
        return expand_text(resolve, node, path);
    }
    ConfigNode *copy = config_node_with_text(resolve->arena, node, node->text);
    ConfigEntries entries = {0};
    for (size_t i = 0; i < node->n_entries; i++) {
        ConfigEntry entry = node->entries[i];
        entry.value =
            expand_tree(resolve, entry.value, config_path_join(resolve->arena, path, entry.key));
        vec_push_in(resolve->arena, &entries, entry);
    }
    VEC(const ConfigNode *) items = {0};
    for (size_t i = 0; i < node->n_items; i++) {
        const ConfigNode *item = expand_tree(resolve, node->items[i], path);
        vec_push_in(resolve->arena, &items, item);
    }
    copy->entries = entries.items;
    copy->items = items.items;
    return copy;
}

/* ---- settings ---- */

const ConfigNode *
config_setting(Resolve *resolve, const char *path)
{
    const ConfigKey *key = config_key_find(path);
    if (key == NULL) {
        BUG("there is no key %s", path);
    }
    const ConfigNode *node = config_node_find(resolve->settings, path);
    if (node != NULL && node->is_expanded && (key->type == KEY_BOOL || key->type == KEY_COUNT)) {
        node = config_node_as_plain(resolve->arena, node);
    }
    return node != NULL && config_key_accepts(key, path, node, resolve->diags) ? node : NULL;
}

const char *
config_setting_text(Resolve *resolve, const char *path)
{
    const ConfigNode *node = config_setting(resolve, path);
    return node != NULL && node->text != NULL ? node->text : config_key_find(path)->fallback;
}

static bool
setting_bool(Resolve *resolve, const char *path)
{
    const ConfigNode *node = config_setting(resolve, path);
    if (node != NULL && node->kind == CONFIG_BOOL) {
        return node->boolean;
    }
    return text_equal(config_key_find(path)->fallback, "true");
}

/** The number, or 0 if neither file nor default says one. */
static size_t
setting_count(Resolve *resolve, const char *path)
{
    const ConfigNode *node = config_setting(resolve, path);
    if (node != NULL && node->kind == CONFIG_INT) {
        return (size_t)node->integer;
    }
    return text_equal(config_key_find(path)->fallback, "1") ? 1 : 0;
}

/** What the word stands for, or `unset`; a word that can't be used is reported. */
static int
setting_word(Resolve *resolve, const char *path, int unset)
{
    const ConfigKey *key = config_key_find(path);
    const ConfigNode *node = config_setting(resolve, path);
    const char *text = node != NULL && node->text != NULL ? node->text : key->fallback;
    const ConfigWord *word = text != NULL ? config_word_find(key->type, text) : NULL;
    if (word == NULL) {
        return unset;
    }
    if (word->problem != NULL && node != NULL && !resolve->lenient) {
        diag_add(resolve->diags, DIAG_CONFIG_UNSUPPORTED, node->span, resolve->instance->name,
                 node->text);
        diag_hint(resolve->diags, "%s", word->problem);
    }
    return word->problem != NULL ? unset : word->value;
}

static const ConfigNode *
setting_map(Resolve *resolve, const char *path)
{
    const ConfigNode *node = config_setting(resolve, path);
    return node != NULL && node->kind == CONFIG_MAP ? node : NULL;
}

/* ---- identity ---- */

static const char *
id_problem(const char *id)
{
    if (*id == '\0') {
        return "it is empty";
    }
    if (strpbrk(id, "{}") != NULL) {
        return "placeholders have no meaning in it; for a user's own use `per_user_template`";
    }
    if (strcmp(id, ".") == 0 || strstr(id, "..") != NULL) {
        return "dots like these would lead to another folder";
    }
    for (const char *c = id; *c != '\0'; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f) {
            return "it holds a control character";
        }
    }
    return NULL;
}

static void
add_placeholder(Resolve *resolve, const char *name, const char *value)
{
    if (value != NULL) {
        vec_push_in(resolve->arena, &resolve->placeholders,
                    (Placeholder){.name = name, .value = value});
    }
}

/** A text outside the settings, expanded; NULL where the node is none. */
static const char *
expand_alone(Resolve *resolve, const ConfigNode *node, ExpandMode mode,
             const Placeholders *placeholders)
{
    Expander expander = {.config = resolve->config,
                         .diags = resolve->diags,
                         .placeholders = placeholders,
                         .lenient = resolve->lenient};
    return node != NULL && node->kind != CONFIG_NULL && node->text != NULL
               ? config_expand(&expander, node, mode)
               : NULL;
}

static const char *
user_id(Resolve *resolve, const ConfigNode *merged, const char *id)
{
    ConfigNode fallback = {.kind = CONFIG_TEXT,
                           .text = config_key_find("per_user_template")->fallback};
    const ConfigNode *node = config_node_get(merged, "per_user_template");
    Placeholders placeholders = {0};
    vec_push_in(resolve->arena, &placeholders, (Placeholder){.name = "id", .value = id});
    vec_push_in(resolve->arena, &placeholders,
                (Placeholder){.name = "username", .value = config_user_name(resolve->config)});
    const char *text = expand_alone(resolve, node, EXPAND_TEMPLATE, &placeholders);
    return text != NULL ? text : expand_alone(resolve, &fallback, EXPAND_TEMPLATE, &placeholders);
}

static void
resolve_identity(Resolve *resolve, const ConfigNode *merged)
{
    Instance *instance = resolve->instance;
    const ConfigNode *node = config_node_get(merged, "instance_id");
    const char *id = expand_alone(resolve, node, EXPAND_ENV, &resolve->placeholders);
    id = id != NULL ? id : instance->name;
    if (instance->per_user) {
        id = user_id(resolve, merged, id);
    }
    instance->instance_id = id;
    const char *problem = id_problem(id);
    if (problem != NULL && !resolve->lenient) {
        diag_add(resolve->diags, DIAG_CONFIG_INSTANCE_ID, node != NULL ? node->span : SPAN_NONE, id,
                 problem);
    }
    add_placeholder(resolve, "username", config_user_name(resolve->config));
    add_placeholder(resolve, "instance_id", id);
    add_placeholder(
        resolve, "name",
        expand_alone(resolve, resolve->config->name, EXPAND_ENV, &resolve->placeholders));
}

/* ---- the parts of an instance ---- */

static void
read_run(Resolve *resolve)
{
    Instance *instance = resolve->instance;
    instance->technique =
        (ConfigTechnique)setting_word(resolve, "stage_commit_technique", TECHNIQUE_AUTO);
    instance->commit = (ConfigCommit)setting_word(resolve, "commit", COMMIT_RUN);
    instance->keep_versions = setting_count(resolve, "keep_versions");
    instance->fail_fast = setting_bool(resolve, "fail_fast");
    instance->kroki_url =
        setting_bool(resolve, "disable_kroki") ? NULL : config_setting_text(resolve, "kroki_url");
    instance->visualization = setting_map(resolve, "visualization");
    const ConfigNode *technique = config_setting(resolve, "stage_commit_technique");
    if (instance->technique == TECHNIQUE_SCHEMA_SWAP && instance->engine == CONFIG_ENGINE_DUCKDB) {
        diag_add(resolve->diags, DIAG_CONFIG_UNSUPPORTED, technique->span, instance->name,
                 "schema_swap");
        diag_hint(resolve->diags,
                  "DuckDB can't move a table that has a key: remove the line, or use `read_views`");
    }
}

static void
read_jobs(Resolve *resolve)
{
    Instance *instance = resolve->instance;
    instance->orchestration =
        (ConfigOrchestration)setting_word(resolve, "orchestration.class", ORCHESTRATION_UNSET);
    instance->max_jobs = setting_count(resolve, "table_store.args.max_concurrent_copy_operations");
    instance->jobs = setting_count(resolve, "jobs");
    if (instance->jobs == 0 && instance->orchestration == ORCHESTRATION_SEQUENTIAL) {
        instance->jobs = 1;
    } else if (instance->jobs == 0 && instance->orchestration == ORCHESTRATION_DASK) {
        instance->jobs = setting_count(resolve, "orchestration.args.num_workers");
    }
    if (instance->max_jobs > 0 && instance->jobs > instance->max_jobs) {
        instance->jobs = instance->max_jobs;
    }
}

static void
read_cache_validation(Resolve *resolve)
{
    CacheValidation *cache = &resolve->instance->cache_validation;
    cache->mode = (CacheMode)setting_word(resolve, "cache_validation.mode", CACHE_NORMAL);
    cache->disable_cache_function =
        setting_bool(resolve, "cache_validation.disable_cache_function");
    cache->ignore_task_version = setting_bool(resolve, "cache_validation.ignore_task_version");
    if (cache->mode == CACHE_NORMAL && cache->disable_cache_function) {
        const ConfigNode *node = config_setting(resolve, "cache_validation.disable_cache_function");
        diag_add(resolve->diags, DIAG_CONFIG_CACHE_MODE, node->span);
    }
}

/** PostgreSQL would cut the names of schemas off, and two instances could meet in one. */
static void
check_schema_names(Resolve *resolve)
{
    enum { LONGEST_NAME = 63 };
    static const char longest[] = "flow_metadata"; /* of those that the runtime adds by itself */
    const Instance *instance = resolve->instance;
    const ConfigNode *prefix = config_setting(resolve, "table_store.args.schema_prefix");
    const ConfigNode *suffix = config_setting(resolve, "table_store.args.schema_suffix");
    size_t n_prefix = strlen(instance->schema_prefix);
    size_t n_suffix = strlen(instance->schema_suffix);
    size_t length = n_prefix + strlen(longest) + n_suffix;
    const ConfigNode *longer = n_prefix >= n_suffix ? prefix : suffix;
    bool known = longer != NULL && !(prefix != NULL && prefix->is_incomplete) &&
                 !(suffix != NULL && suffix->is_incomplete);
    if (instance->engine != CONFIG_ENGINE_POSTGRES || length <= LONGEST_NAME || !known) {
        return;
    }
    diag_add(resolve->diags, DIAG_CONFIG_PATH, longer->span,
             longer == prefix ? "schema_prefix" : "schema_suffix", instance->name,
             arena_printf(resolve->arena,
                          "schema `%s%s%s` has %zu bytes, and PostgreSQL keeps only %d of a name",
                          instance->schema_prefix, longest, instance->schema_suffix, length,
                          LONGEST_NAME));
}

static void
read_table_store(Resolve *resolve)
{
    Instance *instance = resolve->instance;
    instance->schema_prefix = config_setting_text(resolve, "table_store.args.schema_prefix");
    instance->schema_suffix = config_setting_text(resolve, "table_store.args.schema_suffix");
    instance->create_database =
        setting_bool(resolve, "table_store.args.create_database_if_not_exists");
    instance->avoid_create_schema =
        setting_bool(resolve, "table_store.args.avoid_drop_create_schema");
    instance->print_materialize = setting_bool(resolve, "table_store.args.print_materialize");
    instance->print_sql = setting_bool(resolve, "table_store.args.print_sql");
    instance->materialization_details =
        setting_map(resolve, "table_store.args.materialization_details");
    instance->default_materialization_details =
        config_setting_text(resolve, "table_store.args.default_materialization_details");
    instance->strict_materialization_details =
        setting_bool(resolve, "table_store.args.strict_materialization_details");
    bool usable = setting_word(resolve, "table_store.class", -1) >= 0;
    const ConfigNode *metadata = config_setting(resolve, "table_store.metadata_table_store");
    if (metadata != NULL && !resolve->lenient) {
        diag_add(resolve->diags, DIAG_CONFIG_UNSUPPORTED, metadata->span, instance->name,
                 "metadata_table_store");
        diag_hint(resolve->diags,
                  "metadata is kept beside the stages in the same database: remove the block");
    }
    if (usable) {
        config_resolve_address(resolve);
        check_schema_names(resolve);
    }
}

/** The folder `path` below its base, one for each instance; NULL and reported if the base can't be
 * one. */
static const char *
instance_folder(Resolve *resolve, const char *key)
{
    const ConfigNode *node = config_setting(resolve, key);
    const char *base = config_setting_text(resolve, key);
    const char *problem = base == NULL || *base == '\0' ? "it is empty"
                          : strstr(base, "://") != NULL
                              ? "only folders of this machine are supported yet"
                              : NULL;
    if (problem != NULL) {
        if (!resolve->lenient) {
            diag_add(resolve->diags, DIAG_CONFIG_PATH, node != NULL ? node->span : SPAN_NONE, key,
                     resolve->instance->name, problem);
        }
        return NULL;
    }
    char *name = arena_strdup(resolve->arena, resolve->instance->instance_id);
    for (char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash, '/')) {
        *slash = '_';
    }
    return config_absolute_path(resolve->config, path_join(resolve->arena, base, name));
}

static void
read_blob_store(Resolve *resolve)
{
    Instance *instance = resolve->instance;
    if (setting_word(resolve, "blob_store.class", true)) {
        instance->blob_path = instance_folder(resolve, "blob_store.args.base_path");
    }
    if (instance->blob_path != NULL) {
        config_add_place(resolve, arena_printf(resolve->arena, "blobs %s", instance->blob_path),
                         arena_printf(resolve->arena, "blobs in %s", instance->blob_path));
    }
}

static void
read_lock_manager(Resolve *resolve)
{
    Instance *instance = resolve->instance;
    instance->lock = (ConfigLock)setting_word(resolve, "lock_manager.class", LOCK_BY_ENGINE);
    if (instance->lock != LOCK_FILE) {
        return;
    }
    const ConfigNode *base_path = config_setting(resolve, "lock_manager.args.base_path");
    if (base_path != NULL) {
        instance->lock_path = instance_folder(resolve, "lock_manager.args.base_path");
    } else if (!resolve->lenient) {
        diag_add(resolve->diags, DIAG_CONFIG_MISSING,
                 config_setting(resolve, "lock_manager.class")->span, instance->name,
                 "lock_manager.args.base_path");
        diag_hint(resolve->diags, "`FileLockManager` needs a folder for its files");
    }
}

/** Secrets leave the settings, which are there to be shown. */
static const ConfigNode *
hide(Resolve *resolve, const ConfigNode *map, const char *path, const char *shown)
{
    size_t length = strcspn(path, ".");
    ConfigEntries entries = {0};
    for (size_t i = 0; i < map->n_entries; i++) {
        ConfigEntry entry = map->entries[i];
        if (strlen(entry.key) == length && strncmp(entry.key, path, length) == 0) {
            if (path[length] == '.') {
                entry.value = hide(resolve, entry.value, path + length + 1, shown);
            } else {
                ConfigNode *hidden = config_node_with_text(resolve->arena, entry.value, shown);
                hidden->kind = CONFIG_TEXT;
                hidden->written = shown;
                hidden->n_entries = 0;
                hidden->n_items = 0;
                entry.value = hidden;
            }
        }
        vec_push_in(resolve->arena, &entries, entry);
    }
    return config_node_new_map(resolve->arena, map->span, &entries);
}

static void
read_masking(Resolve *resolve)
{
    Instance *instance = resolve->instance;
    instance->masking = (ConfigMasking)setting_word(resolve, "masking", MASKING_OPTIONAL);
    const char *key = config_setting_text(resolve, "masking_key");
    if (key != NULL && *key != '\0') {
        instance->masking_key = secret_new(resolve->arena, key);
    }
}

static void
finish(Resolve *resolve)
{
    Instance *instance = resolve->instance;
    const ConfigNode *attrs = config_node_get(resolve->settings, "attrs");
    bool is_map = attrs != NULL && attrs->kind == CONFIG_MAP;
    instance->attrs =
        is_map ? attrs : config_node_new_map(resolve->arena, SPAN_NONE, &(ConfigEntries){0});
    const ConfigNode *url = config_node_find(resolve->settings, "table_store.args.url");
    const char *shown = instance->display_url;
    if (shown == NULL && url != NULL && url->text != NULL) {
        shown = config_without_secrets(resolve->arena, url->text);
    }
    const ConfigNode *settings = hide(resolve, resolve->settings, "table_store.args.url", shown);
    settings = hide(resolve, settings, "table_store.metadata_table_store", "***");
    instance->settings = hide(resolve, settings, "masking_key", "***");
}

Resolved *
config_resolve_instance(Config *config, const char *name, bool per_user, bool lenient, Diags *diags)
{
    Resolved *resolved = ARENA_NEW(config->arena, Resolved);
    resolved->instance.name = arena_strdup(config->arena, name);
    resolved->instance.per_user = per_user;
    Resolve resolve = {
        .config = config,
        .arena = config->arena,
        .diags = diags,
        .lenient = lenient,
        .instance = &resolved->instance,
        .resolved = resolved,
    };
    const ConfigNode *merged = config_merge_instance(config, name, diags);
    resolve_identity(&resolve, merged);
    resolve.settings = expand_tree(&resolve, merged, "");
    read_table_store(&resolve);
    read_run(&resolve);
    read_jobs(&resolve);
    read_cache_validation(&resolve);
    read_blob_store(&resolve);
    read_lock_manager(&resolve);
    read_masking(&resolve);
    finish(&resolve);
    return resolved;
}
