#include "runtime/base/str.h"
#include "runtime/config/config_priv.h"

#include <string.h>

const char *
config_kind_name(ConfigKind kind)
{
    static const char *const names[] = {
        [CONFIG_NULL] = "null",           [CONFIG_BOOL] = "bool", [CONFIG_INT] = "int",
        [CONFIG_FLOAT] = "float",         [CONFIG_TEXT] = "text", [CONFIG_DATE] = "date",
        [CONFIG_TIMESTAMP] = "timestamp", [CONFIG_LIST] = "list", [CONFIG_MAP] = "map",
    };
    return names[kind];
}

static const ConfigNode *
get_n(const ConfigNode *map, const char *key, size_t length)
{
    if (map == NULL || map->kind != CONFIG_MAP) {
        return NULL;
    }
    for (size_t i = 0; i < map->n_entries; i++) {
        const char *other = map->entries[i].key;
        if (strncmp(other, key, length) == 0 && other[length] == '\0') {
            return map->entries[i].value;
        }
    }
    return NULL;
}

const ConfigNode *
config_node_get(const ConfigNode *map, const char *key)
{
    return get_n(map, key, strlen(key));
}

const ConfigNode *
config_node_find(const ConfigNode *map, const char *path)
{
    for (;;) {
        size_t length = strcspn(path, ".");
        map = get_n(map, path, length);
        if (map == NULL || path[length] == '\0') {
            return map;
        }
        path += length + 1;
    }
}

ConfigNode *
config_node_new_map(Arena *arena, Span span, const ConfigEntries *entries)
{
    ConfigNode *map = ARENA_NEW(arena, ConfigNode);
    map->kind = CONFIG_MAP;
    map->span = span;
    map->entries = entries->items;
    map->n_entries = entries->n;
    return map;
}

ConfigNode *
config_node_with_text(Arena *arena, const ConfigNode *node, const char *text)
{
    ConfigNode *copy = ARENA_NEW(arena, ConfigNode);
    *copy = *node;
    copy->text = text;
    return copy;
}

const ConfigNode *
config_node_as_plain(Arena *arena, const ConfigNode *node)
{
    if (node->kind != CONFIG_TEXT) {
        return node;
    }
    ConfigNode *plain = config_node_with_text(arena, node, node->text);
    plain->is_plain = true;
    return config_scalar_resolve(arena, plain) == NULL ? plain : node;
}

Span
config_node_part(const ConfigNode *node, size_t offset, size_t length)
{
    size_t cooked = node->written != NULL ? strlen(node->written) : 0;
    size_t raw = node->span.end - node->span.start;
    size_t quote = node->is_plain ? 0 : 1;
    if (node->span.file == NULL || raw != cooked + 2 * quote || offset + length > cooked) {
        return node->span;
    }
    size_t start = node->span.start + quote + offset;
    return span_make(node->span.file, start, start + length);
}

const char *
config_path_join(Arena *arena, const char *prefix, const char *name)
{
    return *prefix == '\0' ? name : arena_printf(arena, "%s.%s", prefix, name);
}

static bool
children_equal(const ConfigNode *a, const ConfigNode *b)
{
    if (a->n_items != b->n_items || a->n_entries != b->n_entries) {
        return false;
    }
    for (size_t i = 0; i < a->n_items; i++) {
        if (!config_node_equal(a->items[i], b->items[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < a->n_entries; i++) {
        const ConfigNode *other = config_node_get(b, a->entries[i].key);
        if (other == NULL || !config_node_equal(a->entries[i].value, other)) {
            return false;
        }
    }
    return true;
}

bool
config_node_equal(const ConfigNode *a, const ConfigNode *b)
{
    return a == b || (a->kind == b->kind && text_equal(a->text, b->text) && children_equal(a, b));
}

static bool
holds_null(const ConfigNode *node)
{
    for (size_t i = 0; i < node->n_entries; i++) {
        if (node->entries[i].value->kind == CONFIG_NULL || holds_null(node->entries[i].value)) {
            return true;
        }
    }
    return false;
}

const ConfigNode *
config_node_strip(Arena *arena, const ConfigNode *node)
{
    if (!holds_null(node)) {
        return node;
    }
    ConfigEntries entries = {0};
    for (size_t i = 0; i < node->n_entries; i++) {
        ConfigEntry entry = node->entries[i];
        if (entry.value->kind != CONFIG_NULL) {
            entry.value = config_node_strip(arena, entry.value);
            vec_push_in(arena, &entries, entry);
        }
    }
    return config_node_new_map(arena, node->span, &entries);
}
