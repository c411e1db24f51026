#include "runtime/config/config.h"

#include "runtime/base/file.h"
#include "runtime/base/str.h"
#include "runtime/base/suggest.h"
#include "runtime/config/config_priv.h"

#include <errno.h>
#include <string.h>

enum { LARGEST_FILE = 4 << 20 };

/* What runs where there is no file. */
static const char built_in[] = "instances:\n"
                               "  __any__:\n"
                               "    table_store:\n"
                               "      args:\n"
                               "        url: duckdb:///.pdc/{instance_id}.duckdb\n"
                               "  full: {}\n"
                               "  midi: {attrs: {copy_filtered_input: true, copy_source: full}}\n"
                               "  mini: {attrs: {copy_filtered_input: true, copy_source: full}}\n";

const char *
config_engine_name(ConfigEngine engine)
{
    static const char *const names[] = {
        [CONFIG_ENGINE_UNKNOWN] = "unknown",
        [CONFIG_ENGINE_DUCKDB] = "duckdb",
        [CONFIG_ENGINE_POSTGRES] = "postgres",
    };
    return names[engine];
}

const char *
config_path(const Config *config)
{
    return config->path;
}

const char *
config_directory(const Config *config)
{
    return config->directory;
}

/* ---- the file ---- */

/** Nodes that nobody wrote have no place and are defaults. */
static ConfigNode *
mark_default(Arena *arena, const ConfigNode *node)
{
    ConfigNode *copy = config_node_with_text(arena, node, node->text);
    copy->is_default = true;
    copy->span = SPAN_NONE;
    ConfigEntries entries = {0};
    for (size_t i = 0; i < node->n_entries; i++) {
        ConfigEntry entry = {.key = node->entries[i].key,
                             .value = mark_default(arena, node->entries[i].value)};
        vec_push_in(arena, &entries, entry);
    }
    copy->entries = entries.items;
    return copy;
}

static int
read_file(Config *config, Diags *diags)
{
    char *text = NULL;
    size_t length = 0;
    size_t errors = diags_error_count(diags);
    if (file_read(config->arena, config->file, LARGEST_FILE, &text, &length) != 0) {
        diag_add(diags, DIAG_CONFIG_UNREADABLE, SPAN_NONE, config->path,
                 errno == EFBIG ? "it is larger than 4 MiB" : strerror(errno));
        return -1;
    }
    config->root = config_read_yaml(config->arena, config->path, text, length, false, diags);
    config->is_damaged = diags_error_count(diags) > errors;
    if (config->root != NULL && config->root->kind == CONFIG_MAP) {
        return 0;
    }
    if (config->root != NULL && config->root->kind != CONFIG_NULL) {
        diag_add(diags, DIAG_CONFIG_TYPE, config->root->span, config->path, "a map of sections",
                 config_kind_name(config->root->kind));
    } else if (diags_error_count(diags) == errors) {
        diag_add(diags, DIAG_CONFIG_NO_INSTANCES, SPAN_NONE, config->path);
    }
    return -1;
}

static int
read_built_in(Config *config, Diags *diags)
{
    const ConfigNode *root =
        config_read_yaml(config->arena, "(built in)", built_in, sizeof(built_in) - 1, false, diags);
    if (root == NULL) {
        BUG("the built-in configuration is broken");
    }
    config->root = mark_default(config->arena, root);
    return 0;
}

/* ---- instances ---- */

static void
add_names(Config *config, Map *seen, const ConfigNode *instances)
{
    for (size_t i = 0;
         instances != NULL && instances->kind == CONFIG_MAP && i < instances->n_entries; i++) {
        const char *name = instances->entries[i].key;
        if (strcmp(name, "__any__") != 0 && map_set(seen, name, config) == NULL) {
            vec_push_in(config->arena, &config->instance_names, name);
        }
    }
}

static void
collect_names(Config *config, Diags *diags)
{
    const ConfigNode *flows = config_node_get(config->root, "flows");
    const ConfigNode *instances = config_node_get(config->root, "instances");
    const char *flow = config->options.flow_name;
    Map *seen = map_new(config->arena);
    add_names(config, seen, instances);
    add_names(config, seen, config_node_get(config_node_get(flows, "__any__"), "instances"));
    if (flow != NULL) {
        add_names(config, seen, config_node_get(config_node_get(flows, flow), "instances"));
    }
    bool any = config_node_get(instances, "__any__") != NULL ||
               config_node_get(flows, "__any__") != NULL ||
               (flow != NULL && config_node_get(flows, flow) != NULL);
    if (config->instance_names.n == 0 && any) {
        vec_push_in(config->arena, &config->instance_names, "__any__");
    } else if (config->instance_names.n == 0 && !config->is_damaged) {
        diag_add(diags, DIAG_CONFIG_NO_INSTANCES, SPAN_NONE, config->path);
    }
}

const char *const *
config_instance_names(const Config *config, size_t *ret_n)
{
    *ret_n = config->instance_names.n;
    return config->instance_names.items;
}

const char *const *
config_known_names(const Config *config, size_t *ret_n)
{
    *ret_n = config->strict_lookup ? config->instance_names.n : 0;
    return config->instance_names.items;
}

/* ---- loading ---- */

static Config *
config_new(Arena *arena, const ConfigOptions *options)
{
    Config *config = ARENA_NEW(arena, Config);
    config->arena = arena;
    config->options = *options;
    config->merged = map_new(arena);
    config->attrs_files = map_new(arena);
    return config;
}

static bool
read_strict_lookup(const Config *config)
{
    const ConfigNode *strict = config_node_get(config->root, "strict_instance_lookup");
    return strict == NULL || strict->kind != CONFIG_BOOL || strict->boolean;
}

int
config_load(Arena *arena, const ConfigOptions *options, Diags *diags, Config **ret_config)
{
    size_t errors = diags_error_count(diags);
    Config *config = config_new(arena, options);
    *ret_config = NULL;
    int found = config_find(config, diags);
    if (found < 0 || (found == 0 ? read_file(config, diags) : read_built_in(config, diags)) != 0) {
        return -1;
    }
    config->name = config_node_get(config->root, "name");
    config->strict_lookup = read_strict_lookup(config);
    config_check_file(config, diags);
    collect_names(config, diags);
    config_build_sections(config, diags);
    if (diags_error_count(diags) == errors) {
        config_check_places(config, diags);
    }
    *ret_config = config;
    return diags_error_count(diags) == errors ? 0 : -1;
}

/* ---- choosing ---- */

static char *
known_names(const Config *config, const char *first)
{
    Str list = {0};
    if (first != NULL) {
        str_append_format(&list, "`%s`", first);
    }
    for (size_t i = 0; i < config->instance_names.n; i++) {
        const char *name = config->instance_names.items[i];
        if (first == NULL || strcmp(name, first) != 0) {
            str_append_format(&list, "%s`%s`", list.length > 0 ? ", " : "", name);
        }
    }
    return str_take_in(&list, config->arena);
}

static bool
is_known(const Config *config, const char *name)
{
    for (size_t i = 0; i < config->instance_names.n; i++) {
        if (strcmp(config->instance_names.items[i], name) == 0) {
            return true;
        }
    }
    return strcmp(name, "__any__") == 0;
}

const char *
config_default_instance(Config *config, Diags *diags)
{
    const char *variable = config_get_env(config, "PIPEDAG_INSTANCE");
    if (variable != NULL && *variable != '\0') {
        return arena_strdup(config->arena, variable);
    }
    if (is_known(config, "full")) {
        return "full";
    }
    if (config->instance_names.n == 1) {
        return config->instance_names.items[0];
    }
    if (config->instance_names.n == 0) {
        return NULL; /* config_load() said so */
    }
    diag_add(diags, DIAG_CONFIG_WHICH_INSTANCE, SPAN_NONE);
    diag_hint(diags, "choose one with --instance or $PIPEDAG_INSTANCE: %s",
              known_names(config, NULL));
    return NULL;
}

static int
resolve(Config *config, const char *name, bool per_user, bool lenient, Diags *diags,
        const Instance **ret_instance)
{
    if (!is_known(config, name) && config->strict_lookup) {
        const char *nearest =
            suggest_nearest(name, config->instance_names.items, config->instance_names.n);
        diag_add(diags, DIAG_CONFIG_UNKNOWN_INSTANCE, SPAN_NONE, name);
        if (config->instance_names.n > 0) {
            diag_hint(diags, "known: %s", known_names(config, nearest));
        }
        return -1;
    }
    size_t errors = diags_error_count(diags);
    const Resolved *resolved = config_resolve_instance(config, name, per_user, lenient, diags);
    if (per_user) {
        config_check_user_places(config, &resolved->instance, diags);
    }
    if (diags_error_count(diags) > errors) {
        return -1;
    }
    *ret_instance = &resolved->instance;
    return 0;
}

int
config_resolve(Config *config, const char *instance_name, bool per_user, Diags *diags,
               const Instance **ret_instance)
{
    return resolve(config, instance_name, per_user, false, diags, ret_instance);
}

int
config_preview(Config *config, const char *instance_name, bool per_user, Diags *diags,
               const Instance **ret_instance)
{
    return resolve(config, instance_name, per_user, true, diags, ret_instance);
}
