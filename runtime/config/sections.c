/* References and merging: the sections of the file become one map for each instance. */

#include "runtime/base/str.h"
#include "runtime/base/suggest.h"
#include "runtime/config/config_priv.h"

#include <string.h>

/* What a merge reports. `reference` is set while a reference is expanded: then a value of `lower`
 * that is lost is worth a warning; between sections it is what they are for. */
typedef struct Merge Merge;
struct Merge {
    Arena *arena;
    Diags *diags;
    const char *reference;      /* "table_store_connection", or NULL */
    const char *reference_name; /* "postgres" */
};

static const ConfigNode *merge(const Merge *how, const ConfigNode *lower, const ConfigNode *upper,
                               const char *path);

/** Key to ConfigEntry, since maps may be large. */
static Map *
index_of(Arena *arena, const ConfigNode *map)
{
    Map *index = map_new(arena);
    for (size_t i = 0; i < map->n_entries; i++) {
        ConfigEntry *entry = ARENA_NEW(arena, ConfigEntry);
        *entry = map->entries[i];
        map_set(index, entry->key, entry);
    }
    return index;
}

static void
warn_overridden(const Merge *how, const ConfigEntry *lower, const ConfigEntry *upper,
                const char *path)
{
    bool both_maps = lower->value->kind == CONFIG_MAP && upper->value->kind == CONFIG_MAP;
    if (how->reference == NULL || both_maps || strcmp(lower->key, how->reference) == 0 ||
        config_node_equal(lower->value, upper->value)) {
        return;
    }
    diag_add(how->diags, DIAG_CONFIG_OVERRIDDEN, lower->key_span, path, how->reference,
             how->reference_name);
    diag_note(how->diags, upper->key_span, "this is what counts");
}

static const ConfigNode *
merge_maps(const Merge *how, const ConfigNode *lower, const ConfigNode *upper, const char *path)
{
    ConfigEntries entries = {0};
    const Map *in_lower = index_of(how->arena, lower);
    const Map *in_upper = index_of(how->arena, upper);
    for (size_t i = 0; i < lower->n_entries; i++) {
        ConfigEntry entry = lower->entries[i];
        const ConfigEntry *over = map_get(in_upper, entry.key);
        if (over != NULL) {
            const char *key_path = config_path_join(how->arena, path, entry.key);
            warn_overridden(how, &entry, over, key_path);
            entry.value = merge(how, entry.value, over->value, key_path);
            entry.key_span = over->key_span;
        }
        vec_push_in(how->arena, &entries, entry);
    }
    for (size_t i = 0; i < upper->n_entries; i++) {
        if (map_get(in_lower, upper->entries[i].key) == NULL) {
            vec_push_in(how->arena, &entries, upper->entries[i]);
        }
    }
    return config_node_new_map(how->arena, upper->span, &entries);
}

/**
 * `upper` over `lower`: maps key by key, all else replaced whole. A null stays in the result, so
 * that it removes the key of what this is merged over in turn; config_node_strip() takes it out at
 * last.
 */
static const ConfigNode *
merge(const Merge *how, const ConfigNode *lower, const ConfigNode *upper, const char *path)
{
    bool lower_map = lower->kind == CONFIG_MAP;
    bool upper_map = upper->kind == CONFIG_MAP;
    if (lower_map && upper_map) {
        return merge_maps(how, lower, upper, path);
    }
    if (lower_map != upper_map && lower->kind != CONFIG_NULL && upper->kind != CONFIG_NULL) {
        diag_add(how->diags, DIAG_CONFIG_CLASH, upper->span, path, config_kind_name(upper->kind),
                 config_kind_name(lower->kind));
        diag_note(how->diags, lower->span, "here it is a %s", config_kind_name(lower->kind));
    }
    return upper;
}

/* ---- references ---- */

typedef struct Reference Reference;
struct Reference {
    const char *path; /* where the key stands: names from the section on */
    const char *key;
    const char *blocks; /* top-level map that it points into */
};

static const Reference references[] = {
    {"", "technical_setup", "technical_setups"},
    {"table_store", "table_store_connection", "table_store_connections"},
    {"blob_store", "blob_store_connection", "blob_store_connections"},
    {"table_store.metadata_table_store", "table_store_connection", "table_store_connections"},
};

static void
report_unknown_reference(const Config *config, const Reference *reference, const ConfigNode *name,
                         Diags *diags)
{
    const ConfigNode *blocks = config_node_get(config->root, reference->blocks);
    size_t n = blocks != NULL ? blocks->n_entries : 0;
    const char **known = ARENA_ARRAY(config->arena, const char *, n + 1);
    for (size_t i = 0; i < n; i++) {
        known[i] = blocks->entries[i].key;
    }
    diag_add(diags, DIAG_CONFIG_UNKNOWN_REFERENCE, name->span, reference->key, name->text,
             reference->blocks);
    const char *nearest = suggest_nearest(name->text, known, n);
    if (nearest != NULL) {
        diag_suggest(diags, name->text, nearest);
    } else if (n == 0) {
        diag_hint(diags, "the file has no `%s`", reference->blocks);
    }
}

/** A copy of `map` in which `key` has another value, or (NULL) is gone. */
static const ConfigNode *
with_child(Arena *arena, const ConfigNode *map, const char *key, const ConfigNode *value)
{
    ConfigEntries entries = {0};
    for (size_t i = 0; i < map->n_entries; i++) {
        ConfigEntry entry = map->entries[i];
        if (strcmp(entry.key, key) == 0) {
            entry.value = value;
        }
        if (entry.value != NULL) {
            vec_push_in(arena, &entries, entry);
        }
    }
    return config_node_new_map(arena, map->span, &entries);
}

/** Expands one reference that stands in `base` itself. */
static const ConfigNode *
expand_here(Config *config, const Reference *reference, const ConfigNode *base, const char *path,
            Diags *diags)
{
    const ConfigNode *name = config_node_get(base, reference->key);
    if (name == NULL || name->text == NULL || name->kind == CONFIG_NULL) {
        return base;
    }
    const ConfigNode *block =
        config_node_get(config_node_get(config->root, reference->blocks), name->text);
    if (block == NULL) {
        report_unknown_reference(config, reference, name, diags);
    } else if (block->kind == CONFIG_MAP) {
        Merge how = {.arena = config->arena,
                     .diags = diags,
                     .reference = reference->key,
                     .reference_name = name->text};
        base = merge(&how, base, block, path);
    }
    return with_child(config->arena, base, reference->key, NULL);
}

/** Goes down `rest` of the reference's path and puts the changed parts back on the way up. */
static const ConfigNode *
expand_below(Config *config, const Reference *reference, const ConfigNode *base, const char *rest,
             Diags *diags)
{
    if (base == NULL || base->kind != CONFIG_MAP) {
        return base;
    }
    if (*rest == '\0') {
        return expand_here(config, reference, base, reference->path, diags);
    }
    size_t length = strcspn(rest, ".");
    const char *key = arena_strndup(config->arena, rest, length);
    const ConfigNode *child = config_node_get(base, key);
    const ConfigNode *changed = expand_below(
        config, reference, child, rest[length] == '.' ? rest + length + 1 : rest + length, diags);
    return changed == child ? base : with_child(config->arena, base, key, changed);
}

static const ConfigNode *
expand_references(Config *config, const ConfigNode *section, Diags *diags)
{
    for (size_t i = 0; i < ARRAY_LENGTH(references); i++) {
        section = expand_below(config, &references[i], section, references[i].path, diags);
    }
    return section;
}

/* ---- layers ---- */

static const ConfigNode *
add_layer(Config *config, const ConfigNode *lower, const ConfigNode *section, Diags *diags)
{
    if (section == NULL || section->kind != CONFIG_MAP) {
        return lower;
    }
    Merge how = {.arena = config->arena, .diags = diags};
    const ConfigNode *expanded = expand_references(config, section, diags);
    return merge(&how, lower, expanded, "");
}

/** A flow's section without the instances in it. */
static const ConfigNode *
flow_section(Config *config, const ConfigNode *flow)
{
    return flow != NULL && flow->kind == CONFIG_MAP
               ? with_child(config->arena, flow, "instances", NULL)
               : NULL;
}

static const ConfigNode *
flow_instance(const ConfigNode *flow, const char *name)
{
    return config_node_get(config_node_get(flow, "instances"), name);
}

const ConfigNode *
config_merge_instance(Config *config, const char *name, Diags *diags)
{
    ConfigNode *known = map_get(config->merged, name);
    if (known != NULL) {
        return known;
    }
    bool is_any = strcmp(name, "__any__") == 0;
    const ConfigNode *instances = config_node_get(config->root, "instances");
    const ConfigNode *flows = config_node_get(config->root, "flows");
    const char *flow_name = config->options.flow_name;
    const ConfigNode *any_flow = config_node_get(flows, "__any__");
    const ConfigNode *flow = flow_name != NULL ? config_node_get(flows, flow_name) : NULL;
    const ConfigNode *layers[] = {
        config_node_get(instances, "__any__"),
        is_any ? NULL : config_node_get(instances, name),
        flow_section(config, any_flow),
        is_any ? NULL : flow_instance(any_flow, name),
        flow == any_flow ? NULL : flow_section(config, flow),
        is_any || flow == any_flow ? NULL : flow_instance(flow, name),
    };
    const ConfigNode *merged =
        config_node_new_map(config->arena, config->root->span, &(ConfigEntries){0});
    for (size_t i = 0; i < ARRAY_LENGTH(layers); i++) {
        merged = add_layer(config, merged, layers[i], diags);
    }
    ConfigNode *stripped = ARENA_NEW(config->arena, ConfigNode);
    *stripped = *config_node_strip(config->arena, merged);
    map_set(config->merged, name, stripped);
    return stripped;
}

/* ---- all sections ---- */

static void
expand_each(Config *config, const ConfigNode *sections, Diags *diags)
{
    for (size_t i = 0; sections != NULL && i < sections->n_entries; i++) {
        (void)expand_references(config, sections->entries[i].value, diags);
    }
}

void
config_build_sections(Config *config, Diags *diags)
{
    const ConfigNode *flows = config_node_get(config->root, "flows");
    expand_each(config, config_node_get(config->root, "technical_setups"), diags);
    expand_each(config, config_node_get(config->root, "instances"), diags);
    for (size_t i = 0; flows != NULL && i < flows->n_entries; i++) {
        expand_each(config, config_node_get(flows->entries[i].value, "instances"), diags);
        (void)expand_references(config, flows->entries[i].value, diags);
    }
    for (size_t i = 0; i < config->instance_names.n; i++) {
        (void)config_merge_instance(config, config->instance_names.items[i], diags);
    }
}
