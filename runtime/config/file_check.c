/* The top of the file: which sections there are, and what may stand in each. */

#include "runtime/base/str.h"
#include "runtime/base/suggest.h"
#include "runtime/config/config_priv.h"

#include <string.h>

typedef struct TopKey TopKey;
struct TopKey {
    const char *name;
    ConfigKeyType type;    /* MAP: of sections */
    const char *path;      /* of its sections, among an instance's keys */
    const char *forbidden; /* a reference that its sections can't hold, since it would be one to
                              their like */
};

static const TopKey top_keys[] = {
    {"name", KEY_TEXT, NULL, NULL},
    {"strict_instance_lookup", KEY_BOOL, NULL, NULL},
    {"instances", KEY_MAP, "", NULL},
    {"flows", KEY_MAP, "", NULL},
    {"technical_setups", KEY_MAP, "", "technical_setup"},
    {"table_store_connections", KEY_MAP, "table_store", "table_store_connection"},
    {"blob_store_connections", KEY_MAP, "blob_store", "blob_store_connection"},
};

static const TopKey *
find_top_key(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(top_keys); i++) {
        if (strcmp(top_keys[i].name, name) == 0) {
            return &top_keys[i];
        }
    }
    return NULL;
}

/** Does an alias refer to the node or something in it? */
static bool
is_used_elsewhere(const ConfigNode *node)
{
    bool used = node->is_shared;
    for (size_t i = 0; i < node->n_items && !used; i++) {
        used = is_used_elsewhere(node->items[i]);
    }
    for (size_t i = 0; i < node->n_entries && !used; i++) {
        used = is_used_elsewhere(node->entries[i].value);
    }
    return used;
}

/** A key that only holds anchors for others, as people write them: `_base: &base`, `x-base: …`. */
static bool
is_holder(const ConfigEntry *entry)
{
    return entry->key[0] == '_' || entry->key[0] == '.' || text_starts_with(entry->key, "x-") ||
           is_used_elsewhere(entry->value);
}

static void
report_unknown_top_key(const ConfigEntry *entry, Diags *diags)
{
    const char *names[ARRAY_LENGTH(top_keys)];
    for (size_t i = 0; i < ARRAY_LENGTH(top_keys); i++) {
        names[i] = top_keys[i].name;
    }
    diag_add(diags, DIAG_CONFIG_UNKNOWN_KEY, entry->key_span, entry->key, "the file");
    const char *nearest = suggest_nearest(entry->key, names, ARRAY_LENGTH(names));
    if (nearest != NULL) {
        diag_suggest(diags, entry->key, nearest);
    } else if (config_key_find(entry->key) != NULL) {
        diag_hint(diags, "its place is in an instance: `instances.__any__.%s`", entry->key);
    } else {
        diag_hint(diags, "a block that only holds anchors may begin with `_` or `x-`");
    }
}

/** A null counts as an empty section. @return false where it can't be looked into */
static bool
is_section(const ConfigNode *node, const char *where, Diags *diags)
{
    if (node->kind != CONFIG_MAP && node->kind != CONFIG_NULL) {
        diag_add(diags, DIAG_CONFIG_TYPE, node->span, where, "a map", config_kind_name(node->kind));
    }
    return node->kind == CONFIG_MAP;
}

static void
check_section(Config *config, const TopKey *top, const ConfigNode *section, const char *where,
              Diags *diags)
{
    if (!is_section(section, where, diags)) {
        return;
    }
    for (size_t i = 0; top->forbidden != NULL && i < section->n_entries; i++) {
        const ConfigEntry *entry = &section->entries[i];
        if (strcmp(entry->key, top->forbidden) == 0) {
            diag_add(diags, DIAG_CONFIG_UNKNOWN_KEY, entry->key_span, entry->key, where);
            diag_hint(diags,
                      "blocks of `%s` can't refer to each other; YAML's anchors and `<<` can",
                      top->name);
        }
    }
    config_keys_check(config, section, top->path, where, diags);
}

static void
check_sections(Config *config, const TopKey *top, const ConfigNode *sections, const char *where,
               Diags *diags)
{
    for (size_t i = 0; i < sections->n_entries; i++) {
        const ConfigEntry *entry = &sections->entries[i];
        check_section(config, top, entry->value, config_path_join(config->arena, where, entry->key),
                      diags);
    }
}

static void
check_flow(Config *config, const TopKey *top, const ConfigEntry *flow, Diags *diags)
{
    const char *where = config_path_join(config->arena, top->name, flow->key);
    if (!is_section(flow->value, where, diags)) {
        return;
    }
    ConfigEntries rest = {0};
    for (size_t i = 0; i < flow->value->n_entries; i++) {
        const ConfigEntry *entry = &flow->value->entries[i];
        if (strcmp(entry->key, "instances") != 0) {
            vec_push_in(config->arena, &rest, *entry);
            continue;
        }
        const char *instances = config_path_join(config->arena, where, entry->key);
        if (is_section(entry->value, instances, diags)) {
            check_sections(config, top, entry->value, instances, diags);
        }
        if (config_node_get(entry->value, "__any__") != NULL) {
            diag_add(diags, DIAG_CONFIG_UNUSED_SECTION, entry->key_span,
                     config_path_join(config->arena, instances, "__any__"));
            diag_hint(diags, "what holds for all instances of a flow stands in `%s` itself", where);
        }
    }
    config_keys_check(config, config_node_new_map(config->arena, flow->value->span, &rest),
                      top->path, where, diags);
}

static void
check_top_entry(Config *config, const ConfigEntry *entry, Diags *diags)
{
    const TopKey *top = find_top_key(entry->key);
    if (top == NULL) {
        if (!is_holder(entry)) {
            report_unknown_top_key(entry, diags);
        }
        return;
    }
    ConfigKey key = {.path = top->name, .type = top->type};
    if (!config_key_accepts(&key, top->name, entry->value, diags) ||
        entry->value->kind != CONFIG_MAP) {
        return;
    }
    if (strcmp(top->name, "flows") == 0) {
        for (size_t i = 0; i < entry->value->n_entries; i++) {
            check_flow(config, top, &entry->value->entries[i], diags);
        }
    } else {
        check_sections(config, top, entry->value, top->name, diags);
    }
}

void
config_check_file(Config *config, Diags *diags)
{
    for (size_t i = 0; i < config->root->n_entries; i++) {
        check_top_entry(config, &config->root->entries[i], diags);
    }
}
